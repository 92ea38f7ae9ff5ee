"""What the server does by itself: mails are handed over, and once a day the house is kept. However many processes
there are, each turn of a job is one process's: the turn is a rate limit in the database, of one."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Final

from msgspec import Struct

from engine.api import Engine
from engine.errors import ConneqtError
from engine.identity.delivery import deliver_all
from engine.identity.keeping import keep_house
from engine.store.limiting import Limit

LOOKS_EVERY: Final = 5.0
log = logging.getLogger("conneqtos.server")


class Job(Struct, frozen=True, kw_only=True):
    """`seconds` between two turns."""

    name: str
    seconds: int
    run: Callable[[Engine, Path], Awaitable[object]]


JOBS: Final = (
    Job(name="mail", seconds=5, run=deliver_all),
    Job(name="retention", seconds=86_400, run=keep_house),
)


async def run_jobs(engine: Engine, outbox: Path, *, every: float = LOOKS_EVERY) -> None:
    """Until it is cancelled. A fault of a job is noted, and its next turn comes."""
    while True:
        for job in JOBS:
            await take_turn(engine, outbox, job)
        await asyncio.sleep(every)


async def take_turn(engine: Engine, outbox: Path, job: Job) -> bool:
    """Run the job if it is time, and no other process has this turn."""
    try:
        if await engine.take(Limit(burst=1, seconds=job.seconds), f"job\0{job.name}"):
            return False
        await job.run(engine, outbox)
    except (ConneqtError, OSError) as error:
        log.error("job %s: %s", job.name, type(error).__name__)
    return True
