"""Backups of a workspace: one a day by itself, kept for 30 days; and going back to one, with a copy of what was
there before, and without those who were erased since (policy §7; C22, C40)."""

import asyncio
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Final

from engine.api import Acting
from engine.clock import Clock, as_datetime
from engine.commands.backups import NoteBackup
from engine.errors import Refused
from engine.queries.home import WhoAmI
from engine.store.backups import BACKUPS, KEPT_DAYS, Backup, BackupFolder
from engine.store.file_places import Folder
from engine.store.files import FileStore
from engine.store.sqlite import alone

__all__ = ["Backup", "back_up", "back_up_daily", "backups_of", "let_old_go", "restored"]

DAY: Final = 86_400_000
BEFORE: Final = "before-restore-"
FILE: Final = "workspace.db"


def backups_of(folder: Path, key: bytes) -> BackupFolder:
    """The backups of the workspace in this folder, whose key this is."""
    return BackupFolder(folder / BACKUPS, key)


async def back_up(acting: Acting, folder: Path, key: bytes) -> Backup:
    """Make one now, and let go those of over 30 days. Raises WorkspaceErrors; then there is none."""
    engine, backups = acting.engine, backups_of(folder, key)
    now = engine.now()
    made = await asyncio.to_thread(backups.make, folder / FILE, engine.files, now)
    await acting.execute(NoteBackup(backup_name=made.name))
    await asyncio.to_thread(backups.let_go, now)
    await asyncio.to_thread(_let_copies_go, backups.folder, now)
    return made


async def let_old_go(folder: Path, key: bytes, now: int) -> None:
    """Of a linked workspace, where none is made by itself: each goes after 30 days. Raises Damaged, OSError."""
    backups = backups_of(folder, key)
    await asyncio.to_thread(partial(backups.let_go, now, but_newest=False))
    await asyncio.to_thread(_let_copies_go, backups.folder, now)


async def back_up_daily(acting: Acting, folder: Path, key: bytes) -> Backup | None:
    """Make one where the newest is a day old; for a workspace without any, where that is."""
    known = await asyncio.to_thread(backups_of(folder, key).list)
    organization, _ = await acting.query(WhoAmI())
    newest = known[-1].made_at if known else organization.created_at
    if acting.engine.now() - newest < DAY:
        return None
    return await back_up(acting, folder, key)


@contextmanager
def restored(folder: Path, key: bytes, backup: Backup, clock: Clock) -> Iterator[Path]:
    """Put the state of a backup in the place of the closed workspace; comes with where the state before lies.
    Whatever the block raises puts that back. Raises Refused while another program has it open, Damaged where the
    backup is; then everything is as it was."""
    database, backups = folder / FILE, backups_of(folder, key)
    part = folder / f"{FILE}.restored"
    backups.restore(backup, part, FileStore(Folder(folder / "attachments"), key))
    before = backups.folder / f"{BEFORE}{as_datetime(clock()).strftime('%Y-%m-%dT%H-%M-%SZ')}"
    try:
        if database.exists() and not alone(database, key):
            raise Refused("Another program has this workspace open. Close it there, and try again.")
        _move(folder, before)
        os.replace(part, database)
    finally:
        part.unlink(missing_ok=True)
    try:
        yield before
    except BaseException:
        _move(before, folder)
        raise


def _move(source: Path, target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for end in ("", "-wal", "-shm"):
        if (source / (FILE + end)).exists():
            os.replace(source / (FILE + end), target / (FILE + end))
        else:
            (target / (FILE + end)).unlink(missing_ok=True)


def _let_copies_go(folder: Path, now: int) -> None:
    """What was there before a restore is kept as long as a backup."""
    oldest = as_datetime(now - KEPT_DAYS * DAY).strftime("%Y-%m-%dT%H-%M-%SZ")
    for copy in folder.glob(f"{BEFORE}*"):
        if copy.name.removeprefix(BEFORE) < oldest:
            shutil.rmtree(copy)
