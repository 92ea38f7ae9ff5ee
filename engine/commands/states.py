"""Putting boards, groups, items and what hangs on them away, and bringing them back."""

from typing import TypeVar

from engine.errors import Refused
from engine.model.board import Board, Group
from engine.model.column import Column
from engine.model.item import Attachment, Comment, Item
from engine.model.record import State
from engine.store.unit_of_work import UnitOfWork

Kept = TypeVar("Kept", Board, Group, Column, Item, Comment, Attachment)


def set_state(unit: UnitOfWork, record: Kept, state: State) -> Kept:
    return unit.update(record, state=state, state_at=unit.now)


def restore(unit: UnitOfWork, record: Kept) -> Kept:
    """Back in use; what it lies in comes back with it, so that it can be seen. Raises Refused."""
    if record.state is State.LIVE:
        raise Refused("It is neither archived nor in the trash, so there is nothing to restore.")
    _restore_around(unit, record)
    return set_state(unit, record, State.LIVE)


def _restore_around(unit: UnitOfWork, record: object) -> None:
    around: list[Board | Group | Item] = []
    if not isinstance(record, Board):
        around.append(unit.get(Board, record.board_id))  # type: ignore[attr-defined]
    if isinstance(record, Item):
        around.append(unit.get(Group, record.group_id))
        if record.parent_id is not None:
            around.append(unit.get(Item, record.parent_id))
    if isinstance(record, (Comment, Attachment)):
        item = unit.get(Item, record.item_id)
        _restore_around(unit, item)
        around.append(item)
    for outer in around:
        if outer.state is not State.LIVE:
            unit.update(outer, state=State.LIVE, state_at=unit.now)
            unit.note(f"“{outer.name}” was brought back with it.")
