"""How one person looks at a board: several sorts, what cards show, what is kept for the next visit, exporting it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.api import Acting
from engine.commands.boards import CreateBoard
from engine.commands.items import SetValues
from engine.model.view import Sort
from engine.queries.board_view import OpenBoard, RowOrder
from engine.queries.home import Preferences
from tests.tui.at_rest import at_rest
from tests.tui.one_screen import drawn, showing
from tests.tui.screens.board_sample import make_board, names, on_board, press, under_cursor
from tui.screens.board import BoardScreen
from tui.screens.board_sorting import turned

COLUMNS = st.sampled_from(["a", "b", "c", "d"])


async def budgets(acting: Acting) -> None:
    await make_board(acting)
    for id, budget, status in (("i0", "2", "done"), ("i1", "1", "done"), ("i2", "3", "stuck")):
        await acting.execute(SetValues(item_ids=(id,), values={"nu": budget, "st": status}))


@asynccontextmanager
async def visiting_again(acting: Acting) -> AsyncIterator[Any]:
    """The board's screen with what was kept of the last visit."""
    async with showing(acting, size=(120, 30)) as pilot:
        pilot.app.live.preferences = await acting.query(Preferences())  # type: ignore[attr-defined]
        await pilot.app.push_screen(BoardScreen(pilot.app.live, "board"))  # type: ignore[attr-defined]
        await pilot.pause()
        await at_rest(pilot)
        yield pilot


def order(pilot: Any) -> list[str]:
    """The names on the screen, from top to bottom."""
    wanted = ("Write the landing page", "Book the venue", "Order the cake", "Send the invoices")
    screen = drawn(pilot)
    return sorted(wanted, key=screen.index)


async def test_several_columns_sort_one_after_the_other(acting: Acting):
    await budgets(acting)
    async with on_board(acting) as pilot:
        await press(pilot, "S", *"status", "enter", *"budget", "enter", "escape")
        assert "sorted by Status, Budget" in drawn(pilot)
        down_first = order(pilot)
        await press(pilot, "S", *"budget", "enter", "escape")
        assert "sorted by Status, Budget (down)" in drawn(pilot)
        done = ["Book the venue", "Write the landing page"]
        assert [name for name in down_first if name in done] == done
        assert [name for name in order(pilot) if name in done] == done[::-1]
        await press(pilot, "S", *"as on", "enter")
        assert "sorted" not in drawn(pilot)


async def test_one_key_sorts_by_this_column_alone(acting: Acting):
    await budgets(acting)
    async with on_board(acting) as pilot:
        await press(pilot, "S", *"status", "enter", "escape", "l", "l", "l", "l", "s")
        assert "sorted by Budget" in drawn(pilot)
        assert order(pilot)[0] == "Book the venue"
        await press(pilot, "s", "s")
        assert "sorted" not in drawn(pilot)


@given(st.lists(COLUMNS, max_size=12))
def test_a_column_is_in_the_order_once_and_goes_up_down_and_off(chosen: list[str]) -> None:
    sorts: tuple[Sort, ...] = ()
    for column in chosen:
        sorts = turned(sorts, column)
    assert len({sort.column for sort in sorts}) == len(sorts)
    for column in set(chosen):
        times = chosen.count(column) % 3
        found = [sort.descending for sort in sorts if sort.column == column]
        assert found == ([] if times == 0 else [times == 2])


async def test_a_filter_that_finds_nothing_says_what_to_press(acting: Acting):
    await make_board(acting)
    async with on_board(acting) as pilot:
        await press(pilot, "/", *"nonsense", "enter")
        assert "Nothing fits the filter.  \\ clears it" in drawn(pilot)
        await press(pilot, "t")
        assert "Nothing fits the filter" in drawn(pilot)
        await press(pilot, "\\")
        assert "Nothing fits" not in drawn(pilot)
        assert "Book the venue" in drawn(pilot)


async def test_an_empty_kanban_says_what_to_press(acting: Acting):
    await make_board(acting, ())
    async with on_board(acting) as pilot:
        assert "+ Add" in drawn(pilot)
        await press(pilot, "t")
        assert "There are no cards yet.  o adds one." in drawn(pilot)


async def test_items_move_to_the_top_or_the_end_of_any_group(acting: Acting):
    await make_board(acting)
    async with on_board(acting) as pilot:
        await press(pilot, "M", *"later end", "enter")
        await press(pilot, "g", "g", "j", "M", *"later top", "enter")
        assert await names(acting, "later") == ["Book the venue", "Write the landing page"]
        await press(pilot, "u")
        assert await names(acting, "later") == ["Write the landing page"]


async def items_on(acting: Acting, board: str) -> int:
    return sum(map(len, (await acting.query(RowOrder(board_id=board))).values()))


async def test_items_move_to_another_board(acting: Acting):
    await make_board(acting)
    create = CreateBoard(name="Elsewhere", group="There")
    await acting.execute(create)
    async with on_board(acting) as pilot:
        await press(pilot, "M", *"another", "enter", *"else", "enter", *"there", "enter")
        assert await items_on(acting, create.board_id) == 1
        await press(pilot, "u")
        assert await items_on(acting, create.board_id) == 0


async def test_what_cards_show_is_chosen_and_kept(acting: Acting):
    await budgets(acting)
    async with on_board(acting) as pilot:
        await press(pilot, "t")
        assert "Stuck" in drawn(pilot)
        await press(pilot, "c", "f", *"status", "enter", "escape")
        assert "Stuck" not in drawn(pilot)
        assert "Budget 3" in drawn(pilot)
    async with visiting_again(acting) as pilot:
        assert "Stuck" not in drawn(pilot)
        await press(pilot, "W", *"Lean", "enter")
        (view,) = (await acting.query(OpenBoard(board_id="board"))).views
        assert view.card_fields is not None and "st" not in view.card_fields


async def test_the_density_of_cards_is_kept(acting: Acting):
    await make_board(acting)
    async with on_board(acting) as pilot:
        await press(pilot, "t", "z", "d")
        density = pilot.app.screen.kanban.density  # type: ignore[attr-defined]
        assert density != "normal"
    async with visiting_again(acting) as pilot:
        assert pilot.app.screen.kanban.density == density  # type: ignore[attr-defined]


async def test_the_next_visit_begins_on_the_item_of_the_last(acting: Acting):
    await make_board(acting)
    async with on_board(acting) as pilot:
        pilot.app.go_home = lambda: None  # type: ignore[attr-defined]
        await press(pilot, "j", "j", "escape")
        stored = (await acting.query(Preferences()))["board:board"]
        assert stored["cursor"] is not None  # type: ignore[index,call-overload]
    async with visiting_again(acting) as pilot:
        assert under_cursor(pilot) == "Order the cake"


@pytest.mark.parametrize("whole", [False, True])
async def test_the_view_or_the_whole_board_is_exported(
    acting: Acting, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, whole: bool
):
    monkeypatch.setenv("HOME", str(tmp_path))
    await make_board(acting)
    async with on_board(acting) as pilot:
        await press(pilot, "/", *"book", "enter", "X")
        assert "as the view shows it" in drawn(pilot)
        if whole:
            await press(pilot, "enter")
            assert "the whole board" in drawn(pilot)
        await press(pilot, "ctrl+s")
        text = (tmp_path / "Spring launch.csv").read_text()
        assert "Book the venue" in text
        assert ("Order the cake" in text) is whole
