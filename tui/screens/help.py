"""The help screen: the keys that work where it was called, each with what it does."""

from collections.abc import Sequence
from typing import ClassVar

from textual.binding import Binding, BindingType
from textual.screen import Screen

from tui.screens.listing import Listing
from tui.widgets.entry_list import Entry
from tui.widgets.item_fields import AIR


class HelpScreen(Listing):
    BINDINGS: ClassVar[list[BindingType]] = [Binding("escape,q,question_mark", "leave", "Back")]
    hints = ("filter", "leave")

    def __init__(self, about: Screen[object]) -> None:
        super().__init__()
        self.about = about

    def title_parts(self) -> tuple[str, str, str]:
        return "Keys", "", ""

    def entries_for(self, width: int) -> Sequence[Entry]:
        return [AIR]

    def action_leave(self) -> None:
        if not self.clear_filter():
            self.app.pop_screen()
