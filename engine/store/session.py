"""Runs handlers inside transactions: one command, a whole gesture, or a query."""

import asyncio
from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable
from typing import Any, Final, TypeVar

from msgspec import Struct
from sqlalchemy import Connection

from engine.clock import Clock
from engine.errors import Forbidden, Invalid, NeedsServer, Refused, VersionMoved
from engine.model.actor import Actor, Role, Scope
from engine.model.change import Announcement
from engine.model.record import Record
from engine.store.concurrency import Concurrency
from engine.store.database import Database
from engine.store.deeds import (
    Envelope,
    Given,
    Head,
    read_head,
    record_deed,
    stored,
    write_head,
)
from engine.store.reading import SYSTEM_USER, Reading
from engine.store.shadowing import Shadows
from engine.store.unit_of_work import UnitOfWork

T = TypeVar("T")
RESTRICTED: Final = (
    "Your data is restricted at your wish: it is kept and not processed, so nothing is written. Lift the "
    "restriction in Privacy & Data first."
)
READ_ONLY: Final = "This is there to be read only: nothing is written. (An API key needs the scope “write” for that.)"
NEEDS_SERVER: Final = "The server does this, not this device alone. Connect, and try again."
ANOTHER: Final = "This was sent before, and said something else then. Give it a name of its own."
NOT_YOURS: Final = "Only the program itself does this."


class Expected(Struct, frozen=True, kw_only=True):
    """The record as whoever gives a command has seen it: at one of these versions. Compared inside the transaction,
    so that of two who have seen the same version one is refused."""

    kind: type[Record]
    id: str
    versions: frozenset[int]

    def check(self, reading: Reading) -> None:
        """Raises VersionMoved; NotFound where the actor may not see the record."""
        record = reading.get(self.kind, self.id)
        if record.seq not in self.versions:
            raise VersionMoved(
                f"It is at version {record.seq} by now. Read it again, and decide anew."
            )


class Step(Struct, frozen=True, kw_only=True):
    """One command ready to run: its envelope, its handler, and the role that its line asks for. What is `expected`
    must be so for it to run."""

    envelope: Envelope
    command: Any
    handler: Callable[[UnitOfWork, Any], None]
    role: Role
    within_board: bool
    when_restricted: bool
    by_system: bool
    or_dpo: bool
    only_notes: bool
    offline: bool
    expected: Expected | None = None


class Done(Struct, frozen=True, kw_only=True):
    """What came of a gesture. `notes` are sentences for the person who made it."""

    gesture: str
    seq: int
    notes: tuple[str, ...] = ()


class Session(Struct, frozen=True, kw_only=True):
    """What all transactions of one open engine share. `plain_webhooks`: whether webhooks may be called over http."""

    database: Database
    clock: Clock
    utc_offset: Callable[[], int]
    sealing_key: bytes
    plain_webhooks: bool = False

    async def read(
        self,
        actor: Actor,
        role: Role,
        within_board: bool,
        answer: Callable[[Reading], T],
        *,
        by_system: bool = False,
    ) -> T:
        _only_system(actor, by_system)

        def work(connection: Connection) -> T:
            reading = Reading(
                connection, actor, self.clock(), self.utc_offset(), role, within_board
            )
            return answer(reading)

        return await self.database.read(actor.organization_id, work)

    async def write(
        self, actor: Actor, gesture: str, steps: "Iterable[Step] | AsyncIterable[Step]"
    ) -> tuple[Done, list[Announcement]]:
        """Run all steps in one transaction, in order: all of them, or none. A command that was carried
        out before is not run again (sync.md R3)."""
        told = Told([], [])
        if isinstance(steps, AsyncIterable):
            seq = await self._write_stream(actor, steps, told)
        else:
            whole = list(steps)
            seq = await self.database.write(
                actor.organization_id, lambda c: self._run_all(c, actor, whole, told)
            )
        return Done(gesture=gesture, seq=seq, notes=tuple(told.notes)), told.announcements

    async def _write_stream(self, actor: Actor, steps: AsyncIterable[Step], told: "Told") -> int:
        async with self.database.writing(actor.organization_id) as transaction:
            state = await transaction.run_sync(read_head, actor)
            async for step in _ahead(steps):
                await transaction.run_sync(self.run_step, actor, step, state, told)
            await transaction.run_sync(write_head, actor, state)
        return state.seq

    def _run_all(
        self, connection: Connection, actor: Actor, steps: list[Step], told: "Told"
    ) -> int:
        state = read_head(connection, actor)
        for step in steps:
            self.run_step(connection, actor, step, state, told)
        write_head(connection, actor, state)
        return state.seq

    def run_step(
        self, connection: Connection, actor: Actor, step: Step, state: Head, told: "Told", *,
        given: Given | None = None, replayed_at: int | None = None,
    ) -> UnitOfWork | None:  # fmt: skip
        """Comes back with what was done; None where it was done before. `replayed_at` is when a command was given
        that waits already."""
        before = stored(connection, actor, step.envelope.command_id)
        if before is not None:
            if given is None and before[1] != step.envelope.gesture:
                raise Invalid(ANOTHER)
            return None
        _only_system(actor, step.by_system)
        if actor.scope is Scope.READ and not step.only_notes:
            raise Forbidden(READ_ONLY)
        if state.linked and not step.offline:
            raise NeedsServer(NEEDS_SERVER)
        unit = UnitOfWork(
            connection, actor, self._at(given, replayed_at), self.utc_offset(),
            step.role, step.within_board, seq=state.seq + 1, item_number=state.item_number,
            command_id=step.envelope.command_id, sealing_key=self.sealing_key, or_dpo=step.or_dpo,
            plain_webhooks=self.plain_webhooks,
            shadows=Shadows(connection, actor.organization_id) if state.linked else None,
            concurrency=None if given is None else Concurrency(given.replica_id, given.base, given.was),
        )  # fmt: skip
        if unit.member.restricted_at and not step.when_restricted:
            raise Refused(RESTRICTED)
        if step.expected is not None:
            step.expected.check(unit)
        step.handler(unit, step.command)
        record_deed(
            unit, step.envelope, step.command, state, given=given, replayed=replayed_at is not None
        )
        told.notes.extend(unit.notes)
        told.announcements.append(unit.announcement())
        return unit

    def _at(self, given: Given | None, replayed_at: int | None) -> int:
        if given is not None:
            return given.at
        return self.clock() if replayed_at is None else replayed_at


def _only_system(actor: Actor, by_system: bool) -> None:
    if by_system and actor.user_id != SYSTEM_USER:
        raise Forbidden(NOT_YOURS)


class Told(Struct):
    """What the commands of one gesture have to say, gathered until they are committed."""

    notes: list[str]
    announcements: list[Announcement]


async def _ahead(steps: AsyncIterable[Step]) -> AsyncIterator[Step]:
    """The same steps, the next one read while the database works on the last."""
    iterator = aiter(steps)
    following = asyncio.ensure_future(anext(iterator, None))
    try:
        while (step := await following) is not None:
            following = asyncio.ensure_future(anext(iterator, None))
            yield step
    finally:
        following.cancel()
        await asyncio.gather(following, return_exceptions=True)
