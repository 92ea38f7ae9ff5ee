"""The board screen: one board as table or kanban, with everything that can be done to it by key and mouse."""

from inspect import isawaitable
from typing import ClassVar

from textual import events, on
from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import Container
from textual.widgets import Static

from tui.actions import is_offered
from tui.key_sequence import KeySequence
from tui.keys import bindings_for, keymap, keys_in
from tui.screens.board_adding import AddingActions
from tui.screens.board_columns import ColumnActions
from tui.screens.board_cursor import CursorActions
from tui.screens.board_editing import LOOKS_ONLY, EditingActions
from tui.screens.board_filtering import FilteringActions
from tui.screens.board_items import ItemActions
from tui.screens.board_sorting import SortingActions
from tui.screens.board_views import ViewActions
from tui.widgets.board_messages import OpenItem
from tui.widgets.filter_bar import FilterBar
from tui.widgets.status_line import StatusLine
from tui.widgets.table import TableView
from tui.widgets.table_columns import NAME_COLUMN
from tui.widgets.table_layout import Kind

HINTS = ("open", "edit", "add_below", "select", "filter", "sort", "switch_view", "help")
"""Actions whose keys the status line shows, the most helpful first."""


class BoardScreen(
    CursorActions, EditingActions, AddingActions, ItemActions, ColumnActions, SortingActions,
    FilteringActions, ViewActions,
):  # fmt: skip
    """Comes up with the view, filter and widths of the last visit, unless it is told others."""

    scope = "board"
    AUTO_FOCUS = "TableView"
    BINDINGS: ClassVar[list[BindingType]] = [*bindings_for("board", keymap())]

    def compose(self) -> ComposeResult:
        yield Static("", id="board-title", markup=False)
        yield FilterBar()
        with Container(id="board-body"):
            yield TableView(self.source)
            yield Static("", id="board-hint", markup=False)
        yield StatusLine(*HINTS)

    def on_mount(self) -> None:
        keys = keys_in(self.app)
        self.sequence = KeySequence(keys, ("board", "table", "kanban", "global"))
        self.run_worker(self.open())

    async def press(self, event: events.Key) -> bool:
        """Carry out the key; False if it means nothing here."""
        if not self.source.loaded:
            return False
        pressed = self.sequence.press(event.key, event.character)
        if pressed is None:
            return False
        if pressed.action is None:
            return True
        if not is_offered(pressed.action.id, self):
            self.live.tell(self.source.why_unchanged or LOOKS_ONLY, error=True)
            return True
        name = f"action_{pressed.action.name}"
        action = getattr(self, name, None) or getattr(self.app, name, None)
        if action is None:
            return False
        given = {"count": pressed.count, "letter": pressed.letter}
        takes = {name: given[name] for name in given if name == pressed.action.takes}
        done = action(**takes)
        if isawaitable(done):
            await done
        return True

    @property
    def may_change(self) -> bool:
        """Whether this person may change the board; not known before it is read."""
        return not self.source.loaded or self.source.can_edit

    async def open(self) -> None:
        await super().open()
        for line in self.query(StatusLine):
            line.show()

    # -- opening and going back -----------------------------------------------------------------

    async def action_open(self) -> None:
        """An item's panel from its name, the editor from a value; a title or an add line does its work."""
        place = self.table.place if self.kind != "kanban" else None
        if place is not None and place.kind is Kind.TITLE:
            self.action_toggle_group()
        elif place is not None and place.kind is Kind.ADD:
            await self.action_add_below()
        elif self.shown.column_id == NAME_COLUMN:
            await self.action_open_item()
        else:
            await self.action_edit()

    async def action_open_item(self) -> None:
        row = await self.current()
        if row is not None:
            self.opens.open_item(row.item.id)

    @on(OpenItem)
    async def _open_item(self, message: OpenItem) -> None:
        message.stop()
        for item_id in await self.source.ids([message.number]):
            self.opens.open_item(item_id)

    def action_back(self) -> None:
        """One step back: the range, then the selection, then the filter, then the board itself."""
        if self.table.range_start is not None:
            self.table.start_range()
        elif self.source.selected:
            self.action_select_none()
        elif self.source.filter.words:
            self.action_clear_words()
        else:
            self.run_worker(self.keep_place(), group="memory", exclusive=True)
            self.opens.go_home()

    # -- cards, where columns are none --------------------------------------------------------------

    async def action_move_left(self, count: int = 1) -> None:
        """A column further left; on the kanban the card to the lane at its left."""
        await self._move_aside(-count)

    async def action_move_right(self, count: int = 1) -> None:
        await self._move_aside(count)

    async def _move_aside(self, by: int) -> None:
        if self.kanban is not None and self.kind == "kanban":
            self.kanban.move_card(by)
        else:
            await self.shift_column(by)

    def action_density(self) -> None:
        """How much of each card is shown on the kanban."""
        if self.kanban is not None and self.kind == "kanban":
            self.density = self.kanban.next_density()
            self.live.tell(f"Cards are {self.density} now.")
            self.remember()
