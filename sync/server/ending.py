"""That the server ends: lines that would stay open for ever hear of it and end too, so that nobody waits for them."""

import asyncio
from collections.abc import Callable


class Ending:
    """Of one server process."""

    def __init__(self) -> None:
        self.begun = False
        self._waking: set[asyncio.Event] = set()

    def begin(self) -> None:
        self.begun = True
        for line in self._waking:
            line.set()

    def wake(self, line: asyncio.Event) -> Callable[[], None]:
        """Set the event when the end begins; the result takes it out."""
        self._waking.add(line)
        return lambda: self._waking.discard(line)
