"""Lets a screen's actions open small windows and wait for answers, without losing a key typed meanwhile."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from contextlib import contextmanager
from functools import wraps
from typing import Any, TypeVar

from textual.screen import Screen, ScreenResultType

from engine.errors import ConneqtError
from tui.live import Told
from tui.widgets.popup import Popup

T = TypeVar("T")
S = TypeVar("S", bound="Asking[Any]")


@contextmanager
def faults_told(screen: Screen[Any]) -> Iterator[None]:
    """What is done inside ends with its first fault, which is told in its sentence."""
    try:
        yield
    except ConneqtError as error:
        screen.app.post_message(Told(str(error), title=error.title, error=True))


class Asking(Screen[ScreenResultType]):
    """Actions marked with `asks` may call `ask`."""

    def __init__(self) -> None:
        super().__init__()
        self._asked = asyncio.Event()

    async def ask(self, popup: Popup[T]) -> T | None:
        """What a small window comes back with. Only inside `begin`."""
        answer: asyncio.Future[T | None] = asyncio.get_running_loop().create_future()
        await self.app.push_screen(popup, answer.set_result)
        self._asked.set()
        return await answer

    async def begin(self, work: Coroutine[Any, Any, object]) -> None:
        """Do something that may ask. Comes back when it is done or its first question is on the screen, so
        that the keys typed next go to the question."""
        self._asked.clear()

        async def done_or_asked() -> None:
            try:
                with faults_told(self):
                    await work
            finally:
                self._asked.set()

        self.run_worker(done_or_asked())
        await self._asked.wait()


Action = Callable[[S], Coroutine[Any, Any, object]]


def asks(action: Action[S]) -> Callable[[S], Coroutine[Any, Any, None]]:
    """An action that may open small windows and wait for their answers."""

    @wraps(action)
    async def begin(screen: S) -> None:
        await screen.begin(action(screen))

    return begin
