"""What a command did to one record, and how it stands in the history of an organization."""

from enum import StrEnum
from typing import Annotated

from msgspec import Struct

from engine.model.marks import SUBJECT
from engine.model.record import JSON

Patch = dict[str, JSON]
"""Fields and what they held. A key `values.<column id>` names one value of an item."""


class ChangeOp(StrEnum):
    INSERT = "insert"
    INSERT_MANY = "insert_many"
    UPDATE = "update"
    DELETE = "delete"
    PULL = "pull"  # rows came from the server, as other programs on this store learn by it
    LEAVE = "leave"  # the record went from this board to another: an update says what became of it


class Change(Struct, frozen=True, kw_only=True):
    """`before` is what an update or delete found, `after` what an update left. An insert needs neither: the
    record itself says it; an `insert_many` lists its ids in `after["ids"]`."""

    seq: int
    n: int
    entity: str
    entity_id: str
    board_id: str
    item_id: str
    op: ChangeOp
    before: Patch | None = None
    after: Patch | None = None


class HistoryKind(StrEnum):
    DO = "do"
    UNDO = "undo"
    REDO = "redo"


class Deed(Struct, frozen=True, kw_only=True):
    """One command that was carried out. Commands of one gesture are undone together."""

    seq: int
    command_id: str
    gesture: str
    op: str
    audit_name: str
    actor_id: Annotated[str, SUBJECT]
    at: int
    kind: HistoryKind
    undoes: str | None
    undone_by: str | None
    undoable: bool


class Announcement(Struct, frozen=True, kw_only=True):
    """What a committed transaction changed; `elsewhere` when another program made it."""

    organization_id: str
    seq: int
    boards: frozenset[str]
    records: frozenset[tuple[str, str]]
    elsewhere: bool = False
