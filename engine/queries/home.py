"""What the home screen and the palette read: boards, favourites, recent, and items by name."""

from msgspec import Struct

from engine.model.board import Board
from engine.model.item import Item
from engine.model.organization import Member, Organization, Preference
from engine.model.record import JSON, State
from engine.queries.registry import Query, answers
from engine.store.reading import Reading
from engine.store.search import count_live_items, find_items


class BoardSummary(Struct, frozen=True, kw_only=True):
    board: Board
    items: int


class Boards(Query[list[BoardSummary]], frozen=True, kw_only=True):
    """Boards that the actor may see, in their order, with how many items each has."""

    state: State = State.LIVE


class BoardsSeen(Query[set[str]], frozen=True, kw_only=True):
    """Which of these boards the actor may see."""

    board_ids: tuple[str, ...]


class WhoAmI(Query[tuple[Organization, Member]], frozen=True, kw_only=True):
    """The organization, and the actor's own place in it."""


class People(Query[list[Member]], frozen=True, kw_only=True):
    """All people of the organization, by name."""


class Preferences(Query[dict[str, JSON]], frozen=True, kw_only=True):
    """The actor's own settings by name."""


class ItemSearch(Query[list[Item]], frozen=True, kw_only=True):
    """Live items of all visible boards that have every word, best first; `#12` finds by number."""

    words: str
    limit: int = 50


@answers(Boards)
def boards(reading: Reading, query: Boards) -> list[BoardSummary]:
    found = reading.list(Board, state=query.state.value, order_by=("position",))
    counts = count_live_items(reading)
    return [BoardSummary(board=board, items=counts.get(board.id, 0)) for board in found]


@answers(BoardsSeen, role="guest", within_board=False)
def boards_seen(reading: Reading, query: BoardsSeen) -> set[str]:
    return {id for id in query.board_ids if reading.may_read(id)}


@answers(WhoAmI, within_board=False)
def who_am_i(reading: Reading, query: WhoAmI) -> tuple[Organization, Member]:
    return reading.get(Organization, reading.actor.organization_id), reading.member


@answers(People, within_board=False)
def people(reading: Reading, query: People) -> list[Member]:
    return list(reading.members())


@answers(Preferences, within_board=False)
def preferences(reading: Reading, query: Preferences) -> dict[str, JSON]:
    own = reading.list(Preference, member_id=reading.member.id)
    return {preference.name: preference.value for preference in own}


@answers(ItemSearch)
def item_search(reading: Reading, query: ItemSearch) -> list[Item]:
    return find_items(reading, query.words, query.limit)
