"""Calls by its name what commands and conflicts speak of by its id: items, columns, boards, people, and values as cells
show them."""

from collections.abc import Iterable, Iterator
from typing import Final

import msgspec

from engine.api import Acting, local_utc_offset
from engine.clock import as_datetime
from engine.columns.column_type import Piece
from engine.columns.labels import surroundings_for
from engine.columns.registry import column_type
from engine.commands.history import Redo, Undo
from engine.commands.items import RenameItem, SetValues
from engine.model.column import Column
from engine.model.conflict import Conflict
from engine.model.exchange import Sent
from engine.model.item import Item
from engine.model.record import JSON
from engine.model.text import clean_line
from engine.queries.item_detail import Happening
from engine.queries.mentions import Mentioned, Mentions
from tui.spoken_time import spoken_time

ABOUT: Final = {
    "item_ids": "an item", "item_id": "an item", "parent_id": "an item", "comment_id": "a comment",
    "attachment_id": "an attachment", "column_id": "a column", "group_id": "a group",
    "view_id": "a view", "board_id": "a board",
}  # fmt: skip
"""Arguments that name what a command is about, the nearest first, and what that is."""
MADE: Final = {
    "column.add@1": "column_id", "group.add@1": "group_id", "view.save@1": "view_id",
    "board.create@1": "board_id", "board.import@1": "board_id",
}  # fmt: skip
"""Of commands that make what they name: they are about what it is made in."""
WITH_PAST: Final = frozenset({SetValues.OP, RenameItem.OP, Undo.OP, Redo.OP})
"""Commands that say what stood there before, or was done."""
FIELDS: Final = {"group_id": "Group", "body": "Comment", "item_noun": "Called", "lane_by": "Lanes"}
STATES: Final = {"live": "in use", "archived": "in the archive", "trashed": "in the trash"}
NOTHING: Final = "(nothing)"
SEVERAL: Final = "(a setting of several parts)"


def subjects(sent: Sent) -> tuple[str, list[str]]:
    """What a command is about: what kind of thing, and the ids; none where it is about nothing that was there before."""
    for name, kind in ABOUT.items():
        found = sent.arguments.get(name)
        ids = found if isinstance(found, list) else [found]
        named = [id for id in ids if isinstance(id, str) and id]
        if named and name != MADE.get(sent.op):
            return kind, named
    return "", []


class Names:
    """What is there when it is asked for; later names need another one."""

    def __init__(self, found: Mentions, now: int, utc_offset: int) -> None:
        self._found = found
        self._now = now
        self._utc_offset = utc_offset

    @classmethod
    async def of(
        cls, acting: Acting, commands: Iterable[Sent], conflicts: Iterable[Conflict] = ()
    ) -> "Names":
        ids: set[str] = set()
        gestures: set[str] = set()
        for sent in commands:
            ids.update(_named(sent))
            past = (sent.gesture, sent.arguments.get("gesture")) if sent.op in WITH_PAST else ()
            gestures.update(one for one in past if isinstance(one, str))
        for one in conflicts:
            ids.update((one.entity_id, one.item_id, one.board_id, one.field.partition(".")[2]))
            if one.field == "group_id":
                ids.update(id for id in (one.lost, one.won) if isinstance(id, str))
        found = await acting.query(Mentioned(ids=tuple(ids), gestures=tuple(gestures)))
        return cls(found, acting.engine.now(), local_utc_offset())

    def called(self, id: str) -> str:
        """What hangs on an item is called as the item; "" for what is not here any more."""
        found = self._found.records.get(id)
        if found is None:
            return ""
        item_id = getattr(found, "item_id", "")
        if item_id:
            return self.called(item_id)
        return clean_line(getattr(found, "name", "") or getattr(found, "title", ""))

    def board_of(self, id: str) -> str:
        """The name of the board on which it is; "" for a board itself."""
        return self.called(getattr(self._found.records.get(id), "board_id", ""))

    def person(self, member_id: str) -> str:
        return clean_line(self._found.people.get(member_id, "")) or "Somebody else"

    def happened(self, gesture: JSON) -> tuple[Happening, ...]:
        return self._found.happened.get(gesture, ()) if isinstance(gesture, str) else ()

    def stands(self, item_id: str, field: str) -> JSON:
        """What a field of an item holds now; None where the item is not here."""
        item = self._found.records.get(item_id)
        if not isinstance(item, Item):
            return None
        return item.name if field == "name" else item.values.get(field.removeprefix("values."))

    def field(self, field: str) -> str:
        column = self._column(field)
        if column is not None:
            return clean_line(column.title)
        if field.startswith("values."):
            return "a column that is not here any more"
        return FIELDS.get(field, field.replace("_", " ").capitalize())

    def value(self, field: str, value: JSON) -> str:
        """On one line, and safe to draw: it may be anybody's, and no value at all."""
        if value is None or value == "":
            return NOTHING
        column = self._column(field)
        if column is not None:
            return clean_line(self._as_in_cell(column, value)) or _plain(value)
        word = value if isinstance(value, str) else ""
        known = {"group_id": self.called(word), "state": STATES.get(word, "")}
        return known.get(field, "") or _plain(value)

    def time(self, at: int) -> str:
        return spoken_time(at, self._now, self._utc_offset)

    def _column(self, field: str) -> Column | None:
        found = self._found.records.get(field.removeprefix("values."))
        return found if isinstance(found, Column) and field.startswith("values.") else None

    def _as_in_cell(self, column: Column, value: JSON) -> str:
        today = as_datetime(self._now + self._utc_offset * 60_000).date()
        at = surroundings_for(column, self._found.people, today, self._utc_offset)
        try:
            return _joined(column_type(column.type).render(value, at))
        except (ArithmeticError, LookupError, TypeError, ValueError):  # it is none of this type
            return ""


def _named(sent: Sent) -> Iterator[str]:
    """The ids by which the words of a command find names. Of many items only the first is named."""
    yield from subjects(sent)[1][:1]
    group_id, values = sent.arguments.get("group_id"), sent.arguments.get("values")
    if isinstance(group_id, str):
        yield group_id
    if isinstance(values, dict):
        yield from values


def _joined(pieces: Iterable[Piece]) -> str:
    shown = [piece for piece in pieces if piece.text.strip()]
    apart = ", " if any(piece.chip for piece in shown) else ""
    return apart.join(piece.text for piece in shown)


def _plain(value: JSON) -> str:
    if isinstance(value, str):
        return clean_line(value)
    return SEVERAL if isinstance(value, list | dict) else msgspec.json.encode(value).decode()
