"""What every part of the board screen stands on: the source, the shown widget, loading and following changes."""

import asyncio
from collections.abc import Iterable
from contextlib import suppress
from typing import TYPE_CHECKING, Protocol, cast

from msgspec.structs import replace
from textual.widgets import Static

from engine.commands.registry import Command
from engine.errors import ConneqtError, NotFound
from engine.model.change import Announcement
from engine.model.record import JSON
from engine.model.view import Condition, Filter, View
from engine.queries.board_view import ItemRow
from tui.board_memory import BoardMemory, preference_of
from tui.board_source import BoardSource
from tui.keys import keys_in
from tui.keys_in_turn import keys_go_on
from tui.lane_limits import lane_limits
from tui.live import Changed, Live, Marked
from tui.screens.asking import Asking
from tui.settings import Settings
from tui.widgets.board_title import title_line
from tui.widgets.board_widget import BoardWidget
from tui.widgets.filter_bar import FilterBar
from tui.widgets.table import TableView

MANY_ITEMS, REST = 20_000, 0.5
"""On boards of more items than this, totals wait for so many seconds of rest."""

if TYPE_CHECKING:
    from tui.widgets.kanban import KanbanView


class Opens(Protocol):
    """The app, as far as a board needs it."""

    def leave_board(self, board_id: str) -> object: ...
    def open_item(self, item_id: str) -> object: ...
    def go_home(self) -> object: ...


class BoardBase(Asking[None]):
    """One board. Whatever changes it goes through a command; the announcement of it brings the new rows."""

    def __init__(
        self, live: Live, board_id: str, view_kind: str | None = None, words: str = ""
    ) -> None:
        super().__init__()
        self.live = live
        self.source = BoardSource(live, board_id)
        self.kind = view_kind or ""
        self.view_id = ""
        self.wanted_words = words
        self.hidden: set[str] = set()
        self.widths: dict[str, int] = {}
        self.card_fields: tuple[str, ...] | None = None
        self.density = ""
        self.kanban: KanbanView | None = None
        self.marks: dict[str, str] = {}  # by letter: the id of an item
        self.last_edit: tuple[str, JSON] | None = None
        self._news: list[Announcement | None] = []
        self._reading = False
        self.takes_keys = False  # until there is something that they could be about
        self._read_all = asyncio.Event()
        self._last_title = ""

    # -- parts ----------------------------------------------------------------------------------

    @property
    def opens(self) -> Opens:
        """The app's ways to other screens."""
        return cast(Opens, self.app)

    @property
    def table(self) -> TableView:
        return self.query_one(TableView)

    @property
    def shown(self) -> BoardWidget:
        """The widget that shows the board now."""
        return self.kanban if self.kind == "kanban" and self.kanban is not None else self.table

    async def show_kind(self, kind: str) -> None:
        """As table or as kanban; the cursor stays on its item."""
        self.kind = kind
        number, lane = self.source.cursor, self.shown.lane_key
        if kind == "kanban" and self.kanban is None:
            from tui.widgets.kanban import KanbanView

            self.kanban = KanbanView(self.source)
            await self.query_one("#board-body").mount(self.kanban)
        self.table.display = self.shown is self.table
        if self.kanban is not None:
            self.kanban.display = self.shown is self.kanban
        if number is not None:
            self.shown.follow(number, lane)
        self.show_view()
        self.focus_shown()

    def focus_shown(self) -> None:
        """Give the keys to the board."""
        (self.kanban if self.kind == "kanban" and self.kanban is not None else self.table).focus()

    @property
    def filter_bar(self) -> FilterBar:
        return self.query_one(FilterBar)

    def show_view(self) -> None:
        """Draw the source again in the widget that is shown."""
        self.table.hidden, self.table.widths = self.hidden, self.widths
        if self.kanban is not None:
            settings = getattr(self.app, "settings", None)
            usual = settings.density if isinstance(settings, Settings) else "normal"
            self.kanban.density = self.density or usual
            self.kanban.card_fields = self.card_fields
            self.kanban.hidden = self.hidden
            self.kanban.limits = lane_limits(self.live, self.source.board_id, self.source.lane_by)
        self.shown.show()
        self.be_here()
        self.show_title()
        self.show_hint()

    def show_title(self) -> None:
        """The header line and the filter bar, written only when they changed."""
        title = title_line(
            self.source, kind=self.kind, view=self.view, width=self.size.width,
            others=self.live.others_on(self.source.board_id),
        )  # fmt: skip
        if title.plain != self._last_title:
            self._last_title = title.plain
            self.query_one("#board-title", Static).update(title, layout=False)
        conditions = [self.condition_text(one) for one in self.source.filter.conditions]
        self.filter_bar.show(self.source.filter.words, conditions)

    def be_here(self) -> None:
        """Let others see on which item the person is."""
        self.live.be_at(self.source.board_id, self.source.cursor)

    def on_marked(self, message: Marked) -> None:
        """Somebody came to the board, or left it."""
        if self.source.loaded:
            self.show_title()

    def on_unmount(self) -> None:
        self.live.be_at("")

    def show_hint(self) -> None:
        """What to press where there is nothing to see."""
        hint = self.query_one("#board-hint", Static)
        text = self._hint() if self.source.complete and not self.source.count else ""
        hint.display = bool(text)
        if text:
            hint.update(text)

    def _hint(self) -> str:
        keys = keys_in(self.app)
        if self.source.filter != Filter():
            clear, change = keys.shown("board.clear_filter"), keys.shown("board.filter")
            return f"Nothing fits the filter.  {clear} clears it, {change} changes the words."
        if not self.source.frame.groups:
            return f"This board has no group.  {keys.shown('board.add_group')} adds one."
        if self.kind == "kanban":
            return f"There are no cards yet.  {keys.shown('board.add_below')} adds one."
        return ""

    def condition_text(self, condition: Condition) -> str:
        """A condition as a person would say it: “Budget > 100”."""
        column = self.source.column(condition.column)
        title = column.title if column is not None else condition.column
        return f"{title} {condition.operator.replace('_', ' ')} {condition.operand}".rstrip()

    @property
    def view(self) -> View | None:
        """The saved view that was chosen, if it is still there."""
        return next((view for view in self.source.frame.views if view.id == self.view_id), None)

    # -- loading --------------------------------------------------------------------------------

    async def open(self) -> None:
        """First so much that the screen is full, then the rest of the order."""
        memory = BoardMemory.read(self.live.preference(preference_of(self.source.board_id)))
        self.take(memory)
        if self.wanted_words:
            self.source.filter = type(self.source.filter)(words=self.wanted_words)
        try:
            await self.source.load(first_paint=True)
        except NotFound:
            self.opens.leave_board(self.source.board_id)
            return
        except ConneqtError as error:
            self.live.tell(str(error), title=error.title, error=True)
            self.opens.go_home()
            return
        if memory.collapsed is None:
            groups = self.source.frame.groups
            self.source.collapsed = {group.id for group in groups if group.collapsed}
        await self.show_kind(self.kind)
        self.takes_keys = True
        keys_go_on(self.app)
        if self.source.complete:
            self._rest()
        else:
            self.reload()

    def take(self, memory: BoardMemory) -> None:
        """Take over what a memory or a saved view says; `reload` brings its rows."""
        memory.put_into(self.source)
        self.kind = self.kind or memory.kind
        self.view_id = memory.view_id
        self.hidden = set(memory.hidden)
        self.widths = dict(memory.widths)
        self.card_fields = memory.card_fields
        self.density = memory.density

    def reload(self) -> None:
        """Read the view again and draw it. Calls that come while one is under way are one more reading."""
        self._news.append(None)
        self._catch_up()

    def on_changed(self, message: Changed) -> None:
        announcement = message.announcement
        if self.source.board_id in announcement.boards or _about_people(announcement):
            self._news.append(announcement)
            self._catch_up()

    def _catch_up(self) -> None:
        self._read_all.clear()
        if not self._reading:
            self._reading = True
            self.run_worker(self._read_news(), group="news")

    async def _read_news(self) -> None:
        try:
            while self._news and not self.is_over:
                news, self._news = self._news, []
                await self._read(news)
        except (
            NotFound
        ):  # it was deleted, or is for others by now: the app looks for it, and says so
            self.opens.leave_board(self.source.board_id)
            return
        finally:
            self._reading = False
            self._read_all.set()
        if not self.is_over:
            self._rest()

    @property
    def is_over(self) -> bool:
        """The app ends, and the widgets are gone already, while what was begun before goes on."""
        return not self.query(TableView)

    async def caught_up(self) -> None:
        """Wait until everything that was announced so far is shown."""
        self._catch_up()
        await self._read_all.wait()

    async def _read(self, news: list[Announcement | None]) -> None:
        if len(news) == 1 and news[0] is not None:
            rows = await self.source.follow(news[0])
            if self.is_over:
                return
            if rows is not None:
                self.show_rows(rows)
                return
        await self.source.load(window=self.window())
        if not self.is_over:
            self.show_view()

    def window(self) -> list[int]:
        return self.shown.window()

    def show_rows(self, numbers: frozenset[int]) -> None:
        """Draw these rows again; nothing else changed."""
        self.shown.show_rows(numbers)

    # -- what can wait --------------------------------------------------------------------------

    def _rest(self) -> None:
        """Totals and memory follow when the board has come to rest."""
        self.run_worker(self._read_totals(), group="totals", exclusive=True)
        self.remember()

    async def _read_totals(self) -> None:
        if self.source.count > MANY_ITEMS:
            await asyncio.sleep(REST)
        columns = () if self.is_over else self.table.total_columns()
        if columns:
            with suppress(NotFound):  # as the news will say
                await self.source.load_totals(columns)
            if not self.is_over:
                self.table.show_totals()

    def remember(self) -> None:
        """Keep how the board is looked at for the next visit."""
        self.run_worker(self._remember(), group="memory", exclusive=True)

    async def _remember(self) -> None:
        name = preference_of(self.source.board_id)
        known = BoardMemory.read(self.live.preference(name))
        if replace(known, cursor=None) != replace(self.memory(), cursor=None):
            await self.live.prefer(name, self.memory().stored())

    async def keep_place(self) -> None:
        """Keep all of it, the cursor too: the person goes. (A cursor that moves is not worth a write.)"""
        if self.source.loaded:
            await self.live.prefer(preference_of(self.source.board_id), self.memory().stored())

    def memory(self) -> BoardMemory:
        return BoardMemory.of(
            self.source,
            kind=self.kind,
            view_id=self.view_id,
            hidden=self.hidden,
            widths=self.widths,
            card_fields=self.card_fields,
            density=self.density,
        )

    # -- what is acted on -----------------------------------------------------------------------

    def chosen(self) -> list[int]:
        """The selected items in no order, or else the one under the cursor."""
        if self.source.selected:
            return list(self.source.selected)
        return [] if self.source.cursor is None else [self.source.cursor]

    def in_order(self, numbers: Iterable[int]) -> list[int]:
        """These items as the view orders them; subitems, which no lane lists, come last."""
        wanted = set(numbers)
        if len(wanted) == 1:
            return list(wanted)
        found = [n for lane in self.source.lanes for n in lane.numbers if n in wanted]
        return list(dict.fromkeys([*found, *sorted(wanted - set(found))]))

    async def current(self) -> ItemRow | None:
        """The row under the cursor, fetched if need be."""
        if self.source.cursor is None:
            self.live.tell("Put the cursor on an item first.")
            return None
        await self.source.ensure([self.source.cursor])
        return self.source.row(self.source.cursor)

    def noun(self, count: int) -> str:
        """“1 item”, “12 items”, in the board's own word."""
        noun = self.source.frame.board.item_noun
        return f"{count:,} {noun}{'' if count == 1 else 's'}"

    async def follow_new(self, item_id: str, lane_key: str | None) -> None:
        """Show the item that was just made, with the cursor on it."""
        self.shown.follow(await self.source.number_of(item_id), lane_key)
        self.reload()

    def copy_text(self, text: str, what: str) -> None:
        """Into the clipboard of the terminal, and say what is known of it."""
        self.live.copy(text, what)

    async def execute(self, *commands: Command) -> bool:
        """Carry out one gesture; False when it failed, or is not to be, and that was told."""
        return await self.source.execute(*commands) is not None


def _about_people(announcement: Announcement) -> bool:
    return any(entity == "member" for entity, _ in announcement.records)
