"""What the footer of a lane shows of a column: how many are filled, sum, average, spread over labels, …"""

from collections.abc import Callable, Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Float, Numeric, cast, func, select

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
    """Totals by lane key and column id, each column by one pass over the board's matching items."""
    reading.board(board_id)
    found: dict[str, dict[str, Total]] = {}
    for column_id in column_ids:
        column = reading.columns(board_id).get(column_id)
        if column is not None:
            _add(reading, column, chosen, lane_by, found)
    return found


def _add(
    reading: Reading, column: Column, chosen: Filter, lane_by: str,
    found: dict[str, dict[str, Total]],
) -> None:  # fmt: skip
    kind = str(column.settings.get("total") or column_type(column.type).totals[0])
    cell = Cell(item.c["values"], (column.id,), sqlite=reading.is_sqlite)
    lane, source = lane_source(reading, column.board_id, lane_by)
    values = (
        select(lane.label("lane"), cell.at().label("value"))
        .select_from(item if source is None else source)
        .where(live_top(reading, column.board_id), matching(reading, column.board_id, chosen))
        .subquery()
    )
    what = [values.c.lane, func.count(), func.count(values.c.value)]
    if kind == "spread":
        what.append(values.c.value)
    elif kind in MEASURES:
        measured = MEASURES[kind](values.c.value, reading.is_sqlite)
        what += [func.min(measured), func.max(measured)]
        what += [] if kind == "earliest_latest" else [func.sum(measured)]
    groups = (values.c.lane, values.c.value) if kind == "spread" else (values.c.lane,)
    for row in reading.rows(select(*what).group_by(*groups)):
        lane_totals = found.setdefault(row[0] or NO_LANE, {})
        if kind == "spread":
            lane_totals[column.id] = _with_label(lane_totals.get(column.id), row)
        else:
            low, high, whole = (*row[3:], None, None, None)[:3]
            lane_totals[column.id] = Total(
                kind=kind, count=row[1], filled=row[2], low=_plain(low), high=_plain(high),
                sum=None if whole is None else float(whole),
            )  # fmt: skip


def _with_label(before: Total | None, row: Any) -> Total:
    _, count, filled, label = row
    spread = dict(before.spread) if before else {}
    spread[label or NO_LANE] = count
    return Total(
        kind="spread",
        count=count + (before.count if before else 0),
        filled=filled + (before.filled if before else 0),
        spread=spread,
    )


def _plain(value: Any) -> str | float | None:
    return value if value is None or isinstance(value, str) else float(value)
