"""Marks on the board: an item that has no number yet is marked as any other, and found when it has got one."""

import asyncio
from pathlib import Path
from typing import Any

from sqlalchemy import update

from engine.api import Acting
from engine.commands.items import AddItems, NewItem, TrashItems
from engine.model.item import PENDING_NUMBERS
from engine.store.tables import head, item
from tests.tui.one_screen import drawn
from tests.tui.running import app_on, pressed, running, still, workspace
from tests.tui.screens.test_sync import LoopAtRest, linked, loop
from tui.screens.board import BoardScreen

__all__ = ["loop", "still"]


async def without_numbers(acting: Acting) -> None:
    """A device numbers for the time being, as after its first pull."""
    await linked(acting)
    mine = acting.actor.organization_id
    pending = update(head).where(head.c.organization_id == mine)
    await acting.session.database.write(
        mine,
        lambda connection: connection.execute(pending.values(item_number=PENDING_NUMBERS)),
    )


async def test_what_was_made_offline_is_marked_and_found_by_its_mark(
    still: Path, loop: LoopAtRest
) -> None:
    folder = await asyncio.to_thread(workspace, still, without_numbers)
    async with running(app_on(folder, board="Launch"), (100, 24)) as pilot:
        acting = pilot.app.live.acting
        new = NewItem(id="new", name="Made offline")
        await acting.execute(AddItems(group_id="g", items=(new,)))
        await pressed(pilot, "G", "k", "m", "a")
        assert "Mark a is set on #…." in drawn(pilot)
        mine = acting.actor.organization_id
        numbered = update(item).where(item.c.organization_id == mine, item.c.id == "new")
        await acting.session.database.write(
            mine, lambda connection: connection.execute(numbered.values(number=9))
        )
        screen: Any = pilot.app.screen
        assert isinstance(screen, BoardScreen)
        screen.reload()
        await pressed(pilot, "g", "g", "apostrophe", "a")
        assert screen.source.cursor == 9
        await acting.execute(TrashItems(item_ids=("new",)))
        await pressed(pilot, "apostrophe", "a")
        assert "is not on this board" in drawn(pilot)
