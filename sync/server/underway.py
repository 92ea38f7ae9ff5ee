"""Work that takes longer than a request may: it goes on by itself, and whoever asks again waits for the same."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

KEPT: Final = 60.0
"""Seconds for which what came of it is kept for whoever asks again."""
PATIENCE: Final = 15.0
"""Seconds for which a request waits before it says that it is not done yet; fewer where a step may take less."""


class Underway:
    """Of one process. Another one that is asked begins anew: the store decides who was first. `seconds` is what a step
    of a request may take."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._tasks: dict[str, asyncio.Task[Any]] = {}

    @property
    def underway(self) -> int:
        return len(self._tasks)

    async def wait(self, key: str, work: Callable[[], Awaitable[Any]]) -> Any:
        """What came of the work, or None where it is not done yet. Raises what it raised."""
        task = self._tasks.get(key)
        if task is None:
            task = self._tasks[key] = asyncio.ensure_future(work())
            task.add_done_callback(lambda done: self._ended(key, done))
        await asyncio.wait({task}, timeout=min(PATIENCE, self._seconds / 2))
        if not task.done():
            return None
        self._forget(key, task)
        return task.result()

    async def end(self) -> None:
        """With the server: what goes on is broken off before the engine closes, and begun anew by whoever asks again."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _ended(self, key: str, task: asyncio.Task[Any]) -> None:
        """Perhaps nobody asks any more: then it is begun anew by whoever asks later."""
        if not task.cancelled():
            task.exception()  # looked at, so that it is not told as a fault that nobody saw
        task.get_loop().call_later(KEPT, self._forget, key, task)

    def _forget(self, key: str, task: asyncio.Task[Any]) -> None:
        if self._tasks.get(key) is task:
            del self._tasks[key]
