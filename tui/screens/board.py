"""The board screen: one board as table or kanban, with everything that can be done to it by key and mouse."""

from textual import work
from textual.app import ComposeResult
from textual.widgets import Static

from tui.screens.board_adding import AddingActions
from tui.screens.board_columns import ColumnActions
from tui.screens.board_cursor import CursorActions
from tui.screens.board_editing import EditingActions
from tui.screens.board_items import ItemActions
from tui.screens.board_views import ViewActions
from tui.widgets.filter_bar import FilterBar
from tui.widgets.table import TableView
from tui.widgets.table_columns import NAME_COLUMN
from tui.widgets.table_layout import Kind


class BoardScreen(
    CursorActions, EditingActions, AddingActions, ItemActions, ColumnActions, ViewActions
):
    """Comes up with the view, filter and widths of the last visit, unless it is told others."""

    def compose(self) -> ComposeResult:
        yield Static("", id="board-title", markup=False)
        yield FilterBar()
        yield TableView(self.source)

    def on_mount(self) -> None:
        self.run_worker(self.open())

    def action_open(self) -> None:
        """What enter does: an item's panel from its name, the editor from a value, a lane, a new item."""
        place = self.table.place
        if place is None:
            return
        lane = self.source.lanes[place.lane]
        if place.kind is Kind.TITLE:
            self.toggle_lane(lane.key)
        elif place.kind is Kind.ADD:
            self.run_worker(self.add_at_end(lane.key))
        elif self.shown.column_id == NAME_COLUMN:
            self.action_open_item()
        else:
            self.action_edit()

    @work
    async def action_open_item(self) -> None:
        row = await self.current()
        if row is not None:
            self.app.open_item(row.item.id)

    async def on_key(self, event):
        K = {
            "j": "down",
            "down": "down",
            "k": "up",
            "up": "up",
            "h": "left",
            "left": "left",
            "l": "right",
            "right": "right",
            "G": "last",
            "g": "first",
            "pagedown": "page_down",
            "pageup": "page_up",
            "ctrl+d": "half_page_down",
            "ctrl+u": "half_page_up",
            "enter": "open",
            "e": "edit",
            "slash": "filter",
            "s": "sort",
            "space": "select",
            "v": "select_range",
            "V": "select_group",
            "z": "toggle_group",
            "x": "toggle_subitems",
            "u": "undo",
            "o": "add_below",
            "t": "switch_view",
            "less_than_sign": "narrow",
            "greater_than_sign": "widen",
            "full_stop": "repeat",
            "J": "move_down",
            "K": "move_up",
            "f": "add_condition",
            "C": "add_column",
            "D": "trash",
            "w": "choose_view",
            "H": "column_left",
            "L": "column_right",
        }
        name = K.get(event.key)
        if name:
            event.stop()
            r = getattr(self, "action_" + name)()
            if hasattr(r, "__await__") and not hasattr(r, "cancel"):
                await r
