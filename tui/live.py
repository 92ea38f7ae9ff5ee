"""The screens' way to the engine: runs commands and queries, and tells the app what changed.

Screens never hold what they show: they ask again when `Changed` says so, and keep their place by id.
"""

import asyncio
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeVar, cast

from textual.app import App
from textual.message import Message

from engine.api import Acting, Done
from engine.clock import new_id
from engine.commands.history import Redo, Undo
from engine.commands.registry import Command
from engine.commands.views import SetPreference
from engine.errors import ConneqtError
from engine.model.actor import Scope
from engine.model.change import Announcement
from engine.model.item import PENDING_NUMBERS
from engine.model.presence import Present
from engine.model.record import JSON
from engine.queries.history import UndoState
from engine.queries.home import Preferences
from engine.queries.registry import Query
from tui.linking import drop_if_too_long_away, loop_of
from tui.widgets.status_line import StatusLine

if TYPE_CHECKING:
    from sync.client.loop import Loop, Mark
    from tui.terminal import TerminalApp

T = TypeVar("T")
ARRIVED: Final = "The workspace is on the server."
MET: Final = "An edit of yours met somebody else’s: F12 shows both."


def _new_conflicts(before: "Mark | None", mark: "Mark") -> bool:
    """Not those that were there when the app began."""
    return (
        before is not None
        and before.standing.value != "starting"
        and mark.conflicts > before.conflicts
    )


class Changed(Message):
    """Something was committed, here or by another program; sent to every screen."""

    bubble = False

    def __init__(self, announcement: Announcement) -> None:
        super().__init__()
        self.announcement = announcement


class Marked(Message):
    """The workspace and its server stand in another way than before; sent to every screen, as those below come back."""

    bubble = False


class Told(Message):
    """A sentence for the one place where sentences are shown. `error` marks a failure."""

    def __init__(self, text: str, *, title: str = "", error: bool = False) -> None:
        super().__init__()
        self.text = text
        self.title = title
        self.error = error


class TakenOff(Message):
    """The workspace does not stay on this device, for a reason."""

    def __init__(self, reason: str) -> None:
        super().__init__()
        self.reason = reason


class Live:
    """One open workspace as the app uses it."""

    def __init__(self, app: App[object], acting: Acting) -> None:
        self.app = app
        self.acting = acting
        self.preferences: dict[str, JSON] = {}
        self.mark: Mark | None = None  # how a linked workspace and its server stand
        self.loop: Loop | None = None
        self._exchanging: asyncio.Task[None] | None = None
        self._unsubscribe: Callable[[], None] | None = None
        self._wrong: tuple[str, ...] = ()  # what was told last, until it is over
        self._reasons: set[str] = set()  # why the server was away, until it is back

    async def start(self) -> None:
        """Read the member's preferences and listen for changes, also those of other programs."""
        self.preferences = await self.query(Preferences())
        self._unsubscribe = self.acting.subscribe(self._announce)
        await self.acting.engine.news.watch(self.acting.actor.organization_id)
        await self.link()

    async def link(self) -> None:
        """Exchange with the server that there is now, if there is one: at the start, and after it has changed, or who
        one is there."""
        await self._unlink()
        self.loop = await loop_of(self.acting, self._show_mark)
        self.mark = None if self.loop is None else self.loop.mark
        if self.loop is not None:
            self.loop.files_ahead = self._files_ahead
            await drop_if_too_long_away(self.acting, self.loop)
            self._exchanging = asyncio.create_task(self.loop.run())
        self._draw_mark()

    async def _unlink(self) -> None:
        if self.loop is not None and self._exchanging is not None:
            self._exchanging.cancel()
            await asyncio.gather(self._exchanging, return_exceptions=True)
            await self.loop.server.close()
        self.loop = self._exchanging = self.mark = None
        engine = self.acting.engine
        engine.forward = engine.ask = engine.fetch = None

    @property
    def linked(self) -> bool:
        """Whether a server decides."""
        return self.loop is not None

    async def stop(self) -> None:
        await self._unlink()
        if self._unsubscribe is not None:
            self._unsubscribe()
        await self.acting.engine.close()

    def _files_ahead(self) -> bool:
        settings = getattr(self.app, "settings", None)
        return settings is not None and settings.files == "ahead"

    def be_at(self, board_id: str, number: int | None = None) -> None:
        """Let others on the board see that the person is there, as far as they let themselves be seen."""
        if self.loop is None:
            return
        settings = getattr(self.app, "settings", None)
        hidden = settings is not None and not settings.presence
        shown = "" if hidden else board_id
        known = number if shown and number and number < PENDING_NUMBERS else 0
        self.loop.whereabouts.be_at(shown, known)

    def others_on(self, board_id: str) -> tuple[Present, ...]:
        """Who else is on a board, as far as the server knows."""
        people = self.mark.people if self.mark is not None else ()
        return tuple(one for one in people if one.board_id == board_id)

    async def query(self, query: Query[T]) -> T:
        return await self.acting.query(query)

    async def execute(self, *commands: Command) -> Done | None:
        """Carry out one gesture. A failure is told in its sentence; then None comes back."""
        try:
            done = await self.acting.execute(*commands)
        except ConneqtError as error:
            self.tell(str(error), title=error.title, error=True)
            return None
        for note in done.notes:
            self.tell(note)
        return done

    async def undo(self) -> None:
        """Take back the last thing this person did."""
        target = (await self.query(UndoState())).undo
        if target is None:
            self.tell("There is nothing to undo.")
            return
        await self._take_back(Undo(gesture=target.gesture), "Undone")

    async def redo(self) -> None:
        target = (await self.query(UndoState())).redo
        if target is None:
            self.tell("There is nothing to redo.")
            return
        await self._take_back(Redo(gesture=target.gesture), "Done again")

    def preference(self, name: str, default: JSON = None) -> JSON:
        return self.preferences.get(name, default)

    async def prefer(self, name: str, value: JSON) -> None:
        """Remember one of the member's own settings."""
        if self.preferences.get(name) == value:
            return
        self.preferences[name] = value
        if self.acting.actor.scope is not Scope.READ:
            await self.execute(SetPreference(name=name, value=value))

    def tell(self, text: str, *, title: str = "", error: bool = False) -> None:
        self.app.post_message(Told(text, title=title, error=error))

    def copy(self, text: str, what: str = "") -> None:
        """Into the clipboard of the terminal, and say what is known of it; `what` it is stands before that."""
        known = cast("TerminalApp[object]", self.app).copied(text)
        self.tell(f"{what}: {known[0].lower()}{known[1:]}" if what else known)

    async def _take_back(self, command: Undo | Redo, word: str) -> None:
        try:
            done = await self.acting.execute(command, command_id=new_id())
        except ConneqtError as error:
            self.tell(str(error), title=error.title, error=True)
            return
        self.tell(f"{word}: {', '.join(done.notes)}")

    def _show_mark(self, mark: "Mark") -> None:
        """On the line at the bottom; what needs the person is told in a sentence too, once."""
        before, self.mark = self.mark, mark
        if not (self.app.is_running and self.app.screen_stack):
            return
        self._take_back_reasons(mark)
        self._draw_mark()
        if mark.standing.value == "removed":
            self.app.post_message(TakenOff(mark.reason))
        elif self._is_news(mark):
            self.tell(mark.reason, error=mark.standing.value == "needs you")
        elif before is not None and before.taking and not mark.taking:
            self.tell(ARRIVED)
        elif _new_conflicts(before, mark):
            self.tell(MET)

    def _is_news(self, mark: "Mark") -> bool:
        """Whether something is wrong that was not told yet: that the server is away is told once, however the reasons and
        the tries change until it is back."""
        if not mark.reason:
            self._wrong = ()
        standing, before = mark.standing.value, self._wrong
        if mark.reason and standing == "offline":
            self._wrong = (standing,)
        elif mark.reason and standing == "needs you":
            self._wrong = (standing, mark.reason)
        return self._wrong != before and bool(self._wrong)

    def _take_back_reasons(self, mark: "Mark") -> None:
        """That the server is away is not said any more beside a mark by which it is there."""
        if mark.reason:
            self._reasons.add(mark.reason)
            return
        for screen in self.app.screen_stack:
            for line in screen.query(StatusLine):
                line.take_back(self._reasons)
        self._reasons.clear()

    def _draw_mark(self) -> None:
        for screen in self.app.screen_stack:
            for line in screen.query(StatusLine):
                line.show()
            screen.post_message(Marked())

    def _announce(self, announcement: Announcement) -> None:
        if self.app.is_running and self.app.screen_stack:
            for screen in self.app.screen_stack:
                screen.post_message(Changed(announcement))
