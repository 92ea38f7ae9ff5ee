"""What goes over the wire of the API: records without what is the store's own business. Times are milliseconds."""

from typing import Any

from msgspec import Struct

from engine.model.actor import Role
from engine.model.board import Board, BoardKind, Group
from engine.model.column import Column
from engine.model.item import Attachment, Comment, Item
from engine.model.organization import Member
from engine.model.record import State
from engine.model.view import Filter, Sort, View, ViewKind
from engine.queries.board_view import ItemRow


class BoardShown(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    description: str
    kind: BoardKind
    item_noun: str
    state: State
    version: int


class GroupShown(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    board_id: str
    color: str
    collapsed: bool
    state: State
    version: int


class ColumnShown(Struct, frozen=True, kw_only=True):
    """`settings` are those of its type. `width` in cells, 0 for the type's own."""

    id: str
    board_id: str
    title: str
    type: str
    settings: dict[str, Any]
    width: int
    state: State
    version: int


class ViewShown(Struct, frozen=True, kw_only=True):
    """`lane_by`, `hidden` and `card_fields` name columns by id; without `card_fields` cards show what the board does."""

    id: str
    board_id: str
    name: str
    kind: ViewKind
    filter: Filter
    sorts: list[Sort]
    lane_by: str
    hidden: list[str]
    card_fields: list[str] | None
    version: int


class BoardFrameShown(Struct, frozen=True, kw_only=True):
    """All of a board but its items. `role` is what the caller may do on it."""

    board: BoardShown
    groups: list[GroupShown]
    columns: list[ColumnShown]
    role: Role


class ItemShown(Struct, frozen=True, kw_only=True):
    """`values` by column id, each in the form of its column's type; empty ones are missing."""

    id: str
    number: int
    board_id: str
    group_id: str
    parent_id: str | None
    name: str
    values: dict[str, Any]
    state: State
    created_at: int
    updated_at: int
    version: int


class ItemRowShown(Struct, frozen=True, kw_only=True):
    """An item, and how many subitems, comments and attachments hang on it: each has a list of its own."""

    item: ItemShown
    subitems: int
    comments: int
    attachments: int


class CommentShown(Struct, frozen=True, kw_only=True):
    id: str
    item_id: str
    author_id: str
    body: str
    created_at: int
    edited_at: int
    state: State
    version: int


class AttachmentShown(Struct, frozen=True, kw_only=True):
    """A file, or a link (`url`)."""

    id: str
    item_id: str
    name: str
    size: int
    url: str
    created_at: int
    state: State
    version: int


class MemberShown(Struct, frozen=True, kw_only=True):
    """Who has no `account` is only a name."""

    id: str
    name: str
    role: Role
    account: bool
    version: int


class Page(Struct, frozen=True, kw_only=True):
    """`next` asks for the following page, "" at the end."""

    next: str


class BoardPage(Page, frozen=True, kw_only=True):
    boards: list[BoardShown]


class ItemPage(Page, frozen=True, kw_only=True):
    items: list[ItemShown]


class CommentPage(Page, frozen=True, kw_only=True):
    comments: list[CommentShown]


class AttachmentPage(Page, frozen=True, kw_only=True):
    attachments: list[AttachmentShown]


class MemberPage(Page, frozen=True, kw_only=True):
    members: list[MemberShown]


def board(one: Board) -> BoardShown:
    return BoardShown(
        id=one.id, name=one.name, description=one.description, kind=one.kind, item_noun=one.item_noun,
        state=one.state, version=one.seq,
    )  # fmt: skip


def group(one: Group) -> GroupShown:
    return GroupShown(
        id=one.id, board_id=one.board_id, name=one.name, color=one.color, collapsed=one.collapsed,
        state=one.state, version=one.seq,
    )  # fmt: skip


def column(one: Column) -> ColumnShown:
    settings = dict(one.settings) if isinstance(one.settings, dict) else {}
    return ColumnShown(
        id=one.id, board_id=one.board_id, title=one.title, type=one.type, settings=settings,
        width=one.width, state=one.state, version=one.seq,
    )  # fmt: skip


def view(one: View) -> ViewShown:
    fields = None if one.card_fields is None else list(one.card_fields)
    return ViewShown(
        id=one.id, board_id=one.board_id, name=one.name, kind=one.kind, filter=one.filter,
        sorts=list(one.sorts), lane_by=one.lane_by, hidden=list(one.hidden), card_fields=fields,
        version=one.seq,
    )  # fmt: skip


def item(one: Item) -> ItemShown:
    return ItemShown(
        id=one.id, number=one.number, board_id=one.board_id, group_id=one.group_id,
        parent_id=one.parent_id, name=one.name, values=dict(one.values), state=one.state,
        created_at=one.created_at, updated_at=one.updated_at, version=one.seq,
    )  # fmt: skip


def row(one: ItemRow) -> ItemRowShown:
    return ItemRowShown(
        item=item(one.item), subitems=one.subitems, comments=one.comments, attachments=one.attachments
    )  # fmt: skip


def comment(one: Comment) -> CommentShown:
    return CommentShown(
        id=one.id, item_id=one.item_id, author_id=one.author_id, body=one.body,
        created_at=one.created_at, edited_at=one.edited_at, state=one.state,
        version=one.seq,
    )  # fmt: skip


def attachment(one: Attachment) -> AttachmentShown:
    return AttachmentShown(
        id=one.id, item_id=one.item_id, name=one.name, size=one.size, url=one.url,
        created_at=one.created_at, state=one.state, version=one.seq,
    )  # fmt: skip


def member(one: Member) -> MemberShown:
    return MemberShown(
        id=one.id, name=one.name, role=one.role, account=one.account, version=one.seq
    )
