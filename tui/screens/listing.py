"""What the screens that are one list have in common: a header line, a filter, the list, the status line."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Final, cast

from rich.cells import cell_len
from rich.text import Text
from textual import on
from textual.app import ComposeResult
from textual.widgets import Static

from engine.errors import ConneqtError
from engine.model.text import folded
from tui.live import Changed, Marked
from tui.screens.asking import Asking, faults_told
from tui.screens.taking_keys import TakingKeys
from tui.widgets.card_content import Run, drawn_to
from tui.widgets.entry_list import Entry, EntryList
from tui.widgets.filter_bar import FilterBar
from tui.widgets.item_fields import AIR
from tui.widgets.key_taker import KeyTaker
from tui.widgets.status_line import StatusLine
from tui.widgets.wrapped_text import wrapped

if TYPE_CHECKING:
    from tui.app import ConneqtApp

FAULT_WIDTH: Final = 100
FAULT_LINES: Final = 4


class Lines(EntryList, KeyTaker):
    """The list, whose keys the screen carries out."""


class Listing(TakingKeys[None], Asking[None]):
    """A subclass gives `entries_for` and `title_parts`, reads what they show in `load`, and calls `draw` when
    something else changed them. Where it cannot be read, as what only a server knows while that is away, the sentence
    that says why stands in its place; what is `loaded` all the same stands below it. `hints` are actions whose keys the
    status line shows."""

    AUTO_FOCUS = "Lines"
    hints: ClassVar[tuple[str, ...]] = ()

    def __init__(self) -> None:
        super().__init__()
        self.loaded = False
        self.fault = ""

    def compose(self) -> ComposeResult:
        yield Static("", classes="screen--title", markup=False)
        yield FilterBar()
        yield Lines()
        yield StatusLine(*self.hints)

    async def load(self) -> None:
        """Read what is shown: at the start, and after each change in the workspace."""

    async def read(self) -> None:
        """Load, or know why that cannot be."""
        try:
            await self.load()
        except ConneqtError as error:
            self.fault = str(error)
        else:
            self.loaded, self.fault = True, ""

    async def on_mount(self) -> None:
        await self.read()
        self.draw()

    async def on_changed(self, message: Changed) -> None:
        await self.read()
        self.draw()

    async def on_marked(self, message: Marked) -> None:
        """The server may be there again."""
        if self.fault:
            await self.read()
            self.draw()

    @property
    def conneqt(self) -> "ConneqtApp":
        """The app, with its ways to boards and workspaces."""
        return cast("ConneqtApp", self.app)

    def entries_for(self, width: int) -> Sequence[Entry]:
        """All entries that fit the filter, for a width in cells."""
        raise TypeError(f"{type(self).__name__} gives no entries")

    def title_parts(self) -> tuple[str, str, str]:
        """Name, what stands dim behind it, and what stands at the right."""
        return "", "", ""

    def draw(self, key: str | None = None) -> None:
        """Draw all again; the cursor stays on its entry or goes to `key`. While the app ends, the list is gone
        before what was begun is through."""
        if not self.query(Lines):
            return
        self.entries.show(self._shown, key)
        self.query_one(".screen--title", Static).update(self._title())

    def _shown(self, width: int) -> Sequence[Entry]:
        """Why it could not be read, and what is known all the same."""
        if not self.fault:
            return self.entries_for(width)
        why = wrapped(self.fault, min(width, FAULT_WIDTH), FAULT_LINES)
        known = self.entries_for(width) if self.loaded else []
        return [AIR, Entry("", tuple((Run(line, "text"),) for line in why)), *known]

    def on_resize(self) -> None:
        self.draw()

    @property
    def entries(self) -> EntryList:
        return self.query_one(Lines)

    @property
    def here(self) -> tuple[str, str]:
        """What the cursor's entry is, and its id."""
        kind, _, id = self.entries.key.partition(":")
        return kind, id

    # -- filter ---------------------------------------------------------------------------------

    @property
    def filter_words(self) -> str:
        return self.query_one(FilterBar).words.value

    def fits(self, *texts: str) -> bool:
        """Every word of the filter is somewhere in these texts."""
        whole = folded(" ".join(texts))
        return all(word in whole for word in folded(self.filter_words).split())

    def action_filter(self) -> None:
        self.query_one(FilterBar).open()

    def clear_filter(self) -> bool:
        """Take the filter off; False when there was none."""
        bar = self.query_one(FilterBar)
        if not bar.words.value:
            return False
        bar.show("", ())
        self.draw()
        return True

    @on(FilterBar.Typed)
    def _typed(self, message: FilterBar.Typed) -> None:
        message.stop()
        self.draw()

    @on(FilterBar.Left)
    def _left(self, message: FilterBar.Left) -> None:
        message.stop()
        self.entries.focus()
        self.query_one(FilterBar).show(self.filter_words, ())

    # -- moving ---------------------------------------------------------------------------------

    def action_down(self, count: int = 1) -> None:
        self.entries.move(count)

    def action_up(self, count: int = 1) -> None:
        self.entries.move(-count)

    def action_first(self) -> None:
        self.entries.go_first()

    def action_last(self) -> None:
        self.entries.go_last()

    def action_page_down(self, count: int = 1) -> None:
        self.entries.move_page(count)

    def action_page_up(self, count: int = 1) -> None:
        self.entries.move_page(-count)

    async def action_open(self) -> None:
        """What enter does on the entry."""

    def action_close(self) -> object:
        """Take the filter off; where there is none, go back."""
        if not self.clear_filter():
            self.app.pop_screen()
        return None

    @on(EntryList.Chosen)
    async def _chosen(self, message: EntryList.Chosen) -> None:
        message.stop()
        with faults_told(self):
            await self.action_open()

    def _title(self) -> Text:
        name, behind, right = self.title_parts()
        right = "" if self.fault else right  # it counts what was not read
        width = max(self.size.width - 4, 10)
        left = Text(no_wrap=True)
        left.append(drawn_to(name, max(width - cell_len(right) - 2, 8)), style="bold")
        room = width - cell_len(left.plain) - cell_len(right)
        if behind and room > 8:
            left.append(f"  {drawn_to(behind, room - 4)}", style="dim")
            room = width - cell_len(left.plain) - cell_len(right)
        if room > 0:
            left.append(" " * room)
            left.append(right, style="dim")
        return left
