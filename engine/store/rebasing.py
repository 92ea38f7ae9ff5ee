"""Takes pulled rows in on a linked device: shadows back, rows in, verdicts settled, waiting commands run again.

All in one transaction (sync.md R5): whoever reads meanwhile sees the state before or the one after.
"""

import logging
from collections.abc import Callable, Iterable, Iterator, Set
from itertools import groupby, islice
from typing import Any, Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, delete, select, text
from sqlalchemy.exc import DataError, DBAPIError, IntegrityError

from engine.errors import ConneqtError, Refused
from engine.model.actor import Actor
from engine.model.change import Announcement
from engine.model.column import Column
from engine.model.conflict import Conflict
from engine.model.exchange import PulledHead, PulledTail, Sent, Status, board_scope
from engine.model.item import PENDING_NUMBERS, Attachment, Comment, Item
from engine.model.record import Record
from engine.store.deeds import forget_deed, read_head, write_head
from engine.store.derived import Wordings, item_index, wordings
from engine.store.digests import digest_of
from engine.store.forgetting import forget_board, forget_everywhere, forget_removed
from engine.store.linking import SCHEMA
from engine.store.pull_notes import note_pull
from engine.store.rows import insert_rows, listing, shape_of, to_record, to_row
from engine.store.scopes import KINDS_OF
from engine.store.session import Session, Step, Told
from engine.store.shadowing import take_shadows
from engine.store.tables import ENTITIES, ENTITY_NAMES, TABLE_OF, attachment, board
from engine.store.waiting import (
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
BATCH: Final = 500
GONE: Final = "gone"
REMOVED: Final = "removed"
LEFT: Final = "left"
MOVING: Final = frozenset(ENTITY_NAMES[kind] for kind in (Item, Comment, Attachment, Conflict))
"""What can go from one board to another."""
NEWER: Final = (
    "The server keeps something here that this version does not understand. Install the newer version; what waits is "
    "kept until then."
)
CUT: Final = "The server's answer was cut off on the way. Nothing was changed; it is asked again."
Reader = Callable[[Sent], Step]
Entry = tuple[str, Any]


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


def _is_known(scope: str) -> bool:
    """A newer server may have scopes that this version does not know: they are passed over."""
    return scope.count(":") < 2 and scope.partition(":")[0] in KINDS_OF


class Rebase:
    """One pull in one transaction."""

    def __init__(
        self, session: Session, connection: Connection, actor: Actor, lines: Callable[[], Iterator[bytes]],
        reader: Reader,
    ) -> None:  # fmt: skip
        self.told = Told([], [])
        self._session = session
        self._connection = connection
        self._actor = actor
        self._organization_id = actor.organization_id
        self._lines = lines
        self._reader = reader
        self._now = session.clock()
        self._touched: set[str] = set()
        self._boards: set[str] = set()
        self._files: set[str] = set()
        self._wordings: dict[str, Wordings] = {}
        self._anew: Set[str] = frozenset()
        self._removed: list[tuple[str, str]] = []
        self._left: list[tuple[str, str]] = []

    def apply(self) -> Applied:
        """Raises Refused where the answer was cut; then nothing was changed."""
        head = self._head()
        link = find_link(self._connection, self._organization_id)
        state = read_head(self._connection, self._actor)
        seqs = cursors(self._connection, self._organization_id)
        until = rows_until(self._connection, self._organization_id)
        self._anew = until.keys() - seqs.keys()
        if link is None or head.asked != seqs:
            return Applied(seq=state.seq, stale=True)
        if link.epoch not in ("", head.epoch):
            return Applied(seq=state.seq, stale=True, restart=True)
        self.put_shadows_back()
        lost = (self._boards_here() | seqs.keys()) - head.scopes.keys()
        for scope in lost:
            forget_board(self._connection, self._organization_id, scope.partition(":")[2])
        self._drop_scopes(lost)
        self._drop_scopes(scope for scope in head.answered if not seqs.get(scope))
        rows = self._take_rows(head)
        kept, fork = self._settle(head, link.acked_n)
        forget_removed(self._connection, self._organization_id, (*self._removed, *self._lost()))
        self._forget_erased(head.erased)
        gaps = self._gaps(head)
        state.seq = max(state.seq, head.seq) + 1
        state.item_number = PENDING_NUMBERS
        self._announce(state.seq)
        self._run_again(kept, state)
        seqs = {
            scope: until[scope] if scope in seqs else -until[scope]
            for scope in until.keys() & head.scopes.keys()
        }
        seqs |= dict.fromkeys(head.answered, head.seq) | dict.fromkeys(gaps, -head.seq)
        write_cursors(self._connection, self._organization_id, seqs, head.scopes)
        checked = {"checked_at": self._now, "gaps": link.gaps + len(gaps)} if head.digests else {}
        if head.erased or lost or self._removed or self._left:  # their bytes are still to go
            checked["forgotten"] = -head.seq
        elif not link.last_at:  # what was erased before was never here
            checked["forgotten"] = head.seq
        write_link(
            self._connection, self._organization_id, epoch=head.epoch, last_at=self._now, **checked
        )
        forget_journal(self._connection, self._organization_id, self._now)
        write_head(self._connection, self._actor, state)
        return Applied(
            seq=state.seq,
            rows=rows,
            fork=fork,
            scopes=frozenset(head.scopes),
            files=frozenset(self._files),
            gaps=tuple(gaps),
        )

    def _gaps(self, head: PulledHead) -> list[str]:
        """Scopes in which this device has not the rows that its server has: they are read anew. That there are such is a
        defect of ours."""
        return [
            scope
            for scope, theirs in (head.digests.items() if head.schema == SCHEMA else ())
            if theirs
            != digest_of(self._connection, self._organization_id, scope, self._actor.user_id)
        ]

    # -- the server's rows --------------------------------------------------------------------

    def put_shadows_back(self) -> None:
        """What hangs on what was made here may go after it: keys are checked at the end of the transaction."""
        if self._connection.dialect.name == "sqlite":
            self._connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        images = take_shadows(self._connection, self._organization_id)
        for entity, group in groupby(
            sorted(images, key=lambda one: one[0]), key=lambda one: one[0]
        ):
            self._delete(entity, [id for _, id, _ in group])
        columns_first = sorted(
            (one for one in images if one[2] is not None), key=lambda one: one[0] != "column"
        )
        for entity, group in groupby(columns_first, key=lambda one: one[0]):
            self._insert(entity, [image for _, _, image in group if image is not None])

    def _boards_here(self) -> set[str]:
        """The scopes of all boards that are here, also where it was forgotten how far they were read."""
        mine = board.c.organization_id == self._organization_id
        return {
            board_scope(row.id) for row in self._connection.execute(select(board.c.id).where(mine))
        }

    def _drop_scopes(self, scopes: Iterable[str]) -> None:
        """What the member may not see any more does not stay on the device (sync.md R5); what is read anew starts
        from nothing."""
        for scope in scopes:
            kind, _, id = scope.partition(":")
            if kind == "board":
                self._files_go(attachment.c.board_id == id)
            for record in KINDS_OF[kind]:
                table = TABLE_OF[record]
                within = {"user": "member_id", "board": "board_id"}.get(kind)
                where = () if within is None else (table.c[within] == id,)
                self._run(delete(table).where(*where), table)
            if kind == "board":
                self._boards.add(id)
                self._run(delete(board).where(board.c.id == id), board)

    def _head(self) -> PulledHead:
        head = msgspec.json.decode(next(self._lines(), b"null"), type=PulledHead | None)
        if head is None:
            raise Refused(CUT)
        known = {scope: role for scope, role in head.scopes.items() if _is_known(scope)}
        answered = tuple(scope for scope in head.answered if _is_known(scope))
        return msgspec.structs.replace(head, scopes=known, answered=answered)

    def _take_rows(self, head: PulledHead) -> int:
        """First every old row goes away, then the new ones come in: no two rows claim one place meanwhile. Of
        scopes that are read anew there are no old rows any more, but what came to them from a board that is here and
        has not been read since."""
        anew = not any(head.asked.get(scope) for scope in head.answered)
        if not anew or self._anew:
            for entity, batch in self._batches():
                self._delete_all(entity, batch)
        moved = MOVING if anew and self._boards_here() - set(head.answered) else frozenset[str]()
        count = 0
        for entity, batch in self._batches():
            count += len(batch)
            if entity in moved:
                self._delete(entity, [row["id"] for row in batch])
            if entity in ENTITIES:  # a newer server has kinds that this version does not know
                self._insert(entity, batch)
        if self._tail is None or self._tail.count != count:
            raise Refused(CUT)
        return count

    _tail: PulledTail | None = None

    def _batches(self) -> Iterator[tuple[str, list[Any]]]:
        entries = self._entries()
        while batch := list(islice(entries, BATCH)):
            for entity, group in groupby(batch, key=lambda one: one[0]):
                yield entity, [row for _, row in group]

    def _entries(self) -> Iterator[Entry]:
        lines = self._lines()
        next(lines, None)
        for line in lines:
            found = msgspec.json.decode(line)
            if isinstance(found, dict):
                self._tail = msgspec.convert(found, PulledTail)
                return
            entity, *rest = found
            yield entity, (rest if entity in (GONE, REMOVED, LEFT) else rest[0])

    def _delete_all(self, entity: str, rows: list[Any]) -> None:
        if entity in ENTITIES:
            self._delete(entity, [row["id"] for row in rows])
            return
        if entity == LEFT:
            self._leave(rows)
        if entity == REMOVED:
            self._removed += [(name, id) for name, id in rows]
        gone = [row for row in rows if row[0] in ENTITIES] if entity == GONE else []
        for name, id in gone:
            if name == ENTITY_NAMES[Attachment]:
                self._files_go(attachment.c.id == id)
            self._delete(name, [id])

    def _leave(self, rows: list[Any]) -> None:
        """What went to another board, which may have brought it here already."""
        for name, id, board_id in rows:
            if name not in ENTITIES:
                continue
            table = TABLE_OF[ENTITIES[name]]
            if name == ENTITY_NAMES[Attachment]:
                self._files_go((attachment.c.id == id) & (attachment.c.board_id == board_id))
            self._run(delete(table).where(table.c.id == id, table.c.board_id == board_id), table)
            self._touched.add(f"{name}:{id}")
            self._left.append((name, id))

    def _lost(self) -> Iterator[tuple[str, str]]:
        """Of what went to other boards those that are not here any more."""
        for name, id in self._left:
            table = TABLE_OF[ENTITIES[name]]
            mine = (table.c.organization_id == self._organization_id, table.c.id == id)
            if self._connection.execute(select(table.c.id).where(*mine)).first() is None:
                yield name, id

    def _files_go(self, where: Any) -> None:
        mine = attachment.c.organization_id == self._organization_id
        found = select(attachment.c.digest).where(mine, where, attachment.c.digest != "")
        self._files.update(row.digest for row in self._connection.execute(found))

    def _delete(self, entity: str, ids: list[str]) -> None:
        table = TABLE_OF[ENTITIES[entity]]
        for start in range(0, len(ids), BATCH):
            self._run(delete(table).where(table.c.id.in_(ids[start : start + BATCH])), table)
        self._touched.update(f"{entity}:{id}" for id in ids[:BATCH])

    def _insert(self, entity: str, images: list[dict[str, Any]]) -> None:
        kind = ENTITIES[entity]
        try:
            records = [msgspec.convert(image, kind) for image in images]
        except msgspec.ValidationError:
            raise Refused(NEWER) from None
        if kind is Column:
            self._wordings.clear()
        insert_rows(self._connection, TABLE_OF[kind], [self._row(record) for record in records])

    def _row(self, record: Record) -> dict[str, Any]:
        row = {**to_row(record), "organization_id": self._organization_id}
        board_id = getattr(record, "board_id", "")
        if board_id:
            self._boards.add(board_id)
        if isinstance(record, Item):
            row |= item_index(record, self._wordings_of(record.board_id))
        return row

    def _wordings_of(self, board_id: str) -> Wordings:
        if board_id not in self._wordings:
            by = {"board_id": board_id, "state": "live"}
            found = listing(Column, shape_of(by), ("position",)).rows(
                self._connection, {"organization": self._organization_id, **by}
            )
            columns = [to_record(Column, row) for row in found]
            self._wordings[board_id] = wordings({column.id: column for column in columns})
        return self._wordings[board_id]

    def _run(self, statement: Any, table: Any) -> None:
        self._connection.execute(statement.where(table.c.organization_id == self._organization_id))

    # -- the waiting commands -----------------------------------------------------------------

    def _settle(self, head: PulledHead, acked_n: int) -> tuple[list[Waiting], bool]:
        """Verdicts move commands out of the outbox; comes back with those that go on waiting, and whether the
        numbers turned out to be another device's (sync.md R4)."""
        acks = {ack.n: ack for ack in head.acks}
        kept: list[Waiting] = []
        last: tuple[int, str] | None = None
        for one in waiting(self._connection, self._organization_id):
            ack = acks.get(one.command.n)
            if ack is None:
                kept.append(one)
                continue
            if ack.id != one.command.id:
                return [*kept, *self._after(one.command.n)], True
            settle(self._connection, self._organization_id, one, ack, self._now)
            last = (ack.n, ack.id)
            if ack.status is Status.REJECTED:
                forget_deed(self._connection, self._organization_id, one.command.id)
        if last is not None and last[0] > acked_n:
            write_link(self._connection, self._organization_id, acked_n=last[0], acked_id=last[1])
        return kept, False

    def _after(self, n: int) -> list[Waiting]:
        return [
            one for one in waiting(self._connection, self._organization_id) if one.command.n >= n
        ]

    def _run_again(self, kept: list[Waiting], state: Any) -> None:
        for one in kept:
            forget_deed(self._connection, self._organization_id, one.command.id)
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

    def _forget_erased(self, erased: tuple[str, ...]) -> None:
        """No word of it stays in what undo remembers here, nor in commands that wait, were refused or taken."""
        if erased:
            forget_everywhere(self._connection, self._organization_id, erased)

    def _announce(self, seq: int) -> None:
        note_pull(self._connection, self._organization_id, seq, self._boards, self._touched)
        records = {tuple(name.split(":", 1)) for name in self._touched}
        self.told.announcements.append(
            Announcement(
                organization_id=self._organization_id, seq=seq, boards=frozenset(self._boards),
                records=frozenset(records), elsewhere=True,  # type: ignore[arg-type]
            )
        )  # fmt: skip
