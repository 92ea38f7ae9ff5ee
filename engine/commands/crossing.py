"""Takes items from one board to another, with all that hangs on them (sync.md, move to another board)."""

from contextlib import suppress
from typing import Final

from engine.clock import derived_id
from engine.columns.column_type import ColumnType, Surroundings
from engine.columns.registry import column_type
from engine.errors import Invalid
from engine.model.board import Group
from engine.model.column import Column
from engine.model.conflict import Conflict
from engine.model.item import Attachment, Comment, Item, Values
from engine.model.record import JSON, Record
from engine.model.text import folded
from engine.store.unit_of_work import UnitOfWork

HANGS_ON: Final[tuple[type[Record], ...]] = (Comment, Attachment, Conflict)
"""What goes along with its item; each kind names it by `item_id`."""


def take_across(
    unit: UnitOfWork, item: Item, group: Group, parent_id: str | None, position: str
) -> None:
    """Into a group of another board. Values go to the columns of the same title and type there; what finds none
    is said in a comment on the item, so that nothing is lost."""
    subitems = unit.list(Item, parent_id=item.id)
    _take(unit, item, group, parent_id, position)
    for subitem in subitems:
        _take(unit, subitem, group, item.id, subitem.position)


def _take(unit: UnitOfWork, item: Item, group: Group, parent_id: str | None, position: str) -> None:
    values, left = _translated(unit, item, group.board_id)
    stamps = dict.fromkeys(values, (unit.seq, unit.now))
    unit.update(
        item, board_id=group.board_id, group_id=group.id, parent_id=parent_id, position=position,
        values=values, stamps=stamps,
    )  # fmt: skip
    for kind in HANGS_ON:
        for record in unit.list(kind, item_id=item.id):
            unit.update(record, board_id=group.board_id)
    if left:
        lines = "\n".join(f"{title}: {text}" for title, text in left)
        unit.insert(
            Comment(
                id=derived_id(item.id, group.board_id, unit.command_id), board_id=group.board_id,
                item_id=item.id, author_id=unit.actor.user_id, created_at=unit.now,
                body=f"Without a column on this board:\n{lines}",
            )
        )  # fmt: skip


def _translated(
    unit: UnitOfWork, item: Item, board_id: str
) -> tuple[Values, list[tuple[str, str]]]:
    """The values by the other board's columns, and those that have none there as titles and texts."""
    columns = unit.columns(item.board_id)
    there = {_alike(column): id for id, column in unit.columns(board_id).items()}
    reading = unit.readers(board_id)
    values: Values = {}
    left: list[tuple[str, str]] = []
    for id, value in item.values.items():
        column = columns.get(id) or unit.find(Column, id)  # one that is in the trash
        if column is None:
            continue
        kind, at = column_type(column.type), unit.surroundings(column)
        other = there.get(_alike(column))
        found = None if other is None else _read(kind, value, at, reading[other][1])
        if other is None or found is None:
            left.append((column.title, kind.text(value, at)))
        else:
            values[other] = found
    return values, left


def _alike(column: Column) -> tuple[str, str]:
    return (folded(column.title), column.type)


def _read(kind: ColumnType, value: JSON, at: Surroundings, there: Surroundings) -> JSON:
    """The value as it is said there: labels have other ids on another board. None where it cannot be said."""
    text = kind.text(value, at)
    with suppress(Invalid):
        same = kind.validate(value, there)
        if kind.text(same, there) == text:
            return same
    with suppress(Invalid):
        return kind.parse(text, there)
    return None
