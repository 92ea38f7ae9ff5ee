"""Reads the rows that are about one person, page by page, wherever they lie."""

from collections.abc import Sequence
from typing import Any

from msgspec import Struct
from sqlalchemy import ColumnElement, Table, func

from engine.model.audit import AuditEntry
from engine.model.change import Deed
from engine.model.record import JSON, Record
from engine.store.reading import Reading
from engine.store.tables import TABLE_OF, audit, history

Page = list[dict[str, JSON]]

_TABLES: dict[type[Struct], tuple[Table, str]] = {
    Deed: (history, "seq"),
    AuditEntry: (audit, "number"),
}


def count_own(reading: Reading, record: type[Struct], by: str) -> int:
    """How many rows name the actor in the field `by`."""
    table, _ = _place_of(record)
    statement = reading.select(table, func.count()).where(_own(reading, table, by))
    return int(reading.connection.execute(statement).scalar_one())


def own_rows(
    reading: Reading, record: type[Struct], by: str, fields: Sequence[str], after: str, limit: int
) -> tuple[Page, str]:
    """The next rows in the order of their key, and the key to go on after; "" at the end. Begin with ""."""
    table, key = _place_of(record)
    order = table.c[key]
    statement = reading.select(table, order, *(table.c[name] for name in fields))
    statement = statement.where(_own(reading, table, by))
    if after:
        statement = statement.where(order > (after if key == "id" else int(after)))
    rows = reading.rows(statement.order_by(order).limit(limit))
    page: Page = [dict(zip(fields, row[1:], strict=True)) for row in rows]
    return page, str(rows[-1][0]) if len(rows) == limit else ""


def _place_of(record: type[Struct]) -> tuple[Table, str]:
    if issubclass(record, Record):
        return TABLE_OF[record], "id"
    return _TABLES[record]


def _own(reading: Reading, table: Table, by: str) -> ColumnElement[Any]:
    mine = table.c[by] == reading.actor.user_id
    if "hidden_until" in table.c:  # a court may forbid to tell (C17)
        return mine & (table.c.hidden_until <= reading.now)
    return mine
