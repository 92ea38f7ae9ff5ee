"""The one line at the bottom of a screen: what was told last, or else the keys that help most here."""

from typing import Final

from rich.cells import cell_len
from rich.text import Text
from textual.timer import Timer
from textual.widgets import Static

from engine.model.text import clean_line
from tui.widgets.wrapped_text import wrapped

SHOWN_SECONDS: Final = 6.0
ERROR_SECONDS: Final = 15.0
MOST_LINES: Final = 4
GAP: Final = "   "


class StatusLine(Static):
    """`actions` are names of the screen's actions, the most helpful first; as many as there is room for are
    shown with their keys."""

    def __init__(self, *actions: str, id: str | None = None) -> None:
        super().__init__("", id=id, markup=False)
        self.actions = actions
        self.message = ""
        self._error = False
        self._until: Timer | None = None

    def tell(self, text: str, *, error: bool = False) -> None:
        """Show a sentence for a while."""
        self.message, self._error = clean_line(text), error
        if self._until is not None:
            self._until.stop()
        self._until = self.set_timer(ERROR_SECONDS if error else SHOWN_SECONDS, self.clear_message)
        self._show()

    def clear_message(self) -> None:
        self.message = ""
        self._show()

    def on_mount(self) -> None:
        self._show()

    def on_resize(self) -> None:
        self._show()

    def on_click(self) -> None:
        self.clear_message()

    def _show(self) -> None:
        self.set_class(bool(self.message), "-told")
        self.set_class(bool(self.message) and self._error, "-error")
        if self.message:
            width = max(self.size.width - 2, 20)
            self.update(Text("\n".join(wrapped(self.message, width, MOST_LINES))))
        else:
            self.update(self._hints(self.size.width - 2))

    def _hints(self, room: int) -> Text:
        hints = Text(no_wrap=True)
        found = {
            active.binding.action: active.binding
            for active in reversed(self.screen.active_bindings.values())  # the first key counts
        }
        for action in self.actions:
            binding = found.get(action)
            if binding is None:
                continue
            key = self.app.get_key_display(binding)
            length = cell_len(key) + 1 + cell_len(binding.description) + len(GAP)
            if length > room:
                break
            room -= length
            hints.append(key, style="bold")
            hints.append(f" {binding.description.lower()}{GAP}", style="dim")
        return hints
