"""The cursor of the kanban and what it selects: a lane and a card that stay on their item.

The item is remembered by its number, so edits, moves, filters and changes of others do not lose it.
"""

from collections.abc import Callable, Iterable
from typing import NamedTuple

from textual.geometry import Offset, Region

from engine.model.column import Column
from engine.queries.board_view import ItemRow
from tui.board_source import BoardSource, Lane
from tui.widgets.board_messages import CursorMoved, DropItem
from tui.widgets.kanban_ink import KanbanSigns
from tui.widgets.kanban_layout import first_showing, wholly_shown
from tui.widgets.kanban_window import KanbanWindow
from tui.widgets.table_columns import NAME_COLUMN


class Spot(NamedTuple):
    """Where the cursor stands, by what does not change when cards move."""

    lane_key: str
    number: int | None


class KanbanCursor(KanbanWindow):
    """Call `show()` after every load of the source."""

    def __init__(
        self, source: BoardSource, *, signs: KanbanSigns | None = None, id: str | None = None
    ) -> None:
        super().__init__(source, signs=signs, id=id)
        self.range_start: tuple[int, int] | None = None
        self._spot: Spot | None = None
        self._selected_before: frozenset[int] = frozenset()

    def show(self) -> None:
        """Draw what the source holds now; the cursor stays on its item, or near where it was."""
        super().show()
        if self._spot is None and self.source.cursor is not None:
            self._spot = Spot("", self.source.cursor)
        self.lane_index, self.index = self._place_of(self._spot)
        self._remember()
        self._settle()
        self._redraw()
        self._moved()

    def follow(self, number: int, lane_key: str | None = None) -> None:
        """Put the cursor on this item when it is next shown."""
        key = lane_key if lane_key is not None or self._spot is None else self._spot.lane_key
        self._spot = Spot(key or "", number)
        self.source.cursor = number

    # -- where the cursor is --------------------------------------------------------------------

    @property
    def lane(self) -> Lane | None:
        """The lane of the cursor."""
        lanes = self.source.lanes
        return lanes[self.lane_index] if 0 <= self.lane_index < len(lanes) else None

    @property
    def lane_key(self) -> str | None:
        return None if self.lane is None else self.lane.key

    @property
    def row(self) -> ItemRow | None:
        """The row under the cursor; None in an empty lane, or while it is not there yet."""
        return None if self.source.cursor is None else self.source.row(self.source.cursor)

    @property
    def column_id(self) -> str:
        """Cards have no columns: what is edited in place is the name."""
        return NAME_COLUMN

    @property
    def chosen_column(self) -> Column | None:
        return None

    def cursor_region(self) -> Region:
        """The card under the cursor, on the screen: where an editor opens."""
        span = self.span_of(self.lane_index)
        if span is None:
            return Region(0, 0, 1, 1).translate(self.region.offset)
        for card in self.cards(self.lane_index):
            if card.place == self.index:
                y = self.head_height + card.y
                return Region(span.x, y, span.width, card.height).translate(self.region.offset)
        return Region(span.x, self.head_height, span.width, 1).translate(self.region.offset)

    # -- moving ---------------------------------------------------------------------------------

    async def move(self, by: int) -> None:
        """Down by so many cards; up if negative."""
        await self.go(self.lane_index, self.index + by)

    async def move_page(self, pages: float) -> None:
        """By screens of cards."""
        if self.lane is not None and self.index >= 0:
            shown = wholly_shown(self.cards(self.lane_index), self.rows_high)
            by = max(round(shown * abs(pages)), 1)
            await self.go(self.lane_index, self.index + (by if pages > 0 else -by))

    async def move_lane(self, by: int) -> None:
        """To the lane so many lanes to the right, to the card at the same height."""
        lane = min(max(self.lane_index + by, 0), len(self.source.lanes) - 1)
        if self.source.lanes and lane != self.lane_index:
            await self.go(lane, self._beside(lane))

    async def go_first(self) -> None:
        await self.go(self.lane_index, 0)

    async def go_last(self) -> None:
        if self.lane is not None:
            await self.go(self.lane_index, len(self.lane.numbers) - 1)

    async def go_to(self, number: int, lane_key: str | None = None) -> bool:
        """To this item, if the view shows it."""
        found = self.source.lane_of(number, lane_key)
        if found is None:
            return False
        key = self.source.lanes[found[0]].key
        if key in self.source.collapsed:
            self.source.collapsed.discard(key)
            self._redraw()
        await self.go(*found)
        return True

    def move_column(self, by: int) -> None:
        """As `move_lane`, at once: rows that are not there yet come later."""
        lane = min(max(self.lane_index + by, 0), len(self.source.lanes) - 1)
        if self.source.lanes and lane != self.lane_index:
            _, draw = self._put(lane, self._beside(lane))
            draw()

    async def go(self, lane: int, index: int) -> None:
        """To this card, or the nearest there is; the screen scrolls as far as needed."""
        if self.source.lanes:
            scrolled, draw = self._put(lane, index)
            if scrolled:
                await self._rows_there()
            draw()

    def _put(self, lane: int, index: int) -> tuple[bool, Callable[[], None]]:
        """Put the cursor there; comes back with whether that scrolls, and what draws the change."""
        before = self.lane_index, self.index
        first, top = self.first, self._top(lane)
        self.lane_index, self.index = lane, self._within(lane, index)
        self._remember()
        self._select_range()
        self._settle()
        new_lanes, new_cards = self.first != first, self._top(lane) != top

        def draw() -> None:
            if new_lanes:
                self._redraw()
            elif new_cards:
                self._refresh_card(*before)
                self._refresh_lane(lane)
            elif before != (self.lane_index, self.index):
                self._refresh_card(*before)
                self._refresh_card(self.lane_index, self.index)
            self._want_rows()
            self._moved()

        return new_lanes or new_cards, draw

    def scroll_lines(self, by: int) -> None:
        """Look further down or up in the cursor's lane without moving the cursor."""
        self.scroll_cards(self.lane_index, by)

    def scroll_cards(self, lane: int, by: int) -> None:
        """Look so many cards further down in a lane; not further than its last card is on the screen."""
        if self._is_collapsed(lane):
            return
        count = len(self.source.lanes[lane].numbers)
        shown = wholly_shown(self.cards(lane), self.rows_high)
        top = max(0, min(self._top(lane) + by, max(count - shown, 0)))
        if top != self._top(lane):
            self._set_top(lane, top)
            self._refresh_lane(lane)
            self._want_rows()

    def scroll_lanes(self, by: int) -> None:
        """Look further right or left without moving the cursor."""
        last = len(self.source.lanes) - 1
        first = max(0, min(self.first + by, last))
        if first > self.first and self.spans[-1].lane == last:
            return
        if first != self.first:
            self.first = first
            self._redraw()

    def center(self) -> None:
        """Scroll so that the cursor's card stands in the middle."""
        shown = wholly_shown(self.cards(self.lane_index), self.rows_high)
        self.scroll_lines(self.index - shown // 2 - self._top(self.lane_index))

    # -- moving cards ---------------------------------------------------------------------------

    def move_card(self, lanes: int) -> None:
        """Ask to put the card, and the selection with it, so many lanes to the right, at the same height."""
        number, origin = self.source.cursor, self.lane
        target = self.lane_index + lanes
        if number is None or origin is None or not 0 <= target < len(self.source.lanes):
            return
        lane = self.source.lanes[target]
        index = self._beside(target)
        after = lane.numbers[index - 1] if index > 0 else None
        if index < 0 and lane.numbers:
            after = lane.numbers[-1]
        self.follow(number, lane.key)
        self.post_message(DropItem(number, lane.key, after, origin.key))

    def shift_card(self, by: int) -> None:
        """Ask to put the card so many places further down in its lane."""
        number, lane = self.source.cursor, self.lane
        if number is None or lane is None:
            return
        target = self._within(self.lane_index, self.index + by)
        if target == self.index:
            return
        place = target if by > 0 else target - 1
        after = lane.numbers[place] if place >= 0 else None
        self.post_message(DropItem(number, lane.key, after, lane.key))

    # -- selecting ------------------------------------------------------------------------------

    def toggle_mark(self) -> None:
        """Select the item under the cursor, or no longer."""
        number = self.source.cursor
        if number is not None:
            self.source.selected ^= {number}
            self._refresh_numbers({number})

    def start_range(self) -> None:
        """Select from here to where the cursor goes; once more ends that."""
        if self.range_start is not None:
            self.range_start = None
            return
        self.range_start = (self.lane_index, self.index)
        self._selected_before = frozenset(self.source.selected)
        self._select_range()

    def select(self, numbers: Iterable[int]) -> None:
        """Make these the selection."""
        self.range_start = None
        before, self.source.selected = self.source.selected, set(numbers)
        self._refresh_numbers(before ^ self.source.selected)

    def _select_range(self) -> None:
        if self.range_start is None:
            return
        before = self.source.selected
        self.source.selected = set(self._selected_before) | self._numbers_to(self.range_start)
        self._refresh_numbers(before ^ self.source.selected)

    def _numbers_to(self, anchor: tuple[int, int]) -> set[int]:
        """Cards in the rectangle of lanes and places between there and the cursor."""
        lanes = sorted((anchor[0], self.lane_index))
        low, high = sorted((max(anchor[1], 0), max(self.index, 0)))
        shown = self.source.lanes[lanes[0] : lanes[1] + 1]
        return {
            number
            for lane in shown
            if lane.key not in self.source.collapsed
            for number in lane.numbers[low : high + 1]
        }

    def _refresh_numbers(self, numbers: set[int]) -> None:
        """Draw these cards in their new state, where they are on the screen."""
        for span in self.spans:
            lane = self.source.lanes[span.lane].numbers
            for card in self.cards(span.lane):
                if lane[card.place] in numbers:
                    self._refresh_card(span.lane, card.place)

    # -- inside ---------------------------------------------------------------------------------

    def _place_of(self, spot: Spot | None) -> tuple[int, int]:
        """Where the spot is now; if its item is gone, the nearest to where it was."""
        lanes = self.source.lanes
        if not lanes:
            return 0, -1
        if spot is None:
            lane = next((i for i, lane in enumerate(lanes) if lane.numbers), 0)
            return lane, self._within(lane, 0)
        if spot.number is not None:
            found = self.source.lane_of(spot.number, spot.lane_key)
            if found is not None:
                return found[0], self._within(*found)
        keys = [lane.key for lane in lanes]
        lane = keys.index(spot.lane_key) if spot.lane_key in keys else self.lane_index
        lane = min(lane, len(lanes) - 1)
        return lane, self._within(lane, self.index)

    def _within(self, lane: int, index: int) -> int:
        """A card that the lane has; -1 where it shows none."""
        if self._is_collapsed(lane):
            return -1
        return min(max(index, 0), len(self.source.lanes[lane].numbers) - 1)

    def _beside(self, lane: int) -> int:
        """The card of another lane that stands at the height of the cursor's card."""
        y = next((card.y for card in self.cards(self.lane_index) if card.place == self.index), 0)
        cards = self.cards(lane)
        if not cards:
            return -1 if self._is_collapsed(lane) else self._top(lane)
        return min(cards, key=lambda card: abs(card.y - y)).place

    def _remember(self) -> None:
        lane = self.lane
        self.source.cursor = None
        if lane is not None:
            number = lane.numbers[self.index] if self.index >= 0 else None
            self._spot = Spot(lane.key, number)
            self.source.cursor = number

    def _settle(self) -> None:
        """Scroll so far that the cursor's lane and card are on the screen."""
        if not self.source.lanes:
            return
        shut = [self._is_collapsed(lane) for lane in range(len(self.source.lanes))]
        first = first_showing(self.size.width, shut, self.first, self.lane_index)
        if first != self.first:
            self.first = first
            self._spans = None
        self._settle_lane(self.lane_index)

    def _moved(self) -> None:
        """Tell the screen, and put the terminal's own cursor here for braille displays and input methods."""
        region = self.cursor_region()
        self.app.cursor_position = Offset(region.x, region.y)
        self.post_message(CursorMoved())
