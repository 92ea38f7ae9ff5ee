"""The rows of a board's view: an ordered array of row numbers for each lane, and rows by number.

Nothing here loads a board: numbers come as one string a lane, rows only for the window that is
seen (DESIGN §7).
"""

from array import array
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec
from sqlalchemy import (
    ColumnElement,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    case,
    cast,
    func,
    literal_column,
    or_,
    select,
    text,
)

from engine.columns.registry import column_type
from engine.errors import Invalid
from engine.model.board import Group
from engine.model.column import Column
from engine.model.item import Item
from engine.model.record import State
from engine.model.text import folded
from engine.model.view import Filter, Sort
from engine.store.predicates import Cell, condition, item_number, sort_keys, words_found
from engine.store.reading import Reading
from engine.store.rows import columns_of, to_record
from engine.store.tables import LIVE_TOP, attachment, comment, item

NO_LANE: Final = ""
"""Key of the lane for items without a value in the lane column."""

# Fields of the item itself that can be sorted and filtered by, as if they were columns.
ITEM_FIELDS: Final = {
    "name": "sort_name",
    "created": "created_at",
    "updated": "updated_at",
    "number": "number",
}


def lanes(
    reading: Reading, board_id: str, chosen: Filter, sorts: Sequence[Sort], lane_by: str,
    limit: int | None = None,
) -> "dict[str, array[int]]":  # fmt: skip
    """Row numbers by lane key (a group's id, a label's, a person's; `NO_LANE`), each in view order. With
    `limit` at most so many rows in all, of the first groups: the first paint of a large board."""
    reading.board(board_id)
    if lane_by == "group":
        return _group_by_group(reading, board_id, chosen, sorts, limit)
    key, source = lane_source(reading, board_id, lane_by)
    rows = _ordered(reading, board_id, chosen, sorts, key, source).limit(limit).subquery()
    lane_text = func.coalesce(rows.c.lane, NO_LANE)
    statement = select(_joined(reading, lane_text), _joined(reading, rows.c.number))
    lane_keys, numbers = reading.run(statement).one()
    found: dict[str, array[int]] = {}
    if numbers is not None:
        for lane, number in zip(lane_keys.split(","), _numbers(numbers), strict=True):
            if lane not in found:
                found[lane] = array("q")
            found[lane].append(number)
    return found


def _group_by_group(
    reading: Reading, board_id: str, chosen: Filter, sorts: Sequence[Sort], limit: int | None
) -> "dict[str, array[int]]":
    """Each group by a look of its own, the first groups first: in the order of the index nothing is sorted,
    a limit is reached soon, and no row need say which lane it is in."""
    in_group = _live_top(reading, board_id) & (item.c.group_id == bindparam("group"))
    rows = select(item.c.number).where(in_group, matching(reading, board_id, chosen))
    keys = [key for sort in sorts for key in _sort_keys(reading, board_id, sort)]
    rows = rows.order_by(*keys, item.c.position)
    if limit is not None:
        rows = rows.limit(bindparam("most", type_=Integer))
    statement = select(_joined(reading, rows.subquery().c.number))
    found: dict[str, array[int]] = {}
    left = limit
    for group_id in _group_rank(reading, board_id):
        numbers = reading.run(statement, {"group": group_id, "most": left}).scalar()
        if numbers is not None:
            found[group_id] = array("q", _numbers(numbers))
            left = None if left is None else left - len(found[group_id])
        if left == 0:
            break
    return found


def _numbers(joined: str) -> list[int]:
    return msgspec.json.decode(f"[{joined}]", type=list[int])


def window(reading: Reading, board_id: str, numbers: Iterable[int]) -> list[Item]:
    """The items with these row numbers, in no order."""
    reading.board(board_id)
    statement = reading.select(item, *columns_of(Item)).where(
        item.c.number.in_(list(numbers)), item.c.board_id == board_id
    )
    return [to_record(Item, row) for row in reading.rows(statement)]


def subitems(reading: Reading, parent_ids: Sequence[str]) -> list[Item]:
    """Live subitems of these items, in their order."""
    return reading.list(
        Item,
        parent_id=list(parent_ids),
        state=State.LIVE.value,
        order_by=("parent_id", "position"),
    )


def hanging_counts(reading: Reading, item_ids: Sequence[str]) -> dict[str, tuple[int, int, int]]:
    """By item id: how many live subitems, comments and attachments hang on it. Items with none are not in it."""
    counts: dict[str, list[int]] = {}
    for place, (table, owner) in enumerate(
        (
            (item, item.c.parent_id),
            (comment, comment.c.item_id),
            (attachment, attachment.c.item_id),
        )
    ):
        statement = reading.select(table, owner, func.count()).where(
            owner.in_(list(item_ids)), table.c.state == State.LIVE.value
        )
        for id, count in reading.rows(statement.group_by(owner)):
            counts.setdefault(id, [0, 0, 0])[place] = count
    return {id: (c[0], c[1], c[2]) for id, c in counts.items()}


def matching(reading: Reading, board_id: str, chosen: Filter) -> ColumnElement[bool]:
    """The condition that a filter means on a board: every word somewhere, and every condition."""
    parts: list[ColumnElement[bool]] = [
        _word_found(reading, board_id, folded(word)) for word in chosen.words.split()
    ]
    for wanted in chosen.conditions:
        kind, cell, column = _cell(reading, board_id, wanted.column)
        test = column_type(kind).test(wanted.operator, wanted.operand, column)
        parts.append(condition(test, cell))
    whole: ColumnElement[bool] = literal_column("1=1") if not parts else parts[0]
    for part in parts[1:]:
        whole = whole & part
    return whole


def live_top(reading: Reading, board_id: str) -> ColumnElement[bool]:
    """The items that a view of the board can show: live, not subitems, in live groups."""
    return _live_top(reading, board_id) & item.c.group_id.in_(list(_group_rank(reading, board_id)))


def _live_top(reading: Reading, board_id: str) -> ColumnElement[bool]:
    return and_(
        item.c.organization_id == reading.actor.organization_id,
        item.c.board_id == board_id,
        text(f"item.{LIVE_TOP.replace(' AND ', ' AND item.')}"),
    )


def _ordered(
    reading: Reading, board_id: str, chosen: Filter, sorts: Sequence[Sort],
    lane: ColumnElement[Any], source: Any,
) -> Select[Any]:  # fmt: skip
    rank = _group_rank(reading, board_id)
    statement = (
        select(lane.label("lane"), item.c.number)
        .where(live_top(reading, board_id))
        .select_from(item if source is None else source)
    )
    if chosen != Filter():
        statement = statement.where(matching(reading, board_id, chosen))
    keys: list[ColumnElement[Any]] = []
    for sort in sorts:
        keys += _sort_keys(reading, board_id, sort)
    place = case(rank, value=item.c.group_id) if rank else item.c.group_id
    return statement.order_by(*keys, place, item.c.position)


def _sort_keys(reading: Reading, board_id: str, sort: Sort) -> list[ColumnElement[Any]]:
    field = ITEM_FIELDS.get(sort.column)
    if field is not None:  # kept ready to be compared: a name is folded when it is written
        return [item.c[field].desc() if sort.descending else item.c[field].asc()]
    kind, cell, at = _cell(reading, board_id, sort.column)
    return sort_keys(column_type(kind).order(at), cell, descending=sort.descending)


def _group_rank(reading: Reading, board_id: str) -> dict[str, int]:
    groups = reading.list(Group, board_id=board_id, state=State.LIVE.value, order_by=("position",))
    return {group.id: rank for rank, group in enumerate(groups)}


def lane_source(reading: Reading, board_id: str, lane_by: str) -> tuple[ColumnElement[Any], Any]:
    """The lane key of an item, and what to select from where that is more than the items. `lane_by`
    empty puts all items in one lane."""
    if not lane_by:
        return literal_column("''"), None
    if lane_by == "group":
        return item.c.group_id, None
    column = _column(reading, board_id, lane_by)
    kind = column_type(column.type)
    if not kind.has_lanes:
        raise Invalid(
            f"“{column.title}” cannot make lanes. Choose a status, people or tags column."
        )
    cell = Cell(item.c["values"], (column.id,), sqlite=reading.is_sqlite)
    if not kind.many:
        return cell.at(), None
    if cell.sqlite:
        element = func.json_each(item.c["values"], f'$."{column.id}"').table_valued("value")
    else:
        values = func.jsonb_extract_path(item.c["values"], column.id)
        element = func.jsonb_array_elements_text(values).table_valued("value")
    element = element.alias("lane_value")
    return element.c.value, item.outerjoin(element, literal_column("true"))


def _cell(reading: Reading, board_id: str, column_id: str) -> tuple[str, Cell, Any]:
    """The column type's key, where its value lies, and what it is read against."""
    sqlite = reading.is_sqlite
    field = ITEM_FIELDS.get(column_id)
    if field is not None:
        kind = "text" if field == "sort_name" else "number"
        source = item.c.name if column_id == "name" else item.c[field]
        pseudo = Column(id=column_id, board_id=board_id, type=kind, title=column_id)
        return kind, Cell(source, (), sqlite=sqlite), reading.surroundings(pseudo)
    column = _column(reading, board_id, column_id)
    cell = Cell(item.c["values"], (column.id,), sqlite=sqlite)
    return column.type, cell, reading.surroundings(column)


def _column(reading: Reading, board_id: str, column_id: str) -> Column:
    column = reading.columns(board_id).get(column_id)
    if column is not None:
        return column
    gone = reading.trashed_column(board_id, column_id)
    if gone is not None:
        raise Invalid(f"The column “{gone.title}” is in the trash: bring it back, or leave it out.")
    raise Invalid(f"This board has no column “{column_id}”. It may have been removed.")


def _word_found(reading: Reading, board_id: str, word: str) -> ColumnElement[bool]:
    """In the row's own words, or in the name of a label or person that it has. A word like #12 is a number."""
    sqlite = reading.is_sqlite
    found = [words_found(item.c.words, word, sqlite=sqlite)]
    if (number := item_number(word)) is not None:
        found.append(item.c.number == number)
    for column in reading.columns(board_id).values():
        ids = _named(reading, column, word)
        if ids:
            cell = Cell(item.c["values"], (column.id,), sqlite=sqlite)
            many = column_type(column.type).many
            found.append(func.coalesce(cell.has_any(ids) if many else cell.at().in_(ids), False))
    return or_(*found)


def _named(reading: Reading, column: Column, word: str) -> list[str]:
    kind = column_type(column.type)
    if not kind.has_lanes:
        return []
    at = reading.surroundings(column)
    names = {label.id: label.name for label in at.labels} or dict(at.people)
    return [id for id, name in names.items() if word in folded(name)]


def _joined(reading: Reading, values: ColumnElement[Any]) -> ColumnElement[Any]:
    """One string of all values in the order of the rows: far cheaper than a row object for each."""
    join = func.group_concat if reading.is_sqlite else func.string_agg
    return join(cast(values, Text), ",")
