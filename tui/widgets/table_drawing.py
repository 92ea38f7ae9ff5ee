"""Draws the lines of the table as strips of exactly the screen's width; knows nothing of widgets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual.strip import Strip

from engine.columns.column_type import Piece
from engine.columns.registry import column_type
from engine.model.column import Column
from engine.model.total import Total
from engine.model.view import Sort
from engine.queries.board_view import ItemRow
from tui.board_source import BoardSource, Lane
from tui.widgets.cells import cell, drawn, filled_chip
from tui.widgets.table_columns import NAME_COLUMN, ColumnPlan
from tui.widgets.table_ink import Ink, RowInk
from tui.widgets.table_totals import total_cell

LEAD = 4
"""Cells before an item's name: the lane's bar, the mark, the arrow of subitems, air."""


@dataclass(frozen=True)
class Signs:
    """The glyphs that the table uses; the ASCII set is for terminals without Unicode."""

    bar: str = "▌"
    mark: str = "●"
    open: str = "▾"
    closed: str = "▸"
    branch: str = "└"
    up: str = "▴"
    down: str = "▾"
    ellipsis: str = "…"
    comment: str = "❞"
    attachment: str = "↧"
    rule: str = "│"


ASCII_SIGNS = Signs(
    bar="|", mark="*", open="v", closed=">", branch="`", up="^", down="v", ellipsis="~",
    comment='"', attachment="@", rule="|",
)  # fmt: skip


class TableDrawing:
    """One state of columns, width and theme. Make another when one of them changes."""

    def __init__(
        self,
        source: BoardSource,
        plan: ColumnPlan,
        ink: Ink,
        signs: Signs,
        *,
        width: int,
        first: int,
    ) -> None:
        self.source = source
        self.plan = plan
        self.ink = ink
        self.signs = signs
        self.width = width
        self.name_width = plan.name_width(width)
        self.spans = plan.spans(width, first)
        self.first = first

    def span_of(self, index: int) -> tuple[int, int]:
        """Where column number `index` of the cursor stands: its x and width (0 wide if it is off screen)."""
        if index == 0:
            return 0, self.name_width
        place = index - 1 - self.first
        if 0 <= place < len(self.spans):
            return self.spans[place].x, self.spans[place].width
        return self.width, 0

    def index_at(self, x: int) -> int | None:
        """The cursor's column at a cell of the screen; None right of the last."""
        if x <= self.name_width:
            return 0
        for place, span in enumerate(self.spans):
            if span.x <= x <= span.x + span.width:
                return self.first + place + 1
        return None

    # -- lines ----------------------------------------------------------------------------------

    def header(self, sorts: Sequence[Sort], cursor: int) -> Strip:
        """The titles of the columns, with arrows where the view is sorted."""
        noun = self.source.frame.board.item_noun.capitalize()
        title = self._titled(noun, NAME_COLUMN, sorts)
        segments = [
            Segment(" " * LEAD, self.ink.header),
            self._head(title, self.name_width - LEAD, cursor == 0),
            self._edge(self.ink.header),
        ]
        for place, span in enumerate(self.spans):
            text = self._titled(span.column.title, span.column.id, sorts)
            right = column_type(span.column.type).align_right
            here = cursor == self.first + place + 1
            segments.append(self._head(text, span.width, here, padded=True, right=right))
            segments.append(Segment(" ", self.ink.header))
        return self._line(segments, self.ink.header)

    def title(self, lane: Lane, *, collapsed: bool, under_cursor: bool) -> Strip:
        """A lane's name with its count; a collapsed lane shows its totals beside it."""
        ink = self.ink.cursor_row if under_cursor else self.ink.row
        color = self.ink.color(lane.color) + Style(bgcolor=ink.text.bgcolor, bold=True)
        arrow = self.signs.closed if collapsed else self.signs.open
        room = self.name_width if collapsed else self.width
        count = f"{len(lane.numbers):,}"
        noun = self.source.frame.board.item_noun
        words = count if collapsed else f"{count} {noun}{'' if count == '1' else 's'}"
        name_room = max(room - LEAD - cell_len(words) - 2, 4)
        name = drawn(lane.title, min(cell_len(lane.title), name_room))
        segments = [
            Segment(f"{self.signs.bar}{arrow} ", color),
            Segment(name, ink.cursor + Style(bold=True) if under_cursor else color),
            Segment(f"  {words}", ink.dim),
        ]
        if not collapsed:
            return self._line(segments, ink.text)
        return self._with_totals(segments, lane, ink)

    def row(
        self, row: ItemRow | None, lane: Lane, *, cursor: int | None, selected: bool, opened: bool = False
    ) -> Strip:  # fmt: skip
        """An item. `cursor` is the column under the cursor, None when it is on another line."""
        lead = self._arrow(row, opened)
        return self._item(row, lane, lead, cursor, selected)

    def subitem(self, row: ItemRow, lane: Lane, *, cursor: int | None, selected: bool) -> Strip:
        return self._item(row, lane, f"  {self.signs.branch} ", cursor, selected)

    def adding(self, lane: Lane, *, under_cursor: bool) -> Strip:
        """The line that makes a new item of the lane."""
        ink = self.ink.cursor_row if under_cursor else self.ink.row
        words = f"+ Add {self.source.frame.board.item_noun}"
        style = ink.cursor if under_cursor else ink.dim
        text = drawn(words, max(self.name_width - LEAD, 1))
        return self._line(
            [self._bar(lane, ink), Segment("   ", ink.text), Segment(text, style)], ink.text
        )

    def footer(self, lane: Lane) -> Strip:
        return self._with_totals([self._bar(lane, self.ink.row)], lane, self.ink.row)

    def blank(self) -> Strip:
        return self._line([], self.ink.row.text)

    # -- parts ----------------------------------------------------------------------------------

    def _item(
        self, row: ItemRow | None, lane: Lane, lead: str, cursor: int | None, selected: bool
    ) -> Strip:
        ink = self._ink(cursor, selected)
        segments = [self._bar(lane, ink), *self._mark(selected, ink)]
        if row is None:
            segments.append(Segment(f"  {self.signs.ellipsis}", ink.dim))
            return self._line(segments, ink.text)
        segments += self._name(row, lead, ink, cursor == 0)
        segments.append(self._edge(ink.text))
        for place, span in enumerate(self.spans):
            here = cursor == self.first + place + 1
            pieces = self.source.pieces(span.column, row.item)
            segments += self._value(span.column, pieces, span.width, ink, here)
            segments.append(Segment(" ", ink.text))
        return self._line(segments, ink.text)

    def _value(
        self, column: Column, pieces: Sequence[Piece], width: int, ink: RowInk, here: bool
    ) -> list[Segment]:
        kind = column_type(column.type)
        base = ink.cursor if here else ink.text
        if not kind.many and len(pieces) == 1 and pieces[0].chip:
            if not here or width < 5:
                return [filled_chip(pieces[0], width, self.ink.chip)]
            chip = filled_chip(pieces[0], width - 2, self.ink.chip)
            return [Segment("[", base), chip, Segment("]", base)]  # seen without colours, too
        return cell(pieces, width, base, self.ink.chip, right=kind.align_right)

    def _name(self, row: ItemRow, lead: str, ink: RowInk, here: bool) -> list[Segment]:
        tail = self._counts(row)
        room = self.name_width - 2 - cell_len(lead)
        if cell_len(tail) > room // 2:
            tail = ""
        text = drawn(row.item.name, max(room - cell_len(tail), 0))
        return [
            Segment(lead, ink.dim),
            Segment(text, ink.cursor if here else ink.text),
            Segment(tail, ink.cursor if here else ink.dim),
        ]

    def _counts(self, row: ItemRow) -> str:
        signs = (
            (self.signs.comment, row.comments),
            (self.signs.attachment, row.attachments),
        )
        return "".join(f" {sign}{count}" for sign, count in signs if count)

    def _arrow(self, row: ItemRow | None, opened: bool) -> str:
        if row is None or not row.subitems:
            return "  "
        return f"{self.signs.open if opened else self.signs.closed} "

    def _bar(self, lane: Lane, ink: RowInk) -> Segment:
        return Segment(self.signs.bar, self.ink.color(lane.color) + Style(bgcolor=ink.text.bgcolor))

    def _mark(self, selected: bool, ink: RowInk) -> list[Segment]:
        style = self.ink.mark + Style(bgcolor=ink.text.bgcolor)
        return [Segment(self.signs.mark, style) if selected else Segment(" ", ink.text)]

    def _ink(self, cursor: int | None, selected: bool) -> RowInk:
        if cursor is not None:
            return self.ink.cursor_row
        return self.ink.selected if selected else self.ink.row

    def _edge(self, ground: Style) -> Segment:
        """The right edge of the frozen column: a rule while columns have gone below it."""
        if self.first == 0:
            return Segment(" ", ground)
        return Segment(self.signs.rule, self.ink.rule + Style(bgcolor=ground.bgcolor))

    def _titled(self, title: str, column: str, sorts: Sequence[Sort]) -> str:
        for sort in sorts:
            if sort.column == column:
                return f"{title} {self.signs.down if sort.descending else self.signs.up}"
        return title

    def _head(
        self, text: str, width: int, here: bool, *, padded: bool = False, right: bool = False
    ) -> Segment:
        room = width - 1 if padded else width
        shown = drawn(text, max(room, 0))
        if right and padded:
            plain = shown.rstrip()
            shown = " " * (cell_len(shown) - cell_len(plain)) + plain
        style = self.ink.header_cursor if here else self.ink.header
        if not padded:
            return Segment(shown, style)
        return Segment(f"{shown} " if right else f" {shown}", style)

    def _with_totals(self, segments: list[Segment], lane: Lane, ink: RowInk) -> Strip:
        totals: Mapping[str, Total] = self.source.totals.get(lane.key, {})
        strip = Strip(segments)
        parts = list(strip.adjust_cell_length(self.name_width, ink.text))
        parts.append(self._edge(ink.text))
        for span in self.spans:
            total = totals.get(span.column.id)
            if total is None:
                parts.append(Segment(" " * span.width, ink.text))
            else:
                parts += total_cell(self.source, span.column, total, span.width, ink, self.ink)
            parts.append(Segment(" ", ink.text))
        return self._line(parts, ink.text)

    def _line(self, segments: list[Segment], ground: Style) -> Strip:
        """Exactly as wide as the screen, neighbours of one style made one: fewer bytes to the terminal."""
        kept = [segment for segment in segments if segment.text]
        return Strip(Segment.simplify(kept)).adjust_cell_length(self.width, ground).simplify()
