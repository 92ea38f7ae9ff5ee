"""Lists are tables for people and lines for programs; what others wrote cannot act on the terminal."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.cli.output import Rows, fitted, fitting, say, say_json
from tui.cli.progress import drawn


@given(st.text(), st.integers(1, 30), st.booleans())
def test_a_fitted_text_takes_exactly_its_cells(text: str, width: int, right: bool) -> None:
    assert cell_len(fitted(text, width, right=right)) == width


def test_a_cut_text_says_so() -> None:
    assert fitted("日本語の名前", 6) == "日本… "
    assert fitted("name", 6, right=True) == "  name"


def test_a_pipe_gets_tabs_and_no_heading(capsys: pytest.CaptureFixture[str]) -> None:
    Rows(["A", "B"], empty="Nothing.").print([["one", "two\nlines"], ["x\ty", ""]])
    assert capsys.readouterr().out == "one\ttwo lines\nx y\t\n"


def test_an_empty_list_leaves_a_pipe_empty(capsys: pytest.CaptureFixture[str]) -> None:
    Rows(["A"], empty="Nothing.").print([])
    assert capsys.readouterr().out == ""


@given(st.lists(st.integers(1, 60), min_size=1, max_size=12), st.integers(10, 120))
def test_columns_fit_or_are_left_out_from_the_right(needed: list[int], room: int) -> None:
    widths = fitting(needed, {0: 20}, room)
    assert all(width <= need for width, need in zip(widths, needed, strict=False))
    assert widths[0] >= min(needed[0], 20)
    taken = sum(widths) + 2 * (len(widths) - 1)
    assert taken <= room or len(widths) == 1
    if sum(needed) + 2 * (len(needed) - 1) <= room:
        assert widths == needed


class Terminal:
    """Says of stdout that it is a terminal of 30 cells."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr("sys.stdout.isatty", lambda: True)
        monkeypatch.setenv("COLUMNS", "30")


def test_a_terminal_gets_a_table_that_fits(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Terminal(monkeypatch)
    rows = Rows(["#", "Name", "Group"], right=[0], empty="Nothing.")
    rows.print([["1", "日本語", "First"], ["12", "a name that is longer than fits", "Second"]])
    rows.print([["7", "another that does not fit at all", "x"]])
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == " #  Name                Group"
    assert lines[1] == " 1  日本語              First"
    assert lines[3] == " 7  another that does…  x"
    assert max(map(cell_len, lines)) == 30


def test_columns_that_do_not_fit_are_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Terminal(monkeypatch)
    rows = Rows(["Name", "Group", "Due"], least={0: 20}, empty="")
    rows.print([["a name that is longer than it", "a longer group", "2026-05-03"]])
    shown = capsys.readouterr()
    assert shown.out.splitlines()[1] == "a name that is long…  a longe…"
    assert shown.err == "Too narrow for: Due\n"


def test_an_empty_list_says_so_on_a_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    Terminal(monkeypatch)
    Rows(["A"], empty="The trash is empty.").print([])
    assert capsys.readouterr().out == "The trash is empty.\n"


def test_text_of_others_is_cleaned(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    say("a\x1b]52;c;aGk=\x07b")
    Rows(["A"], empty="").print([["c\x9b31md\u202e"]])
    Terminal(monkeypatch)
    say_json({"name": "e\x9bf\x1bg"})
    assert capsys.readouterr().out == 'ab\ncd\n{"name":"e\\u001bg"}\n'


@pytest.mark.parametrize(
    ("done", "whole", "shown"),
    [
        (0, 10, f"[{'.' * 24}]   0%"),
        (5, 10, f"[{'#' * 12}{'.' * 12}]  50%"),
        (20, 10, f"[{'#' * 24}] 100%"),
        (1234, 0, "1,234"),
    ],
)
def test_a_bar_shows_how_far_it_is(done: int, whole: int, shown: str) -> None:
    assert drawn(done, whole) == shown
