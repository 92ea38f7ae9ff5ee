"""Decides the commands of a device, in their order and each once (sync.md R1–R4, R9, R10, R12)."""

import logging
from collections.abc import Callable
from typing import Final

from msgspec import structs
from sqlalchemy import Connection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from engine.errors import ConneqtError, Forbidden, Refused, Unsupported
from engine.model.actor import Actor, Role
from engine.model.exchange import Ack, Push, Pushed, Sent, Status, Turn
from engine.store.deeds import (
    Given,
    Head,
    count_as_made_by,
    read_head,
    stored,
    write_audit,
    write_head,
)
from engine.store.erased import erased_since
from engine.store.faults import cannot_be_kept
from engine.store.replicas import (
    Replica,
    find_replica,
    make_replica,
    verdict_of,
    verdict_on,
    write_replica,
    write_verdict,
)
from engine.store.session import Session, Step, Told
from engine.store.unit_of_work import UnitOfWork
from engine.store.waiting import ERASED

log = logging.getLogger("conneqtos.push")
GONE: Final = "What this changes was erased for good since."
FAULT: Final = "The server has a fault with this. It was noted there."
NOT_OFFLINE: Final = "This can only be done while connected."
ANOTHERS: Final = "This device belongs to somebody else here. Sign out, and sign in again."

Reader = Callable[[Sent], Step]
"""Makes a command ready to run; raises ConneqtErrors for one that is unknown or not what it should be."""


class Batch:
    """One push in one transaction."""

    def __init__(
        self, session: Session, connection: Connection, actor: Actor, push: Push, reader: Reader
    ) -> None:
        self.told = Told([], [])
        self._session = session
        self._connection = connection
        self._actor = actor
        self._push = push
        self._reader = reader
        self._now = session.clock()
        self._state = read_head(connection, actor)
        self._acks: list[Ack] = []

    def decide(self) -> Pushed:
        """The verdicts. Raises Forbidden where the device is another person's."""
        if self._push.epoch != self._state.epoch or self.ahead:
            return self._turned(Turn.EPOCH)
        organization_id = self._actor.organization_id
        device = find_replica(self._connection, organization_id, self._push.replica_id)
        if device is None:
            device = Replica(id=self._push.replica_id, member_id=self._actor.user_id)
            make_replica(self._connection, organization_id, device)
        if device.member_id != self._actor.user_id:
            raise Forbidden(ANOTHERS)
        if not self._continues(device):
            return self._turned(Turn.FORK, device.last_n)
        turn = self._run_all(device)
        write_head(self._connection, self._actor, self._state)
        if turn is not None:
            return self._turned(turn, device.last_n)
        last_n = self._acks[-1].n if self._acks else device.last_n
        return Pushed(acks=tuple(self._acks), last_n=last_n)

    @property
    def ahead(self) -> bool:
        """Whether the device has read further than there is: then this store came back from a backup."""
        return self._push.epoch == self._state.epoch and self._push.seen > self._state.seq

    def _turned(self, turn: Turn, last_n: int = 0) -> Pushed:
        return Pushed(acks=tuple(self._acks), turn=turn, last_n=last_n)

    def _continues(self, device: Replica) -> bool:
        """Whether device and server mean the same command by the same number."""
        if self._push.after_n == 0:
            return True
        last = verdict_on(
            self._connection, self._actor.organization_id, device.id, self._push.after_n
        )
        return last is not None and last.id == self._push.after_id

    def _run_all(self, device: Replica) -> Turn | None:
        last_n, last_at, turn = device.last_n, device.last_at, None
        for sent in self._push.commands:
            if sent.n <= last_n:
                stored = verdict_on(
                    self._connection, self._actor.organization_id, device.id, sent.n
                )
                if stored is None or stored.id != sent.id:
                    return Turn.FORK
                self._acks.append(stored)
                continue
            if sent.n > last_n + 1:
                return Turn.GAP
            at = max(min(sent.at + self._now - self._push.sent_at, self._now), last_at + 1)
            ack = self._earlier(sent, device) or self._run(device, sent, at)
            if ack is None:
                turn = Turn.OUTDATED
                break
            write_verdict(self._connection, self._actor.organization_id, device.id, ack)
            last_n, last_at = sent.n, at
            self._acks.append(ack)
        write_replica(
            self._connection, self._actor.organization_id, device.id, last_n=last_n,
            last_at=last_at, seen_at=self._now,
        )  # fmt: skip
        return turn

    def _earlier(self, sent: Sent, device: Replica) -> Ack | None:
        """The verdict on a command that came before, from this device under another number, or from its copy. It is
        the device's own from now on: its next edits do not compete with it."""
        found = verdict_of(self._connection, self._actor.organization_id, sent.id)
        if found is not None:
            count_as_made_by(self._connection, self._actor, sent.id, device.id)
            return structs.replace(found, n=sent.n)
        before = stored(self._connection, self._actor, sent.id)
        return (
            None if before is None else Ack(n=sent.n, id=sent.id, seq=before[0], status=Status.OK)
        )

    def _run(self, device: Replica, sent: Sent, at: int) -> Ack | None:
        """The verdict; None for a command that this version does not know: it waits for a newer server (sync.md R6)."""
        given = Given(
            replica_id=device.id, at=at, decided_at=self._now, base=sent.base, was=sent.was
        )
        self._connection.exec_driver_sql("SAVEPOINT command")
        before = structs.replace(self._state)
        try:
            unit = self._done(sent, given)
            status = Status.SUPERSEDED if unit.concurrency.superseded else Status.OK  # type: ignore[union-attr]
            ack: Ack | None = Ack(n=sent.n, id=sent.id, seq=self._state.seq, status=status)
        except Unsupported:
            self._connection.exec_driver_sql("ROLLBACK TO SAVEPOINT command")
            ack = None
        except ConneqtError as error:
            ack = self._refused(sent, given, before, error.code, str(error))
        except DBAPIError as error:
            if not (isinstance(error, (IntegrityError, DataError)) or cannot_be_kept(error)):
                raise  # the database, not the command: all of it is tried again
            ack = self._refused(sent, given, before, "invalid", Refused.title)
        except Exception as error:  # a fault of ours must not hold up what comes behind it
            log.error("fault %s in %s", type(error).__name__, sent.op)
            ack = self._refused(sent, given, before, "fault", FAULT)
        self._connection.exec_driver_sql("RELEASE SAVEPOINT command")
        return ack

    def _done(self, sent: Sent, given: Given) -> UnitOfWork:
        step = self._reader(sent)
        if not step.offline:
            raise Refused(NOT_OFFLINE)
        unit = self._session.run_step(
            self._connection, self._actor, step, self._state, self.told, given=given
        )
        assert unit is not None  # what ran before was found before
        forgot = () if sent.base else self._push.forgot
        erased = erased_since(self._connection, self._actor.organization_id, sent.base, forgot)
        if erased and erased.meets(unit.touched_by_name, sent.arguments):
            raise Erased(GONE)
        return unit

    def _refused(self, sent: Sent, given: Given, before: Head, code: str, reason: str) -> Ack:
        """Nothing of it stays but that it was refused, in the audit trail too."""
        self._connection.exec_driver_sql("ROLLBACK TO SAVEPOINT command")
        for name in before.__struct_fields__:
            setattr(self._state, name, getattr(before, name))
        self.told.announcements = [a for a in self.told.announcements if a.seq <= before.seq]
        unit = UnitOfWork(
            self._connection, self._actor, given.at, 0, Role.GUEST, True,
            seq=self._state.seq + 1, item_number=self._state.item_number,
        )  # fmt: skip
        write_audit(
            unit, sent.id, "command.refused", self._state, given, {"op": sent.op[:80], "code": code}
        )
        self._state.seq = unit.seq
        return Ack(
            n=sent.n, id=sent.id, seq=unit.seq, status=Status.REJECTED, code=code, reason=reason
        )


class Erased(Refused):
    code = ERASED
