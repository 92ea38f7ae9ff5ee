"""Shows how far long work is, and lets it be stopped."""

from collections.abc import Awaitable, Callable
from typing import Final, Generic, TypeVar

from textual.app import ComposeResult
from textual.widgets import Static

from engine.errors import Cancelled, ConneqtError
from tui.live import Told
from tui.widgets.popup import Popup
from tui.widgets.prompt import Answer

T = TypeVar("T")
Report = Callable[[int], None]

PATIENCE: Final = 0.3
"""Seconds before it shows itself: what is done at once shows nothing."""
REDRAWN_EACH: Final = 0.1
BAR: Final = 30


class Progress(Popup[Answer[T]], Generic[T]):
    """Runs `work`, which calls its argument with how much is done, from any thread; `total` is how much there
    is. Comes back with the result, or None when it was stopped or failed, which is told."""

    def __init__(self, title: str, work: Callable[[Report], Awaitable[T]], total: int) -> None:
        super().__init__()
        self.heading = title
        self.work = work
        self.total = max(total, 1)
        self._done = 0
        self._stopped = False

    def compose_popup(self) -> ComposeResult:
        yield Static(self.heading, classes="popup--title", markup=False)
        yield Static("", classes="progress--bar", markup=False)
        yield Static("esc stops it", classes="popup--hint", markup=False)

    def on_mount(self) -> None:
        super().on_mount()
        self.inner.display = False
        self.set_timer(PATIENCE, self._appear)
        self.set_interval(REDRAWN_EACH, self._draw)
        self.run_worker(self._run(), exit_on_error=False)

    def wanted_size(self) -> tuple[int, int]:
        return min(BAR + 12, self.app.size.width), 4

    def report(self, done: int) -> None:
        """Says how much is done; raises Cancelled when the person has stopped it."""
        self._done = done
        if self._stopped:
            raise Cancelled("Stopped; nothing was changed.")

    def action_leave(self) -> None:
        self._stopped = True

    def _appear(self) -> None:
        self.inner.display = True
        self._draw()

    def _draw(self) -> None:
        words = "stopping…" if self._stopped else f"{min(self._done / self.total, 1.0):.0%}"
        drawn = bar(self._done, self.total, BAR)
        self.query_one(".progress--bar", Static).update(f" {drawn}  {words}")

    async def _run(self) -> None:
        try:
            result = await self.work(self.report)
        except ConneqtError as error:
            self.app.post_message(Told(str(error), title=error.title, error=True))
            self.dismiss(None)
        else:
            self.dismiss(Answer(result))


def bar(done: int, whole: int, cells: int) -> str:
    """How much of the whole is done, so many cells wide."""
    full = round(min(done / whole, 1.0) * cells) if whole else 0
    return "█" * full + "░" * (cells - full)
