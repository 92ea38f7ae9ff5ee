"""The one room that every write passes: rows, change log, history and audit in one transaction.

A handler inserts, updates and deletes records; the unit of work scopes them by organization, stamps
them with the command's seq, and writes down what was there before (DESIGN §2, §7).
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeVar

from msgspec import structs
from sqlalchemy import Connection, Table, bindparam, delete, update
from sqlalchemy.exc import IntegrityError

from engine.errors import NotFound, Refused
from engine.model.actor import Actor, Role
from engine.model.board import Board
from engine.model.change import Announcement, ChangeOp
from engine.model.column import Column
from engine.model.item import Item, Values
from engine.model.organization import Member
from engine.model.record import JSON, Record
from engine.store.concurrency import Concurrency, mergeable
from engine.store.derived import Wordings, item_index, wordings
from engine.store.given_ids import check_ids
from engine.store.reading import Reading
from engine.store.rows import (
    ORGANIZATION,
    Row,
    field_to_builtin,
    insert_rows,
    patched,
    rewriting,
    to_row,
)
from engine.store.shadowing import Shadows
from engine.store.tables import ENTITY_NAMES, TABLE_OF, change

R = TypeVar("R", bound=Record)
UNLOGGED_FIELDS = frozenset({"seq", "stamps", "updated_at", "updated_by"})


class UnitOfWork(Reading):
    """What a command's handler works on. `seq` is the command's number in its organization; `command_id` is the same
    wherever it runs."""

    def __init__(
        self, connection: Connection, actor: Actor, now: int, utc_offset: int,
        required: Role, within_board: bool, *, seq: int, item_number: int, command_id: str = "",
        sealing_key: bytes = b"", or_dpo: bool = False, plain_webhooks: bool = False, shadows: Shadows | None = None,
        concurrency: Concurrency | None = None,
    ) -> None:  # fmt: skip
        super().__init__(connection, actor, now, utc_offset, required, within_board, or_dpo=or_dpo)
        self.seq = seq
        self.item_number = item_number
        self.command_id = command_id
        self.sealing_key = sealing_key
        self.plain_webhooks = plain_webhooks
        self.shadows = shadows  # on a linked device
        self.concurrency = concurrency  # on the authority, for a command from a device
        self.was: dict[str, dict[str, JSON]] = {}  # on a linked device: what merging needs
        self.notes: list[str] = []
        self._wordings: dict[str, tuple[dict[str, Column], Wordings]] = {}
        self._changes: list[Row] = []
        self._touched_boards: set[str] = set()
        self._touched: set[tuple[str, str]] = set()
        self.audit_detail: dict[str, JSON] = {}

    # -- writing records ----------------------------------------------------------------------

    def insert(self, record: R) -> R:
        """Write a new record; it comes back with its seq."""
        self._insert_rows(type(record), (record,))
        self._log(record, ChangeOp.INSERT)
        return structs.replace(record, seq=self.seq)

    def insert_many(self, kind: type[Record], records: Sequence[Record]) -> None:
        """Write many new records of one board by one statement and one line in the change log."""
        if not records:
            return
        self._insert_rows(kind, records)
        ids: list[JSON] = [record.id for record in records]
        self._log(records[0], ChangeOp.INSERT_MANY, after={"ids": ids}, entity_id="")

    def update(self, record: R, **fields: object) -> R:
        """Give fields other values. What is the same already is left alone and not logged."""
        return self._rewritten(record, fields, keep=True)

    def overwrite(self, record: R, fields: Mapping[str, object]) -> R:
        """As `update`, but the change log keeps only that the record was changed (engine.store.purging)."""
        return self._rewritten(record, fields, keep=False)

    def _rewritten(self, record: R, fields: Mapping[str, object], *, keep: bool) -> R:
        before, after = _difference(record, fields)
        if not before:
            return record
        if self.concurrency is not None and keep:
            instead = self.concurrency.settle(self, record, before, after)
            if instead:
                fields = _with(fields, instead)
                before, after = _difference(record, fields)
                if not before:
                    return record
        self._may_write(record)
        if isinstance(record, Item) and ("values" in fields or "name" in fields):
            fields = {**fields, "updated_at": self.now, "updated_by": self.actor.user_id}
        new = patched(record, {**fields_as_builtins(fields), "seq": self.seq})
        row: Row = {name: field_to_builtin(getattr(new, name)) for name in (*fields, "seq")}
        if isinstance(new, Item) and ("values" in fields or "name" in fields):
            row |= item_index(new, self.wordings(new.board_id))
        self.rewrite(type(record), record.id, row)
        if keep:
            self._log(new, ChangeOp.UPDATE, before=before, after=after)
            if "board_id" in after:
                self._log(record, ChangeOp.LEAVE)
            if self.shadows is not None and isinstance(record, Item):
                merging = mergeable(self, record, before)
                if merging:
                    self.was[f"item:{record.id}"] = {
                        **merging, **self.was.get(f"item:{record.id}", {}),
                    }  # fmt: skip
        else:
            self._log(record, ChangeOp.UPDATE)
        return new

    def set_values(self, item: Item, values: Mapping[str, JSON]) -> Item:
        """Set or clear (None) some of an item's values, and stamp each with seq and time."""
        merged: Values = {**item.values, **values}
        merged = {column: value for column, value in merged.items() if value is not None}
        if merged == item.values:
            return item
        stamps = {**item.stamps, **dict.fromkeys(values, (self.seq, self.now))}
        return self.update(item, values=merged, stamps=stamps)

    def delete(self, record: Record, *, keep: bool = True) -> None:
        """Remove a record. The change log keeps all of it, so that this can be taken back; with `keep=False`
        it keeps only that the record is gone (engine.store.purging)."""
        self._may_write(record)
        self._keep_shadow(record)
        table = TABLE_OF[type(record)]
        self.run(
            delete(table).where(
                table.c.organization_id == bindparam(ORGANIZATION),
                table.c.id == bindparam("row_id"),
            ),
            {"row_id": record.id},
        )
        self._log(record, ChangeOp.DELETE, before=field_to_builtin(record) if keep else None)

    def reposition(self, records: Sequence[Any], keys: Sequence[str]) -> None:
        """Give all records of one container new order keys, in two steps: keys are unique at every moment."""
        table = TABLE_OF[type(records[0])]
        statement = (
            update(table)
            .where(
                table.c.organization_id == bindparam(ORGANIZATION),
                table.c.id == bindparam("row_id"),
            )
            .values(position=bindparam("key"), seq=self.seq)
        )
        final = {record.id: key for record, key in zip(records, keys, strict=True)}
        for record in records:
            self._keep_shadow(record)
        for step in ({id: f"~{id}" for id in final}, final):
            self.connection.execute(
                statement,
                [
                    {ORGANIZATION: self.actor.organization_id, "row_id": id, "key": key}
                    for id, key in step.items()
                ],
            )
        for record in records:
            before, after = _difference(record, {"position": final[record.id]})
            if before:
                self._log(record, ChangeOp.UPDATE, before=before, after=after)

    def is_new_here(self, kind: type[Record], id: str) -> bool:
        """Whether it was made on this device, and the server does not have it yet."""
        return self.shadows is not None and self.shadows.is_new(kind, id)

    def next_item_number(self) -> int:
        self.item_number += 1
        return self.item_number

    def note(self, text: str) -> None:
        """Something the person who gave the command should be told."""
        self.notes.append(text)

    def say_in_audit(self, **detail: JSON) -> None:
        """What the audit entry tells beside the records touched. Never content, and nothing personal: it stays
        for as long as the chain."""
        self.audit_detail |= detail

    # -- the end of the transaction -----------------------------------------------------------

    def write_changes(self) -> None:
        if self._changes:
            self.write_rows(change, self._changes)

    def announcement(self) -> Announcement:
        return Announcement(
            organization_id=self.actor.organization_id,
            seq=self.seq,
            boards=frozenset(self._touched_boards),
            records=frozenset(self._touched),
        )

    @property
    def touched_boards(self) -> frozenset[str]:
        return frozenset(self._touched_boards)

    @property
    def touched_count(self) -> int:
        return sum(
            len(row["after"]["ids"]) if row["op"] == ChangeOp.INSERT_MANY else 1
            for row in self._changes
        )

    @property
    def touched(self) -> list[tuple[str, str]]:
        """The records touched; of many new ones at once, the board they came to."""
        named = {(entity, id) for entity, id in self._touched if id}
        return sorted(named or {("board", id) for id in self._touched_boards})

    @property
    def touched_by_name(self) -> frozenset[str]:
        """`entity:id` of each record touched that was there before."""
        return frozenset(f"{entity}:{id}" for entity, id in self._touched if id)

    def write_rows(self, table: Table, rows: Iterable[Row]) -> None:
        """Insert rows, each with the organization added."""
        organization_id = self.actor.organization_id
        insert_rows(
            self.connection, table, [{"organization_id": organization_id, **row} for row in rows]
        )

    def rewrite(self, kind: type[Record], id: str, row: Row) -> None:
        """Give a row other fields, derived ones too, without a line in the change log."""
        if self.shadows is not None:
            self.shadows.keep(kind, id)
        values = {f"new_{name}": value for name, value in row.items()}
        values |= {ORGANIZATION: self.actor.organization_id, "row_id": id}
        rewriting(kind, tuple(row)).write(self.connection, values)

    def wordings(self, board_id: str) -> Wordings:
        """What `item_index` needs of the board; remembered as long as its columns are."""
        columns = self.columns(board_id)
        found = self._wordings.get(board_id)
        if found is None or found[0] is not columns:
            found = self._wordings[board_id] = (columns, wordings(columns))
        return found[1]

    # -- inside -------------------------------------------------------------------------------

    def _insert_rows(self, kind: type[Record], records: Sequence[Record]) -> None:
        check_ids(kind, records)
        if isinstance(records[0], Board):  # a new board is its maker's own
            self._admitted.update(record.id for record in records)
        self._may_write(records[0])
        if self.shadows is not None:
            self.shadows.keep_new(kind, [record.id for record in records])
        rows = [self._row_of(record) for record in records]
        try:
            insert_rows(self.connection, TABLE_OF[kind], rows)
        except IntegrityError:
            raise Refused(
                f"This {ENTITY_NAMES[kind].replace('_', ' ')} is there already, or names something "
                "that is not there."
            ) from None

    def _row_of(self, record: Record) -> Row:
        row = to_row(record)
        row["organization_id"] = self.actor.organization_id
        row["seq"] = self.seq
        if isinstance(record, Item):
            row |= item_index(record, self.wordings(record.board_id))
        return row

    def _keep_shadow(self, record: Record) -> None:
        if self.shadows is not None:
            self.shadows.keep(type(record), record.id)

    def _may_write(self, record: Record) -> None:
        if not self._may_see(record):
            raise NotFound(f"There is no {ENTITY_NAMES[type(record)]} “{record.id}” here.")

    def _forget(self, kind: type[Record], board_id: str) -> None:
        """What this transaction remembered of columns and people is read again after a change of them."""
        if kind is Column:
            self._columns.pop(board_id, None)
        if kind is Member:
            self._people = None
            self._surroundings.clear()
            self._readers.clear()

    def _log(
        self, record: Record, op: ChangeOp, *, before: JSON = None, after: JSON = None,
        entity_id: str | None = None,
    ) -> None:  # fmt: skip
        kind = type(record)
        entity = ENTITY_NAMES[kind]
        board_id = record.id if isinstance(record, Board) else getattr(record, "board_id", "")
        item_id = record.id if isinstance(record, Item) else getattr(record, "item_id", "")
        named = record.id if entity_id is None else entity_id
        self._forget(kind, board_id)
        self._changes.append({
            "seq": self.seq, "n": len(self._changes), "entity": entity, "entity_id": named,
            "board_id": board_id, "item_id": item_id if named else "", "op": op.value,
            "before": before, "after": after,
        })  # fmt: skip
        self._touched.add((entity, named))
        if board_id:
            self._touched_boards.add(board_id)


def _with(fields: Mapping[str, object], instead: Mapping[str, Any]) -> dict[str, object]:
    """The fields with other values; a key `values.<column>` names one value of an item."""
    changed = dict(fields)
    for name, value in instead.items():
        if not name.startswith("values."):
            changed[name] = value
            continue
        values: Values = {**changed["values"], name.removeprefix("values."): value}  # type: ignore[dict-item]
        changed["values"] = {id: one for id, one in values.items() if one is not None}
    return changed


def fields_as_builtins(fields: Mapping[str, object]) -> dict[str, Any]:
    return {name: field_to_builtin(value) for name, value in fields.items()}


def _difference(record: Record, fields: Mapping[str, object]) -> tuple[Row, Row]:
    """The fields that change, before and after; of an item's values only those that change."""
    before: Row = {}
    after: Row = {}
    for name, new in fields.items():
        old = getattr(record, name)
        if name in UNLOGGED_FIELDS or old == new:
            continue
        if name == "values" and isinstance(record, Item):
            _compare_values(record.values, new, before, after)  # type: ignore[arg-type]
        else:
            before[name], after[name] = field_to_builtin(old), field_to_builtin(new)
    return before, after


def _compare_values(old: Values, new: Values, before: Row, after: Row) -> None:
    for column in old.keys() | new.keys():
        if old.get(column) != new.get(column):
            before[f"values.{column}"] = old.get(column)
            after[f"values.{column}"] = new.get(column)
