"""The part of a board that the table has on the screen: layout, drawing line by line, rows on demand.

It scrolls by itself and draws only lines that changed, so a key costs the same on any board.
"""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import replace
from typing import ClassVar, Final

from textual import events
from textual.geometry import Region
from textual.strip import Strip

from engine.columns.registry import column_type
from engine.model.column import Column
from engine.model.view import Filter
from tui.board_source import BoardSource, Lane
from tui.terminal import speaks_unicode
from tui.widgets.key_taker import KeyTaker
from tui.widgets.table_columns import NAME_COLUMN, ColumnPlan
from tui.widgets.table_drawing import ASCII_SIGNS, Signs, TableDrawing
from tui.widgets.table_ink import COMPONENTS, Ink
from tui.widgets.table_layout import Kind, LaneShape, Place, TableLayout
from tui.widgets.terminal_scroll import scroll_in_terminal

LOW_SCREEN: Final = 16
PATIENCE: Final = 0.03
"""Seconds that a jump waits for its rows before it paints without them: shorter than a blink."""
KEPT_STRIPS: Final = 1_000


class TableWindow(KeyTaker):
    """Knows which line and column the cursor is on, but moves it not; `TableCursor` does."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"table--{name}" for name in COMPONENTS}

    def __init__(
        self, source: BoardSource, *, signs: Signs | None = None, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self.source = source
        self.signs = signs or (Signs() if speaks_unicode() else ASCII_SIGNS)
        self.hidden: set[str] = set()
        self.widths: dict[str, int] = {}
        self.top = 0
        self.line = 0
        self.column = 0
        self.first = 0
        self.rows_layout = TableLayout([])
        self._strips: dict[tuple[int, bool], Strip] = {}
        self._drawing: TableDrawing | None = None
        self._asked: set[int] = set()
        self._going_to: int | None = None
        self._filling = False
        self._filled = asyncio.Event()

    @property
    def plan(self) -> ColumnPlan:
        return self.drawing.plan

    @property
    def rows_high(self) -> int:
        """Lines below the header."""
        return max(self.size.height - 1, 1)

    def total_columns(self) -> list[str]:
        """The columns whose footer says something."""
        return [column.id for column in self.plan.columns if _has_total(column)]

    def window(self, top: int | None = None) -> list[int]:
        """The numbers of the items on the screen (or on the one from `top` on) and a screen around it."""
        height, top = self.rows_high, self.top if top is None else top
        lines = range(top - height, top + 2 * height)
        places = [self.rows_layout.at(line) for line in lines]
        return [self._numbers(p)[0] for p in places if p is not None and p.kind is Kind.ROW]

    def show_rows(self, numbers: Iterable[int]) -> None:
        """Draw these rows again, where they are on the screen."""
        wanted = set(numbers)
        for line in self._visible_lines():
            if self._number_at(line) in wanted:
                self._refresh_line(line)

    def show_totals(self) -> None:
        for line in self._visible_lines():
            place = self.rows_layout.at(line)
            if place is not None and place.kind in (Kind.FOOTER, Kind.TITLE):
                self._refresh_line(line)

    # -- drawing --------------------------------------------------------------------------------

    @property
    def drawing(self) -> TableDrawing:
        if self._drawing is None:
            plan = ColumnPlan(
                self.source.frame.columns, self.hidden, self.widths, self.widths.get(NAME_COLUMN, 0)
            )
            self._drawing = TableDrawing(
                self.source, plan, self._ink(), self.signs, width=self.size.width, first=self.first
            )
        return self._drawing

    def render_line(self, y: int) -> Strip:
        if not self.source.loaded:
            return Strip.blank(self.size.width, self.rich_style)
        if y == 0:
            return self.drawing.header(self.source.sorts, self.column)
        line = self.top + y - 1
        place = self.rows_layout.at(line)
        if place is None:
            return self.drawing.blank()
        if line == self.line:
            return self._draw(place, on_cursor=True)
        key = (line, self._number_at(line) in self.source.selected)
        strip = self._strips.get(key)
        if strip is None:
            strip = self._draw(place, on_cursor=False)
            if len(self._strips) > KEPT_STRIPS:
                self._strips.clear()
            if place.kind is not Kind.ROW or self.source.row(self._numbers(place)[0]) is not None:
                self._strips[key] = strip
        return strip

    def _draw(self, place: Place, *, on_cursor: bool) -> Strip:
        lane = self.source.lanes[place.lane]
        drawing = self.drawing
        match place.kind:
            case Kind.TITLE:
                collapsed = lane.key in self.source.collapsed
                return drawing.title(lane, collapsed=collapsed, under_cursor=on_cursor)
            case Kind.ADD:
                return drawing.adding(lane, under_cursor=on_cursor)
            case Kind.FOOTER:
                return drawing.footer(lane)
            case Kind.GAP:
                return drawing.blank()
        number, parent = self._numbers(place)
        selected = number in self.source.selected
        cursor = self.column if on_cursor else None
        if place.kind is Kind.SUBITEM and parent is not None:
            row = self.source.subitems(parent)[place.sub]
            return drawing.subitem(row, lane, cursor=cursor, selected=selected)
        opened = number in self.source.expanded
        return drawing.row(
            self.source.row(number), lane, cursor=cursor, selected=selected, opened=opened
        )

    def scroll_columns(self, by: int) -> None:
        """Look further right or left without moving the cursor."""
        first = min(max(self.first + by, 0), max(len(self.plan.columns) - 1, 0))
        if first != self.first:
            self.first = first
            self._redraw()

    def scroll_lines(self, by: int) -> None:
        """Look further down or up without moving the cursor."""
        self._show_from(self.top + by)
        self._want_rows()

    def _show_from(self, top: int) -> bool:
        """Show the lines from `top` on; False when they are shown already."""
        top = self._clamped(top)
        by, self.top = top - self.top, top
        if not by:
            return False
        body = Region(0, 1, self.size.width, self.rows_high)
        waiting = [region for region in self._repaint_regions if region.y > 0 or region.height > 1]
        whole = any(region.height > 1 for region in waiting)
        if whole or not scroll_in_terminal(self, body.translate(self.region.offset), by):
            self._refresh_body()
            return True
        self._styles_cache.set_dirty(body)  # what Textual kept of each line stands elsewhere now
        high = self.rows_high
        came_in = range(top + high - by, top + high) if by > 0 else range(top, top - by)
        for line in (*came_in, *(top - by + region.y - 1 for region in waiting)):
            self._refresh_line(line)
        return True

    def _ink(self) -> Ink:
        from tui.themes import chip_style, text_style

        theme = self.app.current_theme
        ink = Ink.from_components(
            self.get_component_rich_style,
            lambda name: text_style(theme, name),
            lambda name: chip_style(theme, name),
        )
        in_color = not getattr(self.app, "without_color", False)
        return ink if in_color and self.signs is not ASCII_SIGNS else replace(ink, bar="")

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._drawing = None
        self._strips.clear()

    def on_resize(self, event: events.Resize) -> None:
        if self.source.loaded:
            self.show()

    def show(self) -> None:
        """Lay out and draw what the source holds now."""
        self.rows_layout = self._laid_out()
        self._asked.clear()
        self._redraw()

    def forget_drawing(self) -> None:
        """Columns, widths or hidden ones changed: plan them again."""
        self._drawing = None
        self.column = min(self.column, len(self.plan.columns))
        self._redraw()

    def _redraw(self) -> None:
        self._drawing = None
        self._strips.clear()
        self.refresh()
        self._want_rows()

    def _refresh_line(self, line: int) -> None:
        self._strips.pop((line, True), None)
        self._strips.pop((line, False), None)
        y = 1 + line - self.top
        if 1 <= y < self.size.height:
            self.refresh(Region(0, y, self.size.width, 1))

    def _refresh_body(self) -> None:
        self.refresh(Region(0, 1, self.size.width, self.rows_high))

    # -- rows that are not there yet --------------------------------------------------------------

    def _missing(self) -> list[int]:
        wanted = self.window(self._going_to)
        return [n for n in wanted if self.source.row(n) is None and n not in self._asked]

    async def _rows_there(self, top: int) -> None:
        """Wait for the rows of a new window, but not so long that anybody would notice."""
        self._going_to = top
        if self._missing():
            self._want_rows()
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    await self._filled.wait()
        self._going_to = None

    def _want_rows(self) -> None:
        if not self._filling and self.is_mounted and self._missing():
            self._filling = True
            self._filled.clear()
            self.run_worker(self._fill(), group="rows")

    async def _fill(self) -> None:
        try:
            while missing := self._missing():
                self._asked.update(missing)
                await self.source.ensure(missing)
                self.show_rows(missing)
        finally:
            self._filling = False
            self._filled.set()

    # -- inside ---------------------------------------------------------------------------------

    def _laid_out(self) -> TableLayout:
        source = self.source
        only_filled = source.filter != Filter() or source.lane_by != "group"
        shapes = [
            LaneShape(
                len(lane.numbers),
                lane.key in source.collapsed,
                self._expanded_in(lane),
                left_out=only_filled and not lane.numbers,
            )
            for lane in source.lanes
        ]
        low = 0 < self.size.height < LOW_SCREEN
        footers = not low and any(_has_total(column) for column in self.plan.columns)
        return TableLayout(shapes, compact=low, footers=footers, adding=source.can_edit)

    def _expanded_in(self, lane: Lane) -> tuple[tuple[int, int], ...]:
        expanded = self.source.expanded
        if not expanded or lane.key in self.source.collapsed:
            return ()
        return tuple(
            (row, len(self.source.subitems(number)))
            for row, number in enumerate(lane.numbers)
            if number in expanded
        )

    def _numbers(self, place: Place) -> tuple[int, int | None]:
        """The number of the item at a row or subitem place, and of its parent."""
        number = self.source.lanes[place.lane].numbers[place.row]
        if place.sub < 0:
            return number, None
        return self.source.subitems(number)[place.sub].item.number, number

    def _number_at(self, line: int) -> int | None:
        place = self.rows_layout.at(line)
        if place is None or place.kind not in (Kind.ROW, Kind.SUBITEM):
            return None
        return self._numbers(place)[0]

    def _visible_lines(self) -> range:
        return range(self.top, min(self.top + self.rows_high, self.rows_layout.height))

    def _clamped(self, top: int) -> int:
        return max(0, min(top, self.rows_layout.height - self.rows_high))


def _has_total(column: Column) -> bool:
    """Whether a footer says more of the column than how many cells are filled, or was asked to say that."""
    return bool(column.settings.get("total")) or column_type(column.type).totals[0] != "filled"
