"""Partial updates reach the terminal with the changed cells and no others."""

import pyte
from hypothesis import given
from hypothesis import strategies as st
from rich.console import Console
from rich.segment import Segment
from rich.style import Style
from textual._compositor import ChopsUpdate
from textual.strip import Strip

from tui.exact_update import ExactUpdate
from tui.pen import Pen


def sent(line: dict[int, Strip], ends: list[int], *spans: tuple[int, int, int]) -> str:
    update = ExactUpdate.of(ChopsUpdate([line], list(spans), [ends]))
    return update.render_segments(Console(color_system=None))


def test_a_span_in_the_middle_of_a_widget_is_cut_at_both_ends() -> None:
    assert sent({0: Strip([Segment("abcdefgh")])}, [8], (0, 2, 5)) == "\x1b[1;3Hcde"


def test_two_spans_of_a_line_leave_out_what_is_between_them() -> None:
    line = {0: Strip([Segment("abcdefgh")])}
    assert sent(line, [8], (0, 0, 2), (0, 6, 8)) == "\x1b[1;1Hab\x1b[7Ggh"


def test_a_span_over_two_widgets_draws_its_part_of_each() -> None:
    line = {0: Strip([Segment("abcd")]), 4: Strip([Segment("efgh")])}
    assert sent(line, [4, 8], (0, 2, 6)) == "\x1b[1;3Hcdef"


def test_what_is_not_drawn_sends_nothing() -> None:
    line = {0: Strip([Segment("abcd")]), 4: Strip([Segment("efgh")])}
    assert sent(line, [4, 8], (0, 4, 8)) == "\x1b[1;5Hefgh"


WIDTH = 40
COLORS = st.sampled_from([None, "red", "#204060", "default"])
STYLES = st.builds(
    Style, color=COLORS, bgcolor=COLORS, bold=st.booleans(), underline=st.booleans(),
    reverse=st.booleans(),
)  # fmt: skip
SEGMENTS = st.builds(
    Segment, st.text(st.sampled_from("ab é世 … "), min_size=1, max_size=9), STYLES, st.none()
)
LINES = st.lists(
    st.lists(SEGMENTS, min_size=1, max_size=8).map(
        lambda segments: Strip(segments).adjust_cell_length(WIDTH)
    ),
    min_size=1,
    max_size=6,
)


def cells(text: str, height: int) -> list[list[tuple[object, ...]]]:
    """What a person sees: a blank has a ground and lines, but no ink."""
    screen = pyte.Screen(WIDTH, height)
    pyte.Stream(screen).feed(text)
    return [[_cell(screen.buffer[y][x]) for x in range(WIDTH)] for y in range(height)]


def _cell(char: pyte.screens.Char) -> tuple[object, ...]:
    lines = (char.underscore, char.reverse)
    if char.data == " " and not any(lines):
        return (" ", char.bg)
    return (char.data, char.fg, char.bg, char.bold, *lines)


@given(LINES)
def test_drawn_style_by_style_it_looks_as_drawn_from_left_to_right(lines: list[Strip]) -> None:
    console = Console(color_system="truecolor", force_terminal=True)
    plain = "".join(
        f"\x1b[{y + 1};1H{line.crop(0, WIDTH).render(console)}" for y, line in enumerate(lines)
    )
    spans = [(y, 0, WIDTH) for y in range(len(lines))]
    chops = ChopsUpdate([{0: line} for line in lines], spans, [[WIDTH]] * len(lines))
    sent = Pen().thin(ExactUpdate.of(chops).render_segments(console))
    assert cells(sent, len(lines)) == cells(plain, len(lines))
