"""Checks records that another store has written and this one is to keep: whoever sends them may have made them up.

What our own handlers would never have written is put right where that loses nothing but the fault, and else refused.
"""

import re
from collections.abc import Callable
from datetime import date
from typing import Any, Final

from msgspec import structs

from engine.columns.column_type import ColumnType, Surroundings
from engine.columns.labels import surroundings_for
from engine.columns.registry import COLUMN_TYPES, column_type
from engine.errors import ConneqtError, Invalid
from engine.model.board import BoardMember, Group
from engine.model.column import Column
from engine.model.item import PENDING_NUMBERS, Attachment, Item, Values
from engine.model.organization import Member, Organization, Preference
from engine.model.record import JSON, Record
from engine.model.relocation import Relocated
from engine.model.text import clean_line, clean_text
from engine.store.derived import Wordings, wordings
from engine.store.files import is_digest
from engine.store.given_ids import COLUMN_ID, ID
from engine.store.placing import LONGEST_KEY
from engine.store.tables import ENTITY_NAMES

KEY: Final = re.compile(rf"[0-9A-Za-z]{{1,{8 * LONGEST_KEY}}}")
LARGEST: Final = 1 << 53
LONGEST: Final = 1_000_000
LINKS: Final = ("http:", "https:", "mailto:")
SEVERAL_LINES: Final = frozenset({"body", "description", "text", "answer", "reason", "what"})
"""Fields of text that may have more than one line."""
NAMED: Final = frozenset({"labels", "people"})
"""Editors of values that are ids: those of what is gone by now stay, as they do at home."""

Reader = tuple[ColumnType, Surroundings]


class ArrivingRecords:
    """Knows what came before: members, groups and columns."""

    def __init__(self, head: Relocated) -> None:
        self._head = head
        self._people: dict[str, str] = {}
        self._groups: dict[str, str] = {}
        self._columns: dict[str, dict[str, Column]] = {}
        self._readers: dict[str, dict[str, Reader]] = {}
        self._wordings: dict[str, Wordings] = {}

    def checked(self, record: Record) -> Record | None:
        """The record as it may be kept, None where it may not be, though nothing is wrong with it. Raises Invalid."""
        name = ENTITY_NAMES[type(record)]
        if not ID.fullmatch(record.id) or not 0 <= record.seq <= self._head.seq:
            raise Invalid(f"A {name} has an id or a number that is none of ours.")
        cleaned = _cleaned(record, name)
        check = _CHECKS.get(type(record))
        kept = cleaned if check is None else check(self, cleaned)
        return record if kept == record else kept

    def check_whole(self) -> None:
        """Once all have come. Raises Invalid."""
        if self._head.member_id not in self._people:
            raise Invalid("The owner who takes the organization along is not in it.")

    def wordings_of(self, board_id: str) -> Wordings:
        if board_id not in self._wordings:
            columns = self._columns.get(board_id, {}).items()
            live = {id: column for id, column in columns if column.state == "live"}
            self._wordings[board_id] = wordings(live)
        return self._wordings[board_id]

    # -- by kind ------------------------------------------------------------------------------

    def _organization(self, one: Organization) -> Organization:
        if one.id != self._head.organization_id:
            raise Invalid("The rows are of another organization than the first line says.")
        return structs.replace(one, closing_at=0)

    def _member(self, one: Member) -> Member:
        """Only who takes the organization along has an account from here on; the others are names until they are
        invited."""
        self._people[one.id] = one.name
        if one.id == self._head.member_id:
            if one.role != "owner" or not one.account:
                raise Invalid("Only an owner takes an organization along.")
            return structs.replace(one, account_id="")
        return structs.replace(one, account=False, account_id="")

    def _preference(self, one: Preference) -> Preference | None:
        return one if one.member_id == self._head.member_id else None

    def _place(self, one: BoardMember) -> BoardMember | None:
        if one.id != f"{one.board_id}:{one.member_id}":
            raise Invalid("A place on a board does not say whose it is.")
        return one if one.member_id == self._head.member_id else None

    def _group(self, one: Group) -> Group:
        self._groups[one.id] = one.board_id
        return one

    def _column(self, one: Column) -> Column:
        if not COLUMN_ID.fullmatch(one.id) or one.type not in COLUMN_TYPES:
            raise Invalid(f"The column “{one.title}” has an id or a type that is unknown here.")
        kind = column_type(one.type)
        try:
            settings = kind.validate_settings(one.settings)
        except (ConneqtError, ValueError, TypeError):
            settings = kind.default_settings()
        # what is the same already stays as it is: other settings would make another row of it
        kept = one if settings == one.settings else structs.replace(one, settings=settings)
        self._columns.setdefault(one.board_id, {})[one.id] = kept
        return kept

    def _item(self, one: Item) -> Item:
        if self._groups.get(one.group_id) != one.board_id:
            raise Invalid(f"The item “{one.name}” is in a group of another board.")
        if not 0 < one.number <= min(self._head.item_number, PENDING_NUMBERS - 1):
            raise Invalid(f"The item “{one.name}” has a number that was never given.")
        values = self._values(one)
        stamps = {id: stamp for id, stamp in one.stamps.items() if COLUMN_ID.fullmatch(id)}
        if values == one.values and stamps == one.stamps:
            return one
        return structs.replace(one, values=values, stamps=stamps)

    def _attachment(self, one: Attachment) -> Attachment:
        link = one.url.startswith(LINKS) and not one.digest
        if (not link and (one.url or not is_digest(one.digest))) or one.size < 0:
            raise Invalid(f"The attachment “{one.name}” is neither a file nor a link.")
        return one

    def _values(self, item: Item) -> Values:
        readers = self._readers_of(item.board_id)
        values = {
            id: _value(readers[id], value) for id, value in item.values.items() if id in readers
        }
        return {id: value for id, value in values.items() if value is not None}

    def _readers_of(self, board_id: str) -> dict[str, Reader]:
        if board_id not in self._readers:
            self._readers[board_id] = {
                id: (
                    column_type(column.type),
                    surroundings_for(column, self._people, date(2000, 1, 1), 0),
                )
                for id, column in self._columns.get(board_id, {}).items()
            }
        return self._readers[board_id]


_CHECKS: Final[dict[type[Record], Callable[[ArrivingRecords, Any], Record | None]]] = {
    Organization: ArrivingRecords._organization,
    Member: ArrivingRecords._member,
    Preference: ArrivingRecords._preference,
    BoardMember: ArrivingRecords._place,
    Group: ArrivingRecords._group,
    Column: ArrivingRecords._column,
    Item: ArrivingRecords._item,
    Attachment: ArrivingRecords._attachment,
}


def _value(reader: Reader, value: JSON) -> JSON:
    kind, at = reader
    try:
        return kind.validate(value, at)
    except (ConneqtError, ValueError, TypeError):
        ids = value if isinstance(value, list) else [value]
        named = all(isinstance(id, str) and ID.fullmatch(id) for id in ids)
        return value if kind.editor in NAMED and named and kind.many == (ids is value) else None


def _cleaned(record: Record, name: str) -> Record:
    """Its texts without what no text of ours has, its numbers and keys within what they can be."""
    changed: dict[str, str] = {}
    for field in record.__struct_fields__:
        value = getattr(record, field)
        if isinstance(value, str):
            if field == "position":
                if value and not KEY.fullmatch(value):
                    raise Invalid(f"A {name} has a place that is none.")
            else:
                plain = (clean_text if field in SEVERAL_LINES else clean_line)(value)
                if len(plain) > LONGEST:
                    raise Invalid(f"A {name} has a text of {len(plain):,} letters.")
                if plain != value:
                    changed[field] = plain
        elif isinstance(value, int) and not -LARGEST < value < LARGEST:
            raise Invalid(f"A {name} has a number that is out of every range.")
    return structs.replace(record, **changed) if changed else record
