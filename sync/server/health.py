"""Whether the process lives, and whether it can work: for whoever starts and stops it."""

import asyncio
import math
from contextlib import suppress
from typing import Final

from litestar import get
from litestar.di import NamedDependency
from msgspec import Struct

from engine.api import Engine
from sync.server.api.parameters import OPEN

NAME: Final = "health"
WRITES_EVERY: Final = 1.0
"""Seconds, however often it is asked: anybody may."""
PATIENCE: Final = 2.0
"""Seconds. While somebody else writes for longer, it can be written."""


class Readiness:
    """Of one server process."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._written = -math.inf

    async def check(self) -> None:
        """Raises WorkspaceErrors."""
        await self._engine.limits.counted(NAME)
        clock = asyncio.get_running_loop().time
        if clock() < self._written + WRITES_EVERY:
            return
        with suppress(TimeoutError):
            async with asyncio.timeout(PATIENCE):
                await self._engine.limits.count(NAME)
        self._written = clock()


class Health(Struct, frozen=True, kw_only=True):
    status: str


@get("/health/live", name="health.live", tags=["health"], security=OPEN)
async def live() -> Health:
    return Health(status="live")


@get("/health/ready", name="health.ready", tags=["health"], security=OPEN)
async def ready(readiness: NamedDependency[Readiness]) -> Health:
    """Asks the database, and writes to it; a fault of either answers 503."""
    await readiness.check()
    return Health(status="ready")
