"""Work that takes longer than a request may: it goes on by itself, and whoever asks again waits for the same."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, Final

PATIENCE: Final = 15.0
"""Seconds for which a request waits before it says that it is not done yet."""


class Underway:
    """Of one process. Another one that is asked begins anew: the store decides who was first."""

    def __init__(self) -> None:
        self._tasks: dict[str, asyncio.Task[Any]] = {}

    async def wait(self, key: str, work: Callable[[], Awaitable[Any]]) -> Any:
        """What came of the work, or None where it is not done yet. Raises what it raised."""
        task = self._tasks.get(key)
        if task is None:
            task = self._tasks[key] = asyncio.ensure_future(work())
            task.add_done_callback(lambda done: done.cancelled() or done.exception())
        await asyncio.wait({task}, timeout=PATIENCE)
        if not task.done():
            return None
        self._tasks.pop(key, None)
        return task.result()
