"""What the item panel reads: the item with all that hangs on it, and its history."""

from msgspec import Struct

from engine.model.board import Board, Group
from engine.model.change import Change, Deed
from engine.model.column import Column
from engine.model.item import Attachment, Comment, Item
from engine.model.record import Number, State
from engine.queries.registry import Query, answers
from engine.store.item_history import history_of
from engine.store.reading import Reading
from engine.store.stored_files import waiting_digests


class ItemWhole(Struct, frozen=True, kw_only=True):
    """`unsent` are digests of attached files whose bytes wait on this device for its server."""

    item: Item
    board: Board
    group: Group
    parent: Item | None
    columns: tuple[Column, ...]
    subitems: tuple[Item, ...]
    comments: tuple[Comment, ...]
    attachments: tuple[Attachment, ...]
    unsent: frozenset[str] = frozenset()


class ItemDetail(Query[ItemWhole], frozen=True, kw_only=True):
    item_id: str


class OneComment(Query[Comment], frozen=True, kw_only=True):
    """In whatever state."""

    comment_id: str


class FindItems(Query[list[Item]], frozen=True, kw_only=True):
    """Items with one of these ids or numbers, whatever their state, in no order."""

    ids: tuple[str, ...] = ()
    numbers: tuple[int, ...] = ()


class Happening(Struct, frozen=True, kw_only=True):
    """One line of an item's history: what somebody did, and what it changed on this item."""

    deed: Deed
    changes: tuple[Change, ...]


class ItemHistory(Query[list[Happening]], frozen=True, kw_only=True):
    """The newest first."""

    item_id: str
    limit: Number = 100


@answers(ItemDetail)
def item_detail(reading: Reading, query: ItemDetail) -> ItemWhole:
    item = reading.get(Item, query.item_id)
    live = {"item_id": item.id, "state": State.LIVE.value}
    attachments = reading.list(Attachment, order_by=("created_at", "id"), **live)
    return ItemWhole(
        item=item,
        board=reading.board(item.board_id),
        group=reading.get(Group, item.group_id),
        parent=None if item.parent_id is None else reading.get(Item, item.parent_id),
        columns=tuple(reading.columns(item.board_id).values()),
        subitems=tuple(
            reading.list(Item, parent_id=item.id, state=State.LIVE.value, order_by=("position",))
        ),
        comments=tuple(reading.list(Comment, order_by=("created_at", "id"), **live)),
        attachments=tuple(attachments),
        unsent=waiting_digests(reading, [one.digest for one in attachments if one.digest]),
    )


@answers(OneComment)
def one_comment(reading: Reading, query: OneComment) -> Comment:
    return reading.get(Comment, query.comment_id)


@answers(FindItems)
def find_items(reading: Reading, query: FindItems) -> list[Item]:
    return reading.list(Item, id=query.ids) + reading.list(Item, number=query.numbers)


@answers(ItemHistory, on_server=True, or_here=True)
def item_history(reading: Reading, query: ItemHistory) -> list[Happening]:
    item = reading.get(Item, query.item_id)
    return [
        Happening(deed=deed, changes=tuple(changes))
        for deed, changes in history_of(reading, item.id, query.limit)
    ]
