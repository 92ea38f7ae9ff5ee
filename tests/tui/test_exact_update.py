"""Partial updates reach the terminal with the changed cells and no others."""

from rich.console import Console
from rich.segment import Segment
from textual._compositor import ChopsUpdate
from textual.strip import Strip

from tui.exact_update import ExactUpdate


def sent(line: dict[int, Strip], ends: list[int], *spans: tuple[int, int, int]) -> str:
    update = ExactUpdate.of(ChopsUpdate([line], list(spans), [ends]))
    return update.render_segments(Console(color_system=None))


def test_a_span_in_the_middle_of_a_widget_is_cut_at_both_ends() -> None:
    assert sent({0: Strip([Segment("abcdefgh")])}, [8], (0, 2, 5)) == "\x1b[1;3Hcde"


def test_two_spans_of_a_line_leave_out_what_is_between_them() -> None:
    line = {0: Strip([Segment("abcdefgh")])}
    assert sent(line, [8], (0, 0, 2), (0, 6, 8)) == "\x1b[1;1Hab\x1b[1;7Hgh"


def test_a_span_over_two_widgets_draws_its_part_of_each() -> None:
    line = {0: Strip([Segment("abcd")]), 4: Strip([Segment("efgh")])}
    assert sent(line, [4, 8], (0, 2, 6)) == "\x1b[1;3Hcd\x1b[1;5Hef"


def test_what_is_not_drawn_sends_nothing() -> None:
    line = {0: Strip([Segment("abcd")]), 4: Strip([Segment("efgh")])}
    assert sent(line, [4, 8], (0, 4, 8)) == "\x1b[1;5Hefgh"
