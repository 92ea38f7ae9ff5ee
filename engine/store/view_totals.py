"""What the footer of a lane shows of a column: how many are filled, sum, average, spread over labels, …"""

from collections.abc import Callable, Iterator, Sequence
from math import fsum
from typing import Any, Final

from sqlalchemy import ColumnElement, Float, Numeric, Select, cast, func, select

from engine.columns.registry import column_type
from engine.model.column import Column
from engine.model.total import Total
from engine.model.view import Filter
from engine.store.predicates import Cell
from engine.store.reading import Reading
from engine.store.tables import item
from engine.store.view_rows import NO_LANE, lane_source, live_top, matching


def _number(value: ColumnElement[Any], sqlite: bool) -> ColumnElement[Any]:
    return cast(value, Float if sqlite else Numeric)


MEASURES: Final[dict[str, Callable[[ColumnElement[Any], bool], ColumnElement[Any]]]] = {
    "sum": _number, "average": _number, "min": _number, "max": _number,
    "earliest_latest": lambda value, sqlite: value,
}  # fmt: skip
"""Totals that need the smallest, the largest or the sum, and what to measure."""


def totals(
    reading: Reading,
    board_id: str,
    chosen: Filter,
    lane_by: str,
    column_ids: Sequence[str],
) -> dict[str, dict[str, Total]]:
    """Totals by lane key and column id, all columns by one pass over the board's matching items."""
    reading.board(board_id)
    known = reading.columns(board_id)
    columns = [known[id] for id in dict.fromkeys(column_ids) if id in known]
    if not columns:
        return {}
    lanes: dict[str, dict[str, _Sum]] = {}
    for lane, count, *measured in reading.rows(_measured(reading, columns, chosen, lane_by)):
        sums = lanes.setdefault(lane or NO_LANE, {})
        rest = iter(measured)
        for column in columns:
            if column.id not in sums:
                sums[column.id] = _Sum(_kind(column))
            sums[column.id].add(count, rest)
    return {
        lane: {column_id: one.total() for column_id, one in sums.items()}
        for lane, sums in lanes.items()
    }


def _kind(column: Column) -> str:
    return str(column.settings.get("total") or column_type(column.type).totals[0])


def _measured(
    reading: Reading, columns: Sequence[Column], chosen: Filter, lane_by: str
) -> Select[Any]:
    """A row for each lane and each label in it: how many items, and of each column what `_Sum.add` takes."""
    board_id, sqlite = columns[0].board_id, reading.is_sqlite
    lane, source = lane_source(reading, board_id, lane_by)
    cells = (Cell(item.c["values"], (column.id,), sqlite=sqlite) for column in columns)
    each = (
        select(lane.label("lane"), *(cell.at().label(f"v{n}") for n, cell in enumerate(cells)))
        .select_from(item if source is None else source)
        .where(live_top(reading, board_id), matching(reading, board_id, chosen))
    )
    if (
        sqlite
    ):  # a limit keeps it a query of its own; else all values are carried through the grouping
        each = each.limit(-1)
    values = each.subquery()
    what: list[ColumnElement[Any]] = []
    groups: list[ColumnElement[Any]] = [values.c.lane]
    for number, column in enumerate(columns):
        kind, value = _kind(column), values.c[f"v{number}"]
        what.append(func.count(value))
        if kind == "spread":
            what.append(value)
            groups.append(value)
        elif kind in MEASURES:
            amount = MEASURES[kind](value, sqlite)
            what += [func.min(amount), func.max(amount)]
            what += [] if kind == "earliest_latest" else [func.sum(amount)]
    return select(values.c.lane, func.count(), *what).group_by(*groups)


class _Sum:
    """The total of one column in one lane, while the rows of its labels come in."""

    def __init__(self, kind: str) -> None:
        self._kind = kind
        self._count = 0
        self._filled = 0
        self._spread: dict[str, int] = {}
        self._ends: list[Any] = []
        self._parts: list[Any] = []

    def add(self, count: int, measured: Iterator[Any]) -> None:
        """Take what belongs to this column off the front of `measured`."""
        self._count += count
        self._filled += next(measured)
        if self._kind == "spread":
            label = next(measured) or NO_LANE
            self._spread[label] = self._spread.get(label, 0) + count
        elif self._kind in MEASURES:
            ends = (next(measured), next(measured))
            self._ends += [end for end in ends if end is not None]
            part = None if self._kind == "earliest_latest" else next(measured)
            self._parts += [] if part is None else [part]

    def total(self) -> Total:
        return Total(
            kind=self._kind, count=self._count, filled=self._filled, spread=self._spread,
            low=_plain(min(self._ends, default=None)), high=_plain(max(self._ends, default=None)),
            sum=fsum(self._parts) if self._parts else None,
        )  # fmt: skip


def _plain(value: Any) -> str | float | None:
    return value if value is None or isinstance(value, str) else float(value)
