"""Records page by page: each page begins behind the key at which the one before ended, whether or not the record that
had the key is still there."""

from typing import Final, TypeVar

from sqlalchemy import ColumnElement, bindparam, tuple_

from engine.model.board import Board, Group
from engine.model.item import Item
from engine.model.record import Record, State
from engine.model.view import Filter
from engine.store.reading import Reading
from engine.store.rows import columns_of, to_record
from engine.store.tables import TABLE_OF
from engine.store.view_rows import matching

R = TypeVar("R", bound=Record)
Key = tuple[str | int, ...]
"""What a record is ordered by; its id comes last, so that no two have the same."""
PLACED: Final = ("position", "id")


def key_of(record: Record, order: tuple[str, ...]) -> Key:
    return tuple(getattr(record, name) for name in order)


def records_after(
    reading: Reading, kind: type[R], order: tuple[str, ...], after: Key | None, limit: int,
    *where: ColumnElement[bool], **equals: object,
) -> list[R]:  # fmt: skip
    """Those with these field values, whoever may see them. Without `after` from the first on."""
    table = TABLE_OF[kind]
    keys = [table.c[name] for name in order]
    statement = reading.select(table, *columns_of(kind)).where(*where)
    for name, value in equals.items():
        column = table.c[name]
        statement = statement.where(column.is_(None) if value is None else column == value)
    if after is not None:
        ended = [bindparam(None, value, key.type) for key, value in zip(keys, after, strict=True)]
        statement = statement.where(tuple_(*keys) > tuple_(*ended))
    rows = reading.rows(statement.order_by(*keys).limit(limit))
    return [to_record(kind, row) for row in rows]


def boards_after(reading: Reading, after: Key | None, limit: int) -> list[Board]:
    """Live boards that the actor may see, in their order."""
    found: list[Board] = []
    while len(found) < limit:
        some = records_after(reading, Board, PLACED, after, limit, state=State.LIVE.value)
        found += [one for one in some if reading.role_on(one) is not None]
        if len(some) < limit:
            break
        after = key_of(some[-1], PLACED)
    return found[:limit]


def items_after(
    reading: Reading, board_id: str, chosen: Filter, after: Key | None, limit: int
) -> list[tuple[Key, Item]]:
    """What a view of the board shows, group after group, each with its key: the group's place comes first in it."""
    found: list[tuple[Key, Item]] = []
    shown = matching(reading, board_id, chosen)
    live = {"board_id": board_id, "state": State.LIVE.value}
    for group in reading.list(Group, order_by=("position",), **live):
        place, ended = group.position, None
        if after is not None and place <= str(after[0]):
            if place < str(after[0]):
                continue
            ended = after[1:]
        some = records_after(
            reading, Item, PLACED, ended, limit - len(found), shown, group_id=group.id,
            parent_id=None, state=State.LIVE.value,
        )  # fmt: skip
        found += [((place, *key_of(one, PLACED)), one) for one in some]
        if len(found) == limit:
            break
    return found
