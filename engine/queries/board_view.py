"""What the board screen reads: the board's frame, the order of its rows, the window, and totals."""

from array import array

from msgspec import Struct

from engine.model.actor import Role
from engine.model.board import Board, Group
from engine.model.column import Column
from engine.model.item import Item
from engine.model.organization import Member
from engine.model.record import State
from engine.model.total import Total
from engine.model.view import Filter, Sort, View
from engine.queries.registry import Query, answers
from engine.store import view_rows
from engine.store.reading import Reading
from engine.store.view_totals import totals


class BoardFrame(Struct, frozen=True, kw_only=True):
    """All of a board but its items."""

    board: Board
    groups: tuple[Group, ...]
    columns: tuple[Column, ...]
    views: tuple[View, ...]
    people: tuple[Member, ...]
    role: Role


class OpenBoard(Query[BoardFrame], frozen=True, kw_only=True):
    board_id: str


class RowOrder(Query[dict[str, "array[int]"]], frozen=True, kw_only=True):
    """Row numbers by lane key: a group's id, a label's or person's id, or "" for items without one.
    With `lane_by` empty all are in one lane "", so that `sorts` order the whole board.

    `limit` gives a first paint of a large board at once."""

    board_id: str
    filter: Filter = Filter()
    sorts: tuple[Sort, ...] = ()
    lane_by: str = "group"
    limit: int | None = None


class ItemRow(Struct, frozen=True, kw_only=True):
    """One row of the window: the item, and how many subitems, comments and attachments hang on it."""

    item: Item
    subitems: int = 0
    comments: int = 0
    attachments: int = 0


class RowWindow(Query[dict[int, ItemRow]], frozen=True, kw_only=True):
    """The rows with these numbers, by number; those that are gone by now are missing."""

    board_id: str
    numbers: tuple[int, ...]


class OneRow(Query[ItemRow], frozen=True, kw_only=True):
    """An item by its id, in whatever state."""

    item_id: str


class OneGroup(Query[Group], frozen=True, kw_only=True):
    """In whatever state."""

    group_id: str


class OneColumn(Query[Column], frozen=True, kw_only=True):
    """In whatever state."""

    column_id: str


class Subitems(Query[list[ItemRow]], frozen=True, kw_only=True):
    """The live subitems of an item, in order."""

    parent_id: str


class LaneTotals(Query[dict[str, dict[str, Total]]], frozen=True, kw_only=True):
    """By lane key and column id: what the footer shows. Columns without a total are missing."""

    board_id: str
    filter: Filter = Filter()
    lane_by: str = "group"
    columns: tuple[str, ...] = ()


@answers(OpenBoard)
def open_board(reading: Reading, query: OpenBoard) -> BoardFrame:
    board = reading.board(query.board_id)
    role = reading.role_on(board)
    assert role is not None  # reading.board raises NotFound otherwise
    live = {"board_id": board.id, "state": State.LIVE.value}
    return BoardFrame(
        board=board,
        groups=tuple(reading.list(Group, order_by=("position",), **live)),
        columns=tuple(reading.columns(board.id).values()),
        views=tuple(reading.list(View, board_id=board.id, order_by=("position", "id"))),
        people=reading.members(),
        role=role,
    )


@answers(RowOrder)
def row_order(reading: Reading, query: RowOrder) -> "dict[str, array[int]]":
    return view_rows.lanes(
        reading, query.board_id, query.filter, query.sorts, query.lane_by, query.limit
    )


@answers(RowWindow)
def row_window(reading: Reading, query: RowWindow) -> dict[int, ItemRow]:
    items = view_rows.window(reading, query.board_id, query.numbers)
    return {row.item.number: row for row in _with_counts(reading, items)}


@answers(OneRow)
def one_row(reading: Reading, query: OneRow) -> ItemRow:
    (row,) = _with_counts(reading, [reading.get(Item, query.item_id)])
    return row


@answers(OneGroup)
def one_group(reading: Reading, query: OneGroup) -> Group:
    return reading.get(Group, query.group_id)


@answers(OneColumn)
def one_column(reading: Reading, query: OneColumn) -> Column:
    return reading.get(Column, query.column_id)


@answers(Subitems)
def subitems(reading: Reading, query: Subitems) -> list[ItemRow]:
    parent = reading.get(Item, query.parent_id)
    return _with_counts(reading, view_rows.subitems(reading, [parent.id]))


@answers(LaneTotals)
def lane_totals(reading: Reading, query: LaneTotals) -> dict[str, dict[str, Total]]:
    return totals(reading, query.board_id, query.filter, query.lane_by, query.columns)


def _with_counts(reading: Reading, items: list[Item]) -> list[ItemRow]:
    counts = view_rows.hanging_counts(reading, [item.id for item in items]) if items else {}
    rows = []
    for item in items:
        subitem_count, comments, attachments = counts.get(item.id, (0, 0, 0))
        rows.append(
            ItemRow(
                item=item,
                subitems=subitem_count,
                comments=comments,
                attachments=attachments,
            )
        )
    return rows
