"""What commands and conflicts speak of by its id alone: the records, whatever became of them, and what gestures did."""

from collections.abc import Iterator
from typing import Final

from msgspec import Struct

from engine.model.board import Board, Group
from engine.model.change import Change
from engine.model.column import Column
from engine.model.item import Attachment, Comment, Item
from engine.model.record import Record
from engine.model.view import View
from engine.queries.item_detail import Happening
from engine.queries.registry import Query, answers
from engine.store.history import changes_of, deeds_of
from engine.store.reading import Reading
from engine.store.taking_back import inserted_ids

KINDS: Final[tuple[type[Record], ...]] = (Comment, Attachment, Item, View, Column, Group, Board)
"""What hangs on another record comes before it."""
MOST_CHANGES: Final = 20
HANGS_ON: Final = ("item_id", "group_id", "board_id")


class Mentions(Struct, frozen=True, kw_only=True):
    """`records` by id, with those that they hang on; `people` are names by member id, `happened` the actor's own deeds by
    gesture, with the last of what they changed."""

    records: dict[str, Record]
    people: dict[str, str]
    happened: dict[str, tuple[Happening, ...]]


class Mentioned(Query[Mentions], frozen=True, kw_only=True):
    ids: tuple[str, ...]
    gestures: tuple[str, ...] = ()


@answers(Mentioned)
def mentioned(reading: Reading, query: Mentioned) -> Mentions:
    happened = _all_that_happened(reading, query.gestures)
    wanted = set(query.ids)
    for one in (one for deeds in happened.values() for one in deeds):
        wanted.update(id for change in one.changes for id in _named(change))
    records: dict[str, Record] = {}
    for kind in KINDS:
        found = reading.list(kind, id=tuple(wanted))
        records |= {one.id: one for one in found}
        wanted.update(getattr(one, field, "") for one in found for field in HANGS_ON)
    return Mentions(records=records, people=reading.people, happened=happened)


def _all_that_happened(
    reading: Reading, gestures: tuple[str, ...]
) -> dict[str, tuple[Happening, ...]]:
    """What was taken back by a gesture is told too: it says what that was about."""
    found: dict[str, tuple[Happening, ...]] = {}
    left = list(gestures)
    while left:
        gesture = left.pop()
        if gesture not in found:
            found[gesture] = tuple(_happened(reading, gesture))
            left += [one.deed.undoes for one in found[gesture] if one.deed.undoes]
    return found


def _happened(reading: Reading, gesture: str) -> Iterator[Happening]:
    for deed in deeds_of(reading, gesture):
        changes = changes_of(reading, [deed.seq])[:MOST_CHANGES]
        seen = (one for one in changes if not one.board_id or reading.may_read(one.board_id))
        yield Happening(deed=deed, changes=tuple(seen))


def _named(change: Change) -> Iterator[str]:
    """The record, or the first of many; and the columns of the values that were changed."""
    yield change.entity_id
    yield from inserted_ids(change)[:1]
    for field in change.after or {}:
        if field.startswith("values."):
            yield field.removeprefix("values.")
