"""Takes an organization in that another store has packed, in one transaction: every row checked, the audit chain
verified link by link, ids and numbers as they were (engine.model.relocation)."""

from collections.abc import Callable, Iterable, Iterator
from itertools import dropwhile, groupby, islice
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, delete, select, true, update
from sqlalchemy.exc import DataError, IntegrityError

from engine.errors import Invalid, Refused
from engine.model.audit import AuditEntry
from engine.model.change import Change, Deed
from engine.model.item import Item
from engine.model.record import Record
from engine.model.relocation import FORMAT, KINDS, VERSION, Counted, Front, Relocated
from engine.store.arriving_records import LARGEST, ArrivingRecords
from engine.store.audit_chain import GENESIS, fault_of
from engine.store.audit_pruning import write_checkpoint
from engine.store.deeds import first_head
from engine.store.derived import item_index
from engine.store.given_ids import ID
from engine.store.migrations import REVISIONS
from engine.store.packing import AUDIT, CHANGE, FRONT, HISTORY, LOGGED
from engine.store.rows import Row, insert_rows, to_row
from engine.store.tables import (
    ENTITIES,
    ENTITY_NAMES,
    TABLE_OF,
    TENANT_TABLES,
    attachment,
    audit,
    change,
    comment,
    head,
    history,
    item,
)

BATCH: Final = 500
CUT: Final = "Not all of the organization has come. Nothing was taken in; send it again."
BROKEN: Final = "A row of the organization is none of ours: {}. Nothing was taken in."
NEWER: Final = (
    "This comes from a newer ConneqtOS. Nothing was taken in: install the newer version here first."
)
ORDER: Final = {name: at for at, name in enumerate((*(ENTITY_NAMES[kind] for kind in KINDS), HISTORY, CHANGE, FRONT, AUDIT))}  # fmt: skip
Line = tuple[str, msgspec.Raw]
_line: Final = msgspec.json.Decoder(Line)
_row_of: Final[dict[str, msgspec.json.Decoder[Any]]] = {
    **{ENTITY_NAMES[kind]: msgspec.json.Decoder(kind) for kind in KINDS},
    HISTORY: msgspec.json.Decoder(Deed), CHANGE: msgspec.json.Decoder(Change),
    FRONT: msgspec.json.Decoder(Front), AUDIT: msgspec.json.Decoder(AuditEntry),
}  # fmt: skip


def check_lines(lines: Iterable[bytes]) -> None:
    """Before any transaction, since it may take long: that it has come whole, and nothing in it is no line of ours.
    Raises Refused."""
    marks = (line[:1] for line in lines)
    if next(marks, b"") != b"{":
        raise Refused(CUT)
    behind = dropwhile(lambda mark: mark == b"[", marks)
    if list(islice(behind, 2)) != [b"{"]:
        raise Refused(CUT)


class Unpacking:
    """One organization on its way into the transaction of `connection`."""

    def __init__(self, connection: Connection, sealing_key: bytes, lines: Iterable[bytes]) -> None:
        """Raises Refused where this does not begin as it should."""
        self._connection = connection
        self._sealing_key = sealing_key
        self._lines = iter(lines)
        self._tail: Counted | None = None
        self.head = self._first()
        self._records = ArrivingRecords(self.head)
        self._chain = (0, GENESIS)
        self.repaired = 0
        self.entries = 0

    def unpack(self, epoch: str) -> None:
        """Raises Refused and Invalid; whoever has the transaction rolls it back. A row that had to be put right counts
        as written by the command that comes next."""
        try:
            first_head(self._connection, self.head.organization_id, epoch)
            rows = self._take_all()
            if self._tail is None or self._tail.rows != rows:
                raise Refused(CUT)
            self._records.check_whole()
            self._check_places()
        except (IntegrityError, DataError) as error:
            raise Invalid(BROKEN.format(type(error).__name__)) from None
        except (msgspec.DecodeError, msgspec.ValidationError, RecursionError) as error:
            raise Invalid(BROKEN.format(str(error)[:200])) from None
        if self._chain != (self.head.audit_number, self.head.audit_hash):
            raise Invalid(BROKEN.format("the audit trail does not end where it should"))
        self._write_head()

    # -- inside -------------------------------------------------------------------------------

    def _first(self) -> Relocated:
        try:
            found = msgspec.json.decode(next(self._lines, b"null"), type=Relocated)
        except (msgspec.DecodeError, msgspec.ValidationError):
            raise Refused(CUT) from None
        if (
            found.format != FORMAT
            or found.version > VERSION
            or not ID.fullmatch(found.organization_id)
        ):
            raise Refused(CUT)
        if found.schema not in REVISIONS:
            raise Refused(NEWER)
        if not 0 < found.seq < LARGEST or not 0 <= found.item_number < LARGEST:
            raise Invalid(BROKEN.format("its numbers are out of every range"))
        return found

    def _take_all(self) -> int:
        rows, stands = 0, 0
        entries = self._entries()
        while batch := list(islice(entries, BATCH)):
            for name, group in groupby(batch, key=lambda one: one[0]):
                if ORDER.get(name, -1) < stands:
                    raise Invalid(BROKEN.format(f"a row of “{name[:40]}” at the wrong place"))
                stands = ORDER[name]
                found = [row for _, row in group]
                rows += len(found)
                self._take(name, found)
        return rows

    def _entries(self) -> Iterator[tuple[str, Any]]:
        for line in self._lines:
            if line.startswith(b"{"):
                self._tail = msgspec.json.decode(line, type=Counted)
                return
            if b"\\u0000" in line:
                raise Invalid(BROKEN.format("it has a NUL in a text"))
            name, raw = _line.decode(line)
            if name not in _row_of:
                raise Invalid(BROKEN.format(f"an unknown kind “{name[:40]}”"))
            yield name, _row_of[name].decode(raw)

    def _take(self, name: str, rows: list[Any]) -> None:
        take: dict[str, Callable[[list[Any]], None]] = {
            HISTORY: self._take_history, CHANGE: self._take_changes, FRONT: self._take_front,
            AUDIT: self._take_audit,
        }  # fmt: skip
        take.get(name, self._take_records)(rows)

    def _take_records(self, records: list[Record]) -> None:
        kept = []
        for record in records:
            checked = self._records.checked(record)
            if checked is None:
                continue
            if checked is not record:
                checked = msgspec.structs.replace(checked, seq=self.head.seq + 1)
                self.repaired += 1
            row = to_row(checked)
            if isinstance(checked, Item):
                row |= item_index(checked, self._records.wordings_of(checked.board_id))
            kept.append(row)
        self._insert(TABLE_OF[type(records[0])], kept)

    def _take_history(self, deeds: list[Deed]) -> None:
        for deed in deeds:
            self._check_numbers(deed.seq, deed.at)
            self._check_ids(deed.command_id, deed.gesture, deed.actor_id)
        self._insert(history, [{**msgspec.to_builtins(one), "replica_id": ""} for one in deeds])

    def _take_changes(self, changes: list[Change]) -> None:
        for one in changes:
            self._check_numbers(one.seq, one.n)
            ids = (one.entity_id, one.board_id, one.item_id)
            self._check_ids(*(id for id in ids if id))
            if one.entity not in LOGGED or one.entity not in ENTITIES:
                raise Invalid(BROKEN.format("a change of what does not come along"))
            if any("account_id" in (patch or {}) for patch in (one.before, one.after)):
                raise Invalid(BROKEN.format("a change names an account"))
        self._insert(change, [msgspec.to_builtins(one) for one in changes])

    def _take_front(self, fronts: list[Front]) -> None:
        if len(fronts) > 1 or self.entries or self._chain[0]:
            raise Invalid(BROKEN.format("the audit trail begins twice"))
        front = fronts[0]
        self._check_numbers(front.number, front.at)
        self._chain = (front.number, front.hash)
        write_checkpoint(
            self._connection, self._sealing_key, self.head.organization_id, front.number, front.hash,
            front.at,
        )  # fmt: skip

    def _take_audit(self, entries: list[AuditEntry]) -> None:
        for entry in entries:
            self._check_numbers(entry.number, entry.seq, entry.at)
            number, previous = self._chain
            fault = fault_of(entry, number + 1, previous)
            if fault:
                raise Invalid(BROKEN.format(f"in its audit trail {fault}"))
            self._chain = (entry.number, entry.hash)
        self.entries += len(entries)
        self._insert(audit, [msgspec.structs.asdict(entry) for entry in entries])

    def _insert(self, table: Any, rows: list[Row]) -> None:
        if rows:
            mine = {"organization_id": self.head.organization_id}
            insert_rows(self._connection, table, [{**row, **mine} for row in rows])

    def _check_numbers(self, *numbers: int) -> None:
        if not all(-LARGEST < number < LARGEST for number in numbers):
            raise Invalid(BROKEN.format("a number is out of every range"))

    def _check_ids(self, *ids: str) -> None:
        if not all(ID.fullmatch(id) for id in ids):
            raise Invalid(BROKEN.format("an id is none of ours"))

    def _check_places(self) -> None:
        """What foreign keys do not say: all of an item is on its board, and a subitem beside its parent."""
        parent = item.alias("parent")
        astray = (
            (item, parent, item.c.parent_id == parent.c.id,
             (item.c.board_id != parent.c.board_id) | (item.c.group_id != parent.c.group_id)
             | parent.c.parent_id.is_not(None)),
            (comment, item, comment.c.item_id == item.c.id, comment.c.board_id != item.c.board_id),
            (attachment, item, attachment.c.item_id == item.c.id,
             attachment.c.board_id != item.c.board_id),
        )  # fmt: skip
        for one, other, same, wrong in astray:
            mine = one.c.organization_id == self.head.organization_id
            joined = one.join(other, (one.c.organization_id == other.c.organization_id) & same)
            statement = select(true()).select_from(joined).where(mine, wrong).limit(1)
            if self._connection.execute(statement).first() is not None:
                raise Invalid(BROKEN.format("something hangs on an item of another board"))

    def _write_head(self) -> None:
        head_row = {
            name: getattr(self.head, name) for name in ("seq", "item_number", "audit_number", "audit_hash")
        }  # fmt: skip
        self._connection.execute(
            update(head)
            .where(head.c.organization_id == self.head.organization_id)
            .values(**head_row)
        )


def remove_all(connection: Connection, organization_id: str) -> None:
    """Every row of an organization, those first that name others."""
    for table in reversed(TENANT_TABLES):
        connection.execute(delete(table).where(table.c.organization_id == organization_id))
