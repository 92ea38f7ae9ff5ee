"""Places: order keys made from neighbour ids, unique in their container, rebalanced when they grow long.

Keys are base-62 fractional indexes compared bytewise. Only the authority makes them (sync.md, places).
"""

from itertools import pairwise
from typing import Any, Final

from fractional_indexing import BASE_62_DIGITS, generate_key_between, generate_n_keys_between
from sqlalchemy import ColumnElement

from engine.model.board import Board, Group
from engine.model.column import Column
from engine.model.item import Item
from engine.model.record import Record
from engine.model.view import View
from engine.store.reading import Reading
from engine.store.tables import TABLE_OF
from engine.store.unit_of_work import UnitOfWork

LONGEST_KEY: Final = 32
_AFTER: Final = dict(pairwise(BASE_62_DIGITS))
FIRST: Final = ""
"""As `after`: before all others. None is: behind all others."""

Container = dict[str, Any]
"""The fields that records standing in one order share."""


def container_of(record: Record) -> Container:
    """The container that a record stands in."""
    match record:
        case Item(parent_id=None, group_id=group_id):
            return {"group_id": group_id, "parent_id": None}
        case Item(parent_id=parent_id):
            return {"parent_id": parent_id}
        case Group(board_id=board_id) | Column(board_id=board_id) | View(board_id=board_id):
            return {"board_id": board_id}
        case Board():
            return {}
        case _:
            raise TypeError(f"{type(record).__name__} has no place")


def places(
    unit: UnitOfWork,
    kind: type[Record],
    container: Container,
    after: str | None,
    count: int,
) -> list[str]:
    """`count` keys that stand after the record `after`; `FIRST` before all, None behind all.

    A neighbour that has left the container counts as the end (sync.md, places)."""
    keys = _keys(unit, kind, container, after, count)
    if unit.shadows is None and any(len(key) > LONGEST_KEY for key in keys):
        _rebalance(unit, kind, container)
        keys = _keys(unit, kind, container, after, count)
    return keys


def free_place(
    unit: UnitOfWork, kind: type[Record], container: Container, wanted: str, for_id: str
) -> str:
    """The key `wanted`, or the next one behind it where another record stands there by now."""
    table = TABLE_OF[kind]
    taken = unit.rows(
        _select(unit, kind, container).where(table.c.position == wanted, table.c.id != for_id)
    )
    if not taken:
        return wanted
    return str(generate_n_keys_between(wanted, _next(unit, kind, container, wanted), 1)[0])


def _keys(
    unit: UnitOfWork,
    kind: type[Record],
    container: Container,
    after: str | None,
    count: int,
) -> list[str]:
    low = _position(unit, kind, container, after) if after else None
    if after is None or (after and low is None):
        return _behind(_last(unit, kind, container), count)
    high = _next(unit, kind, container, low)
    return list(generate_n_keys_between(low, high, count))


def _behind(last: str | None, count: int) -> list[str]:
    """What `generate_n_keys_between` makes behind all others. Imports ask for a hundred thousand: where only
    the last digit of a whole number moves on, that is all that is done."""
    keys: list[str] = []
    while len(keys) < count:
        key = last or ""
        digit = _AFTER.get(key[-1:])
        whole = len(key) == ord(key[0]) - ord("a") + 2 if key[:1].islower() else False
        last = key[:-1] + digit if whole and digit else generate_key_between(last, None)
        keys.append(last)
    return keys


def _within(kind: type[Record], container: Container) -> list[ColumnElement[bool]]:
    table = TABLE_OF[kind]
    return [
        table.c[name].is_(None) if value is None else table.c[name] == value
        for name, value in container.items()
    ]


def _select(unit: Reading, kind: type[Record], container: Container) -> Any:
    table = TABLE_OF[kind]
    return unit.select(table, table.c.position).where(*_within(kind, container))


def _position(unit: Reading, kind: type[Record], container: Container, id: str) -> str | None:
    return unit.connection.execute(
        _select(unit, kind, container).where(TABLE_OF[kind].c.id == id)
    ).scalar()


def _last(unit: Reading, kind: type[Record], container: Container) -> str | None:
    table = TABLE_OF[kind]
    statement = _select(unit, kind, container).order_by(table.c.position.desc()).limit(1)
    return unit.connection.execute(statement).scalar()


def _next(unit: Reading, kind: type[Record], container: Container, low: str | None) -> str | None:
    table = TABLE_OF[kind]
    statement = _select(unit, kind, container).order_by(table.c.position).limit(1)
    if low is not None:
        statement = statement.where(table.c.position > low)
    return unit.connection.execute(statement).scalar()


def _rebalance(unit: UnitOfWork, kind: type[Record], container: Container) -> None:
    records = unit.list(kind, order_by=("position",), **container)
    unit.reposition(records, generate_n_keys_between(None, None, len(records)))
