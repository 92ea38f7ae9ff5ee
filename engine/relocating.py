"""Takes the organization of a store to a server, or home again, whole: the end of the device, and what both ends pack
(docs/sync-model.md). The server's end is engine.arriving."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

from msgspec import Struct

from engine.api import Acting
from engine.clock import new_id
from engine.commands.relocation import LeaveServer
from engine.errors import NotFound, Refused
from engine.model.actor import Role
from engine.model.item import PENDING_NUMBERS
from engine.model.relocation import Arrival, Arrived
from engine.steps import step_for, step_of
from engine.store.deeds import find_epoch, read_head, write_head
from engine.store.files import FileStore, StoredFile
from engine.store.linking import SCHEMA
from engine.store.packed_lines import lines_of, packed_lines
from engine.store.packing import packed
from engine.store.pulling import scopes_of
from engine.store.reading import Reading
from engine.store.session import Step, Told
from engine.store.stored_files import attached, note_stored
from engine.store.unlinking import come_home, forget_what_the_server_keeps, unlink
from engine.store.unpacking import Unpacking
from engine.store.waiting import (
    Link,
    count_waiting,
    find_link,
    make_link,
    write_cursors,
    write_link,
)
from engine.syncing import NOT_LINKED

__all__ = ["StoredFile"]

TRIES: Final = 5
LINKED: Final = (
    "This workspace is linked to a server already. Leave that one first: conneqtos sync leave"
)
BUSY: Final = "This workspace is being written all the time. Close other programs that have it open, and try again."
KNOWN: Final = (
    "This server has this organization already, as it was once taken there. Join it there, or take its boards as an "
    "export: conneqtos workspace export -o FILE"
)
ELSEWHERE: Final = "This server cannot take this organization."


class Left(Struct, frozen=True, kw_only=True):
    """What came of leaving a server: why some of what waited could not be carried out here."""

    troubles: tuple[str, ...] = ()


async def pack(acting: Acting, into: FileStore | None = None) -> tuple[StoredFile, int]:
    """Everything that an owner may take along, as a file among those of the organization or in another store; with the
    seq at which it was so. Raises Forbidden, WorkspaceErrors."""
    files = acting.files if into is None else into

    def work(reading: Reading) -> tuple[StoredFile, int]:
        return files.take(packed_lines(packed(reading))), reading.last_seq()

    return await acting.session.read(acting.actor, Role.OWNER, False, work)


# -- a device takes its organization to a server ------------------------------------------------


async def could_come(acting: Acting, ask: Callable[[Arrival], Awaitable[Arrived]]) -> None:
    """Ask a server whether the organization of a local workspace could come there. Raises Forbidden, Refused, and what
    `ask` raises."""
    mine = acting.actor.organization_id
    await check_owner(acting)

    def work(connection: Any) -> str:
        if find_link(connection, mine) is not None:
            raise Refused(LINKED)
        return find_epoch(connection, mine) or ""

    epoch = await acting.session.database.read(mine, work)
    answer = await ask(Arrival(organization_id=mine, epoch=epoch, digest="", size=0))
    if answer.here:
        raise Refused(KNOWN)


async def begin_taking(acting: Acting, server: str, token: str) -> tuple[StoredFile, int]:
    """Pack the organization of a local workspace, and make this store a device of the server from that very moment: what
    is given from here on waits for it. Comes back with the file, and how many attached files are not here. Raises
    Refused, Forbidden."""
    for _ in range(TRIES):
        file, seq = await pack(acting)
        found, missing = await _attached(acting)
        if await _link(acting, server, token, file, seq, found):
            return file, missing
        await asyncio.to_thread(acting.files.remove, file.digest)
    raise Refused(BUSY)


async def _attached(acting: Acting) -> tuple[list[StoredFile], int]:
    """The attached files whose bytes are here, and how many others there are."""
    mine = acting.actor.organization_id
    named = await acting.session.database.read(mine, lambda connection: attached(connection, mine))
    here = await asyncio.to_thread(lambda: [one for one in named if acting.files.has(one.digest)])
    return here, len(named) - len(here)


async def _link(
    acting: Acting, server: str, token: str, file: StoredFile, seq: int, files: list[StoredFile]
) -> bool:
    """False where something was written since it was packed."""
    actor, session = acting.actor, acting.session
    mine = actor.organization_id

    def work(connection: Any) -> bool:
        if find_link(connection, mine) is not None:
            raise Refused(LINKED)
        state = read_head(connection, actor)
        if state.seq != seq:
            return False
        now = session.clock()
        reading = Reading(connection, actor, now, session.utc_offset(), Role.OWNER, False)
        made = Link(
            server=server, token=token, epoch=state.epoch, member_id=actor.user_id, last_n=0, acked_n=0,
            acked_id="", last_at=now, checked_at=now, schema=SCHEMA, taking=f"{file.digest}-{file.size}",
        )  # fmt: skip
        make_link(connection, mine, made, new_id())
        scopes = scopes_of(reading)
        write_cursors(connection, mine, dict.fromkeys(scopes, seq), scopes)
        state.item_number = PENDING_NUMBERS
        write_head(connection, actor, state)
        note_stored(connection, mine, actor.user_id, files, now)
        return True

    return await session.database.write(mine, work)


def taking(text: str) -> StoredFile | None:
    """What `Link.taking` says."""
    digest, _, size = text.partition("-")
    return StoredFile(digest, int(size)) if digest else None


async def taken(acting: Acting, file: StoredFile) -> None:
    """The server has it: from here on this is a device like any other. Nothing where another program has said so."""
    mine = acting.actor.organization_id

    def work(connection: Any) -> None:
        link = find_link(connection, mine)
        if link is None or taking(link.taking) != file:
            return
        write_link(connection, mine, taking="")
        forget_what_the_server_keeps(connection, mine, link.member_id)

    await acting.engine.drop_backups()
    await acting.session.database.write(mine, work)
    await asyncio.to_thread(acting.files.remove, file.digest)


# -- and home again -----------------------------------------------------------------------------


async def leave(acting: Acting) -> Left:
    """Make this a local workspace with what is here; what waits is carried out here. Raises Forbidden, NotFound."""
    await check_owner(acting)
    actor, session = acting.actor, acting.session
    step = step_for(LeaveServer(member_id=actor.user_id, whole=False))

    def work(connection: Any) -> tuple[list[str], Told, str]:
        link = find_link(connection, actor.organization_id)
        if link is None:
            raise NotFound(NOT_LINKED)
        troubles, told = unlink(session, connection, actor, step_of, step)
        return troubles, told, link.taking

    troubles, told, file = await session.database.write(actor.organization_id, work)
    acting.tell(told.announcements)
    packed_file = taking(file)
    if packed_file is not None:
        await asyncio.to_thread(acting.files.remove, packed_file.digest)
    return Left(troubles=tuple(troubles))


async def bring_home(acting: Acting, file: StoredFile) -> bool:
    """Make this a local workspace with everything that the server has sent in this file: ids, history and audit trail.
    False where something waits again, or was taken since it was packed: then nothing was done. Raises Refused and Invalid for a file that is none."""
    actor, session = acting.actor, acting.session

    def work(connection: Any) -> Told | None:
        if count_waiting(connection, actor.organization_id)[0]:
            return None
        lines = lines_of(acting.files.chunks(file.digest, file.digest))

        def step(unpacking: Unpacking) -> Step:
            if (unpacking.head.organization_id, unpacking.head.member_id) != (
                actor.organization_id, actor.user_id,
            ):  # fmt: skip
                raise Refused(ELSEWHERE)
            return step_for(LeaveServer(member_id=actor.user_id, whole=True))

        return come_home(session, connection, actor, lines, step)

    told = await session.database.write(actor.organization_id, work)
    if told is None:
        return False
    acting.tell(told.announcements)
    return True


async def check_owner(acting: Acting) -> None:
    """Raises Forbidden for anybody else."""
    await acting.session.read(acting.actor, Role.OWNER, False, lambda reading: reading.member)
