"""The part of a board that the kanban has on the screen: lanes side by side, each scrolled by cards.

Only what changed is drawn: a cursor move redraws the lines of two cards. Rows come for the window only.
"""

import asyncio
from collections.abc import Collection, Iterable, Mapping
from contextlib import suppress
from typing import ClassVar, Final

from rich.segment import Segment
from textual import events
from textual.geometry import Region, Size
from textual.strip import Strip

from tui.board_source import BoardSource, Lane
from tui.widgets.card_content import DENSITIES
from tui.widgets.kanban_drawing import CardState, KanbanDrawing
from tui.widgets.kanban_ink import COMPONENTS, KanbanInk, KanbanSigns
from tui.widgets.kanban_layout import (
    GAP,
    CardSpan,
    LaneSpan,
    cards_from,
    lane_spans,
    thumb,
    top_showing,
    wholly_shown,
)
from tui.widgets.key_taker import KeyTaker

LOW_SCREEN: Final = 16
VERY_LOW: Final = 11
PATIENCE: Final = 0.03
"""Seconds that a jump waits for its rows before it paints without them: shorter than a blink."""


class KanbanWindow(KeyTaker):
    """Knows which lane and card the cursor is on, but moves it not; `KanbanCursor` does. `index` is -1 in a
    lane that is empty or collapsed."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"kanban--{name}" for name in COMPONENTS}
    DEFAULT_CSS = "KanbanWindow { width: 1fr; height: 1fr; }"

    def __init__(
        self, source: BoardSource, *, signs: KanbanSigns | None = None, id: str | None = None
    ) -> None:
        super().__init__(id=id)
        self.source = source
        self.signs = signs or KanbanSigns()
        self.density = "normal"
        self.card_fields: Collection[str] | None = None
        self.hidden: Collection[str] = ()
        self.limits: Mapping[str, int] = {}
        self.lane_index = 0
        self.index = -1
        self.first = 0
        self.tops: dict[str, int] = {}
        self.drop: tuple[int, int] | None = None
        self.dragged: frozenset[int] = frozenset()
        self._drawing: KanbanDrawing | None = None
        self._spans: list[LaneSpan] | None = None
        self._placed: dict[int, list[CardSpan]] = {}
        self._laid_out_for = Size(0, 0)
        self._drawn: dict[int, list[tuple[int, Strip]]] = {}
        self._asked: set[int] = set()
        self._filled = asyncio.Event()
        self._filled.set()

    # -- where things stand ---------------------------------------------------------------------

    @property
    def head_height(self) -> int:
        """Lines of the lanes' heads, with air below them where there is room."""
        return 1 if self.size.height < LOW_SCREEN else 2

    @property
    def rows_high(self) -> int:
        """Lines below the heads."""
        return max(self.size.height - self.head_height, 1)

    @property
    def spans(self) -> list[LaneSpan]:
        """The lanes on the screen."""
        if self._spans is None:
            shut = [self._is_collapsed(lane) for lane in range(len(self.source.lanes))]
            self._spans = lane_spans(self.size.width, shut, self.first) if shut else []
        return self._spans

    def span_of(self, lane: int) -> LaneSpan | None:
        return next((span for span in self.spans if span.lane == lane), None)

    def cards(self, lane: int) -> list[CardSpan]:
        """The cards of a lane that are on the screen."""
        placed = self._placed.get(lane)
        if placed is None:
            placed = [] if self._is_collapsed(lane) else cards_from(
                self._top(lane), self.rows_high, len(self.source.lanes[lane].numbers),
                lambda index: self._card_height(lane, index), self.drawing.density.gap,
            )  # fmt: skip
            self._placed[lane] = placed
        return placed

    def card_at(self, x: int, y: int) -> tuple[int, int] | None:
        """Lane and card at a cell of the widget."""
        lane = self.lane_at(x)
        if lane is None or y < self.head_height:
            return None
        inside = y - self.head_height
        for card in self.cards(lane):
            if card.y <= inside < card.y + card.height:
                return lane, card.place
        return None

    def lane_at(self, x: int) -> int | None:
        for span in self.spans:
            if span.x <= x < span.x + span.width + GAP:
                return span.lane
        return None

    def window(self) -> list[int]:
        """The numbers of the items on the screen, and of some above and below it."""
        found: list[int] = []
        for span in self.spans:
            numbers = self.source.lanes[span.lane].numbers
            if not self._is_collapsed(span.lane):
                top = self._top(span.lane)
                found += numbers[max(top - self.rows_high // 2, 0) : top + self.rows_high]
        return found

    def show(self) -> None:
        """Lay out and draw what the source holds now."""
        keys = {lane.key for lane in self.source.lanes}
        self.tops = {key: top for key, top in self.tops.items() if key in keys}
        self.first = min(self.first, max(len(self.source.lanes) - 1, 0))
        self._asked.clear()
        self._redraw()

    def show_rows(self, numbers: Iterable[int]) -> None:
        """Draw these cards again, where they are on the screen; cards below them move where heights changed."""
        changed = frozenset(numbers)
        self.drawing.forget(changed)
        for span in self.spans:
            before = self.cards(span.lane)
            lane = self.source.lanes[span.lane].numbers
            if any(lane[card.place] in changed for card in before):
                del self._placed[span.lane]
                self._refresh_cards(span, before, changed)

    def show_totals(self) -> None:
        """Lanes show counts only, which come with the order."""

    def forget_drawing(self) -> None:
        """Density, fields, limits or columns changed: draw all anew."""
        self._redraw()

    # -- drawing --------------------------------------------------------------------------------

    @property
    def drawing(self) -> KanbanDrawing:
        if self._drawing is None:
            density = "compact" if 0 < self.size.height < VERY_LOW else self.density
            self._drawing = KanbanDrawing(
                self.source, self._ink(), self.signs, density=DENSITIES[density],
                card_fields=self.card_fields, hidden=self.hidden, limits=self.limits,
            )  # fmt: skip
        return self._drawing

    def render_line(self, y: int) -> Strip:
        if self._laid_out_for != self.size:
            self._forget_layout()
        pieces = self._drawn[y] = self._pieces(y)
        line = Strip.join([strip for _, strip in pieces])
        return line.adjust_cell_length(self.size.width, self.drawing.ink.ground)

    def _pieces(self, y: int) -> list[tuple[int, Strip]]:
        """A line of the widget: where each lane's part starts, and the part with the gap behind it."""
        return [(span.x, Strip([*self._piece(span, y), self._gap(span, y)])) for span in self.spans]

    def _piece(self, span: LaneSpan, y: int) -> Strip:
        """What a lane shows on a line of the widget."""
        lane = self.source.lanes[span.lane]
        blank = Strip([Segment(" " * span.width, self.drawing.ink.ground)])
        if y == 0:
            return self._head(span, lane)
        inside = y - self.head_height
        if inside < 0:
            return blank
        here = span.lane == self.lane_index and self.index < 0
        if self._is_collapsed(span.lane):
            return self.drawing.collapsed(lane, span.width, self.rows_high, cursor=here)[inside]
        if self.drop is not None and self.drop[0] == span.lane and self._drop_line() == inside:
            line = self.signs.drop * span.width
            return Strip([Segment(line, self.drawing.ink.drop)])
        if not lane.numbers:
            return self.drawing.empty(span.width, cursor=here) if inside == 0 else blank
        for card in self.cards(span.lane):
            if card.y <= inside < card.y + card.height:
                strips = self._card(span.lane, card.place, span.width)
                # A row that has just come may be lower than its place; `show_rows` is about to follow.
                return strips[inside - card.y] if inside - card.y < len(strips) else blank
        return blank

    def _head(self, span: LaneSpan, lane: Lane) -> Strip:
        if self._is_collapsed(span.lane):
            return self.drawing.collapsed_head(lane, span.width)
        last = self.spans[-1].lane
        return self.drawing.head(
            lane, span.width,
            before=span.lane == self.first > 0,
            behind=span.lane == last < len(self.source.lanes) - 1,
            adding=self.source.can_edit,
        )  # fmt: skip

    def _gap(self, span: LaneSpan, y: int) -> Segment:
        inside = y - self.head_height
        if inside >= 0 and not self._is_collapsed(span.lane):
            mark = self._thumb(span.lane)
            if mark is not None and inside in mark:
                return Segment(self.signs.thumb, self.drawing.ink.thumb)
        return Segment(" " * GAP, self.drawing.ink.ground)

    def _thumb(self, lane: int) -> range | None:
        shown = wholly_shown(self.cards(lane), self.rows_high)
        count = len(self.source.lanes[lane].numbers)
        return thumb(self._top(lane), shown, count, self.rows_high)

    def _card(self, lane: int, index: int, width: int) -> list[Strip]:
        number = self.source.lanes[lane].numbers[index]
        state = CardState(
            cursor=lane == self.lane_index and index == self.index,
            selected=number in self.source.selected,
            dragged=number in self.dragged,
        )
        return self.drawing.card(number, width, state)

    def _drop_line(self) -> int:
        """The line of the lane where a dragged card would come in."""
        assert self.drop is not None
        lane, index = self.drop
        gap = self.drawing.density.gap
        y = 0
        for card in self.cards(lane):
            if card.place >= index:
                return max(card.y - gap, 0)
            y = card.y + card.height
        return min(y, self.rows_high - 1)

    def _ink(self) -> KanbanInk:
        from tui.themes import chip_style, text_style

        theme = self.app.current_theme
        return KanbanInk.from_components(
            self.get_component_rich_style,
            lambda name: text_style(theme, name),
            lambda name: chip_style(theme, name),
        )

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._drawing = None
        self._drawn.clear()

    def on_resize(self, event: events.Resize) -> None:
        if hasattr(self.source, "frame"):
            self.show()

    def _forget_layout(self) -> None:
        self._laid_out_for = self.size
        self._drawing = None
        self._spans = None
        self._placed.clear()

    def _redraw(self) -> None:
        """Lay out anew and draw what that changed: often little, however much was read."""
        self._forget_layout()
        for y, before in sorted(self._drawn.items()):
            now = self._pieces(y) if y < self.size.height else []
            if [x for x, _ in now] != [x for x, _ in before]:
                self._drawn.clear()
                break
            for (x, strip), (_, old) in zip(now, before, strict=True):
                if strip != old:
                    self.refresh(Region(x, y, strip.cell_length, 1))
        if not self._drawn:
            self.refresh()
        self._want_rows()

    def _refresh_card(self, lane: int, index: int) -> None:
        """One card, if it is on the screen; the line that stands for it in an empty or collapsed lane."""
        span = self.span_of(lane)
        if span is None:
            return
        if index < 0:
            high = self.rows_high if self._is_collapsed(lane) else 1
            self.refresh(Region(span.x, self.head_height, span.width, high))
            return
        for card in self.cards(lane):
            if card.place == index:
                high = min(card.height, self.rows_high - card.y)
                self.refresh(Region(span.x, self.head_height + card.y, span.width, high))

    def _refresh_lane(self, lane: int) -> None:
        self._placed.pop(lane, None)
        span = self.span_of(lane)
        if span is not None:
            self.refresh(Region(span.x, 0, span.width + GAP, self.size.height))

    def _refresh_cards(
        self, span: LaneSpan, before: list[CardSpan], changed: frozenset[int]
    ) -> None:
        """The changed cards alone where no height changed, else the lane."""
        after = self.cards(span.lane)
        if after != before:
            self._refresh_lane(span.lane)
            return
        numbers = self.source.lanes[span.lane].numbers
        for card in after:
            if numbers[card.place] in changed:
                self._refresh_card(span.lane, card.place)

    # -- rows that are not there yet --------------------------------------------------------------

    def _missing(self) -> list[int]:
        return [n for n in self.window() if self.source.row(n) is None and n not in self._asked]

    async def _rows_there(self) -> None:
        """Wait for the rows of a new window, but not so long that anybody would notice."""
        if self._missing():
            self._want_rows()
            with suppress(TimeoutError):
                async with asyncio.timeout(PATIENCE):
                    await self._filled.wait()

    def _want_rows(self) -> None:
        if self._filled.is_set() and self.is_mounted and self._missing():
            self._filled.clear()
            self.run_worker(self._fill(), group="rows", exit_on_error=False)

    async def _fill(self) -> None:
        try:
            while missing := self._missing():
                self._asked.update(missing)
                await self.source.ensure(missing)
                self._arrived(missing)
        finally:
            self._filled.set()

    def _arrived(self, numbers: Collection[int]) -> None:
        """Heights are known now: the cursor's card may have to come into view again."""
        self.show_rows(numbers)
        if self._settle_lane(self.lane_index):
            self._refresh_lane(self.lane_index)

    # -- inside ---------------------------------------------------------------------------------

    def _settle_lane(self, lane: int) -> bool:
        """Scroll the cursor's lane so far that its card is on the screen; True when it scrolled."""
        if not 0 <= lane < len(self.source.lanes) or self.index < 0:
            return False
        before = self._top(lane)
        top = top_showing(
            before, self.index, self.rows_high, len(self.source.lanes[lane].numbers),
            lambda index: self._card_height(lane, index), self.drawing.density.gap,
        )  # fmt: skip
        self._set_top(lane, top)
        return top != before

    def _top(self, lane: int) -> int:
        found = self.source.lanes[lane]
        return min(self.tops.get(found.key, 0), max(len(found.numbers) - 1, 0))

    def _set_top(self, lane: int, top: int) -> None:
        if top != self._top(lane):
            self._placed.pop(lane, None)
        self.tops[self.source.lanes[lane].key] = top

    def _card_height(self, lane: int, index: int) -> int:
        span = self.span_of(lane)
        width = span.width if span is not None else self.spans[0].width
        number = self.source.lanes[lane].numbers[index]
        return len(self.drawing.card(number, width, CardState()))

    def _is_collapsed(self, lane: int) -> bool:
        return self.source.lanes[lane].key in self.source.collapsed
