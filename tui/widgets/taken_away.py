"""Says that what was on the screen is gone, above what is there instead, and shows what was being written in it.

Somebody may be typing: no key but esc means anything here, so nothing typed falls on what lies below.
"""

from collections.abc import Iterable
from typing import Any, ClassVar, Final, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.containers import VerticalScroll
from textual.screen import Screen
from textual.widgets import Input, Static, TextArea

from tui.terminal import TerminalApp
from tui.widgets.popup import Popup

KEYS: Final = "\nesc  Go on"
KEYS_WITH_TEXT: Final = "\nesc  Go on      ctrl+y  Copy what you wrote"


class TakenAway(Popup[None]):
    """Comes back when it was read."""

    DEFAULT_CSS = """
    TakenAway > .popup { padding: 1 2; }
    TakenAway Static { height: auto; }
    TakenAway VerticalScroll { height: auto; max-height: 8; background: $panel; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [("ctrl+y", "copy", "Copy what you wrote")]
    AUTO_FOCUS = ""

    def __init__(self, what: str, writing: str = "") -> None:
        super().__init__()
        self.what = what
        self.writing = writing

    def compose_popup(self) -> ComposeResult:
        yield Static(self.what, markup=False)
        if self.writing:
            yield Static("\nWhat you were writing:", markup=False)
            with VerticalScroll():
                yield Static(self.writing, classes="taken--writing", markup=False)
        yield Static(KEYS_WITH_TEXT if self.writing else KEYS, classes="popup--hint", markup=False)

    def wanted_size(self) -> tuple[int, int]:
        return min(64, self.app.size.width), 14 if self.writing else 6

    def action_copy(self) -> None:
        if self.writing:
            told = cast("TerminalApp[object]", self.app).copied(self.writing)
            self.query_one(".popup--hint", Static).update(f"\nesc  Go on      {told}")


def being_written(screens: Iterable[Screen[Any]]) -> str | None:
    """What stands in the editors of these screens; None where nobody is writing."""
    focused = [screen.focused for screen in screens]
    texts = [one.text for one in focused if isinstance(one, TextArea)]
    texts += [one.value for one in focused if isinstance(one, Input) and not one.password]
    return "\n".join(text for text in texts if text.strip()) if texts else None
