"""The engine's one door: open it once, then `acting_as(actor)` gives execute, query and subscribe.

Screens, the command line, server endpoints, importers and automations all come through here.
"""

import asyncio
import hashlib
import hmac
from collections.abc import (
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Sequence,
)
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar, cast

from msgspec.structs import replace

from engine.clock import Clock, new_id, system_clock
from engine.commands.registry import Command
from engine.commands.system import EnterAsSystem
from engine.errors import NeedsServer, NotFound, NotSignedIn
from engine.limits import Limits
from engine.model.actor import Actor, Role
from engine.model.audit import AuditVerdict
from engine.model.change import Announcement
from engine.model.item import Attachment
from engine.model.organization import Member
from engine.model.text import clean_line
from engine.queries.files import BytesStored, FilesInUse
from engine.queries.registry import Query, answering
from engine.steps import step
from engine.store import directory, organizations
from engine.store.audit_pruning import sealing_key
from engine.store.audit_trail import verify_chain
from engine.store.database import Database
from engine.store.file_places import Place, place_of
from engine.store.files import FileStore, StoredFile
from engine.store.ledger import ErasureLedger
from engine.store.news import News
from engine.store.old_files import old_digests, settle
from engine.store.reading import SYSTEM_USER
from engine.store.session import Done, Expected, Session, Step
from engine.store.shared_erasures import SharedErasures
from engine.store.stored_files import note_stored
from engine.store.waiting import linked_member

__all__ = ["Acting", "Done", "Engine", "Expected"]

T = TypeVar("T")
LEDGER: Final = "erasures.jsonl"
Listener = Callable[[Announcement], None]
Forward = Callable[[Sequence[Command], str], Awaitable[Done]]
"""Has the server carry out a gesture that a linked device cannot; the second is its id. Raises ConneqtErrors."""
Fetch = Callable[[Attachment], Awaitable[None]]
"""Brings the bytes of a file that a linked device does not have into its store of files. Raises ConneqtErrors."""


Ask = Callable[[Query[Any]], Awaitable[Any]]
"""Has the server answer what a linked device does not know. Raises ConneqtErrors."""


class Engine:
    """An open store. Get one from `open_workspace` or `open_postgres`, and `close` it."""

    def __init__(self, session: Session, files: FileStore, ledger: ErasureLedger) -> None:
        self._session = session
        self.files = files
        self.limits = Limits(session)
        self.ledger = ledger
        self._listeners: dict[str, list[Listener]] = {}
        self.forward: Forward | None = None  # asks the server of a linked workspace
        self.fetch: Fetch | None = None  # as well
        self.ask: Ask | None = None  # as well
        self.served_at: str | None = (
            None  # the address of the server that this store is, if it is one
        )
        self._folder: Path | None = None  # of a workspace
        self.keeps_old_pages = True  # until it is known: another program may have left some
        self.news = News(session.database, self._tell)

    @classmethod
    async def open_workspace(
        cls, folder: Path, key: bytes, *, files: str = "", clock: Clock = system_clock,
        utc_offset: Callable[[], int] | None = None, plain_webhooks: bool = False,
    ) -> "Engine":  # fmt: skip
        """Open or create the encrypted workspace in `folder`. `key` is 32 bytes; `files` is another place for the
        attachments, as `place_of` takes it; `plain_webhooks` lets webhooks be called over http. Raises WorkspaceErrors."""
        database = await Database.open_file(folder / "workspace.db", key)
        place = place_of(files, folder / "attachments")
        ledger = _ledger(folder, key, place if files else None)
        engine = await cls._opened(database, place, key, ledger, clock, utc_offset, plain_webhooks)
        engine._folder = folder
        return engine

    @classmethod
    async def open_postgres(
        cls, url: str, folder: Path, key: bytes, *, files: str = "", clock: Clock = system_clock,
        utc_offset: Callable[[], int] | None = None, plain_webhooks: bool = False, connections: int | None = None,
    ) -> "Engine":  # fmt: skip
        """Open a PostgreSQL database by `connections` at the most; the attachments lie encrypted with `key` in `folder`
        or in another place (`files`), the list of who was erased in the folder. Raises UsageError, WorkspaceErrors."""
        database = await Database.open_postgres(url, key, connections)
        place = place_of(files, folder)
        ledger = _ledger(folder, key, place if files else None)
        return await cls._opened(database, place, key, ledger, clock, utc_offset, plain_webhooks)

    @classmethod
    async def _opened(
        cls, database: Database, place: Place, key: bytes, ledger: ErasureLedger, clock: Clock,
        utc_offset: Callable[[], int] | None, plain_webhooks: bool,
    ) -> "Engine":  # fmt: skip
        session = Session(
            database=database, clock=clock, utc_offset=utc_offset or local_utc_offset,
            sealing_key=sealing_key(key), plain_webhooks=plain_webhooks,
        )  # fmt: skip
        engine = cls(session, FileStore(place, key), ledger)
        await engine._settle_old_files()
        await asyncio.to_thread(ledger.hand_over)
        return engine

    async def _settle_old_files(self) -> None:
        """Files that lie as they did before each organization had its own move there; what none names goes."""
        old = old_digests(self.files.place)
        if not old:
            return
        wanted: dict[str, list[str]] = {digest: [] for digest in old}
        async for acting in self.for_system("files move into their organization's own folder"):
            for digest in await acting.query(FilesInUse()) & old:
                wanted[digest].append(acting.actor.organization_id)
        for digest, ids in wanted.items():
            settle(self.files, digest, [self.files.of(id) for id in ids])

    async def close(self) -> None:
        await self.news.stop()
        await self._session.database.close()

    async def create_organization(
        self, *, organization_id: str, name: str, owner_id: str, owner_name: str,
        owner_email: str = "", account_id: str = "", first: Sequence[Command] = (),
        device: str = "this device", address: str = "",
    ) -> Actor:  # fmt: skip
        """Make a tenant with its first owner, who carries out the commands `first`, all or nothing; comes back
        with the actor who is that owner. `account_id` is the account that signs in as them, if one does."""
        actor = Actor(
            organization_id=organization_id, user_id=owner_id, device=device, address=address
        )
        gesture = new_id()
        steps = [step(command, gesture, number) for number, command in enumerate(first)]
        owner = Member(
            id=owner_id, name=clean_line(owner_name), email=owner_email, role=Role.OWNER, color="purple",
            created_at=self.now(), account_id=account_id,
        )  # fmt: skip
        await organizations.create(self._session, actor, name, owner, steps)
        return actor

    async def organizations(self) -> list[str]:
        """Ids of the organizations in this store."""
        return await self._session.database.read(None, organizations.all_ids)

    async def owner_of(self, organization_id: str) -> Actor:
        """Whose workspace this is, as the actor of this device: of a linked one the member who joined, of a local
        one its owner."""
        owner_id = await self._session.database.read(
            organization_id,
            lambda connection: (
                linked_member(connection, organization_id) or organizations.first_owner(connection)
            ),
        )
        return Actor(organization_id=organization_id, user_id=owner_id, device="this device")

    async def for_system(self, reason: str) -> AsyncIterator["Acting"]:
        """Every organization in turn, for a job across tenants. Each is told in its audit trail, with the
        reason, before the job sees anything of it (DESIGN §6)."""
        for organization_id in await self.organizations():
            acting = self.as_system(organization_id)
            await acting.execute(EnterAsSystem(reason=reason))
            yield acting

    def as_system(self, organization_id: str, *, device: str = "", address: str = "") -> "Acting":
        """The organization's own hand: for what is done before it is known who acts, or when nobody is in it any
        more. Device and address are those that asked for it."""
        return self.acting_as(
            Actor(
                organization_id=organization_id, user_id=SYSTEM_USER, device=device, address=address
            )
        )

    async def across(self, look: Callable[[Any], T]) -> T:
        """For the floors of the engine above this one only: what may be asked over all tenants at once, which is ids and
        numbers of a few tables (engine.store.postgres.lists)."""
        return await self._session.database.read(None, look)

    async def beside(self, work: Callable[[Any], T]) -> T:
        """As `across`, in a transaction that writes: what belongs to no tenant, and nothing of any."""
        return await self._session.database.write(None, work)

    async def tenant_of(self, kind: str, word: str) -> str | None:
        """The organization that has claimed an address or an API key's prefix (engine.store.directory)."""
        key = self._session.sealing_key
        return await self._session.database.read(
            None, lambda connection: directory.tenant_of(connection, key, kind, word)
        )

    def secret(self, purpose: str) -> bytes:
        """32 bytes that only this store can make, for one purpose."""
        return hmac.digest(self._session.sealing_key, purpose.encode(), hashlib.sha256)

    @property
    def clock(self) -> Clock:
        """Where its time comes from."""
        return self._session.clock

    def now(self) -> int:
        """The engine's own time, in milliseconds."""
        return self._session.clock()

    async def forget_old_pages(self) -> bool:
        """After an erasure: what the store held before is gone from its journal too. False where it is not yet, as
        another program reads in it: it is tried again with the next, and with the next retention run."""
        self.keeps_old_pages = not await self._session.database.forget_old_pages()
        return not self.keeps_old_pages

    async def drop_backups(self) -> None:
        """Of a linked workspace: its server decides now who and what is erased, and reaches no backup here. They stay
        where others of this store are in them. Raises WorkspaceErrors."""
        if self._folder is not None and len(await self.organizations()) == 1:
            from engine.store.backups import drop_all

            await asyncio.to_thread(drop_all, self._folder)

    async def integrity(self) -> list[str]:
        """What the database file says against itself; empty when all is well."""
        return await self._session.database.integrity()

    def acting_as(self, actor: Actor) -> "Acting":
        return Acting(self, self._session, actor)

    def subscribe(self, organization_id: str, listener: Listener) -> Callable[[], None]:
        listeners = self._listeners.setdefault(organization_id, [])
        listeners.append(listener)
        return lambda: listeners.remove(listener)

    def _tell(self, announcement: Announcement) -> None:
        for listener in list(self._listeners.get(announcement.organization_id, ())):
            listener(announcement)


class Acting:
    """What one actor may do and see."""

    def __init__(self, engine: Engine, session: Session, actor: Actor) -> None:
        self.engine = engine
        self.actor = actor
        self._session = session

    async def execute(
        self, *commands: Command, command_id: str | None = None, undoable: bool = True,
        gesture: str = "", expected: Expected | None = None,
    ) -> Done:  # fmt: skip
        """Carry out commands as one gesture: all in one transaction, undone together.

        Raises ConneqtErrors; then nothing was changed. `command_id` (one command only) makes a
        repetition harmless: with another `gesture` than before it is refused. What a program prepares for a person is not `undoable`: it is no step of theirs.
        What is `expected` is checked before the first command, in the same transaction."""
        gesture = gesture or command_id or new_id()
        steps = [
            step(command, gesture, number, command_id) for number, command in enumerate(commands)
        ]
        if not undoable:
            steps = [replace(s, envelope=replace(s.envelope, undoable=False)) for s in steps]
        if expected is not None:
            steps[0] = replace(steps[0], expected=expected)
        try:
            return await self._write(gesture, steps)
        except NeedsServer:
            if self.engine.forward is None:
                raise
            return await self.engine.forward(commands, gesture)

    async def execute_stream(self, commands: AsyncIterable[Command]) -> Done:
        """As `execute`, for more commands than fit in memory (imports). Cancelling the task, or an error
        from the iterator, leaves nothing behind."""
        gesture = new_id()

        async def steps() -> AsyncIterator[Step]:
            number = 0
            async for command in commands:
                yield step(command, gesture, number)
                number += 1

        return await self._write(gesture, steps())

    async def query(self, query: Query[T]) -> T:
        """Answer a query on one snapshot. What the actor may not see is as if it did not exist. On a linked device
        its server answers what the device does not know: raises NeedsServer where it cannot be reached."""
        found = answering(query)
        if found.on_server and self.engine.ask is not None:
            try:
                return cast(T, await self.engine.ask(query))
            except (NeedsServer, NotSignedIn, NotFound):  # what was made offline is not there yet
                if not found.or_here:
                    raise
        result: T = await self._session.read(
            self.actor,
            found.role,
            found.within_board,
            lambda reading: found.answer(reading, query),
            by_system=found.by_system,
        )
        return result

    async def check(self, expected: Expected) -> None:
        """For who has nothing to change. Raises VersionMoved, NotFound."""
        await self._session.read(self.actor, Role.GUEST, True, expected.check)

    def subscribe(self, listener: Listener) -> Callable[[], None]:
        """Call `listener` after every commit of the actor's organization; the result ends it."""
        return self.engine.subscribe(self.actor.organization_id, listener)

    @property
    def files(self) -> FileStore:
        """The files of the actor's organization."""
        return self.engine.files.of(self.actor.organization_id)

    async def brought(self, *files: StoredFile) -> None:
        """That the actor has brought these bytes, which are in `files` now: their commands may name them."""
        await self.query(BytesStored())  # who is nobody here brings nothing
        mine, who = self.actor.organization_id, self.actor.user_id
        await self._session.database.write(
            mine,
            lambda connection: note_stored(connection, mine, who, list(files), self.engine.now()),
        )

    async def read_attachment(self, attachment_id: str, start: int = 0) -> AsyncIterator[bytes]:
        """The plain bytes of an attachment from `start` on; the whole is checked against its digest as it streams.
        On a linked device the server is asked for a file that is not here. Raises NotFound, Unreachable."""
        attachment = await self._session.read(
            self.actor,
            Role.GUEST,
            True,
            lambda reading: reading.get(Attachment, attachment_id),
        )
        files, digest = self.files, attachment.digest
        fetch = self.engine.fetch if digest else None
        if fetch is not None and not await asyncio.to_thread(files.has, digest):
            await fetch(attachment)
        return files.read(digest, attachment.name, start)

    async def verify_audit(self) -> AuditVerdict:
        """Walk the organization's audit chain in constant memory."""
        session = self._session
        return await verify_chain(session.database, self.actor, session.sealing_key)

    @property
    def session(self) -> Session:
        """For the floors of the engine above this one only (engine.syncing)."""
        return self._session

    def tell(self, announcements: Sequence[Announcement]) -> None:
        """Announce what a transaction has changed."""
        self.engine.news.seen(self.actor.organization_id, [one.seq for one in announcements])
        for announcement in announcements:
            self.engine._tell(announcement)

    async def _write(self, gesture: str, steps: Iterable[Step] | AsyncIterable[Step]) -> Done:
        done, announcements = await self._session.write(self.actor, gesture, steps)
        self.tell(announcements)
        return done


def _ledger(folder: Path, key: bytes, shared: Place | None) -> ErasureLedger:
    """In a place of its own the attachments may be those of several machines, and so is the list of the erased."""
    return ErasureLedger(folder / LEDGER, key, SharedErasures(shared) if shared else None)


def local_utc_offset() -> int:
    """Minutes that this machine's local time is ahead of UTC now."""
    offset = datetime.now().astimezone().utcoffset()
    return 0 if offset is None else int(offset.total_seconds() // 60)
