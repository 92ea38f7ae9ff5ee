"""Texts of every script in lines of every width."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.widgets.wrapped_text import wrapped, wrapped_paragraphs


def test_a_text_breaks_at_spaces():
    assert wrapped("Write the release notes", 12, 3) == ("Write the", "release", "notes")


def test_what_does_not_fit_ends_in_an_ellipsis():
    assert wrapped("Write the release notes", 12, 2) == ("Write the", "release…")


def test_a_word_longer_than_a_line_is_broken():
    assert wrapped("abcdefghij", 4, 9) == ("abcd", "efgh", "ij")


def test_control_characters_are_never_drawn():
    assert wrapped("a\x1b[2Jb\x07", 10, 1) == ("ab",)


@given(st.text(max_size=60), st.integers(2, 30), st.integers(1, 5))
def test_no_line_is_wider_than_asked(text, width, most):
    lines = wrapped(text, width, most)
    assert 1 <= len(lines) <= most
    assert all(cell_len(line) <= width for line in lines)


def test_paragraphs_keep_their_lines_and_indentation():
    assert wrapped_paragraphs("One two three\n  four\n\nfive", 8) == [
        "One two",
        "three",
        "  four",
        "",
        "five",
    ]


@given(st.text(max_size=80), st.integers(4, 30))
def test_no_line_of_a_paragraph_is_wider_than_asked(text, width):
    assert all(cell_len(line) <= width for line in wrapped_paragraphs(text, width))
