"""The bytes of attachments: taken in from this machine, and let go when nothing needs them any more."""

import asyncio
from collections.abc import Set
from pathlib import Path
from typing import Final

from engine.api import Acting, Engine
from engine.queries.files import FilesInUse
from engine.store.file_parts import drop_old_parts, drop_parts
from engine.store.file_places import drop_unfinished
from engine.store.files import Progress, StoredFile
from engine.store.stored_files import forget_brought

HOUR: Final = 3_600.0


async def add_file(acting: Acting, path: Path, progress: Progress | None = None) -> StoredFile:
    """Take a file of this machine in, so that AttachFile can name it. Raises NotFound and Refused for what is
    not a readable plain file, WorkspaceErrors of the disk."""
    stored = await acting.files.add(path, progress)
    await acting.brought(stored)
    return stored


async def collect_files(acting: Acting) -> int:
    """Remove the organization's encrypted files that nothing needs any more, and that have been there for an
    hour (one that just comes in has no row yet). Comes back with how many."""
    files = acting.files
    await asyncio.to_thread(drop_old_parts, files)
    return await let_files_go(
        acting, await asyncio.to_thread(lambda: set(files.digests(older_than=HOUR)))
    )


async def let_unfinished_go(engine: Engine) -> None:
    """Of all organizations: what a crash left half written."""
    await asyncio.to_thread(drop_unfinished, engine.files.place)


async def let_files_go(acting: Acting, digests: Set[str]) -> int:
    """Remove those of these files that nothing needs. Comes back with how many."""
    unused = await _unneeded(acting, digests)
    for digest in unused:
        await asyncio.to_thread(acting.files.remove, digest)
    return len(unused)


async def let_lost_files_go(acting: Acting, digests: Set[str]) -> None:
    """On a device, of which rows went away: what had come of such a file in parts goes with it."""
    for digest in await _unneeded(acting, digests):
        await asyncio.to_thread(drop_parts, acting.files, digest)
        await asyncio.to_thread(acting.files.remove, digest)


async def _unneeded(acting: Acting, digests: Set[str]) -> Set[str]:
    """Those that no row and no command needs."""
    mine = acting.actor.organization_id
    await acting.session.database.write(
        mine, lambda connection: forget_brought(connection, mine, acting.engine.now())
    )
    if not digests:
        return frozenset()
    return digests - await acting.engine.as_system(mine).query(FilesInUse())
