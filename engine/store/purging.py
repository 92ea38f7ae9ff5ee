"""Removes records, or what they say, for good: the rows, and what the change log remembers of them (policy:
content is kept until it is deleted, what is personal until the person is). That they are gone stays in the log: undoing what was done to them is refused."""

from collections.abc import Iterable, Mapping
from itertools import groupby, islice
from typing import Any, Final

from msgspec import structs
from sqlalchemy import BindParameter, Text, bindparam, cast, or_, update

from engine.model.column import Column
from engine.model.conflict import Conflict
from engine.model.item import Attachment, Comment, Item
from engine.model.record import Record
from engine.store.derived import item_index
from engine.store.rows import ORGANIZATION, columns_of, to_record
from engine.store.tables import change, item
from engine.store.unit_of_work import UnitOfWork

BATCH: Final = 500

_FORGET = (
    update(change)
    .where(
        change.c.organization_id == bindparam(ORGANIZATION),
        or_(change.c.before.is_not(None), change.c.after.is_not(None)),
    )
    .values(before=None, after=None)
)
_ids: BindParameter[Any] = bindparam("ids", expanding=True)
_items: BindParameter[Any] = bindparam("items", expanding=True)
# The log has an index by item; only what is no item's must be looked for in all of it.
_OF_ITEMS = _FORGET.where(change.c.item_id.in_(_ids))
_ON_ITEMS = _FORGET.where(change.c.item_id.in_(_items), change.c.entity_id.in_(_ids))
_OF_OTHERS = _FORGET.where(change.c.entity_id.in_(_ids), change.c.item_id == "")

_REMEMBER = (
    update(change)
    .where(
        change.c.organization_id == bindparam(ORGANIZATION),
        change.c.seq == bindparam("of_seq"),
        change.c.n == bindparam("of_n"),
    )
    .values(before=bindparam("old"), after=bindparam("new"))
)


def purge(unit: UnitOfWork, records: Iterable[Record]) -> None:
    """Remove these, in this order: what depends on others comes first."""
    iterator = iter(records)
    while batch := list(islice(iterator, BATCH)):
        for record in batch:
            unit.delete(record, keep=False)
            if isinstance(record, Column):
                _empty(unit, record)
        for kind, alike in groupby(batch, key=type):
            _forget(unit, kind, list(alike))


def blank(unit: UnitOfWork, record: Record, fields: Mapping[str, object]) -> None:
    """Give fields these values instead, and forget what was in any field of the record before."""
    unit.overwrite(record, fields)
    _forget(unit, type(record), [record])


def _forget(unit: UnitOfWork, kind: type[Record], records: list[Record]) -> None:
    ids = [record.id for record in records]
    if kind is Item:
        unit.run(_OF_ITEMS, {"ids": ids})
    elif kind in (Comment, Attachment, Conflict):
        items = {record.item_id for record in records}  # type: ignore[attr-defined]
        unit.run(_ON_ITEMS, {"ids": ids, "items": sorted(items)})
    else:
        unit.run(_OF_OTHERS, {"ids": ids})


def _empty(unit: UnitOfWork, column: Column) -> None:
    """Take a column's values out of the items of its board, and out of what is remembered of them."""
    last = 0
    while True:
        statement = unit.select(item, *columns_of(Item)).where(
            item.c.board_id == column.board_id, item.c.number > last
        )
        rows = unit.rows(statement.order_by(item.c.number).limit(BATCH))
        found = [to_record(Item, row) for row in rows]
        for one in found:
            if column.id in one.values or column.id in one.stamps:
                _take_out(unit, one, column)
        _forget_values(unit, [one.id for one in found], f"values.{column.id}")
        if len(found) < BATCH:
            return
        last = found[-1].number


def _take_out(unit: UnitOfWork, one: Item, column: Column) -> None:
    values = {key: value for key, value in one.values.items() if key != column.id}
    stamps = {key: stamp for key, stamp in one.stamps.items() if key != column.id}
    emptied = structs.replace(one, values=values, stamps=stamps, seq=unit.seq)
    row = {"values": values, "stamps": stamps, "seq": unit.seq}
    row |= item_index(emptied, unit.wordings(column.board_id))
    unit.rewrite(Item, one.id, row)


def _forget_values(unit: UnitOfWork, item_ids: list[str], field: str) -> None:
    said = or_(
        cast(change.c.before, Text).contains(field, autoescape=True),
        cast(change.c.after, Text).contains(field, autoescape=True),
    )
    keys = (change.c.seq, change.c.n, change.c.before, change.c.after)
    for seq, n, before, after in unit.rows(
        unit.select(change, *keys).where(change.c.item_id.in_(item_ids), said)
    ):
        for patch in (before, after):
            if patch is not None:
                patch.pop(field, None)
                (patch.get("values") or {}).pop(field.removeprefix("values."), None)
        parameters = {"of_seq": seq, "of_n": n, "old": before, "new": after}
        unit.run(_REMEMBER, parameters)
