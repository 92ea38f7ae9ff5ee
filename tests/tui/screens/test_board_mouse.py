"""The board as a table by the mouse alone: what is clicked is found by what stands there."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from textual import events
from textual.pilot import Pilot

from engine.api import Acting
from tests.tui.at_rest import at_rest
from tests.tui.one_screen import drawn
from tests.tui.running import app_on, pressed, running, still, workspace
from tests.tui.screens.board_sample import make_board, names, on_board, press, under_cursor, values
from tui.screens.board import BoardScreen
from tui.widgets.filter_bar import FilterBar

__all__ = ["still"]

FIRST, SECOND, THIRD, FOURTH = (
    "Write the landing page", "Book the venue", "Order the cake", "Send the invoices",
)  # fmt: skip


def place(pilot: Pilot[Any], text: str, *, right: int = 0) -> tuple[int, int]:
    """Where a text stands lowest on the screen, or a place so many cells behind its beginning."""
    for y, line in reversed(list(enumerate(drawn(pilot).splitlines()))):
        if text in line:
            return line.index(text) + right, y
    raise AssertionError(f"“{text}” is not on the screen:\n{drawn(pilot)}")


async def click(pilot: Pilot[Any], text: str, *, right: int = 0, **more: Any) -> None:
    x, y = place(pilot, text, right=right)
    widget, region = pilot.app.screen.get_widget_at(x, y)  # as a terminal's click finds it
    await pilot.click(widget, offset=(x - region.x, y - region.y), **more)
    await at_rest(pilot)


async def drag(pilot: Pilot[Any], start: tuple[int, int], end: tuple[int, int]) -> None:
    await pilot.mouse_down(offset=start)
    await pilot.hover(offset=end)
    await pilot.mouse_up(offset=end)
    await at_rest(pilot)


@pytest.fixture
def studio(still: Path) -> Path:
    return workspace(still, make_board)


@asynccontextmanager
async def board(acting: Acting, *more: str) -> AsyncIterator[Pilot[Any]]:
    await make_board(acting, (FIRST, SECOND, THIRD, FOURTH, *more))
    async with on_board(acting) as pilot:
        yield pilot


def screen_of(pilot: Pilot[Any]) -> BoardScreen:
    found = pilot.app.screen
    assert isinstance(found, BoardScreen)
    return found


async def test_a_click_puts_the_cursor_on_the_cell(acting: Acting) -> None:
    async with board(acting) as pilot:
        await click(pilot, THIRD)
        assert under_cursor(pilot) == THIRD
        x, _ = place(pilot, "Budget")
        _, y = place(pilot, SECOND)
        await pilot.click(offset=(x + 1, y))
        assert under_cursor(pilot) == SECOND and screen_of(pilot).table.column_id == "nu"


async def test_a_click_on_the_cell_under_the_cursor_edits_it(acting: Acting) -> None:
    async with board(acting) as pilot:
        x, _ = place(pilot, "Budget")
        _, y = place(pilot, SECOND)
        for _ in range(2):
            await pilot.click(offset=(x + 1, y))
            await at_rest(pilot)
        await press(pilot, *"125", "enter")
        assert (await values(acting))[SECOND] == {"nu": "125"}


async def test_a_status_is_chosen_from_its_list(acting: Acting) -> None:
    async with board(acting) as pilot:
        x, _ = place(pilot, "Status")
        _, y = place(pilot, FIRST)
        for _ in range(2):
            await pilot.click(offset=(x + 1, y))
            await at_rest(pilot)
        await click(pilot, "Stuck")
        assert (await values(acting))[FIRST] == {"st": "stuck"}


async def test_a_click_beside_an_editor_leaves_it_without_a_change(acting: Acting) -> None:
    async with board(acting) as pilot:
        await press(pilot, "l", "e")
        assert not isinstance(pilot.app.screen, BoardScreen)
        await pilot.click(offset=(100, 25))
        await at_rest(pilot)
        assert screen_of(pilot) and (await values(acting))[FIRST] == {}


async def test_a_visit_by_double_clicks_and_clicks_beside(studio: Path) -> None:
    async with running(app_on(studio)) as pilot:
        await click(pilot, "Spring launch", times=2)
        assert FIRST in drawn(pilot)
        await click(pilot, SECOND, times=2)
        assert "COMMENTS" in drawn(pilot)
        await click(pilot, "Write a comment")
        await pressed(pilot, *"Hello", "ctrl+s")
        assert "Hello" in drawn(pilot)
        await pilot.click(offset=(5, 30))
        await at_rest(pilot)
        assert "COMMENTS" not in drawn(pilot) and "❞1" in drawn(pilot)


async def test_clicks_select_with_ctrl_at_the_edge_and_as_a_range(acting: Acting) -> None:
    async with board(acting) as pilot:
        await click(pilot, FIRST, control=True)
        await click(pilot, THIRD, control=True)
        assert "2 selected" in drawn(pilot)
        await pilot.click(offset=(0, place(pilot, FOURTH)[1]))
        await at_rest(pilot)
        assert "3 selected" in drawn(pilot)
        await press(pilot, "escape")
        await click(pilot, SECOND)
        await click(pilot, FOURTH, shift=True)
        assert len(screen_of(pilot).chosen()) == 3


async def test_a_click_on_a_header_sorts_and_again_turns_it_over(acting: Acting) -> None:
    async with board(acting) as pilot:
        x, y = place(pilot, "Budget")
        await drag(pilot, (x + 1, y), (x + 1, y))
        assert [sort.column for sort in screen_of(pilot).source.sorts] == ["nu"]
        await pilot.click(offset=(place(pilot, "Item")[0], y))
        await at_rest(pilot)
        shown = [
            line for line in drawn(pilot).splitlines() if any(n in line for n in (SECOND, FIRST))
        ]
        assert SECOND in shown[0]


async def test_columns_are_made_wider_and_moved_by_dragging(acting: Acting) -> None:
    async with board(acting) as pilot:
        table = screen_of(pilot).table
        span = next(span for span in table.drawing.spans if span.column.id == "st")
        y = place(pilot, "Status")[1]
        await drag(pilot, (span.x + span.width, y), (span.x + span.width + 6, y))
        wider = next(span for span in table.drawing.spans if span.column.id == "st")
        assert wider.width > span.width
        x = place(pilot, "Budget")[0]
        await drag(pilot, (x + 1, y), (place(pilot, "Status")[0] + 1, y))
        titles = drawn(pilot).splitlines()[y]
        assert titles.index("Budget") < titles.index("Due")


async def test_an_item_is_dragged_by_its_edge(acting: Acting) -> None:
    async with board(acting) as pilot:
        await drag(pilot, (0, place(pilot, FIRST)[1]), (0, place(pilot, THIRD)[1]))
        assert await names(acting) == [SECOND, THIRD, FIRST, FOURTH]
        await drag(pilot, (0, place(pilot, SECOND)[1]), (0, place(pilot, "Later")[1]))
        assert await names(acting, "later") == [SECOND]


async def test_a_click_on_a_group_collapses_it_and_shows_it_again(acting: Acting) -> None:
    async with board(acting) as pilot:
        await click(pilot, "Planning")
        assert FIRST not in drawn(pilot)
        await click(pilot, "Planning")
        assert FIRST in drawn(pilot)


async def test_a_click_on_the_add_line_adds(acting: Acting) -> None:
    async with board(acting) as pilot:
        await click(pilot, "+ Add item")
        await press(pilot, *"Mouse", "enter", "escape")
        assert await names(acting, "later") == ["Mouse"]


async def test_the_wheel_scrolls_lines_and_with_shift_columns(acting: Acting) -> None:
    async with board(acting, *(f"Item {n}" for n in range(60))) as pilot:
        table = screen_of(pilot).table
        for _ in range(3):
            await pilot._post_mouse_events([events.MouseScrollDown], table, offset=(10, 10))
        await at_rest(pilot)
        assert table.top > 0
        await pilot._post_mouse_events([events.MouseScrollUp], table, offset=(10, 10))
        assert FIRST not in drawn(pilot)


async def test_the_filter_bar_takes_a_click(acting: Acting) -> None:
    async with board(acting) as pilot:
        await press(pilot, "slash", *"cake", "enter")
        assert FIRST not in drawn(pilot)
        await pilot.click(FilterBar, offset=(5, 0))
        await at_rest(pilot)
        await press(pilot, "end", "ctrl+u", "enter")
        assert FIRST in drawn(pilot)
