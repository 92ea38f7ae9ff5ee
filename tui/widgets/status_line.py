"""The one line at the bottom of a screen: what was told last, or else the keys that help most here."""

from collections.abc import Iterable
from typing import Final

from rich.cells import cell_len
from rich.text import Text
from textual.timer import Timer
from textual.widgets import Static

from engine.model.text import clean_line
from tui.actions import BY_ID, is_offered
from tui.keys import keys_in
from tui.sync_mark import spoken_mark
from tui.widgets.wrapped_text import wrapped

SHOWN_SECONDS: Final = 6.0
ERROR_SECONDS: Final = 15.0
MOST_LINES: Final = 4
GAP: Final = "   "
SHOWS_ALL: Final = "help"
"""The mark takes the room of some keys; the one that shows them all gets it first then."""


class StatusLine(Static):
    """`actions` are names of actions of the screen, the most helpful first; as many as there is room for
    are shown with their keys, as long as the screen is the one that takes them."""

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
        self.show()

    def clear_message(self) -> None:
        self.message = ""
        self.show()

    def take_back(self, sentences: Iterable[str]) -> None:
        """Where one of these is told, alone or with others: it is not so any more."""
        if self.message and any(one in self.message or self.message in one for one in sentences):
            self.clear_message()

    def on_mount(self) -> None:
        self.app.screen_change_signal.subscribe(self, lambda front: self.show())
        self.show()

    def on_resize(self) -> None:
        self.show()

    def on_click(self) -> None:
        self.clear_message()

    def show(self) -> None:
        """Draw again: also when the keys have changed."""
        self.set_class(bool(self.message), "-told")
        self.set_class(bool(self.message) and self._error, "-error")
        if self.message:
            self.update(self._sentence(max(self.size.width, 20)))
        else:
            self.update(self._hints(self.size.width))

    def _standing(self) -> Text:
        """How the workspace and its server stand; nothing for a local one."""
        live = getattr(self.app, "live", None)
        mark = None if live is None else live.mark
        return Text() if mark is None else spoken_mark(mark)

    def _sentence(self, width: int) -> Text:
        """What was told, with the mark at the right end of its last line: how things stand is never hidden."""
        standing = self._standing()
        lines = wrapped(self.message, width, MOST_LINES)
        room = width - standing.cell_len - len(GAP)
        if standing and cell_len(lines[-1]) > room:
            narrow = wrapped(self.message, max(room, 20), MOST_LINES)
            lines = (*lines, "") if len(lines) < MOST_LINES else narrow
        said = Text("\n".join(lines))
        if standing:
            said.append(" " * max(width - cell_len(lines[-1]) - standing.cell_len, 0))
        return said + standing

    def _hints(self, room: int) -> Text:
        hints, standing = Text(no_wrap=True), self._standing()
        whole = room
        room -= standing.cell_len + (len(GAP) if standing else 0)
        fitting: list[str] = []
        acting = self.actions if self.app.screen is self.screen else ()
        order = sorted(acting, key=lambda name: bool(standing) and name != SHOWS_ALL)
        for name in order:
            length = cell_len(self._key_of(name)) + 1 + len(name)
            if self._key_of(name) and length <= room:
                fitting.append(name)
                room -= length + len(GAP)
        for name in acting:
            if name in fitting:
                hints.append(self._key_of(name), style="bold")
                hints.append(f" {name.replace('_', ' ')}{GAP}", style="dim")
        if standing:
            hints.pad_right(max(whole - hints.cell_len - standing.cell_len, 0))
        return hints + standing

    def _key_of(self, name: str) -> str:
        """The first key of the screen's own action of this name, or of one that works everywhere; "" where it is not for
        this person."""
        keys = keys_in(self.app)
        for scope in (getattr(self.screen, "scope", "board"), "list", "global"):
            id = f"{scope}.{name}"
            if id in BY_ID:
                return keys.shown(id) if is_offered(id, self.screen) else ""
        return ""
