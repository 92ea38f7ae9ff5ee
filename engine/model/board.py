"""Boards, their groups, and who may see them."""

from enum import StrEnum
from typing import Annotated

from msgspec import Struct

from engine.model.actor import Role
from engine.model.marks import SUBJECT
from engine.model.record import Record, State


class BoardKind(StrEnum):
    """Who sees a board: every member of the organization; only who was invited; or those and guests."""

    MAIN = "main"
    PRIVATE = "private"
    SHAREABLE = "shareable"


class Board(Record, frozen=True, kw_only=True):
    """`item_noun` is what people call an item of it; `position` orders boards bytewise."""

    name: str
    description: str = ""
    kind: BoardKind = BoardKind.MAIN
    item_noun: str = "item"
    position: str = ""
    state: State = State.LIVE
    state_at: int = 0
    created_at: int = 0
    created_by: Annotated[str, SUBJECT] = ""


class BoardMember(Record, frozen=True, kw_only=True):
    """A member's place on a private or shareable board. `id` is `<board>:<member>`."""

    board_id: str
    member_id: Annotated[str, SUBJECT]
    role: Role = Role.MEMBER


class Group(Record, frozen=True, kw_only=True):
    """A titled, coloured stretch of a board's items; `position` orders the groups bytewise."""

    board_id: str
    name: str
    color: str = "blue"
    collapsed: bool = False
    position: str = ""
    state: State = State.LIVE
    state_at: int = 0
    created_at: int = 0


class Label(Struct, frozen=True, kw_only=True):
    """One choice of a status or tags column. `done` marks a status that finishes an item."""

    id: str
    name: str
    color: str = "grey"
    done: bool = False


COLORS = (
    "green", "orange", "red", "blue", "purple", "yellow", "teal", "pink", "indigo", "lime", "brown", "grey",
)  # fmt: skip
"""Names of the colours that groups, labels and people may have; the theme says what each looks like."""
