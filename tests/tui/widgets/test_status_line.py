"""The line at the bottom names the keys that do something now: none that a screen above would take."""

from pathlib import Path
from typing import Any

import pytest

from engine.api import Acting
from tests.engine.boards import sample_board
from tests.tui.one_screen import drawn
from tests.tui.running import app_on, pressed, running, still, workspace
from tui.widgets.status_line import StatusLine

__all__ = ["still"]


async def board(acting: Acting) -> None:
    await sample_board(acting, name="Roadmap")


@pytest.fixture
def made(still: Path) -> Path:
    return workspace(still, board)


def below(pilot: Any) -> str:
    """The line of the board, whatever lies above it."""
    line = pilot.app.screen_stack[1].query_one(StatusLine)
    return str(line.render()).strip()


@pytest.mark.parametrize("key", ["enter", "e", "colon", "question_mark"])
async def test_keys_of_a_screen_below_another_are_not_shown(made: Path, key: str) -> None:
    async with running(app_on(made, board="Roadmap")) as pilot:
        await pressed(pilot, "g", "g", "j")
        before = below(pilot)
        assert "open" in before and before in drawn(pilot)
        await pressed(pilot, key)
        assert len(pilot.app.screen_stack) > 2 and not below(pilot)
        await pressed(pilot, "escape")
        assert below(pilot) == before


async def test_what_was_told_below_stays(made: Path) -> None:
    async with running(app_on(made, board="Roadmap")) as pilot:
        await pressed(pilot, "g", "g", "j")
        pilot.app.screen.query_one(StatusLine).tell("It is done.")
        await pressed(pilot, "e")
        assert "It is done." in drawn(pilot)
