"""What a workspace needs beside being worked in: mails handed over, what every day brings, going back to a backup."""

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING

from engine.clock import system_clock
from engine.syncing import Device
from tui.bootstrap import Opened, open_unlocked
from tui.folders import MAIL
from tui.unlocking import Ask, unlocked_by_asking

if TYPE_CHECKING:
    from engine.backing_up import Backup


async def restore_backup(folder: Path, name: str, ask: Ask | None = None) -> "tuple[Backup, Path]":
    """Go back to a backup by its name. Comes back with it, and with where the state before lies. Raises
    WorkspaceErrors, NotFound, Refused; then everything is as it was."""
    from engine.backing_up import backups_of, restored
    from engine.commands.backups import NoteRestore
    from engine.retaining import run_retention

    unlocked = await unlocked_by_asking(folder, ask)
    backups = backups_of(unlocked.folder, unlocked.key)
    backup = await asyncio.to_thread(backups.named, name)
    with restored(unlocked.folder, unlocked.key, backup, system_clock) as before:
        opened = await open_unlocked(unlocked)
        try:
            await run_retention(opened.acting)  # who was erased since does not come back
            await opened.acting.execute(NoteRestore(backup_name=backup.name))
        finally:
            await opened.acting.engine.close()
    return backup, before


async def deliver_mails(opened: Opened) -> None:
    """What waits in the outbox goes into the workspace's folder of mails, as files. Raises OSError."""
    from engine.identity.delivery import deliver_all

    await deliver_all(opened.acting.engine, opened.folder / MAIL)


async def look_after(opened: Opened) -> None:
    """What every day brings: what was kept long enough goes, and a backup is made; for a linked workspace the server keeps
    house. Raises ConneqtErrors, OSError."""
    from engine import filing
    from engine.backing_up import back_up_daily, let_old_go
    from engine.retaining import run_retention

    acting = opened.acting
    await filing.let_unfinished_go(acting.engine)
    state = await Device(acting).state()
    if state is not None:
        if not state.link.taking:  # else the server does not have it yet
            await let_old_go(opened.folder, opened.key, acting.engine.now())
        return
    await run_retention(acting)
    if len(await acting.engine.organizations()) > 1:
        from engine.identity.keeping import keep_house

        but = acting.actor.organization_id
        await keep_house(acting.engine, opened.folder / MAIL, but=but)
    else:
        await deliver_mails(opened)
    await back_up_daily(acting, opened.folder, opened.key)
