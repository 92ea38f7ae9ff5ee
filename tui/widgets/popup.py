"""The base of small windows over the board: placed at a cell or in the middle, closed by esc."""

from typing import ClassVar, TypeVar

from textual import events
from textual.app import ComposeResult
from textual.await_complete import AwaitComplete
from textual.binding import BindingType
from textual.containers import Vertical
from textual.geometry import Offset, Region
from textual.screen import ModalScreen

T = TypeVar("T")


class AnsweredOnce(ModalScreen[T]):
    """Comes back with its first answer, however many come at once: a second one would close the screen below."""

    def __init__(self) -> None:
        super().__init__()
        self._answered = False

    def dismiss(self, result: T | None = None) -> AwaitComplete:
        if self._answered:
            return AwaitComplete()
        self._answered = True
        return super().dismiss(result)


class Popup(AnsweredOnce[T]):
    """Comes back with what was chosen, or None when it was left. Contents come from `compose_popup`."""

    DEFAULT_CSS = """
    Popup { background: transparent; }
    Popup > .popup { width: auto; height: auto; background: $surface; color: $text; }
    Popup .popup--title { color: $text-muted; padding: 0 1; height: 1; text-wrap: nowrap; text-overflow: ellipsis; }
    Popup .popup--hint { color: $text-muted; padding: 0 1; height: auto; }
    Popup .popup--error { color: $text-error; padding: 0 1; height: auto; }
    Popup Input, Popup Input.-textual-compact { background: $panel; padding: 0 1; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [("escape", "leave", "Back")]

    least_width = 30

    def __init__(self, at: Region | None = None) -> None:
        super().__init__()
        self.at = at

    def compose(self) -> ComposeResult:
        with Vertical(classes="popup"):
            yield from self.compose_popup()

    def compose_popup(self) -> ComposeResult:
        yield from ()

    def on_mount(self) -> None:
        self.place()

    def on_resize(self, event: events.Resize) -> None:
        self.place()

    @property
    def inner(self) -> Vertical:
        return self.query_one(".popup", Vertical)

    def wanted_size(self) -> tuple[int, int]:
        """Width and height the contents would like, for finding a place with enough room."""
        return self.least_width, 3

    def place(self) -> None:
        """Over the cell if there is one and room, else in the middle."""
        width, height = self.wanted_size()
        screen = self.app.size
        if self.at is not None:
            width = max(width, self.at.width)
        width, height = min(width, screen.width), min(height, screen.height)
        self.inner.styles.width = width
        self.inner.styles.max_height = screen.height
        if self.at is None:
            spot = Offset((screen.width - width) // 2, max((screen.height - height) // 3, 0))
        else:
            spot = self._beside(self.at, width, height)
        self.inner.styles.offset = spot

    def _beside(self, at: Region, width: int, height: int) -> Offset:
        screen = self.app.size
        x = max(min(at.x, screen.width - width), 0)
        y = at.y if at.y + height <= screen.height else max(screen.height - height, 0)
        return Offset(x, y)

    def action_leave(self) -> None:
        self.dismiss(None)

    def on_click(self, event: events.Click) -> None:
        """A click beside the window leaves it."""
        if not self.inner.region.contains(event.screen_x, event.screen_y):
            self.action_leave()
