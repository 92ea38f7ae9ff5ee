"""A list of entries of some lines each, with a cursor on one: what the item panel is made of.

Drawn line by line; a cursor move draws the lines of two entries. Entries are known by their keys, so the
cursor stays where it was when they change.
"""

from bisect import bisect_right
from collections.abc import Callable, Sequence
from itertools import accumulate
from typing import ClassVar, NamedTuple

from rich.cells import cell_len
from rich.segment import Segment
from rich.style import Style
from textual import events
from textual.geometry import Offset, Region
from textual.message import Message
from textual.strip import Strip

from tui.widgets.card_content import Line, Run
from tui.widgets.kanban_ink import KanbanSigns
from tui.widgets.key_taker import KeyTaker

LEAD = 2
"""Cells before each line: the cursor's bar, and air."""
TAIL = 2
"""Cells behind each line: air, and the scroll mark."""
WHEEL_LINES = 3
COMPONENTS = (
    "text", "dim", "heading", "title", "link", "cursor", "cursor-dim", "bar", "thumb",
)  # fmt: skip


class Entry(NamedTuple):
    """Lines of runs. The cursor passes entries without a key by: headings and air. `edit_at` is the cell
    where its value starts, for an editor to open there."""

    key: str
    lines: tuple[Line, ...]
    edit_at: int = 0


Builder = Callable[[int], Sequence[Entry]]
"""Makes the entries for a width in cells."""


class EntryList(KeyTaker, can_focus=True):
    """Call `show` with a builder whenever what it builds from changed."""

    COMPONENT_CLASSES: ClassVar[set[str]] = {f"entries--{name}" for name in COMPONENTS}
    DEFAULT_CSS = "EntryList { width: 1fr; height: 1fr; }"

    class Chosen(Message):
        """The entry was clicked twice, or is one that acts at a click."""

        def __init__(self, key: str) -> None:
            super().__init__()
            self.key = key

    class Moved(Message):
        """The cursor stands on another entry."""

    def __init__(self, *, signs: KanbanSigns | None = None, id: str | None = None) -> None:
        super().__init__(id=id)
        self.signs = signs or KanbanSigns()
        self.top = 0
        self.key = ""
        self._build: Builder = lambda width: ()
        self._entries: list[Entry] = []
        self._starts: list[int] = [0]
        self._styles: dict[str, Style] = {}
        self._drawn: dict[int, Strip] = {}

    # -- contents -------------------------------------------------------------------------------

    def show(self, build: Builder, key: str | None = None) -> None:
        """Draw what the builder makes; the cursor goes to `key`, stays on its entry, or near where it was."""
        before = self._index()
        self._build = build
        self._lay_out()
        if key is not None:
            self.key = key
        if self._index() is None:
            near = before if before is not None else 0
            self.key = self._nearest(near, 1) or self._nearest(near, -1)
        self._settle()
        self._refresh_changed()

    @property
    def height(self) -> int:
        """How many lines there are in all."""
        return self._starts[-1]

    def cell_region(self, key: str | None = None) -> Region:
        """Where an entry's value stands on the screen: where an editor opens."""
        self._settle()
        index = self._index(key)
        if index is None:
            return self.region
        entry = self._entries[index]
        x = LEAD + entry.edit_at - 1  # an editor has a cell of air before its text
        y = max(self._starts[index] - self.top, 0)
        width = max(self.size.width - x - TAIL, 1)
        return Region(x, y, width, len(entry.lines)).translate(self.region.offset)

    # -- moving ---------------------------------------------------------------------------------

    def move(self, by: int) -> None:
        """Down by so many entries that the cursor can stand on; up if negative."""
        index = self._index()
        way = 1 if by > 0 else -1
        for _ in range(abs(by)):
            key = self._nearest((index or 0) + way, way)
            if not key:
                break
            self._go(key)
            index = self._index()
        else:
            return
        self._scroll(way)

    def move_section(self, by: int) -> None:
        """To the first entry behind the next heading, or the previous one."""
        index = self._index() or 0
        firsts = [
            at + 1 for at, (entry, following) in enumerate(zip(self._entries, self._entries[1:], strict=False))
            if not entry.key and following.key
        ]  # fmt: skip
        firsts = [0, *firsts] if self._entries and self._entries[0].key else firsts
        wanted = (
            [at for at in firsts if at > index] if by > 0 else [at for at in firsts if at < index]
        )
        if wanted:
            self._go(self._entries[wanted[0] if by > 0 else wanted[-1]].key)

    def move_page(self, pages: float) -> None:
        """By screens: the cursor keeps its height on the screen."""
        index = self._index()
        if index is None:
            return
        by = round(self.size.height * pages)
        line = min(max(self._starts[index] + by, 0), self.height - 1)
        self.top = self._clamped(self.top + by)
        target = bisect_right(self._starts, line) - 1
        way = 1 if pages > 0 else -1
        self._go(self._nearest(target, way) or self._nearest(target, -way))
        self.refresh()

    def go_first(self) -> None:
        self._go(self._nearest(0, 1))
        self._scroll(-self.height)

    def go_last(self) -> None:
        self._go(self._nearest(len(self._entries) - 1, -1))
        self._scroll(self.height)

    def go_to(self, key: str) -> None:
        """To this entry, if there is one."""
        if self._index(key) is not None:
            self._go(key)

    # -- drawing --------------------------------------------------------------------------------

    def render_line(self, y: int) -> Strip:
        strip = self._drawn[y] = self._line(y)
        return strip

    def _refresh_changed(self) -> None:
        """Draw the lines that are others now than on the screen; all if none was drawn yet."""
        if not self._drawn or len(self._drawn) != self.size.height:
            self.refresh()
        for y, strip in sorted(self._drawn.items()):
            if self._line(y) != strip:
                self.refresh(Region(0, y, self.size.width, 1))

    def _line(self, y: int) -> Strip:
        line = self.top + y
        width = self.size.width
        base = self._style("text")
        if line >= self.height or not width:
            return Strip([Segment(" " * width, base)])
        index = bisect_right(self._starts, line) - 1
        entry = self._entries[index]
        here = bool(entry.key) and entry.key == self.key and self.has_focus
        ground = self._style("cursor") if here else Style()
        bar = Segment(self.signs.bar, self._style("bar") + ground) if here else Segment(" ", base)
        segments = [bar, Segment(" ", base + ground)]
        room = width - LEAD - 1
        for run in entry.lines[line - self._starts[index]]:
            segments.append(Segment(run.text, self._run_style(run, here=here)))
            room -= cell_len(run.text)
        segments.append(Segment(" " * max(room, 0), base + ground))
        strip = Strip(Segment.simplify(segments)).adjust_cell_length(width - 1, base + ground)
        return Strip([*strip, self._edge(y, base + ground)]).simplify()

    def _edge(self, y: int, ground: Style) -> Segment:
        """The last cell of a line: the scroll mark, where there is more than a screen."""
        high = self.size.height
        if self.height <= high:
            return Segment(" ", ground)
        length = max(high * high // self.height, 1)
        start = (high - length) * self.top // max(self.height - high, 1)
        inside = start <= y < start + length
        return Segment(self.signs.thumb, self._style("thumb")) if inside else Segment(" ", ground)

    def _run_style(self, run: Run, *, here: bool) -> Style:
        """On the cursor's entry the ground is the cursor's, and what stands back has a colour for it."""
        style = self._style(run.role, run.color)
        if not here or run.role == "chip":
            return style
        if run.role in ("title", "text", "link", "color"):
            return style + self._style("cursor")
        return style + self._style("cursor-dim")

    def _style(self, role: str, color: str = "") -> Style:
        key = f"{role} {color}"
        if key not in self._styles:
            self._styles[key] = self._make_style(role, color)
        return self._styles[key]

    def _make_style(self, role: str, color: str) -> Style:
        from tui.themes import chip_style, text_style

        theme = self.app.current_theme
        if role == "chip":
            return chip_style(theme, color)
        if role == "color":
            return self._style("text") + text_style(theme, color)
        name = role if role in COMPONENTS else "dim"
        found = self.get_component_rich_style(f"entries--{name}")
        if name == "cursor":
            return Style(bgcolor=found.bgcolor)
        return Style(color=found.color) if name == "bar" else found

    def notify_style_update(self) -> None:
        super().notify_style_update()
        self._styles.clear()
        self._drawn.clear()

    # -- events ---------------------------------------------------------------------------------

    def on_resize(self, event: events.Resize) -> None:
        self._drawn.clear()
        self._lay_out()
        self._settle()
        self.refresh()

    def on_focus(self) -> None:
        self._refresh_entry(self._index())

    def on_blur(self) -> None:
        self._refresh_entry(self._index())

    def on_click(self, event: events.Click) -> None:
        line = self.top + event.y
        if not 0 <= line < self.height:
            return
        entry = self._entries[bisect_right(self._starts, line) - 1]
        if entry.key:
            self._go(entry.key)
            if event.chain == 2 or entry.key.startswith("add:"):
                self.post_message(self.Chosen(entry.key))

    def on_mouse_scroll_down(self, event: events.MouseScrollDown) -> None:
        event.stop()
        self._scroll(WHEEL_LINES)

    def on_mouse_scroll_up(self, event: events.MouseScrollUp) -> None:
        event.stop()
        self._scroll(-WHEEL_LINES)

    # -- inside ---------------------------------------------------------------------------------

    def _lay_out(self) -> None:
        self._entries = list(self._build(max(self.size.width - LEAD - TAIL, 1)))
        self._starts = [0, *accumulate(len(entry.lines) for entry in self._entries)]

    def _index(self, key: str | None = None) -> int | None:
        wanted = self.key if key is None else key
        return next(
            (at for at, entry in enumerate(self._entries) if wanted and entry.key == wanted), None
        )

    def _nearest(self, index: int, way: int) -> str:
        """The key of the first entry from there on that the cursor can stand on; "" if there is none."""
        index = max(index, 0) if way > 0 else min(index, len(self._entries) - 1)
        while 0 <= index < len(self._entries):
            if self._entries[index].key:
                return self._entries[index].key
            index += way
        return ""

    def _go(self, key: str) -> None:
        if not key or key == self.key:
            return
        before, old_top = self._index(), self.top
        self.key = key
        self._settle()
        if self.top != old_top:
            self.refresh()
        else:
            self._refresh_entry(before)
            self._refresh_entry(self._index())
        self.post_message(self.Moved())

    def _settle(self) -> None:
        """Scroll so far that the cursor's entry is on the screen, with the heading above it if it is near."""
        index = self._index()
        high = max(self.size.height, 1)
        if index is not None and self.size.height:
            first, last = self._starts[index], self._starts[index + 1]
            above = self._starts[self._heading_above(index)]
            self.top = min(max(self.top, last - high), above if last - above <= high else first)
            place = self.region.offset + Offset(LEAD, first - self.top)
            if self.has_focus:
                self.app.cursor_position = place
        self.top = self._clamped(self.top)

    def _heading_above(self, index: int) -> int:
        """The first of the entries without a key that stand right above this one; itself if none does."""
        while index and not self._entries[index - 1].key:
            index -= 1
        return index

    def _scroll(self, by: int) -> None:
        top = self._clamped(self.top + by)
        if top != self.top:
            self.top = top
            self.refresh()

    def _clamped(self, top: int) -> int:
        return max(0, min(top, self.height - self.size.height))

    def _refresh_entry(self, index: int | None) -> None:
        if index is not None:
            y = self._starts[index] - self.top
            high = len(self._entries[index].lines)
            visible = Region(0, y, self.size.width, high).intersection(self.size.region)
            if visible:
                self.refresh(visible)
