"""The board screen as kanban by its keys, on a real workspace."""

from textual.widgets import Input

from engine.api import Acting
from tests.tui.one_screen import drawn
from tests.tui.screens.board_sample import make_board, on_board, press, under_cursor, values


async def test_a_limit_is_set_by_key_shown_and_kept(acting: Acting) -> None:
    await make_board(acting)
    async with on_board(acting) as pilot:
        await press(pilot, "t", "z", "l")
        pilot.app.screen.query_one(Input).value = "3"
        await press(pilot, "enter")
        assert "4/3!" in drawn(pilot)
        await press(pilot, "t", "t")
        assert "4/3!" in drawn(pilot)


async def test_what_is_no_number_of_cards_is_refused_in_words(acting: Acting) -> None:
    await make_board(acting)
    async with on_board(acting) as pilot:
        await press(pilot, "t", "z", "l")
        pilot.app.screen.query_one(Input).value = "many"
        await press(pilot, "enter")
        assert "not a number of cards" in drawn(pilot)


async def test_a_card_goes_to_the_next_lane_and_back_by_key(acting: Acting) -> None:
    await make_board(acting)
    async with on_board(acting) as pilot:
        pilot.app.screen.source.lane_by = "st"  # type: ignore[attr-defined]
        pilot.app.screen.reload()  # type: ignore[attr-defined]
        await press(pilot, "t")
        name = under_cursor(pilot)
        before = (await values(acting))[name]
        await press(pilot, "H")
        assert (await values(acting))[name] != before
        assert under_cursor(pilot) == name
        await press(pilot, "u")
        assert (await values(acting))[name] == before
