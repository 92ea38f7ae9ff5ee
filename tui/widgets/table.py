"""The board as a table, with its mouse: cursor, selection and drawing come from the classes below it."""

from textual import events

from tui.widgets.board_messages import (
    AddToLane,
    DropColumn,
    DropItem,
    EditCell,
    OpenItem,
    ResizeColumn,
    SortBy,
    ToggleLane,
    ToggleSubitems,
)
from tui.widgets.table_columns import NAME_COLUMN, NARROWEST, WIDEST
from tui.widgets.table_cursor import TableCursor
from tui.widgets.table_drawing import LEAD
from tui.widgets.table_layout import Kind

WHEEL = 3
"""Lines a notch of the wheel."""


class TableView(TableCursor):
    """Give it a loaded source, and call `show()` after every load. Takes no keys itself: the screen does."""

    DEFAULT_CSS = "TableView { width: 1fr; height: 1fr; }"

    _dragged: tuple[str, str] | None = None
    """What the mouse holds: (`width`, column), (`column`, column) or (`item`, number)."""

    # -- wheel ----------------------------------------------------------------------------------

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(event, 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._wheel(event, -1)

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        self.scroll_columns(1)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        self.scroll_columns(-1)

    def _wheel(self, event: events.MouseEvent, way: int) -> None:
        event.stop()
        if event.shift or event.ctrl:
            self.scroll_columns(way)
        else:
            self.scroll_lines(WHEEL * way)

    # -- pressing and letting go ------------------------------------------------------------------

    async def on_mouse_down(self, event: events.MouseDown) -> None:
        if event.button != 1:
            return
        if event.y == 0:
            self._press_header(event.x)
            return
        place = self.rows_layout.at(self.top + event.y - 1)
        if place is None:
            return
        number = self._number_at(self.top + event.y - 1)
        if number is not None and place.kind is Kind.ROW and event.x < 2:
            self._dragged = ("item", str(number))
            self.capture_mouse()

    def _press_header(self, x: int) -> None:
        column = self._border_at(x)
        if column is not None:
            self._dragged = ("width", column)
            self.capture_mouse()
            return
        index = self.drawing.index_at(x)
        if index:
            self._dragged = ("column", self.plan.columns[index - 1].id)
            self.capture_mouse()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._dragged is not None and self._dragged[0] == "width":
            self._resize(self._dragged[1], event.x, settled=False)

    def on_mouse_up(self, event: events.MouseUp) -> None:
        if self._dragged is None:
            return
        (what, held), self._dragged = self._dragged, None
        self.release_mouse()
        if what == "width":
            self._resize(held, event.x, settled=True)
        elif what == "column":
            self._drop_column(held, event.x)
        else:
            self._drop_item(int(held), event.y)

    def _resize(self, column: str, x: int, *, settled: bool) -> None:
        start = 0
        if column != NAME_COLUMN:
            start = next((s.x for s in self.drawing.spans if s.column.id == column), x)
        width = min(max(x - start, NARROWEST), WIDEST)
        self.post_message(ResizeColumn(column, width, settled=settled))

    def _drop_column(self, column: str, x: int) -> None:
        index = self.drawing.index_at(x)
        target = NAME_COLUMN if not index else self.plan.columns[index - 1].id
        if target == column:
            self.post_message(SortBy(column))
        else:
            self.post_message(DropColumn(column, "" if target == NAME_COLUMN else target))

    def _drop_item(self, number: int, y: int) -> None:
        place = self.rows_layout.at(self.top + y - 1)
        if place is None:
            return
        lane = self.source.lanes[place.lane]
        after = None
        if place.kind in (Kind.ROW, Kind.SUBITEM):
            after = lane.numbers[place.row]
        elif place.kind is not Kind.TITLE and lane.numbers:
            after = lane.numbers[-1]
        if after != number:
            self.post_message(DropItem(number, lane.key, after))

    def _border_at(self, x: int) -> str | None:
        """The column whose right border is at this cell of the header."""
        if x == self.drawing.name_width:
            return NAME_COLUMN
        for span in self.drawing.spans:
            if x == span.x + span.width:
                return span.column.id
        return None

    # -- clicking -------------------------------------------------------------------------------

    async def on_click(self, event: events.Click) -> None:
        if event.y == 0:
            if self.drawing.index_at(event.x) == 0 and event.x < self.drawing.name_width:
                self.post_message(SortBy(NAME_COLUMN))
            return
        line = self.top + event.y - 1
        place = self.rows_layout.at(line)
        if place is None or place.kind in (Kind.FOOTER, Kind.GAP):
            return
        lane = self.source.lanes[place.lane]
        if place.kind is Kind.TITLE:
            self.post_message(ToggleLane(lane.key))
        elif place.kind is Kind.ADD:
            self.post_message(AddToLane(lane.key))
        else:
            await self._click_row(event, line, place.kind)

    async def _click_row(self, event: events.Click, line: int, kind: Kind) -> None:
        number = self._number_at(line)
        assert number is not None  # kind is ROW or SUBITEM
        was_here = line == self.line
        if event.shift and self.range_start is None:
            self.start_range()
        elif not event.shift:
            self.range_start = None
        await self.go(line)
        index = self.drawing.index_at(event.x)
        same_cell = was_here and index == self.column
        if event.x < 2 or event.ctrl:
            self.toggle_mark()
        elif event.x < LEAD and kind is Kind.ROW:
            self.post_message(ToggleSubitems(number))
        elif index is not None:
            self.go_column(index)
            if event.chain == 2 and index == 0:
                self.post_message(OpenItem(number))
            elif same_cell and index > 0:
                self.post_message(EditCell(number, self.column_id))
