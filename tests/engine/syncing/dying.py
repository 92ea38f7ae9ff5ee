"""A process that dies in the midst of what it writes, without one: its database breaks off at any step of a write."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Final

from engine.api import Engine
from engine.errors import ConneqtError

STRIDE: Final = 97
"""Steps of SQLite's machine between two looks, so that death comes within statements as well."""


class Death:
    """Comes at the look of this number, and then stays."""

    def __init__(self, when: int) -> None:
        self._left = when
        self.came = False

    def __call__(self) -> int:
        self._left -= 1
        self.came = self.came or self._left < 0
        return int(self.came)


@asynccontextmanager
async def dying(engine: Engine, when: int) -> AsyncIterator[Death]:
    """What is written in here is broken off after so many looks, if it takes so many. Faults that come of it end here;
    the engine is good for nothing afterwards but to be closed."""
    raw = engine._session.database._store._writer._driver._conn  # type: ignore[union-attr]
    death = Death(when)
    raw.set_progress_handler(death, STRIDE)
    try:
        yield death
    except ConneqtError:
        pass
    except Exception:
        if not death.came:
            raise
    finally:
        raw.set_progress_handler(None, 0)
