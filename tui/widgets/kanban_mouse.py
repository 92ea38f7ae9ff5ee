"""The mouse on the kanban: click, double click, wheel, and dragging cards to other lanes and places."""

from typing import NamedTuple

from textual import events
from textual.geometry import Offset, Region

from tui.board_source import BoardSource
from tui.widgets.board_messages import AddToLane, DropItem, OpenItem, ToggleLane
from tui.widgets.kanban_cursor import KanbanCursor
from tui.widgets.kanban_drawing import ROOM_FOR_ADDING
from tui.widgets.kanban_ink import KanbanSigns

ADD_CELLS = 4
"""Cells at the right end of a lane's head that add an item."""
WHEEL_CARDS = 1


class Press(NamedTuple):
    """Where the button went down: on which item, in which lane, at which cell."""

    number: int
    lane_key: str
    start: Offset


class KanbanMouse(KanbanCursor):
    """A press on a card may become a drag; only when the button goes up is anything asked for."""

    def __init__(
        self, source: BoardSource, *, signs: KanbanSigns | None = None, id: str | None = None
    ) -> None:
        super().__init__(source, signs=signs, id=id)
        self._pressed: Press | None = None

    @property
    def dragging(self) -> bool:
        return self.drop is not None or bool(self.dragged)

    async def on_mouse_down(self, event: events.MouseDown) -> None:
        card = self.card_at(event.x, event.y)
        if card is None or event.button != 1:
            return
        lane = self.source.lanes[card[0]]
        self._pressed = Press(lane.numbers[card[1]], lane.key, Offset(event.x, event.y))
        self.capture_mouse()
        await self.go(*card)
        if event.ctrl:
            self.toggle_mark()

    def on_mouse_move(self, event: events.MouseMove) -> None:
        if self._pressed is None or not self.source.can_edit:
            return
        if not self.dragging and Offset(event.x, event.y) == self._pressed.start:
            return
        number = self._pressed.number
        marked = number in self.source.selected
        self.dragged = frozenset(self.source.selected) if marked else frozenset({number})
        self._scroll_at_edge(event.x, event.y)
        self._show_drop(self._target(event.x, event.y))
        self._refresh_numbers(set(self.dragged))

    def on_mouse_up(self, event: events.MouseUp) -> None:
        pressed, target = self._pressed, self.drop
        self.cancel_drag()
        if pressed is None or target is None:
            return
        lane = self.source.lanes[target[0]]
        before = lane.numbers[target[1] - 1] if target[1] > 0 else None
        follows = lane.numbers[target[1]] if target[1] < len(lane.numbers) else None
        if lane.key == pressed.lane_key and pressed.number in (before, follows):
            return
        self.follow(pressed.number, lane.key)
        self.post_message(DropItem(pressed.number, lane.key, before, pressed.lane_key))

    def cancel_drag(self) -> None:
        """Put a dragged card back where it was; does nothing when none is dragged."""
        dragged = set(self.dragged)
        self._pressed = None
        self.dragged = frozenset()
        self._show_drop(None)
        self._refresh_numbers(dragged)
        self.release_mouse()

    async def on_click(self, event: events.Click) -> None:
        lane = self.lane_at(event.x)
        if lane is None:
            return
        card = self.card_at(event.x, event.y)
        if card is not None:
            if event.chain == 2 and self.source.cursor is not None:
                self.post_message(OpenItem(self.source.cursor))
        elif event.y == 0 or self._is_collapsed(lane):
            await self._click_head(lane, event.x)
        else:
            await self.go(lane, len(self.source.lanes[lane].numbers) - 1)
            if self.index < 0 and event.y == self.head_height and self.source.can_edit:
                self.post_message(AddToLane(self.source.lanes[lane].key))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        self._wheel(event, 1)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        self._wheel(event, -1)

    def on_mouse_scroll_right(self, event: events.MouseScrollRight) -> None:
        event.stop()
        self.scroll_lanes(1)

    def on_mouse_scroll_left(self, event: events.MouseScrollLeft) -> None:
        event.stop()
        self.scroll_lanes(-1)

    # -- inside ---------------------------------------------------------------------------------

    def _wheel(self, event: events.MouseEvent, way: int) -> None:
        event.stop()
        lane = self.lane_at(event.x)
        if event.shift or lane is None:
            self.scroll_lanes(way)
        else:
            self.scroll_cards(lane, way * WHEEL_CARDS)

    async def _click_head(self, lane: int, x: int) -> None:
        """Its end adds an item, the rest collapses the lane or opens it; beyond the edge lanes are hidden."""
        span = self.span_of(lane)
        key = self.source.lanes[lane].key
        if span is None:
            return
        open_and_wide = not self._is_collapsed(lane) and span.width >= ROOM_FOR_ADDING
        if open_and_wide and self.source.can_edit and x >= span.x + span.width - ADD_CELLS:
            self.post_message(AddToLane(key))
            return
        await self.go(lane, self._beside(lane))
        self.post_message(ToggleLane(key))

    def _target(self, x: int, y: int) -> tuple[int, int] | None:
        """The lane and the place in it where a card dropped here would come in."""
        lane = self.lane_at(x)
        if lane is None or y < 0 or y >= self.size.height:
            return None
        inside = y - self.head_height
        count = len(self.source.lanes[lane].numbers)
        if self._is_collapsed(lane):
            return lane, count
        for card in self.cards(lane):
            if inside < card.y + (card.height + 1) // 2:
                return lane, card.place
        cards = self.cards(lane)
        return lane, cards[-1].place + 1 if cards else 0

    def _show_drop(self, target: tuple[int, int] | None) -> None:
        """Move the line that shows where a card would come in."""
        if target == self.drop:
            return
        self._refresh_drop_line()
        self.drop = target
        self._refresh_drop_line()

    def _refresh_drop_line(self) -> None:
        span = None if self.drop is None else self.span_of(self.drop[0])
        if span is not None:
            y = self.head_height + self._drop_line()
            self.refresh(Region(span.x, y, span.width, 1))

    def _scroll_at_edge(self, x: int, y: int) -> None:
        """Dragging to the edge looks further on that side."""
        lane = self.lane_at(x)
        if lane is not None and y >= self.size.height - 1:
            self.scroll_cards(lane, 1)
        elif lane is not None and 0 <= y < self.head_height:
            self.scroll_cards(lane, -1)
        if x >= self.size.width - 1:
            self.scroll_lanes(1)
        elif x <= 0:
            self.scroll_lanes(-1)
