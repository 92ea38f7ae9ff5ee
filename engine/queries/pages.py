"""Lists that may be long, page by page, as programs read them: what is made, moved or removed between two pages takes
nothing else with it."""

from collections.abc import Sequence
from typing import Final, Generic, TypeVar

from msgspec import Struct

from engine.model.board import Board
from engine.model.item import Attachment, Comment, Item
from engine.model.organization import Member
from engine.model.record import Record, State
from engine.model.view import Filter
from engine.queries.registry import Query, answers
from engine.store.pages import PLACED, Key, boards_after, items_after, key_of, records_after
from engine.store.reading import Reading

T = TypeVar("T")
R = TypeVar("R", bound=Record)
PAGE: Final = 100
WRITTEN: Final = ("created_at", "id")


class Page(Struct, Generic[T], frozen=True, kw_only=True):
    """`next` is the `after` of the page behind it, None where there is none."""

    found: tuple[T, ...]
    next: Key | None = None


class PageOfBoards(Query[Page[Board]], frozen=True, kw_only=True):
    """Live boards that the actor may see, in their order."""

    after: Key | None = None
    limit: int = PAGE


class PageOfItems(Query[Page[Item]], frozen=True, kw_only=True):
    """What the board shows, in its order: no subitems."""

    board_id: str
    filter: Filter = Filter()
    after: Key | None = None
    limit: int = PAGE


class PageOfSubitems(Query[Page[Item]], frozen=True, kw_only=True):
    """Of one item, in their order."""

    item_id: str
    after: Key | None = None
    limit: int = PAGE


class PageOfComments(Query[Page[Comment]], frozen=True, kw_only=True):
    """Of one item, the oldest first."""

    item_id: str
    after: Key | None = None
    limit: int = PAGE


class PageOfAttachments(Query[Page[Attachment]], frozen=True, kw_only=True):
    """Of one item, the oldest first."""

    item_id: str
    after: Key | None = None
    limit: int = PAGE


class PageOfMembers(Query[Page[Member]], frozen=True, kw_only=True):
    """Members, and who is only a name, by id: a name in an address would be read by who has no business with it."""

    after: Key | None = None
    limit: int = PAGE


@answers(PageOfBoards)
def page_of_boards(reading: Reading, query: PageOfBoards) -> Page[Board]:
    return _page(boards_after(reading, query.after, query.limit + 1), query.limit, PLACED)


@answers(PageOfItems)
def page_of_items(reading: Reading, query: PageOfItems) -> Page[Item]:
    board = reading.board(query.board_id)
    found = items_after(reading, board.id, query.filter, query.after, query.limit + 1)
    page = found[: query.limit]
    more = len(found) > query.limit
    return Page(found=tuple(one for _, one in page), next=page[-1][0] if more else None)


@answers(PageOfSubitems)
def page_of_subitems(reading: Reading, query: PageOfSubitems) -> Page[Item]:
    item = reading.get(Item, query.item_id)
    live = {"parent_id": item.id, "state": State.LIVE.value}
    found = records_after(reading, Item, PLACED, query.after, query.limit + 1, **live)
    return _page(found, query.limit, PLACED)


@answers(PageOfComments)
def page_of_comments(reading: Reading, query: PageOfComments) -> Page[Comment]:
    return _hanging(reading, Comment, query.item_id, query)


@answers(PageOfAttachments)
def page_of_attachments(reading: Reading, query: PageOfAttachments) -> Page[Attachment]:
    return _hanging(reading, Attachment, query.item_id, query)


@answers(PageOfMembers, role="viewer", within_board=False)
def page_of_members(reading: Reading, query: PageOfMembers) -> Page[Member]:
    found = records_after(reading, Member, ("id",), query.after, query.limit + 1, erased_at=0)
    return _page([reading.seen(one) for one in found], query.limit, ("id",))


def _hanging(
    reading: Reading, kind: type[R], item_id: str, query: PageOfComments | PageOfAttachments
) -> Page[R]:
    item = reading.get(Item, item_id)
    live = {"item_id": item.id, "state": State.LIVE.value}
    found = records_after(reading, kind, WRITTEN, query.after, query.limit + 1, **live)
    return _page(found, query.limit, WRITTEN)


def _page(found: Sequence[R], limit: int, order: tuple[str, ...]) -> Page[R]:
    """One more than the limit was asked for: it tells whether there are more."""
    more = len(found) > limit
    return Page(found=tuple(found[:limit]), next=key_of(found[limit - 1], order) if more else None)
