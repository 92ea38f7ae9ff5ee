"""The palette finds actions, boards and items by a few letters."""

from pathlib import Path
from typing import Any

import pytest
from textual import events

from tests.tui.one_screen import drawn
from tests.tui.running import after, app_on, pressed, running, still, until, workspace
from tui.demo import fill_with_samples
from tui.palette import Found, Palette, best
from tui.screens.board import BoardScreen
from tui.screens.item import ItemScreen
from tui.screens.trash import TrashScreen

__all__ = ["still"]


@pytest.fixture
def demo(still: Path) -> Path:
    return workspace(still, fill_with_samples)


def found(*names: str) -> list[Found]:
    return [Found("action", name, name) for name in names]


def test_beginnings_come_before_middles_and_these_before_letters_in_order() -> None:
    known = found("Add a group", "Regroup", "Group by person", "Go round up")
    names = [one.name for one in best("group", known)]
    assert names == ["Group by person", "Add a group", "Regroup", "Go round up"]


def test_a_slip_of_the_finger_still_finds() -> None:
    assert best("dupilcate", found("Duplicate", "Archive"))[0].name == "Duplicate"


def test_without_words_all_is_there_in_its_order() -> None:
    known = found("B", "A")
    assert best("", known) == known


def test_what_can_be_done_at_home(demo: Path, snap_compare: Any) -> None:
    assert snap_compare(app_on(demo), terminal_size=(120, 40), run_before=after("colon"))


async def test_an_action_is_carried_out(demo: Path) -> None:
    async with running(app_on(demo)) as pilot:
        await pressed(pilot, "ctrl+p", *"show the trash", "enter")
        assert isinstance(pilot.app.screen, TrashScreen)


async def test_a_second_enter_in_one_piece_carries_nothing_out_and_closes_nothing(
    demo: Path,
) -> None:
    async with running(app_on(demo)) as pilot:
        await pressed(pilot, "ctrl+p", *"show the trash")
        for _ in range(2):
            pilot.app.post_message(events.Key("enter", None))
        await until(pilot, lambda: isinstance(pilot.app.screen, TrashScreen))
        await pressed(pilot)  # what the second one would have done is done by then
        assert isinstance(pilot.app.screen, TrashScreen) and len(pilot.app.screen_stack) == 3


async def test_a_board_is_opened(demo: Path) -> None:
    async with running(app_on(demo)) as pilot:
        await pressed(pilot, ":", *"hiring", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, BoardScreen))
        await pressed(pilot)
        assert "Hiring pipeline" in drawn(pilot)


async def test_an_item_is_opened_beside_its_board(demo: Path) -> None:
    async with running(app_on(demo)) as pilot:
        await pressed(pilot, ":", *"coffee machine")
        await until(pilot, lambda: "A better coffee machine" in drawn(pilot))
        await pressed(pilot, "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ItemScreen))
        await pressed(pilot)
        screen = drawn(pilot)
        assert "A better coffee machine" in screen and "Team tasks" in screen


async def test_an_action_of_the_board_is_found_there(demo: Path) -> None:
    async with running(app_on(demo)) as pilot:
        await pressed(pilot, "enter", ":", *"switch between table", "enter")
        screen = pilot.app.screen
        assert isinstance(screen, BoardScreen) and screen.kind == "kanban"


async def test_what_nobody_has_is_said(demo: Path) -> None:
    async with running(app_on(demo)) as pilot:
        await pressed(pilot, ":", *"xqzxqzxq")
        assert "Nothing here is called like that." in drawn(pilot)
        await pressed(pilot, "escape")
        assert not isinstance(pilot.app.screen, Palette)


async def test_arrows_move_in_what_was_found(demo: Path) -> None:
    async with running(app_on(demo)) as pilot:
        await pressed(pilot, ":")
        palette = pilot.app.screen
        assert isinstance(palette, Palette)
        await pressed(pilot, "down", "down", "up")
        assert palette.options.highlighted == 1
