"""What the footer of a lane shows of a column: a sum, how many are filled, a bar of labels, …"""

from collections.abc import Callable
from datetime import date
from typing import Final

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style

from engine.columns.registry import column_type
from engine.model.column import Column
from engine.model.record import JSON
from engine.model.total import Total
from tui.board_source import BoardSource
from tui.widgets.cells import drawn
from tui.widgets.table_ink import Ink, RowInk

BAR_FROM = 8
"""A spread is a bar from this width on; narrower it would say nothing."""


def total_cell(
    source: BoardSource, column: Column, total: Total, width: int, ink: RowInk, colors: Ink
) -> list[Segment]:
    """Segments of together exactly `width` cells."""
    if total.kind == "spread" and total.count and width >= BAR_FROM and colors.bar:
        return _spread_bar(source, column, total, width, ink, colors)
    text = total_text(source, column, total)
    shown = drawn(text, max(width - 1, 0))
    if column_type(column.type).align_right:
        plain = shown.rstrip()
        return [Segment(" " * (width - 1 - cell_len(plain)) + plain + " ", ink.dim)]
    return [Segment(f" {shown}"[:width], ink.dim)]


def total_text(source: BoardSource, column: Column, total: Total) -> str:
    """The total in words; empty where there is nothing to say."""
    words = WORDS.get(total.kind)
    if words is None or not total.count:
        return ""
    return words(lambda value: _shown(source, column, value), total)


def _shown(source: BoardSource, column: Column, value: JSON) -> str:
    text = value if isinstance(value, str) else f"{value:.6f}".rstrip("0").rstrip(".")
    pieces = column_type(column.type).render(text, source.surroundings(column))
    return "".join(piece.text for piece in pieces)


Shown = Callable[[JSON], str]

WORDS: Final[dict[str, Callable[[Shown, Total], str]]] = {
    "filled": lambda shown, total: f"{total.filled:,}/{total.count:,}" if total.filled else "",
    "checked": lambda shown, total: f"{total.filled:,}/{total.count:,}",
    "spread": lambda shown, total: f"{total.filled:,}/{total.count:,}",
    "sum": lambda shown, total: "" if total.sum is None else shown(total.sum),
    "average": lambda shown, total: (
        "" if total.sum is None or not total.filled else f"avg {shown(total.sum / total.filled)}"
    ),
    "min": lambda shown, total: "" if total.low is None else f"min {shown(total.low)}",
    "max": lambda shown, total: "" if total.high is None else f"max {shown(total.high)}",
    "earliest_latest": lambda shown, total: (
        "" if total.low is None else _from_to(str(total.low), str(total.high))
    ),
}
"""By kind of total; `shown` writes a value as the column does."""


def _from_to(first: str, last: str) -> str:
    """Both days without weekdays, so that they fit below a column: “19 Nov–2 Dec”."""
    days = [_day(first), _day(last)]
    return "–".join(dict.fromkeys(days))


def _day(stored: str) -> str:
    day = date.fromisoformat(stored[:10])
    return f"{day.day} {day:%b}"


def _spread_bar(
    source: BoardSource, column: Column, total: Total, width: int, ink: RowInk, colors: Ink
) -> list[Segment]:
    """Labels in their order, each as wide as its share; items without a label are left dark."""
    names = {label.id: label.color for label in source.surroundings(column).labels}
    parts = [
        (names.get(id), total.spread.get(id, 0)) for id in (*names, "") if total.spread.get(id)
    ]
    segments = []
    done = drawn_so_far = 0
    for color, count in parts:
        done += count
        upto = round(width * done / total.count)
        style = ink.dim if color is None else colors.color(color)
        glyph = colors.bar if color is not None else " "
        segments.append(
            Segment(glyph * (upto - drawn_so_far), style + Style(bgcolor=ink.text.bgcolor))
        )
        drawn_so_far = upto
    segments.append(Segment(" " * (width - drawn_so_far), ink.text))
    return [segment for segment in segments if segment.text]
