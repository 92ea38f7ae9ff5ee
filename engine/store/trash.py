"""What lies in the trash, and all that goes when one thing of it goes for good."""

from collections.abc import Iterator
from typing import Final

from sqlalchemy import literal, union_all

from engine.model.board import Board, BoardMember, Group
from engine.model.column import Column
from engine.model.conflict import Conflict
from engine.model.item import Attachment, Comment, Item
from engine.model.record import Record, State
from engine.model.view import View
from engine.store.reading import Reading
from engine.store.tables import ENTITY_NAMES, TABLE_OF

KEPT_IN_TRASH: Final[tuple[type[Record], ...]] = (Board, Group, Column, Item, Comment, Attachment)

HANGING: Final[tuple[type[Record], ...]] = (Comment, Attachment, Conflict)


def trashed(reading: Reading, state: State = State.TRASHED) -> list[Record]:
    """Everything in the trash (or archive) that the actor may see, the newest first."""
    found: list[Record] = []
    for kind in KEPT_IN_TRASH:
        found += reading.list(kind, state=state.value)
    return sorted(found, key=lambda record: -record.state_at)  # type: ignore[attr-defined]


def expired(reading: Reading, before: int) -> list[tuple[str, str]]:
    """(entity, id) of what was put into the trash before this time."""
    parts = [
        reading.select(TABLE_OF[kind], literal(ENTITY_NAMES[kind]), TABLE_OF[kind].c.id).where(
            TABLE_OF[kind].c.state == State.TRASHED.value,
            TABLE_OF[kind].c.state_at < before,
        )
        for kind in KEPT_IN_TRASH
    ]
    return [(entity, id) for entity, id in reading.run(union_all(*parts))]


def contents_of(reading: Reading, record: Record) -> Iterator[Record]:
    """Everything that hangs on a record, what depends on others first."""
    match record:
        case Board(id=id):
            yield from _of_board(reading, id, HANGING)
            items = reading.list(Item, board_id=id)
            yield from sorted(items, key=lambda item: item.parent_id is None)
            yield from _of_board(reading, id, (Group, Column, View, BoardMember))
        case Group(id=id):
            items = reading.list(Item, group_id=id)
            for item in sorted(items, key=lambda item: item.parent_id is None):
                yield from _hanging_on(reading, item)
                yield item
        case Item(id=id):
            for subitem in reading.list(Item, parent_id=id):
                yield from _hanging_on(reading, subitem)
                yield subitem
            yield from _hanging_on(reading, record)


def _of_board(reading: Reading, board_id: str, kinds: tuple[type[Record], ...]) -> Iterator[Record]:
    for kind in kinds:
        yield from reading.list(kind, board_id=board_id)


def _hanging_on(reading: Reading, item: Item) -> Iterator[Record]:
    for kind in HANGING:
        yield from reading.list(kind, item_id=item.id)
