"""Takes pulled rows in on a linked device: shadows back, rows in, verdicts settled, waiting commands run again.

All in one transaction (sync.md R5): whoever reads meanwhile sees the state before or the one after.
"""

import logging
from collections.abc import Callable, Iterable, Iterator
from typing import Any

from msgspec import Struct
from sqlalchemy import Connection
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from engine.errors import ConneqtError, Refused
from engine.model.actor import Actor
from engine.model.change import Announcement
from engine.model.exchange import PulledHead, Sent, Status
from engine.model.item import PENDING_NUMBERS
from engine.store.deeds import forget_deed, read_head, write_head
from engine.store.digests import digest_of
from engine.store.forgetting import forget_board, forget_everywhere, forget_removed
from engine.store.intake import Intake
from engine.store.linking import SCHEMA
from engine.store.pull_notes import note_pull
from engine.store.session import Session, Step, Told
from engine.store.waiting import (
    ERASED,
    Link,
    Waiting,
    cursors,
    find_link,
    forget_journal,
    mark_trouble,
    rows_until,
    settle,
    waiting,
    write_cursors,
    write_link,
)

log = logging.getLogger("conneqtos.sync")
Reader = Callable[[Sent], Step]


class Applied(Struct, frozen=True, kw_only=True):
    """What came of a pull. `stale` where the device has moved on since it asked: nothing was done. `restart`: the
    server is not the one it was. `scopes` are all that the member may read, also those not read yet;
    `gaps` those in which the device turned out to have other rows than the server, and which are read anew."""

    seq: int
    rows: int = 0
    stale: bool = False
    fork: bool = False
    restart: bool = False
    scopes: frozenset[str] = frozenset()
    gaps: tuple[str, ...] = ()
    files: frozenset[str] = frozenset()
    """Digests of files whose rows went away."""


class Rebase:
    """One pull in one transaction."""

    def __init__(
        self, session: Session, connection: Connection, actor: Actor, lines: Callable[[], Iterator[bytes]],
        reader: Reader,
    ) -> None:  # fmt: skip
        self.told = Told([], [])
        self.intake = Intake(connection, actor.organization_id, lines)
        self._session = session
        self._connection = connection
        self._actor = actor
        self._organization_id = actor.organization_id
        self._reader = reader
        self._now = session.clock()

    def apply(self) -> Applied:
        """Raises Refused where the answer was cut; then nothing was changed."""
        head = self.intake.head()
        link = find_link(self._connection, self._organization_id)
        state = read_head(self._connection, self._actor)
        seqs = cursors(self._connection, self._organization_id)
        until = rows_until(self._connection, self._organization_id)
        stale = until.keys() - seqs.keys()
        if link is None or head.asked != seqs:
            return Applied(seq=state.seq, stale=True)
        went_back = head.seq < max(until.values(), default=0)
        if link.epoch not in ("", head.epoch) or went_back:
            return Applied(seq=state.seq, stale=True, restart=True)
        fork = self._settle(head, link.acked_n)
        self.intake.put_shadows_back()
        lost = (self.intake.boards_here() | seqs.keys()) - head.scopes.keys()
        self._lose(lost)
        self.intake.drop_scopes(scope for scope in head.answered if not seqs.get(scope))
        rows = self.intake.take_rows(head, stale)
        self._forget(head.erased)
        kept = waiting(self._connection, self._organization_id)
        gaps = self._gaps(head)
        state.seq = max(state.seq, head.seq) + 1
        state.item_number = PENDING_NUMBERS
        self._announce(state.seq)
        self._run_again(kept, state)
        until = {scope: seq for scope, seq in until.items() if scope in head.scopes}
        until |= {scope: -seq for scope, seq in until.items() if scope in stale}
        until |= dict.fromkeys(head.answered, head.seq) | dict.fromkeys(gaps, -head.seq)
        write_cursors(self._connection, self._organization_id, until, head.scopes)
        self._note(head, link, bool(lost), len(gaps))
        forget_journal(
            self._connection, self._organization_id, min(head.at or self._now, self._now)
        )
        write_head(self._connection, self._actor, state)
        return Applied(
            seq=state.seq,
            rows=rows,
            fork=fork,
            scopes=frozenset(head.scopes),
            files=frozenset(self.intake.files),
            gaps=tuple(gaps),
        )

    def _lose(self, scopes: Iterable[str]) -> None:
        """What may not be read any more, with every word about it."""
        for scope in scopes:
            forget_board(self._connection, self._organization_id, scope.partition(":")[2])
        self.intake.drop_scopes(scopes)

    def _note(self, head: PulledHead, link: Link, lost: bool, gaps: int) -> None:
        """What the link remembers of this pull."""
        told: dict[str, Any] = {"epoch": head.epoch, "last_at": self._now}
        if head.digests:
            told |= {"checked_at": self._now, "gaps": link.gaps + gaps}
        erased = head.erased or any(ack.code == ERASED for ack in head.acks)
        if erased or lost or self.intake.removed or self.intake.left:
            told["forgotten"] = -head.seq  # their bytes are still to go
        elif not link.last_at:
            told["forgotten"] = head.seq  # what was erased before was never here
        write_link(self._connection, self._organization_id, **told)

    def _gaps(self, head: PulledHead) -> list[str]:
        """Scopes in which this device has not the rows that its server has: they are read anew. That there are such is a
        defect of ours."""
        return [
            scope
            for scope, theirs in (head.digests.items() if head.schema == SCHEMA else ())
            if theirs
            != digest_of(self._connection, self._organization_id, scope, self._actor.user_id)
        ]

    # -- the waiting commands -----------------------------------------------------------------

    def _settle(self, head: PulledHead, acked_n: int) -> bool:
        """Verdicts move commands out of the outbox; whether the numbers turned out to be another device's (sync.md
        R4)."""
        acks = {ack.n: ack for ack in head.acks}
        last: tuple[int, str] | None = None
        for one in waiting(self._connection, self._organization_id):
            ack = acks.get(one.command.n)
            if ack is None:
                continue
            if ack.id != one.command.id:
                return True
            taken_at = max(head.at, self._now)
            settle(self._connection, self._organization_id, one, ack, self._now, taken_at)
            last = (ack.n, ack.id)
            if ack.status is Status.REJECTED:
                forget_deed(self._connection, self._organization_id, one.command.id)
        if last is not None and last[0] > acked_n:
            write_link(self._connection, self._organization_id, acked_n=last[0], acked_id=last[1])
        return False

    def _run_again(self, kept: list[Waiting], state: Any) -> None:
        for one in kept:
            forget_deed(self._connection, self._organization_id, one.command.id)
        self.intake.end()
        for one in kept:
            trouble = self.again(one.command, state)
            if trouble != one.trouble:
                mark_trouble(self._connection, self._organization_id, one.command.n, trouble)

    def again(self, sent: Sent, state: Any) -> str:
        """Run a waiting command on top of what the server has; why it has no effect, "" where it has."""
        self._connection.exec_driver_sql("SAVEPOINT again")
        before = (state.seq, state.item_number)
        try:
            self._session.run_step(
                self._connection, self._actor, self._reader(sent), state, self.told,
                replayed_at=sent.at,
            )  # fmt: skip
            trouble = ""
        except Exception as error:  # no command that waits may keep rows from coming down
            self._connection.exec_driver_sql("ROLLBACK TO SAVEPOINT again")
            state.seq, state.item_number = before
            if not isinstance(error, (ConneqtError, IntegrityError)):
                if isinstance(error, DBAPIError) and not isinstance(error, DataError):
                    raise  # the database, not the command
                log.error("fault %s in %s", type(error).__name__, sent.op)
            trouble = str(error) if isinstance(error, ConneqtError) else Refused.title
        self._connection.exec_driver_sql("RELEASE SAVEPOINT again")
        return trouble

    # -- what was erased ----------------------------------------------------------------------

    def _forget(self, erased: tuple[str, ...]) -> None:
        """No word of what was erased stays in what undo remembers here, nor in commands that wait, were refused or taken;
        nor of what was removed for good, or went where it cannot be seen."""
        removed = (*self.intake.removed, *self.intake.lost())
        forget_removed(self._connection, self._organization_id, removed)
        if erased:
            forget_everywhere(self._connection, self._organization_id, erased)

    def _announce(self, seq: int) -> None:
        note_pull(
            self._connection, self._organization_id, seq, self.intake.boards, self.intake.touched
        )
        records = {tuple(name.split(":", 1)) for name in self.intake.touched}
        self.told.announcements.append(
            Announcement(
                organization_id=self._organization_id, seq=seq, boards=frozenset(self.intake.boards),
                records=frozenset(records), elsewhere=True,  # type: ignore[arg-type]
            )
        )  # fmt: skip
