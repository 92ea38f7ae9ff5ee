"""Of many processes one does a job, and another takes it over where that one dies: a lease, renewed while the job runs
and given back at its end. The turn counts as done only when the job ended well."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

from engine.api import Engine
from engine.clock import new_id
from engine.errors import ConneqtError
from engine.store import turns

LEASE: Final = 60.0
"""Seconds after which a process that says nothing has lost the job."""
RENEWED_EVERY: Final = 15.0
PAUSE: Final = 300.0
"""Seconds at the most until a job that failed is tried again."""


class Lost(Exception):
    """The lease could not be renewed: another process may have the job by now."""


async def in_turn(
    engine: Engine, name: str, seconds: float, work: Callable[[], Awaitable[object]]
) -> bool:
    """Do the work if it is time, and no other process does it. Raises what the work raises, and Lost; then it is tried
    again before `seconds` are over."""
    lease = _Lease(engine, name)
    if not await lease.take(seconds):
        return False
    running, keeping = asyncio.ensure_future(work()), asyncio.create_task(lease.keep())
    pause, well = 0.0, False
    try:
        await asyncio.wait({running, keeping}, return_when=asyncio.FIRST_COMPLETED)
        if not running.done():
            raise Lost
        running.result()
        well = True
    except Exception:
        pause = min(seconds, PAUSE)
        raise
    finally:  # also where the server ends in the midst of it
        for task in (running, keeping):
            task.cancel()
        await asyncio.gather(running, keeping, return_exceptions=True)
        await lease.give_back(pause, well=well)
    return True


class _Lease:
    """Of one job, by one run of it."""

    def __init__(self, engine: Engine, name: str) -> None:
        self._engine = engine
        self._name = name
        self._holder = new_id()

    async def take(self, seconds: float) -> bool:
        clock, every, lease = self._engine.clock, int(seconds * 1000), int(LEASE * 1000)
        longest = int(max(LEASE, PAUSE) * 1000)
        return await self._engine.beside(
            lambda c: turns.take(
                c, self._name, self._holder, clock, every=every, lease=lease, longest=longest
            )
        )

    async def keep(self) -> None:
        """Until the lease is lost: to another process, or because it could not be renewed in time."""
        clock = asyncio.get_running_loop().time
        lapses = clock() + LEASE
        while clock() < lapses:
            await asyncio.sleep(RENEWED_EVERY)
            asked = clock()
            try:
                if not await self._renewed():
                    return
            except ConneqtError:  # the database is away: the lease is ours until it lapses
                continue
            lapses = asked + LEASE

    async def give_back(self, pause: float, *, well: bool) -> None:
        clock, milliseconds = self._engine.clock, int(pause * 1000)
        await self._engine.beside(
            lambda c: turns.give_back(
                c, self._name, self._holder, clock, pause=milliseconds, well=well
            )
        )

    async def _renewed(self) -> bool:
        clock, lease = self._engine.clock, int(LEASE * 1000)
        return await self._engine.beside(
            lambda c: turns.renew(c, self._name, self._holder, clock, lease)
        )
