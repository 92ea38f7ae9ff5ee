"""A linked device on an open engine: what it sends, what it takes in, and what waits (docs/sync-model.md). The server’s end is
engine.authority."""

import asyncio
import logging
from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, Final

from msgspec import Struct

from engine import filing
from engine.api import Acting, Engine
from engine.clock import new_id
from engine.commands.registry import command_from
from engine.errors import NotFound
from engine.model.actor import Actor
from engine.model.exchange import MOST_COMMANDS, PROTOCOL, Ack, Hello, Pull, Push, Sent, Welcome
from engine.model.record import JSON
from engine.steps import step_of
from engine.store import waiting
from engine.store.erased import forgotten_members
from engine.store.file_parts import FileParts
from engine.store.files import StoredFile
from engine.store.linking import forked, join, offered, read_anew_if_newer, restarted
from engine.store.outgoing import RECALLED_MS, hold_file, next_commands
from engine.store.packed_lines import lines_of
from engine.store.rebasing import Applied, Rebase
from engine.store.stored_files import (
    count_unsent,
    note_sent,
    note_stored,
    send_again,
    unsent,
)
from engine.store.waiting import Held, Link, Waiting

__all__ = [
    "NOT_LINKED",
    "Applied",
    "Device",
    "Held",
    "SyncState",
    "Waiting",
]

log = logging.getLogger("conneqtos.sync")
CHECKED_EVERY: Final = 86_400_000
NOT_LINKED: Final = "This workspace is not linked to a server."


class SyncState(Struct, frozen=True, kw_only=True):
    """Where a linked device stands. `scopes` are those it has read; `quiet` of those that wait are what the app remembers
    by itself, not somebody's work; `files` are those whose bytes wait for the server; `conflicts` are edits of the person
    that met somebody else's."""

    link: Link
    waiting: int
    held: int
    quiet: int = 0
    files: int = 0
    conflicts: int = 0
    scopes: frozenset[str]

    @property
    def only_here(self) -> int:
        """Commands of the person, and files, that only this device has: they go with it."""
        return self.waiting - self.quiet + self.held + self.files

    @property
    def settled(self) -> bool:
        """Whether “synced” may be said: nothing waits, no command and no file, and nothing is held."""
        return not (self.waiting or self.held or self.files)


class Device:
    """A linked device's end."""

    def __init__(self, acting: Acting) -> None:
        self._acting = acting
        self._session = acting.session
        self._organization_id = acting.actor.organization_id

    @classmethod
    async def join(
        cls,
        engine: Engine,
        *,
        organization_id: str,
        member_id: str,
        server: str,
        device: str,
        token: str = "",
    ) -> "Device":
        """Make room for an organization of a server in this store; the first pull fills it."""
        actor = Actor(organization_id=organization_id, user_id=member_id, device=device)
        acting = engine.acting_as(actor)
        await acting.session.database.write(
            organization_id,
            lambda connection: join(
                connection, organization_id, member_id, server, token, new_id()
            ),
        )
        return cls(acting)

    async def state(self) -> SyncState | None:
        """None where this store itself decides."""
        mine = self._organization_id

        def work(connection: object) -> SyncState | None:
            link = waiting.find_link(connection, mine)  # type: ignore[arg-type]
            if link is None:
                return None
            wait, held = waiting.count_waiting(connection, mine)  # type: ignore[arg-type]
            scopes = frozenset(waiting.cursors(connection, mine))  # type: ignore[arg-type]
            quiet = waiting.count_quiet(connection, mine) if wait else 0  # type: ignore[arg-type]
            met = waiting.count_conflicts(connection, mine, link.member_id)  # type: ignore[arg-type]
            return SyncState(
                link=link, waiting=wait, held=held, quiet=quiet, conflicts=met, scopes=scopes,
                files=count_unsent(connection, mine),  # type: ignore[arg-type]
            )  # fmt: skip

        return await self._session.database.read(mine, work)

    async def outgoing(self, behind: Ack | None = None) -> Push | None:
        """The first commands that wait and can go, or those behind one that the server has decided already; None where
        there are none. What names a file waits until the server has its bytes (engine.store.outgoing)."""
        mine = self._organization_id

        def work(connection: object) -> Push | None:
            link = waiting.find_link(connection, mine)  # type: ignore[arg-type]
            if link is None:
                return None
            now = self._session.clock()
            decided = (link.acked_n, link.acked_id)
            if behind is not None and waiting.is_waiting(connection, mine, behind):  # type: ignore[arg-type]
                decided = (behind.n, behind.id)
            found = next_commands(connection, mine, link, MOST_COMMANDS, now, decided[0])  # type: ignore[arg-type]
            if not found:
                return None
            anew = any(one.base == 0 for one in found)
            return Push(
                replica_id=waiting.replica_of(connection, mine),  # type: ignore[arg-type]
                epoch=link.epoch, after_n=decided[0], after_id=decided[1],
                sent_at=now, commands=found,
                seen=max(waiting.rows_until(connection, mine).values(), default=0),  # type: ignore[arg-type]
                forgot=forgotten_members(connection, mine) if anew else (),  # type: ignore[arg-type]
            )  # fmt: skip

        return await self._session.database.write(mine, work)

    async def unsent_files(self) -> list[StoredFile]:
        """What was attached here and the server does not have; the first first."""
        mine, before = self._organization_id, self._session.clock() - RECALLED_MS
        return await self._session.database.read(
            mine, lambda connection: unsent(connection, mine, before)
        )

    async def file_sent(self, digest: str) -> None:
        """The server has it: what names it may go."""
        mine, now = self._organization_id, self._session.clock()

        def work(connection: Any) -> None:
            note_sent(connection, mine, digest, now)
            waiting.let_go(connection, mine, digest)

        await self._session.database.write(mine, work)

    async def file_refused(self, digest: str, code: str, reason: str) -> None:
        """The server will not have it, or it cannot be read here: what names it is held, or it is, with the reason."""
        mine, now = self._organization_id, self._session.clock()

        def work(connection: object) -> None:
            link = waiting.find_link(connection, mine)  # type: ignore[arg-type]
            if link is not None:
                hold_file(connection, mine, link, digest, (code, reason), now)  # type: ignore[arg-type]
                note_sent(connection, mine, digest, now)  # type: ignore[arg-type]

        await self._session.database.write(mine, work)

    def parts_of(self, file: StoredFile) -> FileParts:
        """Where a file of the server comes in, part by part."""
        acting = self._acting
        return FileParts(acting.files, acting.actor.user_id, file.digest, file.size)

    async def pulling(self, wanted: tuple[str, ...] | None = None) -> Pull:
        """What to ask the server for. Raises NotFound where there is no link."""
        mine = self._organization_id

        def work(connection: object) -> Pull:
            link = waiting.find_link(connection, mine)  # type: ignore[arg-type]
            if link is None:
                raise NotFound(NOT_LINKED)
            read_anew_if_newer(connection, mine, link.schema)  # type: ignore[arg-type]
            known = waiting.cursors(connection, mine)  # type: ignore[arg-type]
            had = waiting.rows_until(connection, mine)  # type: ignore[arg-type]
            long_ago = self._session.clock() - link.checked_at > CHECKED_EVERY
            again = not known and link.last_at > 0
            return Pull(
                replica_id=waiting.replica_of(connection, mine),  # type: ignore[arg-type]
                epoch=link.epoch, acked_n=link.acked_n,
                cursors=known, wanted=wanted,
                digests=wanted is None and bool(known) and long_ago,
                again=again,
                forgot=forgotten_members(connection, mine) if again else (),  # type: ignore[arg-type]
                had={scope: seq for scope, seq in had.items() if scope not in known},
            )  # fmt: skip

        return await self._session.database.write(mine, work)

    async def apply(self, packed: Iterable[bytes]) -> Applied:
        """Take in the answer to a pull, as its gzipped bytes. Raises Refused where it was cut."""
        actor = self._acting.actor
        rebases: list[Rebase] = []
        whole = list(packed)

        def work(connection: object) -> Applied:
            rebase = Rebase(self._session, connection, actor, partial(lines_of, whole), step_of)  # type: ignore[arg-type]
            rebases.append(rebase)
            return rebase.apply()

        applied = await self._session.database.write(self._organization_id, work)
        for scope in applied.gaps:
            log.error("this device had other rows than its server in %s: they are read anew", scope)
        if not applied.stale:
            self._acting.tell(rebases[-1].told.announcements)
        if applied.files:
            await filing.let_lost_files_go(self._acting, applied.files)
        await self.forget()
        return applied

    async def forget(self) -> None:
        """What was erased, or may not be read any more, leaves the file and goes with the backups, too; also where a crash
        came between. Where another program reads in the file, it is done with the next exchange."""
        state = await self.state()
        if state is None or state.link.forgotten >= 0:
            return
        await self._acting.engine.drop_backups()
        if await self._acting.engine.forget_old_pages():
            mine, seq = self._organization_id, -state.link.forgotten
            await self._session.database.write(
                mine, lambda connection: waiting.note_forgotten(connection, mine, seq)
            )

    async def hello(self) -> Hello:
        """How this device greets its server. Raises NotFound where there is no link."""
        mine = self._organization_id

        def work(connection: object) -> Hello:
            link = waiting.find_link(connection, mine)  # type: ignore[arg-type]
            known = waiting.rows_until(connection, mine)  # type: ignore[arg-type]
            replica_id = waiting.replica_of(connection, mine)  # type: ignore[arg-type]
            still_there = link is not None and link.forgotten < 0
            read = 0 if still_there else min(known.values(), default=0)
            return Hello(protocol=PROTOCOL, replica_id=replica_id, read=read)

        await self.forget()
        await filing.collect_files(self._acting)
        return await self._session.database.read(mine, work)

    async def greeted(self, said: Hello, welcome: Welcome) -> None:
        """The server has heard how far this device has read and forgotten, and gave it a ticket."""
        mine = self._organization_id

        def work(connection: Any) -> None:
            waiting.write_link(connection, mine, ticket=welcome.ticket)
            waiting.note_told(connection, mine, said.read)

        await self._session.database.write(mine, work)

    async def fork(self) -> None:
        """Go on as a device of its own: its numbers turned out to be used by a copy of it (sync.md R4)."""
        await self._become(forked)

    async def restart(self) -> None:
        """The server is not the one it was (it came from a backup): read everything anew, and offer again what it
        may have lost."""
        await self._become(restarted)

    async def _become(self, another: Callable[[Any, str, str], None]) -> None:
        """Another device, which offers again what was taken of late. Its files count as not sent in the same
        transaction: they go before the commands that name them."""
        mine, who, now = self._organization_id, self._acting.actor.user_id, self._session.clock()
        commands = await self._session.database.read(
            mine, lambda connection: offered(connection, mine)
        )
        files = await asyncio.to_thread(self._files_named, commands)

        def work(connection: Any) -> None:
            another(connection, mine, new_id())
            note_stored(connection, mine, who, files, now)

        await self._session.database.write(mine, work)

    def _files_named(self, commands: list[Sent]) -> list[StoredFile]:
        """Those that are here: the server may have lost them, too."""
        found = []
        for sent in commands:
            digest, size = sent.arguments.get("digest"), sent.arguments.get("size")
            if isinstance(digest, str) and isinstance(size, int) and self._acting.files.has(digest):
                found.append(StoredFile(digest, size))
        return found

    async def waiting(self) -> list[Waiting]:
        return await self._session.database.read(
            self._organization_id,
            lambda connection: waiting.waiting(connection, self._organization_id),
        )

    async def held(self) -> list[Held]:
        return await self._session.database.read(
            self._organization_id,
            lambda connection: waiting.all_held(connection, self._organization_id),
        )

    async def retry(self, command_id: str, changed: Mapping[str, JSON] | None = None) -> None:
        """Give a refused command once more, with other arguments where some are `changed`, or a refused file. Raises
        NotFound, and what the command raises here."""
        kept = next((one for one in await self.held() if one.command.id == command_id), None)
        if kept is None:
            raise NotFound("This is not among what the server refused.")
        mine, said = self._organization_id, kept.command.arguments
        await self._session.database.write(
            mine, lambda connection: send_again(connection, mine, said)
        )
        if not kept.of_file:
            await self._acting.execute(command_from(kept.command.op, {**said, **(changed or {})}))
        await self.let_go(command_id)

    async def keep_token(self, token: str) -> None:
        """What shows the server who this is, from here on."""
        await self._session.database.write(
            self._organization_id,
            lambda connection: waiting.write_link(connection, self._organization_id, token=token),
        )

    async def let_go(self, command_id: str) -> bool:
        """Put a refused command away. False where there is none such."""
        return await self._session.database.write(
            self._organization_id,
            lambda connection: waiting.let_go(connection, self._organization_id, command_id),
        )
