"""Lists of names survive being written as one line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.columns.listed import join_names, split_names
from engine.model.text import clean_line

names = st.text(st.sampled_from('ab ,;"ü'), max_size=8) | st.text(max_size=8)


@given(st.lists(names.map(clean_line).filter(bool)))
def test_any_names_come_back_from_one_line(listed: list[str]) -> None:
    assert split_names(join_names(listed)) == listed


@given(st.text(st.sampled_from('a ,;"')) | st.text())
def test_any_line_gives_names_without_space_around_them(line: str) -> None:
    assert all(name and name == name.strip() for name in split_names(line))


@pytest.mark.parametrize(
    ("line", "listed"),
    [
        ("one, two;three", ["one", "two", "three"]),
        (" , ,one,, ", ["one"]),
        ('"one, two", three', ["one, two", "three"]),
        ('"say ""hi""", x', ['say "hi"', "x"]),
        ('"never closed, x', ["never closed, x"]),
        ('"a" b, c', ["a b", "c"]),
        ("", []),
    ],
)
def test_separators_and_quotes(line: str, listed: list[str]) -> None:
    assert split_names(line) == listed


def test_only_names_that_need_quotes_get_them() -> None:
    assert join_names(["plain", "a, b", 'a "b"']) == 'plain, "a, b", "a ""b"""'
