"""Draws lanes' heads and cards as strips of exactly their width; knows nothing of widgets or places."""

from collections.abc import Collection, Mapping
from typing import Final, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from engine.model.column import Column
from engine.queries.board_view import ItemRow
from tui.board_source import BoardSource, Lane
from tui.widgets.card_content import Density, Field, Line, card_lines
from tui.widgets.cells import drawn
from tui.widgets.kanban_ink import CardInk, KanbanInk, KanbanSigns

FRAME: Final = 3
"""Cells of a card beside its text: the group's bar, the mark, and air on the right."""
ROOM_FOR_ADDING: Final = 16
OVER: Final = "!"
ADD: Final = "+"


class CardState(NamedTuple):
    cursor: bool = False
    selected: bool = False
    dragged: bool = False


class KanbanDrawing:
    """One state of columns, density and theme. Make another when one of them changes."""

    def __init__(
        self, source: BoardSource, ink: KanbanInk, signs: KanbanSigns, *, density: Density,
        card_fields: Collection[str] | None, hidden: Collection[str], limits: Mapping[str, int],
    ) -> None:  # fmt: skip
        self.source = source
        self.ink = ink
        self.signs = signs
        self.density = density
        self.limits = limits
        self.columns = self._shown(card_fields, hidden)
        self._colors = {group.id: group.color for group in source.frame.groups}
        self._cards: dict[tuple[int, int, CardState], list[Strip]] = {}

    # -- cards ----------------------------------------------------------------------------------

    def card(self, number: int, width: int, state: CardState) -> list[Strip]:
        """The lines of a card; a single line while its row is not there yet."""
        key = (number, width, state)
        found = self._cards.get(key)
        if found is None:
            row = self.source.row(number)
            found = self._waiting(width, state) if row is None else self._drawn(row, width, state)
            if row is not None:
                self._cards[key] = found
        return found

    def forget(self, numbers: Collection[int]) -> None:
        """Draw these cards anew."""
        for key in [key for key in self._cards if key[0] in numbers]:
            del self._cards[key]

    def _drawn(self, row: ItemRow, width: int, state: CardState) -> list[Strip]:
        ink = self._ink(state)
        bar = self.ink.color(self._colors.get(row.item.group_id, ""))
        lines = card_lines(row, self._fields(row), max(width - FRAME, 1), self.density, self.signs)
        return [
            self._line(line, width, ink, bar, state, first=place == 0)
            for place, line in enumerate(lines)
        ]

    def _waiting(self, width: int, state: CardState) -> list[Strip]:
        ink = self._ink(state)
        runs = [Segment(f"{self.signs.bar} {self.signs.ellipsis}", ink.dim)]
        return [Strip(runs).adjust_cell_length(width, ink.text)] * (2 if self.density.gap else 1)

    def _line(
        self, line: Line, width: int, ink: CardInk, bar: Style, state: CardState, *, first: bool
    ) -> Strip:
        ground = Style(bgcolor=ink.text.bgcolor)
        styles = {"title": ink.text, "text": ink.text, "dim": ink.dim, "point": ink.dim}
        if state.cursor:
            styles["title"] += Style(bold=True)
        runs = [
            Segment(run.text, self.ink.chip(run.color) if run.role == "chip" else styles[run.role])
            for run in line
        ]
        # Air takes the style of the text beside it: each change of style costs 30 bytes on the wire.
        first_style, last_style = (
            ink.text if run.role == "chip" else styles[run.role] for run in (line[0], line[-1])
        )
        sign = self.signs.cursor if state.cursor else self.signs.bar
        mark = Segment(" ", first_style)
        if first and state.selected:
            mark = Segment(self.signs.mark, self.ink.mark + ground)
        room = width - FRAME + 1 - sum(cell_len(run.text) for run in line)
        segments = [Segment(sign, bar + ground), mark, *runs, Segment(" " * room, last_style)]
        return Strip(Segment.simplify(segments)).adjust_cell_length(width, ink.text).simplify()

    def _ink(self, state: CardState) -> CardInk:
        ink = self.ink.card
        if state.cursor:
            ink = self.ink.cursor
        elif state.selected:
            ink = self.ink.selected
        return CardInk(ink.dim, ink.dim) if state.dragged else ink

    def _fields(self, row: ItemRow) -> list[Field]:
        pieces = ((column, self.source.pieces(column, row.item)) for column in self.columns)
        return [(column, shown) for column, shown in pieces if shown]

    def _shown(self, chosen: Collection[str] | None, hidden: Collection[str]) -> list[Column]:
        """The fields that were chosen; otherwise all but hidden ones, long texts, and what the lane says
        already."""
        columns = [c for c in self.source.frame.columns if c.id != self.source.lane_by]
        if chosen is None:
            return [c for c in columns if c.type != "long_text" and c.id not in hidden]
        return [column for column in columns if column.id in chosen]

    # -- lanes ----------------------------------------------------------------------------------

    def head(self, lane: Lane, width: int, *, before: bool, behind: bool, adding: bool) -> Strip:
        """A lane's name and count. `before` and `behind` say that lanes are hidden on that side."""
        style = self.ink.chip(lane.color) + Style(bold=True)
        left = f"{self.signs.left} " if before else " "
        right = f" {self.signs.right}" if behind else " "
        if adding and width >= ROOM_FOR_ADDING:
            right = f" {ADD}{right}"
        count = self.count(lane)
        room = max(width - cell_len(left) - cell_len(count) - cell_len(right) - 1, 0)
        title = drawn(lane.title, room)
        text = f"{left}{title} {count}{right}"
        return Strip([Segment(drawn(text, width), style)])

    def count(self, lane: Lane) -> str:
        """How many cards, of how many there should be at most, with a sign when there are more."""
        count = len(lane.numbers)
        limit = self.limits.get(lane.key)
        if limit is None:
            return f"{count:,}"
        return f"{count:,}/{limit:,}{OVER if count > limit else ''}"

    def collapsed(self, lane: Lane, width: int, height: int, *, cursor: bool) -> list[Strip]:
        """The body of a collapsed lane: its name from top to bottom."""
        style = self.ink.cursor.text if cursor else self.ink.ground
        color = self.ink.color(lane.color) + Style(bgcolor=style.bgcolor, bold=True)
        letters = [" ", *lane.title]
        if len(letters) > height:
            letters = [*letters[: height - 1], self.signs.ellipsis]
        lines = [drawn(f"  {letter}", width) for letter in letters]
        lines += [" " * width] * (height - len(lines))
        return [Strip([Segment(line, color)]) for line in lines]

    def collapsed_head(self, lane: Lane, width: int) -> Strip:
        style = self.ink.chip(lane.color) + Style(bold=True)
        count = f"{len(lane.numbers)}"
        short = count if len(count) < width else f"{count[:-3]}k"
        return Strip([Segment(drawn(f"{short:^{width}}", width), style)])

    def empty(self, width: int, *, cursor: bool) -> Strip:
        """The only line of a lane without cards."""
        style = self.ink.cursor.dim if cursor else self.ink.empty
        sign = self.signs.cursor if cursor else " "
        noun = self.source.frame.board.item_noun
        words = f"+ Add {noun}" if self.source.can_edit else f"No {noun}s"
        return Strip([Segment(drawn(f"{sign} {words}", width), style)])
