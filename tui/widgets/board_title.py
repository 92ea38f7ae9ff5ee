"""The one line above a board: its name, how it is looked at, and how much of it is shown."""

from collections.abc import Iterator, Sequence
from itertools import islice
from typing import Final

from rich.cells import cell_len
from rich.text import Text

from engine.model.presence import Present
from engine.model.text import clean_line
from engine.model.view import View
from tui.board_source import BoardSource
from tui.put_away import STATES
from tui.widgets.card_content import drawn_to
from tui.widgets.cells import drawn

MOST_NAMED: Final = 3
LONGEST_ITEM: Final = 24
"""Cells that the name of an item gets here."""
GAP: Final = "  ·  "


def title_line(
    source: BoardSource, *, kind: str, view: View | None, width: int, others: Sequence[Present] = ()
) -> Text:
    """Name, view and who else is there at the left; selection, position and counts at the right."""
    right = _counts(source)
    left = Text()
    name = source.frame.board.name
    left.append(drawn(name, min(cell_len(name), max(width // 2, 8))), style="bold")
    state = STATES.get(source.frame.board.state)
    if state:
        left.append(f"{GAP}{state}", style="bold")
    people = list(_with(source, others))
    kept = cell_len(GAP) + cell_len(people[-1]) if people else 0
    room = width - cell_len(right) - 4
    for part in _how(source, kind, view):
        if cell_len(left.plain) + cell_len(GAP) + cell_len(part) + kept > room:
            break
        left.append(f"{GAP}{part}", style="dim")
    fitting = (one for one in people if cell_len(f"{left.plain}{GAP}{one}") <= room)
    left.append("".join(f"{GAP}{one}" for one in islice(fitting, 1)), style="dim")
    room = width - 2 - cell_len(left.plain) - cell_len(right)
    if room > 1:
        left.append(" " * room)
        left.append(right, style="dim")
    return left


def _how(source: BoardSource, kind: str, view: View | None) -> list[str]:
    parts = [view.name if view is not None else kind.capitalize()]
    if source.lane_by != "group":
        column = source.column(source.lane_by)
        parts.append(f"by {column.title}" if column else "")
    if source.sorts:
        parts.append(f"sorted by {', '.join(_sorted_by(source))}")
    return [part for part in parts if part]


def _with(source: BoardSource, others: Sequence[Present]) -> Iterator[str]:
    """Each person once, and the item that they are on; then shorter and shorter, for where there is little room."""
    names = {member.id: clean_line(member.name) for member in source.frame.people}
    spots = {one.member_id: one.number for one in others if one.member_id in names}
    if not spots:
        return
    more = f" and {len(spots) - MOST_NAMED:,} more" if len(spots) > MOST_NAMED else ""
    for said in (
        [names[id] + _on(source, number) for id, number in spots.items()],
        [names[id] for id in spots],
    ):
        yield f"with {', '.join(said[:MOST_NAMED])}{more}"
    yield f"+{len(spots):,} here"


def _on(source: BoardSource, number: int) -> str:
    """By its name, as far as it was read: the table shows no numbers."""
    if not number:
        return ""
    row = source.row(number)
    return f" on #{number}" if row is None else f" on “{drawn_to(row.item.name, LONGEST_ITEM)}”"


def _sorted_by(source: BoardSource) -> Iterator[str]:
    for sort in source.sorts:
        column = source.column(sort.column)
        title = column.title if column else sort.column
        yield f"{title} (down)" if sort.descending else title


def _counts(source: BoardSource) -> str:
    noun = source.frame.board.item_noun
    count = source.count
    more = "" if source.complete else "+"
    shown = f"{count:,}{more} {noun}{'' if count == 1 else 's'}"
    if source.filter.words or source.filter.conditions:
        shown += " found"
        if not count and source.filter.words:
            shown += "  ·  esc shows all"
    if source.selected:
        shown = f"{len(source.selected):,} selected  ·  {shown}"
    return shown
