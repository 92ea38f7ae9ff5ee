"""The line above a board: as much of who is there as there is room for, and never nothing."""

import asyncio
from pathlib import Path

import pytest

from engine.api import Acting
from engine.commands.members import AddPerson
from engine.model.presence import Present
from sync.client.mark import Mark, Standing
from tests.tui.one_screen import drawn
from tests.tui.running import app_on, pressed, running, still, workspace
from tests.tui.screens.test_sync import LoopAtRest, linked, loop

__all__ = ["loop", "still"]


async def with_a_second(acting: Acting) -> None:
    await acting.execute(AddPerson(member_id="q", name="Quality engineer"))
    await linked(acting)


@pytest.mark.parametrize(
    ("width", "said"),
    [
        (120, "with Release manager on “Write the notes”, Quality engineer"),
        (90, "with Release manager, Quality engineer"),
        (80, "+2 here"),
        (50, "+2 here"),
    ],
)
async def test_who_else_is_on_a_sorted_board_is_said_at_every_width(
    still: Path, loop: LoopAtRest, width: int, said: str
) -> None:
    both = (
        Present(member_id="p", board_id="b", number=1), Present(member_id="q", board_id="b"),
    )  # fmt: skip
    loop.mark = Mark(standing=Standing.SYNCED, people=both)
    folder = await asyncio.to_thread(workspace, still, with_a_second)
    async with running(app_on(folder, board="Launch"), (width, 24)) as pilot:
        await pressed(pilot, "s")
        title = drawn(pilot).splitlines()[0]
        assert said in title and title.endswith("2 items") and len(title) <= width
        assert ("sorted by" in title) is (width >= 80)
