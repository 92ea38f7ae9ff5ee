"""Runs handlers inside transactions: one command, a whole gesture, or a query."""

from collections.abc import AsyncIterable, AsyncIterator, Callable, Iterable
from typing import Any, TypeVar

from msgspec import Struct
from sqlalchemy import Connection

from engine.clock import Clock
from engine.model.actor import Actor, Role
from engine.model.change import Announcement
from engine.store.database import Database
from engine.store.deeds import (
    Envelope,
    Head,
    read_head,
    record_deed,
    stored_seq,
    write_head,
)
from engine.store.reading import Reading
from engine.store.unit_of_work import UnitOfWork

T = TypeVar("T")


class Step(Struct, frozen=True, kw_only=True):
    """One command ready to run: its envelope, its handler, and the role that its line asks for."""

    envelope: Envelope
    command: Any
    handler: Callable[[UnitOfWork, Any], None]
    role: Role
    within_board: bool


class Done(Struct, frozen=True, kw_only=True):
    """What came of a gesture. `notes` are sentences for the person who made it."""

    gesture: str
    seq: int
    notes: tuple[str, ...] = ()


class Session(Struct, frozen=True, kw_only=True):
    """What all transactions of one open engine share."""

    database: Database
    clock: Clock
    utc_offset: Callable[[], int]
    authority: bool

    async def read(
        self,
        actor: Actor,
        role: Role,
        within_board: bool,
        answer: Callable[[Reading], T],
    ) -> T:
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
        notes: list[str] = []
        announcements: list[Announcement] = []
        async with self.database.writing(actor.organization_id) as connection:
            state = await connection.run_sync(read_head, actor)
            async for step in _each(steps):
                unit = await connection.run_sync(self._run, actor, step, state)
                if unit is not None:
                    notes += unit.notes
                    announcements.append(unit.announcement())
            await connection.run_sync(write_head, actor, state)
        return Done(gesture=gesture, seq=state.seq, notes=tuple(notes)), announcements

    def _run(
        self, connection: Connection, actor: Actor, step: Step, state: Head
    ) -> UnitOfWork | None:
        if stored_seq(connection, actor, step.envelope.command_id) is not None:
            return None
        unit = UnitOfWork(
            connection, actor, self.clock(), self.utc_offset(), step.role, step.within_board,
            seq=state.seq + 1, item_number=state.item_number,
        )  # fmt: skip
        step.handler(unit, step.command)
        record_deed(unit, step.envelope, step.command, state, authority=self.authority)
        return unit


async def _each(steps: "Iterable[Step] | AsyncIterable[Step]") -> AsyncIterator[Step]:
    if isinstance(steps, AsyncIterable):
        async for step in steps:
            yield step
    else:
        for step in steps:
            yield step
