"""The board screen by its keys, on a real workspace."""

import asyncio
from random import Random

import pytest
from textual import events
from textual.widgets import Input

from engine.api import Acting
from engine.commands.boards import ArchiveBoard, TrashBoard
from engine.commands.items import AddItems, NewItem, RenameItem, SetValues
from engine.queries.home import Preferences
from tests.tui.at_rest import at_rest
from tests.tui.one_screen import drawn
from tests.tui.screens.board_sample import (
    NAMES,
    make_board,
    names,
    on_board,
    press,
    under_cursor,
    values,
)


async def test_the_board_shows_its_groups_and_items(acting: Acting):
    await make_board(acting)
    async with on_board(acting) as pilot:
        screen = drawn(pilot)
        assert "Spring launch" in screen
        assert "Planning  4 items" in screen
        assert "Book the venue" in screen
        assert "Later  0 items" in screen


async def test_a_letter_sets_the_status(acting: Acting):
    await make_board(acting)
    async with on_board(acting) as pilot:
        await press(pilot, "l", "e", "d")
        assert (await values(acting))["Write the landing page"] == {"st": "done"}
        assert "Done" in drawn(pilot)


async def test_keys_typed_in_one_go_reach_the_editor_they_opened(acting: Acting):
    await make_board(acting)
    async with on_board(acting) as pilot:
        app = pilot.app
        for key in "lllle":
            app.post_message(events.Key(key, key))
        for key in "125":
            app.post_message(events.Key(key, key))
        app.post_message(events.Key("enter", "\r"))
        await pilot.pause()
        await at_rest(pilot)
        assert (await values(acting))["Write the landing page"] == {"nu": "125"}


@pytest.mark.parametrize("seed", range(12))
async def test_letters_keep_their_order_where_the_editor_is_just_opening(
    acting: Acting, seed: int
) -> None:
    """Now several come at once, now turns of the event loop pass between two."""
    turns = Random(seed)
    await make_board(acting)
    async with on_board(acting) as pilot:
        for key in ("r", *"abcdefghijkl"):
            pilot.app.post_message(events.Key(key, key))
            for _ in range(max(turns.randrange(-2, 9), 0)):
                await asyncio.sleep(0)
        await at_rest(pilot)
        assert pilot.app.screen.query_one(Input).value == "Write the landing pageabcdefghijkl"


async def test_a_value_that_is_none_is_refused_in_words_and_the_editor_stays(acting: Acting):
    await make_board(acting)
    async with on_board(acting) as pilot:
        await press(pilot, "l", "l", "l", "l", "e", "x", "enter")
        assert not pilot.app.screen.query("TableView")
        await press(pilot, "escape")
        assert (await values(acting))["Write the landing page"] == {}


@pytest.mark.parametrize("keys", ["r", "lllle"])
async def test_an_edit_writes_nothing_over_that_came_while_its_editor_was_open(
    acting: Acting, keys: str
):
    await make_board(acting)
    async with on_board(acting) as pilot:
        await press(pilot, *keys, *"12")
        await acting.execute(
            RenameItem(item_id="i0", name="Ada"), SetValues(item_ids=("i0",), values={"nu": "7"})
        )
        await press(pilot, "enter")
        assert "was changed meanwhile, to: " in drawn(pilot)
        await press(pilot, "n")
        assert (await values(acting))["Ada"] == {"nu": "7"}


@pytest.mark.parametrize(
    ("command", "state"), [(TrashBoard, "in the trash"), (ArchiveBoard, "archived")]
)
async def test_a_board_put_away_elsewhere_says_so_and_is_changed_no_more(
    acting: Acting, command: type[TrashBoard | ArchiveBoard], state: str
):
    await make_board(acting)
    async with on_board(acting) as pilot:
        await press(pilot, "r", "1")
        await acting.execute(command(board_id="board"))
        await press(pilot, "enter")
        assert f"This board is {state}. Restore it first" in drawn(pilot)
        assert f"{NAMES[0]}1" in drawn(pilot)
        await press(pilot, "escape")
        assert f"·  {state}" in drawn(pilot).splitlines()[0]
        await press(pilot, "t", "L", "r", "o", "a")
        assert pilot.app.told[-1].startswith(f"This board is {state}.")
        assert await names(acting) == [*NAMES]
        await press(pilot, "u", "t", "r", "enter")
        assert state not in drawn(pilot)


async def test_many_items_are_edited_as_one_step_of_undo(acting: Acting):
    await make_board(acting)
    async with on_board(acting) as pilot:
        await press(pilot, "ctrl+a", "l", "e")
        assert "Status of 4 items" in drawn(pilot)
        await press(pilot, "s")
        assert {str(v["st"]) for v in (await values(acting)).values()} == {"stuck"}
        await press(pilot, "u")
        assert all(not v for v in (await values(acting)).values())


async def test_a_dot_sets_the_last_value_again(acting: Acting):
    await make_board(acting)
    async with on_board(acting) as pilot:
        await press(pilot, "l", "e", "d", "j", "full_stop")
        assert (await values(acting))["Book the venue"] == {"st": "done"}


async def test_items_are_added_one_after_the_other_below_the_cursor(acting: Acting):
    await make_board(acting)
    async with on_board(acting) as pilot:
        await press(pilot, "o", *"One", "enter", *"Two", "enter", "escape")
        assert (await names(acting))[:3] == ["Write the landing page", "One", "Two"]
        assert under_cursor(pilot) == "Two"


async def test_names_that_come_in_one_piece_are_added_as_they_were_typed(acting: Acting):
    await make_board(acting)
    async with on_board(acting) as pilot:
        await press(pilot, "o")
        for key in (*"One", "enter", *"Two", "enter", "enter", *"Three", "enter"):
            pilot.app.post_message(events.Key(key, key if len(key) == 1 else None))
        await at_rest(pilot)
        assert (await names(acting))[1:5] == ["One", "Two", "Three", NAMES[1]]


async def test_pasted_lines_become_items_in_one_step(acting: Acting):
    await make_board(acting)
    async with on_board(acting) as pilot:
        pilot.app.post_message(events.Paste("First\n\n  Second \nThird"))
        await pilot.pause()
        await at_rest(pilot)
        assert (await names(acting))[1:4] == ["First", "Second", "Third"]
        await press(pilot, "u")
        assert len(await names(acting)) == 4


async def test_words_filter_while_they_are_typed_and_keep_the_cursor_on_its_item(acting: Acting):
    await make_board(acting)
    async with on_board(acting) as pilot:
        await press(pilot, "j", "j")
        await press(pilot, "slash", *"the")
        assert "Send the invoices" in drawn(pilot)
        assert under_cursor(pilot) == "Order the cake"
        await press(pilot, *" cake", "enter")
        assert "Book the venue" not in drawn(pilot)
        assert under_cursor(pilot) == "Order the cake"
        await press(pilot, "escape")
        assert "Book the venue" in drawn(pilot)


async def test_an_item_moves_down_and_into_the_next_group_with_the_cursor_on_it(acting: Acting):
    await make_board(acting)
    async with on_board(acting) as pilot:
        await press(pilot, "J")
        assert (await names(acting))[:2] == ["Book the venue", "Write the landing page"]
        await press(pilot, "3", "J")
        assert await names(acting, "later") == ["Write the landing page"]
        assert under_cursor(pilot) == "Write the landing page"


async def test_the_cursor_stays_on_its_item_when_others_change_the_board(acting: Acting):
    await make_board(acting)
    async with on_board(acting) as pilot:
        await press(pilot, "j", "j")
        await acting.execute(
            AddItems(group_id="planning", items=(NewItem(name="New above"),), after="")
        )
        await pilot.pause()
        await at_rest(pilot)
        assert "New above" in drawn(pilot)
        assert under_cursor(pilot) == "Order the cake"
        await acting.execute(RenameItem(item_id="i2", name="Order two cakes"))
        await pilot.pause()
        await at_rest(pilot)
        assert "Order two cakes" in drawn(pilot)


async def test_sorting_goes_up_down_and_off(acting: Acting):
    await make_board(acting)
    async with on_board(acting) as pilot:
        firsts = []
        for _ in range(3):
            await press(pilot, "s")
            screen = pilot.app.screen
            numbers = screen.source.lanes[0].numbers  # type: ignore[attr-defined]
            firsts.append(screen.source.row(numbers[0]).item.name)  # type: ignore[attr-defined]
        assert firsts == ["Book the venue", "Write the landing page", "Write the landing page"]


async def test_trash_asks_with_the_count_and_undo_brings_all_back(acting: Acting):
    await make_board(acting)
    async with on_board(acting) as pilot:
        await press(pilot, "space", "space", "d", "d")
        assert "Move 2 items to the trash?" in drawn(pilot)
        await press(pilot, "y")
        assert len(await names(acting)) == 2
        await press(pilot, "u")
        assert len(await names(acting)) == 4


async def test_switching_to_kanban_and_back_keeps_the_item(acting: Acting):
    await make_board(acting)
    async with on_board(acting) as pilot:
        await press(pilot, "j", "j", "t")
        assert under_cursor(pilot) == "Order the cake"
        assert "Kanban" in drawn(pilot)
        await press(pilot, "t")
        assert under_cursor(pilot) == "Order the cake"
        assert "Table" in drawn(pilot)


async def test_rows_are_copied_with_their_titles(acting: Acting):
    await make_board(acting)
    await acting.execute(SetValues(item_ids=("i0",), values={"st": "done"}))
    async with on_board(acting) as pilot:
        await press(pilot, "space", "space", "y")
        lines = pilot.app.clipboard.splitlines()
        assert lines[0].startswith("Name\tStatus")
        assert lines[1].startswith("Write the landing page\tDone")
        assert len(lines) == 3


async def test_subitems_are_added_below_their_item_and_folded_away(acting: Acting):
    await make_board(acting)
    async with on_board(acting) as pilot:
        await press(pilot, "a", *"Step", "enter", "escape")
        assert "└ Step" in drawn(pilot)
        await press(pilot, "tab")
        assert "└ Step" not in drawn(pilot)


async def test_a_group_collapses_to_its_title(acting: Acting):
    await make_board(acting)
    async with on_board(acting) as pilot:
        await press(pilot, "z", "a")
        assert "Book the venue" not in drawn(pilot)
        assert "Planning" in drawn(pilot)


async def test_the_board_comes_back_as_it_was_left(acting: Acting):
    await make_board(acting)
    async with on_board(acting) as pilot:
        await press(pilot, "s", "l", "c", "h")
        await pilot.app.workers.wait_for_complete()
    kept = (await acting.query(Preferences()))["board:board"]
    assert isinstance(kept, dict)
    assert kept["sorts"] and kept["hidden"] == ["st"]


async def test_a_mark_is_gone_back_to(acting: Acting):
    await make_board(acting)
    async with on_board(acting) as pilot:
        await press(pilot, "j", "m", "a", "G", "apostrophe", "a")
        assert under_cursor(pilot) == "Book the venue"


async def test_the_smallest_screen_still_shows_names(acting: Acting):
    await make_board(acting)
    async with on_board(acting, size=(40, 12)) as pilot:
        assert "Book the venue" in drawn(pilot)
        assert max(len(line) for line in drawn(pilot).splitlines()) <= 40
