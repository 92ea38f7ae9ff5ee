"""Scrolling by the terminal itself leaves what a whole painting would have left."""

import pyte
from hypothesis import given
from hypothesis import strategies as st
from textual.geometry import Region

from tui.widgets.terminal_scroll import scroll_sequence

WIDTH, HEIGHT = 20, 12


@given(st.integers(0, 3), st.integers(0, 3), st.integers(-5, 5).filter(bool))
def test_lines_of_the_region_move_and_the_others_stay(above: int, below: int, by: int):
    screen = pyte.Screen(WIDTH, HEIGHT)
    stream = pyte.Stream(screen)
    stream.feed("\r\n".join(f"line {number}" for number in range(HEIGHT)))
    region = Region(0, above, WIDTH, HEIGHT - above - below)
    stream.feed(scroll_sequence(region, by))
    lines = [line.rstrip() for line in screen.display]
    for y in range(HEIGHT):
        came_from = y + by
        if not region.y <= y < region.bottom:
            assert lines[y] == f"line {y}"
        elif region.y <= came_from < region.bottom:
            assert lines[y] == f"line {came_from}"


def test_the_margins_are_taken_away_again():
    assert scroll_sequence(Region(0, 2, 80, 10), 1).endswith("\x1b[r")
