"""Finds items by words across boards, and counts them."""

from sqlalchemy import case, func

from engine.model.board import Board
from engine.model.item import Item
from engine.model.record import State
from engine.model.text import folded
from engine.store.predicates import item_number, words_found
from engine.store.reading import Reading
from engine.store.rows import columns_of, to_record
from engine.store.tables import item, item_group


def find_items(reading: Reading, words: str, limit: int) -> list[Item]:
    """Live items on boards that the actor may see; names that begin with the words come first."""
    wanted = [folded(word) for word in words.split()]
    boards = [board.id for board in reading.list(Board, state=State.LIVE.value)]
    statement = reading.select(item, *columns_of(Item)).where(
        item.c.state == State.LIVE.value, item.c.board_id.in_(boards)
    )
    for word in wanted:
        found = words_found(item.c.words, word, sqlite=reading.is_sqlite)
        if (number := item_number(word)) is not None:
            found = found | (item.c.number == number)
        statement = statement.where(found)
    first = wanted[0] if wanted else ""
    rank = case(
        (func.substr(item.c.sort_name, 1, len(first)) == first, 0),
        (words_found(item.c.sort_name, first, sqlite=reading.is_sqlite), 1),
        else_=2,
    )
    rows = reading.rows(statement.order_by(rank, item.c.updated_at.desc()).limit(limit))
    return [to_record(Item, row) for row in rows]


def count_live_items(reading: Reading) -> dict[str, int]:
    """How many items (not subitems) each board shows."""
    statement = (
        reading.select(item, item.c.board_id, func.count())
        .join(
            item_group,
            (item_group.c.organization_id == item.c.organization_id)
            & (item_group.c.id == item.c.group_id),
        )
        .where(
            item.c.state == State.LIVE.value,
            item.c.parent_id.is_(None),
            item_group.c.state == State.LIVE.value,
        )
        .group_by(item.c.board_id)
    )
    return dict(reading.rows(statement))
