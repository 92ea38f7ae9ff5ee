"""The line where the view is filtered: words that act while they are typed, and the conditions in force."""

from collections.abc import Sequence

from rich.text import Text
from textual import events
from textual.app import ComposeResult
from textual.containers import Horizontal
from textual.message import Message
from textual.widgets import Input, Static

from tui.widgets.line_input import LineInput


class FilterBar(Horizontal):
    """Shown while it is typed in or anything is filtered. Enter keeps the words, esc takes them back."""

    DEFAULT_CSS = """
    FilterBar { height: 1; background: $surface; display: none; }
    FilterBar.-shown { display: block; }
    FilterBar > .filter--sign { width: 3; color: $primary; text-style: bold; padding: 0 0 0 1; }
    FilterBar > Input { width: 1fr; min-width: 16; background: $surface; }
    FilterBar > .filter--conditions { width: auto; max-width: 60%; color: $text-muted; padding: 0 1; }
    """

    class Typed(Message):
        """The words changed; they stand in `words`."""

    class Left(Message):
        """Typing is over; the board takes the keys again."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self._before = ""
        self._conditions: list[str] = []

    def compose(self) -> ComposeResult:
        yield Static("/", classes="filter--sign")
        yield LineInput(placeholder="words to find, or #12", select_on_focus=False, compact=True)
        yield Static("", classes="filter--conditions", markup=False)

    def on_mount(self) -> None:
        self.words.can_focus = False

    @property
    def words(self) -> Input:
        return self.query_one(Input)

    def open(self) -> None:
        """Take the keys."""
        self._before = self.words.value
        self.add_class("-shown")
        self.words.can_focus = True
        self.words.focus()

    def show(self, words: str, conditions: Sequence[str]) -> None:
        """What is in force now."""
        if not self.words.has_focus:
            self.take(words)
        if list(conditions) != self._conditions:
            self._conditions = list(conditions)
            self.query_one(".filter--conditions", Static).update(Text("  ".join(conditions)))
        self.set_class(bool(words or conditions) or self.words.has_focus, "-shown")

    def take(self, words: str) -> None:
        """The board has chosen these words; nothing is announced."""
        if self.words.value != words:
            with self.words.prevent(Input.Changed):
                self.words.value = words

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self.post_message(self.Typed())

    def on_input_submitted(self, event: Input.Submitted) -> None:
        event.stop()
        self._leave()

    def on_key(self, event: events.Key) -> None:
        if event.key in ("escape", "down"):
            event.stop()
            event.prevent_default()
            if event.key == "escape":
                self.words.value = self._before
            self._leave()

    def _leave(self) -> None:
        self.words.can_focus = False
        self.post_message(self.Left())

    def on_click(self, event: events.Click) -> None:
        self.open()
