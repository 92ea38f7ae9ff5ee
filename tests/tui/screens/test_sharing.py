"""Sharing a board by keys alone: its kind, and the places of members on it."""

from pathlib import Path
from typing import Any

import pytest

from engine.api import Acting
from engine.commands.boards import CreateBoard
from engine.model.actor import Role
from engine.queries.home import Boards
from engine.queries.members import BoardAccess
from tests.engine.members import colleague
from tests.tui.one_screen import drawn
from tests.tui.running import after, app_on, pressed, running, still, until, workspace

__all__ = ["still"]


async def team(acting: Acting) -> None:
    await acting.execute(CreateBoard(name="Plan"))
    await colleague(acting, "Grace Hopper")
    await colleague(acting, "Guest of the house", Role.GUEST)


@pytest.fixture
def studio(still: Path) -> Path:
    return workspace(still, team)


async def places(pilot: Any) -> tuple[str, dict[str, str]]:
    board = (await pilot.app.live.query(Boards()))[0].board
    access = await pilot.app.live.query(BoardAccess(board_id=board.id))
    return access.board.kind.value, {one.name: one.role.value for one in access.places}


SHARED = ("s", "enter", *"shareable", "enter", "o", *"guest", "enter", *"viewer", "enter")


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_a_shared_board(studio: Path, snap_compare: Any, size: tuple[int, int]) -> None:
    assert snap_compare(app_on(studio), terminal_size=size, run_before=after(*SHARED))


async def test_a_guest_gets_a_place_once_the_board_is_shareable(studio: Path) -> None:
    async with running(app_on(studio)) as pilot:
        await pressed(pilot, "s", "o", *"guest", "enter", "enter")
        assert "Make the board shareable first" in drawn(pilot)
        await pressed(pilot, "enter", *"shareable", "enter")
        await pressed(pilot, "o", *"guest", "enter", *"viewer", "enter")
        assert await places(pilot) == (
            "shareable",
            {"Guest of the house": "viewer", "You": "owner"},
        )


async def test_a_place_is_changed_and_taken_away(studio: Path) -> None:
    async with running(app_on(studio)) as pilot:
        await pressed(pilot, "s", "o", *"grace", "enter", *"viewer", "enter")
        await until(pilot, lambda: "viewer" in drawn(pilot))
        await pressed(pilot, "slash", *"grace", "enter", "enter", *"admin", "enter")
        assert (await places(pilot))[1]["Grace Hopper"] == "admin"
        await pressed(pilot, "enter", *"take", "enter")
        assert "Grace Hopper" not in (await places(pilot))[1]


async def test_when_everybody_has_a_place_it_says_so(studio: Path) -> None:
    async with running(app_on(studio)) as pilot:
        await pressed(pilot, *SHARED, "o", *"grace", "enter", "enter", "o")
        assert "Everybody has a place" in drawn(pilot)
