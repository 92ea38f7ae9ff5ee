"""Where an organization comes to this server from a device, and where it is packed for its owner to take home
(docs/sync-model.md). The device's end is engine.relocating."""

import asyncio
import re
from collections.abc import AsyncIterator
from typing import Any, Final

from engine.api import Acting, Engine
from engine.commands.exports import NoteWholeExport
from engine.commands.membership import JoinedOrganization
from engine.commands.relocation import ArriveOnServer
from engine.errors import Invalid, NotFound, Refused
from engine.identity.caller import Caller
from engine.identity.limits import limited
from engine.model.exchange import FileComing
from engine.model.relocation import Arrival, Arrived
from engine.queries.accounts import AboutMyAccount, MyAccount
from engine.queries.members import MemberOfAccount
from engine.relocating import ELSEWHERE, KNOWN, StoredFile, check_owner, pack
from engine.steps import step_for
from engine.store.deeds import find_epoch, read_head, write_head
from engine.store.file_parts import FOLDER, LEAVING, FileParts
from engine.store.files import FileStore
from engine.store.packed_lines import LONGEST, lines_of
from engine.store.session import Told
from engine.store.unpacking import Unpacking, check_lines
from engine.storing import FileLimits, TooLarge

LARGEST: Final = 4 << 30
"""Bytes of a packed organization."""
LARGEST_UNPACKED: Final = 16 << 30
FOLD: Final = 250
"""How many times as large it may be unpacked, beyond one long line."""
AT_ONCE: Final = 4
"""Packed organizations of one account that lie here, whole or in part, until they are taken in."""
ORGANIZATION_ID: Final = re.compile(r"[0-9a-z][0-9a-z-]{15,63}")
ENOUGH: Final = (
    f"{AT_ONCE} organizations of this account are on their way here already. Let one of them arrive; what does not come "
    "to its end goes within a week."
)
NOT_COME: Final = "The organization has not come here yet. Send it first."


class Arrivals:
    """An account's way to bring an organization to this server."""

    def __init__(
        self, engine: Engine, caller: Caller, account: Acting, limits: FileLimits | None = None
    ) -> None:
        self._engine = engine
        self._limits = limits or FileLimits()
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
        """One part. The last one, or the next where all came before, makes it the one that lies here whole: what came before
        it, and was not taken in, goes. Raises Invalid, Refused, Forbidden, TooLarge."""
        now = await self.received(digest, size)
        if now.done:
            return now
        parts, received = self._parts(digest, size), now.received
        if not start:
            await asyncio.to_thread(self._check_room, parts)
        if received < size:
            received = await asyncio.to_thread(parts.take, start, content)
        if received < size:
            return FileComing(received=received, done=False)
        await asyncio.to_thread(parts.finish)
        await asyncio.to_thread(self._keep_only, digest)
        return FileComing(received=received, done=True)

    def _check_room(self, parts: FileParts) -> None:
        """Asked once, as it begins: a file counts as large as it said it is, and its parts come in their order."""
        files = self._account.files
        whole, others = list(files.digests()), parts.others()
        if len(whole) + len(others) >= AT_ONCE:
            raise Refused(ENOUGH)
        together = sum(map(files.bytes_of, whole)) + sum(one.size for one in others)
        if self._limits.all and together + parts.file.size > self._limits.all:
            raise TooLarge(
                f"What this account brings may have {self._limits.all:,} bytes together. Ask who runs the server for more."
            )

    def _keep_only(self, digest: str) -> None:
        files = self._account.files
        for other in [one for one in files.digests() if one != digest]:
            files.remove(other)

    async def find(self, arrival: Arrival) -> Arrived:
        """Whether it is here. Raises Refused where it could never come."""
        return await self._find(arrival, await self._account.query(AboutMyAccount()))

    async def arrive(self, arrival: Arrival) -> Arrived:
        """Take it in, all of it or nothing; once. Raises Refused, Invalid, Forbidden, TooMany, and NotFound where it has
        not been sent."""
        about = await self._account.query(AboutMyAccount())
        found = await self._find(arrival, about)
        if found.here:
            return found
        await limited(self._engine, "arrival", self._caller, about=about.id, tenant=about.id)
        try:
            member_id = await self._unpack(arrival, about)
        except (Invalid, NotFound):
            found = await self._find(arrival, about)
            if found.here:  # another process of the server was asked before, and came first
                return found
            raise
        await self._join(arrival.organization_id, member_id, about)
        await asyncio.to_thread(self._account.files.remove, arrival.digest)
        return Arrived(here=True, member_id=member_id)

    async def _find(self, arrival: Arrival, about: MyAccount) -> Arrived:
        tenant = arrival.organization_id
        if not ORGANIZATION_ID.fullmatch(tenant):
            raise Refused(ELSEWHERE)
        epoch = await self._account.session.database.read(
            tenant, lambda connection: find_epoch(connection, tenant)
        )
        if epoch is None:
            return Arrived(here=False)
        system = self._caller.system(self._engine, tenant)
        member_id = await system.query(MemberOfAccount(account_id=about.id))
        if member_id is None:
            raise Refused(ELSEWHERE)
        if epoch != arrival.epoch:
            raise Refused(KNOWN)
        await self._join(tenant, member_id, about)
        return Arrived(here=True, member_id=member_id)

    async def _unpack(self, arrival: Arrival, about: MyAccount) -> str:
        """In one transaction; comes back with who is its owner there."""
        files, session = self._account.files, self._account.session
        if not await asyncio.to_thread(files.has, arrival.digest):
            raise NotFound(NOT_COME)
        await asyncio.to_thread(self._check_lines, arrival.digest)
        tenant = arrival.organization_id
        actor = self._caller.system(self._engine, tenant).actor

        def work(connection: Any) -> str:
            lines = lines_of(files.chunks(arrival.digest, arrival.digest))
            unpacking = Unpacking(connection, session.sealing_key, lines)
            head = unpacking.head
            if (head.organization_id, head.epoch) != (tenant, arrival.epoch):
                raise Invalid("The organization that has come is not the one that was named.")
            unpacking.unpack(arrival.epoch)
            command = ArriveOnServer(
                member_id=head.member_id, account_id=about.id, email=about.email,
                name=about.name if arrival.nameless else "", entries=unpacking.entries,
                repaired=unpacking.repaired,
            )  # fmt: skip
            state = read_head(connection, actor)
            session.run_step(connection, actor, step_for(command), state, Told([], []))
            write_head(connection, actor, state)
            return head.member_id

        return await session.database.write(tenant, work)

    def _check_lines(self, digest: str) -> None:
        files = self._account.files
        most = min(LARGEST_UNPACKED, LONGEST + FOLD * files.bytes_of(digest))
        check_lines(lines_of(files.chunks(digest, digest), most))

    async def _join(self, organization_id: str, member_id: str, about: MyAccount) -> None:
        """The account belongs to it; said again it changes nothing."""
        if organization_id in {place.id for place in about.organizations}:
            return
        joined = JoinedOrganization(organization_id=organization_id, member_id=member_id)
        await self._caller.system(self._engine, about.id).execute(joined)


async def departing(acting: Acting) -> StoredFile:
    """Pack an organization of this server for its owner; it is in the audit trail before. What was packed before goes,
    and this within a week. Raises Forbidden for anybody else."""
    await acting.execute(NoteWholeExport())
    await departed(acting)
    file, _ = await pack(acting, leaving(acting))
    return file


async def departure(acting: Acting, digest: str, start: int) -> AsyncIterator[bytes]:
    """The bytes of what was packed for this owner, from `start` on. Raises Forbidden; the first piece NotFound."""
    await check_owner(acting)
    return leaving(acting).read(digest, "packed organization", start)


async def departed(acting: Acting) -> None:
    """The owner has it: what was packed for them goes. Raises Forbidden."""
    await check_owner(acting)
    ready = leaving(acting)
    for digest in await asyncio.to_thread(lambda: list(ready.digests())):
        await asyncio.to_thread(ready.remove, digest)


def leaving(acting: Acting) -> FileStore:
    """Where it lies packed for one owner, apart from all files of the organization: a digest opens none of those."""
    return acting.files.of(FOLDER).of(f"{LEAVING}{acting.actor.user_id}")
