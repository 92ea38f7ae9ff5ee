"""The cursor of the table and what it selects: a line and a column that stay on their item.

The item is remembered by its number, so edits, moves, filters and changes of others do not lose it.
"""

from collections.abc import Iterable
from typing import NamedTuple

from textual.geometry import Offset, Region

from engine.model.column import Column
from engine.queries.board_view import ItemRow
from tui.board_source import BoardSource, Lane
from tui.widgets.board_messages import CursorMoved
from tui.widgets.table_columns import NAME_COLUMN
from tui.widgets.table_drawing import LEAD, Signs
from tui.widgets.table_layout import Kind, Place
from tui.widgets.table_window import TableWindow


class Spot(NamedTuple):
    """Where the cursor stands, by what does not change when rows move: lane key and item numbers."""

    kind: Kind
    lane_key: str
    number: int | None
    parent: int | None


class TableCursor(TableWindow):
    """Call `show()` after every load of the source."""

    def __init__(
        self, source: BoardSource, *, signs: Signs | None = None, id: str | None = None
    ) -> None:
        super().__init__(source, signs=signs, id=id)
        self.range_start: int | None = None
        self._spot: Spot | None = None
        self._following = False
        self._selected_before: frozenset[int] = frozenset()

    def show(self) -> None:
        """Draw what the source holds now; the cursor stays on its item, or near where it was."""
        height = self.line - self.top
        following, self._following = self._following, False
        if self._spot is None and self.source.cursor is not None:
            self.follow(self.source.cursor)
        super().show()
        self.line = self._line_of(self._spot)
        self._spot = self._spot_here()
        if not following:
            self.top = self._clamped(self.line - height)
        self.top = self._top_showing(self.line, self.top)
        self._redraw()
        self._moved()

    def follow(self, number: int, lane_key: str | None = None) -> None:
        """Put the cursor on this item when it is next shown."""
        key = lane_key if lane_key is not None or self._spot is None else self._spot.lane_key
        self._spot = Spot(Kind.ROW, key or "", number, self.source.parent_of(number))
        self.source.cursor = number
        self._following = True

    # -- where the cursor is --------------------------------------------------------------------

    @property
    def place(self) -> Place | None:
        return self.rows_layout.at(self.line)

    @property
    def lane(self) -> Lane | None:
        """The lane of the cursor's line."""
        place = self.place
        return None if place is None else self.source.lanes[place.lane]

    @property
    def lane_key(self) -> str | None:
        """The lane that the cursor is in."""
        lane = self.lane
        return None if lane is None else lane.key

    @property
    def row(self) -> ItemRow | None:
        """The row under the cursor; None on a title or an add line, or while it is not there yet."""
        return None if self.source.cursor is None else self.source.row(self.source.cursor)

    @property
    def column_id(self) -> str:
        """The column under the cursor; `name` for the first."""
        chosen = self.chosen_column
        return NAME_COLUMN if chosen is None else chosen.id

    @property
    def chosen_column(self) -> Column | None:
        return (
            self.plan.columns[self.column - 1]
            if 0 < self.column <= len(self.plan.columns)
            else None
        )

    def cursor_region(self) -> Region:
        """The cell under the cursor, on the screen: where an editor opens."""
        x, width = self.drawing.span_of(self.column)
        lead = LEAD if self.column == 0 else 0
        y = 1 + self.line - self.top
        return Region(x + lead, y, max(width - lead, 1), 1).translate(self.region.offset)

    # -- moving ---------------------------------------------------------------------------------

    async def move(self, by: int) -> None:
        """Down by so many lines that the cursor can stand on; up if negative."""
        await self.go(self.rows_layout.step(self.line, by))

    async def move_page(self, pages: float) -> None:
        """By screens: the cursor keeps its height on the screen."""
        by = round(self.rows_high * pages)
        target = min(max(self.line + by, 0), max(self.rows_layout.height - 1, 0))
        await self.go(self._standing(target, 1 if by > 0 else -1), scroll_by=by)

    async def move_lane(self, by: int) -> None:
        """To the title of the next or previous lane."""
        place = self.place
        if place is not None:
            on_title = place.kind is Kind.TITLE or by > 0
            lane = min(
                max(place.lane + (by if on_title else by + 1), 0), len(self.source.lanes) - 1
            )
            await self.go(self.rows_layout.line_of(Place(Kind.TITLE, lane)))

    async def go_first(self) -> None:
        await self.go(self._standing(0, 1))

    async def go_last(self) -> None:
        await self.go(self._standing(self.rows_layout.height - 1, -1))

    async def go_to(self, number: int, lane_key: str | None = None) -> bool:
        """To this item, if the view shows it."""
        found = self.source.lane_of(number, lane_key)
        if found is None:
            return False
        self.source.collapsed.discard(self.source.lanes[found[0]].key)
        self.rows_layout = self._laid_out()
        await self.go(self.rows_layout.line_of(Place(Kind.ROW, *found)))
        self._redraw()
        return True

    def move_column(self, by: int) -> None:
        """Right by so many columns; left if negative."""
        self.go_column(self.column + by)

    def go_column(self, index: int) -> None:
        index = min(max(index, 0), len(self.plan.columns))
        if index == self.column:
            return
        self.column = index
        first = (
            self.first
            if index == 0
            else self.plan.first_showing(self.size.width, self.first, index - 1)
        )
        if first != self.first:
            self.first = first
            self._redraw()
        else:
            self.refresh(Region(0, 0, self.size.width, 1))
            self._refresh_line(self.line)
        self._moved()

    async def go(self, line: int, *, scroll_by: int = 0) -> None:
        """To this line; the screen scrolls as far as needed, or by `scroll_by` if that keeps it in view."""
        line = min(max(line, 0), max(self.rows_layout.height - 1, 0))
        top = self._top_showing(line, self._clamped(self.top + scroll_by))
        if top != self.top:
            await self._rows_there(top)
        before, self.line = self.line, line
        self._spot = self._spot_here()
        self._show_from(top)
        for changed in {before, line} if before != line else ():
            self._refresh_line(changed)
        self._select_range()
        self._want_rows()
        self._moved()

    def center(self) -> None:
        """Scroll so that the cursor's line stands in the middle."""
        self.scroll_lines(self.line - self.rows_high // 2 - self.top)

    # -- selecting ------------------------------------------------------------------------------

    def toggle_mark(self) -> None:
        """Select the item under the cursor, or no longer."""
        if self.source.cursor is not None:
            self.source.selected ^= {self.source.cursor}
            self._refresh_line(self.line)

    def start_range(self) -> None:
        """Select from here to where the cursor goes; once more ends that."""
        if self.range_start is not None:
            self.range_start = None
            return
        self.range_start = self.line
        self._selected_before = frozenset(self.source.selected)
        self._select_range()
        self._refresh_line(self.line)

    def select(self, numbers: Iterable[int]) -> None:
        """Make these the selection."""
        self.range_start = None
        self.source.selected = set(numbers)
        self._redraw()

    def _select_range(self) -> None:
        if self.range_start is None:
            return
        low, high = sorted((self.range_start, self.line))
        before = self.source.selected
        self.source.selected = set(self._selected_before) | self._numbers_between(low, high)
        if before != self.source.selected:
            self._strips.clear()
            self._refresh_body()

    def _numbers_between(self, low: int, high: int) -> set[int]:
        """Items on these lines; whole lanes at once, so that a range over a large board costs little."""
        found: set[int] = set()
        for index, lane in enumerate(self.source.lanes):
            start = self.rows_layout.line_of(Place(Kind.TITLE, index))
            if lane.key in self.source.collapsed or not lane.numbers or start > high:
                continue
            last = self.rows_layout.line_of(Place(Kind.ROW, index, len(lane.numbers) - 1))
            if low <= start and last <= high:
                found.update(lane.numbers)
            elif start < high and low <= last + len(self.source.subitems(lane.numbers[-1])):
                lines = range(max(low, start), min(high, last) + 1)
                found.update(n for line in lines if (n := self._number_at(line)) is not None)
        return found

    # -- inside ---------------------------------------------------------------------------------

    def _spot_here(self) -> Spot | None:
        place = self.place
        self.source.cursor = None
        if place is None:
            return None
        key = self.source.lanes[place.lane].key
        if place.kind not in (Kind.ROW, Kind.SUBITEM):
            return Spot(place.kind, key, None, None)
        number, parent = self._numbers(place)
        self.source.cursor = number
        return Spot(place.kind, key, number, parent)

    def _line_of(self, spot: Spot | None) -> int:
        """The line where the spot is now; if its item is gone, the nearest to where it was."""
        layout = self.rows_layout
        if spot is not None and spot.number is not None:
            found = self.source.lane_of(spot.parent or spot.number, spot.lane_key)
            if found is not None:
                return layout.line_of(self._place_of(spot, *found))
        keys = [lane.key for lane in self.source.lanes]
        if spot is not None and spot.kind in (Kind.TITLE, Kind.ADD) and spot.lane_key in keys:
            lane = keys.index(spot.lane_key)
            if spot.kind is Kind.TITLE or not self._is_collapsed(lane):
                return layout.line_of(Place(spot.kind, lane))
        if spot is None and self.source.lanes:
            return 1 if self.source.lanes[0].numbers and not self._is_collapsed(0) else 0
        return self._standing(min(self.line, max(layout.height - 1, 0)), -1)

    def _place_of(self, spot: Spot, lane: int, row: int) -> Place:
        if spot.parent is not None:
            numbers = [below.item.number for below in self.source.subitems(spot.parent)]
            if spot.number in numbers:
                return Place(Kind.SUBITEM, lane, row, numbers.index(spot.number))
        return Place(Kind.ROW, lane, row)

    def _standing(self, line: int, direction: int) -> int:
        """The nearest line that the cursor can stand on, first in this direction, then in the other."""
        for way in (direction, -direction):
            found = self.rows_layout.nearest(line, way)
            if found is not None:
                return found
        return 0

    def _top_showing(self, line: int, top: int) -> int:
        """The top line nearest to `top` that has the line on the screen, with its lane's title if it is the
        first; a line far away comes into the middle."""
        place = self.rows_layout.at(line)
        first = line
        if place is not None and place.kind is Kind.ROW and place.row == 0:
            first -= 1
        if not top - self.rows_high <= line < top + 2 * self.rows_high:
            return self._clamped(line - self.rows_high // 2)
        return self._clamped(max(min(top, first), line - self.rows_high + 1))

    def _is_collapsed(self, lane: int) -> bool:
        return self.source.lanes[lane].key in self.source.collapsed

    def _moved(self) -> None:
        """Tell the screen, and put the terminal's own cursor here for braille displays and input methods."""
        region = self.cursor_region()
        self.app.cursor_position = Offset(region.x, region.y)
        self.post_message(CursorMoved())
