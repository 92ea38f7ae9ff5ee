"""Takes an organization from a device to a server, or home again, whole: both ends of it (docs/sync-model.md)."""

import asyncio
import re
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Iterator
from typing import Any, Final

from msgspec import Struct

from engine.api import Acting, Engine, step_for, step_of
from engine.clock import new_id
from engine.commands.exports import NoteWholeExport
from engine.commands.membership import JoinedOrganization
from engine.commands.relocation import ArriveOnServer, LeaveServer
from engine.errors import Invalid, NotFound, Refused
from engine.identity.caller import Caller
from engine.identity.limits import limited
from engine.model.actor import Actor, Role
from engine.model.exchange import FileComing
from engine.model.item import PENDING_NUMBERS
from engine.model.relocation import Arrival, Arrived
from engine.queries.accounts import AboutMyAccount
from engine.queries.members import MemberOfAccount
from engine.store.deeds import find_epoch, read_head, write_head
from engine.store.file_parts import FOLDER, LEAVING, FileParts
from engine.store.files import CHUNK, FileStore, StoredFile, is_digest
from engine.store.linking import SCHEMA
from engine.store.packed_lines import lines_of, packed_lines
from engine.store.packing import packed
from engine.store.pulling import scopes_of
from engine.store.reading import SYSTEM_USER, Reading
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

__all__ = ["Arrivals", "Left", "StoredFile", "begin_taking", "bring_home", "leave", "pack", "taken"]

TRIES: Final = 5
LARGEST: Final = 4 << 30
"""Bytes of a packed organization."""
ORGANIZATION_ID: Final = re.compile(r"[0-9a-z][0-9a-z-]{15,63}")
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
        return files.take(_chunks(packed_lines(packed(reading)))), reading.last_seq()

    return await acting.session.read(acting.actor, Role.OWNER, False, work)


def _chunks(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """All but the last of the size that the store of files writes."""
    waiting = bytearray()
    for piece in pieces:
        waiting += piece
        while len(waiting) >= CHUNK:
            yield bytes(waiting[:CHUNK])
            del waiting[:CHUNK]
    if waiting:
        yield bytes(waiting)


# -- a device takes its organization to a server ------------------------------------------------


async def could_come(acting: Acting, ask: Callable[[Arrival], Awaitable[Arrived]]) -> None:
    """Ask a server whether the organization of a local workspace could come there. Raises Forbidden, Refused, and what
    `ask` raises."""
    mine = acting.actor.organization_id
    await _check_owner(acting)

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
            acked_id="", last_at=0, checked_at=now, schema=SCHEMA, taking=f"{file.digest}-{file.size}",
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
    """The server has it: from here on this is a device like any other."""
    mine = acting.actor.organization_id

    def work(connection: Any) -> None:
        write_link(connection, mine, taking="")
        forget_what_the_server_keeps(connection, mine)

    await acting.session.database.write(mine, work)
    await asyncio.to_thread(acting.files.remove, file.digest)


# -- and home again -----------------------------------------------------------------------------


async def leave(acting: Acting) -> Left:
    """Make this a local workspace with what is here; what waits is carried out here. Raises Forbidden, NotFound."""
    await _check_owner(acting)
    actor, session = acting.actor, acting.session
    step = step_for(LeaveServer(member_id=actor.user_id, whole=False))

    def work(connection: Any) -> tuple[list[str], Told, str]:
        link = find_link(connection, actor.organization_id)
        if link is None:
            raise NotFound("This workspace is not linked to a server.")
        troubles, told = unlink(session, connection, actor, step_of, step)
        return troubles, told, link.taking

    troubles, told, file = await session.database.write(actor.organization_id, work)
    acting.tell(told.announcements[-1].seq, told.announcements)
    packed_file = taking(file)
    if packed_file is not None:
        await asyncio.to_thread(acting.files.remove, packed_file.digest)
    return Left(troubles=tuple(troubles))


async def bring_home(acting: Acting, file: StoredFile) -> bool:
    """Make this a local workspace with everything that the server has sent in this file: ids, history and audit trail.
    False where something waits again: then nothing was done. Raises Refused and Invalid for a file that is none."""
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
    acting.tell(told.announcements[-1].seq, told.announcements)
    return True


async def _check_owner(acting: Acting) -> None:
    await acting.session.read(acting.actor, Role.OWNER, False, lambda reading: reading.member)


# -- the server ---------------------------------------------------------------------------------


class Arrivals:
    """An account's way to bring an organization to this server."""

    def __init__(self, engine: Engine, caller: Caller, account: Acting) -> None:
        self._engine = engine
        self._caller = caller
        self._account = account
        self.account_id = account.actor.user_id

    def _parts(self, digest: str, size: int) -> FileParts:
        if size > LARGEST:
            raise Invalid(f"A packed organization has {LARGEST:,} bytes at most.")
        return FileParts(self._account.files, self._account.actor.user_id, digest, size)

    async def received(self, digest: str, size: int) -> FileComing:
        """Raises Invalid, Forbidden."""
        await self._account.query(AboutMyAccount())
        parts = self._parts(digest, size)
        done = await asyncio.to_thread(self._account.files.has, digest)
        received = size if done else await asyncio.to_thread(parts.received)
        return FileComing(received=received, done=done)

    async def take(self, digest: str, size: int, start: int, content: bytes) -> FileComing:
        """One part. Raises Invalid, Refused, Forbidden."""
        now = await self.received(digest, size)
        if now.done:
            return now
        parts = self._parts(digest, size)
        received = await asyncio.to_thread(parts.take, start, content)
        if received < size:
            return FileComing(received=received, done=False)
        await asyncio.to_thread(parts.finish)
        return FileComing(received=received, done=True)

    async def find(self, arrival: Arrival) -> Arrived:
        """Whether it is here. Raises Refused where it could never come."""
        if not ORGANIZATION_ID.fullmatch(arrival.organization_id):
            raise Refused(ELSEWHERE)
        epoch = await self._epoch_of(arrival.organization_id)
        if epoch is None:
            return Arrived(here=False)
        about = await self._account.query(AboutMyAccount())
        system = self._caller.system(self._engine, arrival.organization_id)
        member_id = await system.query(MemberOfAccount(account_id=about.id))
        if member_id is None:
            raise Refused(ELSEWHERE)
        if epoch != arrival.epoch:
            raise Refused(KNOWN)
        await self._join(arrival.organization_id, member_id)
        return Arrived(here=True, member_id=member_id)

    async def _epoch_of(self, organization_id: str) -> str | None:
        return await self._account.session.database.read(
            organization_id, lambda connection: find_epoch(connection, organization_id)
        )

    async def arrive(self, arrival: Arrival) -> Arrived:
        """Take it in, all of it or nothing; once. Raises Refused, Invalid, Forbidden, TooMany."""
        found = await self.find(arrival)
        if found.here:
            return found
        about = await self._account.query(AboutMyAccount())
        await limited(self._engine, "arrival", self._caller, about=about.id, tenant=about.id)
        files = self._account.files
        if not await asyncio.to_thread(files.has, arrival.digest):
            raise NotFound("The organization has not come here yet. Send it first.")
        member_id = await self._unpack(arrival, files, about.id, about.email)
        await self._join(arrival.organization_id, member_id)
        await asyncio.to_thread(files.remove, arrival.digest)
        return Arrived(here=True, member_id=member_id)

    async def _unpack(
        self, arrival: Arrival, files: FileStore, account_id: str, email: str
    ) -> str:  # fmt: skip
        session = self._account.session
        tenant = arrival.organization_id
        actor = Actor(
            organization_id=tenant, user_id=SYSTEM_USER, device=self._caller.device,
            address=self._caller.address,
        )  # fmt: skip

        def work(connection: Any) -> str:
            lines = lines_of(files.chunks(arrival.digest, arrival.digest))
            unpacking = Unpacking(connection, session.sealing_key, lines)
            head = unpacking.head
            if (head.organization_id, head.epoch) != (tenant, arrival.epoch):
                raise Invalid("The organization that has come is not the one that was named.")
            unpacking.unpack(arrival.epoch)
            command = ArriveOnServer(
                member_id=head.member_id, account_id=account_id, email=email,
                entries=unpacking.entries, repaired=unpacking.repaired,
            )  # fmt: skip
            state = read_head(connection, actor)
            step = step_for(command)
            session.run_step(connection, actor, step, state, Told([], []))
            write_head(connection, actor, state)
            return head.member_id

        return await session.database.write(tenant, work)

    async def _join(self, organization_id: str, member_id: str) -> None:
        """The account belongs to it; said again it changes nothing."""
        about = await self._account.query(AboutMyAccount())
        if organization_id in {place.id for place in about.organizations}:
            return
        system = self._caller.system(self._engine, about.id)
        joined = JoinedOrganization(organization_id=organization_id, member_id=member_id)
        await system.execute(joined)


async def departing(acting: Acting) -> StoredFile:
    """Pack an organization of this server for its owner; it is in the audit trail before. What was packed before goes,
    and this within a week. Raises Forbidden for anybody else."""
    await acting.execute(NoteWholeExport())
    await departed(acting)
    file, _ = await pack(acting, leaving(acting))
    return file


async def departure(acting: Acting, digest: str, start: int) -> AsyncIterator[bytes]:
    """The bytes of what was packed for this owner, from `start` on. Raises Forbidden, NotFound."""
    await _check_owner(acting)
    ready = leaving(acting)
    if not is_digest(digest) or not await asyncio.to_thread(ready.has, digest):
        raise NotFound("This is not packed (any more). Begin anew.")
    return ready.read(digest, "packed organization", start)


async def departed(acting: Acting) -> None:
    """The owner has it: what was packed for them goes. Raises Forbidden."""
    await _check_owner(acting)
    ready = leaving(acting)
    for digest in await asyncio.to_thread(lambda: list(ready.digests())):
        await asyncio.to_thread(ready.remove, digest)


def leaving(acting: Acting) -> FileStore:
    """Where it lies packed for one owner, apart from all files of the organization: a digest opens none of those."""
    return acting.files.of(FOLDER).of(f"{LEAVING}{acting.actor.user_id}")
