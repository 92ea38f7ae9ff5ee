"""Writes an organization as lines, with its history and its audit trail, for another store to continue
(engine.model.relocation). What whoever takes it along may not see stays behind."""

from collections.abc import Iterator
from typing import Any, Final

import msgspec
from msgspec import structs
from sqlalchemy import ColumnElement, Table, select, tuple_

from engine.model.audit import AuditEntry
from engine.model.board import Board
from engine.model.change import Change, Deed
from engine.model.item import Item
from engine.model.organization import Member
from engine.model.record import Record
from engine.model.relocation import KINDS, OWN_ONLY, Counted, Front, Relocated
from engine.store.audit_pruning import read_checkpoint
from engine.store.migrations import REVISIONS
from engine.store.reading import Reading
from engine.store.rows import columns_of, to_record
from engine.store.tables import ENTITY_NAMES, TABLE_OF, audit, change, head, history

AT_ONCE: Final = 1_000
HISTORY: Final = "history"
CHANGE: Final = "change"
AUDIT: Final = "audit"
FRONT: Final = "front"
LOGGED: Final = {ENTITY_NAMES[kind] for kind in KINDS if kind not in OWN_ONLY}
"""Entities whose changes go along."""
Line = tuple[str, Any]
encode = msgspec.json.Encoder().encode


def packed(reading: Reading) -> Iterator[bytes]:
    """All lines, without their ends. The actor is an owner."""
    yield encode(relocated(reading))
    rows = 0
    for line in _lines(reading):
        yield encode(line)
        rows += 1
    yield encode(Counted(rows=rows))


def relocated(reading: Reading) -> Relocated:
    """The first line."""
    mine = head.c.organization_id == reading.actor.organization_id
    names = ("epoch", "seq", "item_number", "audit_number", "audit_hash")
    row = reading.connection.execute(select(*(head.c[name] for name in names)).where(mine)).one()
    return Relocated(
        organization_id=reading.actor.organization_id, member_id=reading.member.id,
        schema=REVISIONS[-1], **row._mapping,
    )  # fmt: skip


def _lines(reading: Reading) -> Iterator[Line]:
    boards = {board.id for board in reading.list(Board)}
    for kind in KINDS:
        yield from _records(reading, kind, boards)
    yield from _log(reading, boards)
    checkpoint = read_checkpoint(reading.connection, reading.actor.organization_id)
    if checkpoint is not None:
        yield (
            FRONT,
            Front(number=checkpoint.number, hash=checkpoint.hash, at=checkpoint.at),
        )
    for row in _pages(reading, audit, AuditEntry, (audit.c.number,)):
        yield (AUDIT, to_record(AuditEntry, row))


def _records(reading: Reading, kind: type[Record], boards: set[str]) -> Iterator[Line]:
    """In the order of their ids; items before their subitems."""
    table, name = TABLE_OF[kind], ENTITY_NAMES[kind]
    own = (table.c.member_id == reading.member.id,) if kind in OWN_ONLY else ()
    levels = (
        (table.c.parent_id.is_(None), table.c.parent_id.is_not(None)) if kind is Item else (None,)
    )
    for level in levels:
        where = own if level is None else (*own, level)
        for row in _pages(reading, table, kind, (table.c.id,), *where):
            record = to_record(kind, row)
            board_id = record.id if kind is Board else getattr(record, "board_id", None)
            if board_id is not None and board_id not in boards:
                continue
            if isinstance(record, Member):
                record = structs.replace(record, account_id="")
            yield (name, record)


def _log(reading: Reading, boards: set[str]) -> Iterator[Line]:
    """History, and the change log of what goes along."""
    for row in _pages(reading, history, Deed, (history.c.seq,)):
        yield (HISTORY, to_record(Deed, row))
    for row in _pages(reading, change, Change, (change.c.seq, change.c.n)):
        one = to_record(Change, row)
        if one.entity not in LOGGED:
            continue
        if one.board_id and one.board_id not in boards:
            one = structs.replace(one, before=None, after=None)
        if one.entity == ENTITY_NAMES[Member]:
            one = structs.replace(one, before=_no_account(one.before), after=_no_account(one.after))
        yield (CHANGE, one)


def _no_account(patch: dict[str, Any] | None) -> dict[str, Any] | None:
    return patch and {name: value for name, value in patch.items() if name != "account_id"}


def _pages(
    reading: Reading, table: Table, kind: type[Any], key: tuple[ColumnElement[Any], ...], *where: Any
) -> Iterator[Any]:  # fmt: skip
    """A thousand rows at a time, in the order of their keys, as the columns that `kind` has."""
    columns = (
        columns_of(kind) if kind in TABLE_OF else tuple(table.c[n] for n in kind.__struct_fields__)
    )
    statement = reading.select(table, *columns).where(*where).order_by(*key).limit(AT_ONCE)
    places = [[column.name for column in columns].index(column.name) for column in key]
    last: tuple[Any, ...] | None = None
    while True:
        after = () if last is None else (tuple_(*key) > tuple_(*last),)
        rows = reading.rows(statement.where(*after))
        yield from rows
        if len(rows) < AT_ONCE:
            return
        last = tuple(rows[-1][place] for place in places)
