"""What an export reads: a board's frame with what is archived, and its contents page by page."""

from msgspec import Struct

from engine.model.board import Board, Group
from engine.model.column import Column
from engine.model.item import Attachment, Comment, Item
from engine.model.organization import Member
from engine.model.record import State
from engine.model.view import View
from engine.queries.registry import Query, answers
from engine.store import board_contents
from engine.store.reading import Reading

PAGE = 500


class WholeFrame(Struct, frozen=True, kw_only=True):
    """Groups and columns that are not in the trash, archived ones too."""

    board: Board
    groups: tuple[Group, ...]
    columns: tuple[Column, ...]
    views: tuple[View, ...]
    people: tuple[Member, ...]


class BoardWhole(Query[WholeFrame], frozen=True, kw_only=True):
    board_id: str


class ItemPage(Query[list[Item]], frozen=True, kw_only=True):
    """`after` is (parent id or "", position) of the last item of the page before."""

    board_id: str
    group_id: str
    subitems: bool = False
    after: tuple[str, str] | None = None


class CommentPage(Query[list[Comment]], frozen=True, kw_only=True):
    board_id: str
    after: str = ""


class AttachmentPage(Query[list[Attachment]], frozen=True, kw_only=True):
    board_id: str
    after: str = ""


@answers(BoardWhole)
def board_whole(reading: Reading, query: BoardWhole) -> WholeFrame:
    board = reading.board(query.board_id)
    kept = [State.LIVE.value, State.ARCHIVED.value]
    placed = {"board_id": board.id, "state": kept, "order_by": ("position",)}
    return WholeFrame(
        board=board,
        groups=tuple(reading.list(Group, **placed)),
        columns=tuple(reading.list(Column, **placed)),
        views=tuple(reading.list(View, board_id=board.id, order_by=("position", "id"))),
        people=reading.members(),
    )


@answers(ItemPage)
def item_page(reading: Reading, query: ItemPage) -> list[Item]:
    reading.board(query.board_id)
    group = reading.get(Group, query.group_id)
    return board_contents.items_after(reading, group.id, query.after, PAGE, subitems=query.subitems)


@answers(CommentPage)
def comment_page(reading: Reading, query: CommentPage) -> list[Comment]:
    board = reading.board(query.board_id)
    return board_contents.comments_after(reading, board.id, query.after, PAGE)


@answers(AttachmentPage)
def attachment_page(reading: Reading, query: AttachmentPage) -> list[Attachment]:
    board = reading.board(query.board_id)
    return board_contents.attachments_after(reading, board.id, query.after, PAGE)
