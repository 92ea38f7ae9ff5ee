"""What the server does by itself: mails are handed over, webhooks are told, and once a day the house is kept. However
many processes there are, one does a job at a time."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from pathlib import Path
from typing import Final

from msgspec import Struct

from engine.api import Engine
from engine.identity.delivery import deliver_all
from engine.identity.keeping import keep_house
from engine.store.limiting import Limit
from engine.turns import in_turn
from sync.server.log_lines import fault, fields
from sync.server.settings import Settings
from sync.server.webhooks.delivering import Delivering
from sync.server.webhooks.sending import Sender

LOOKS_EVERY: Final = 5.0
log = logging.getLogger("conneqtos.server")


class Job(Struct, frozen=True, kw_only=True):
    """`seconds` between two turns. One that is not `alone` may be begun by a process while another still does it."""

    name: str
    seconds: int
    run: Callable[[Engine, Path], Awaitable[object]]
    alone: bool = True


JOBS: Final = (
    Job(name="mail", seconds=5, run=deliver_all),
    Job(name="retention", seconds=86_400, run=keep_house),
)


def jobs_of(settings: Settings) -> tuple[Job, ...]:
    sender = Sender(private=settings.webhooks_to_private_networks)
    telling = Delivering(sender)  # each webhook has a lease of its own
    return (*JOBS, Job(name="webhooks", seconds=2, run=telling.run, alone=False))


async def run_jobs(engine: Engine, outbox: Path, jobs: Sequence[Job]) -> None:
    """Until it is cancelled. Each job by itself: one that takes long keeps no other waiting."""
    await asyncio.gather(*(_run(engine, outbox, job) for job in jobs))


async def _run(engine: Engine, outbox: Path, job: Job) -> None:
    """A fault of a job is noted, and its next turn comes."""
    while True:
        await take_turn(engine, outbox, job)
        await asyncio.sleep(min(job.seconds, LOOKS_EVERY))


async def take_turn(engine: Engine, outbox: Path, job: Job) -> bool:
    """Run the job if it is time, and no other process has this turn."""
    try:
        if job.alone:
            return await in_turn(engine, job.name, job.seconds, lambda: job.run(engine, outbox))
        if await engine.limits.take(Limit(burst=1, seconds=job.seconds), f"job\0{job.name}"):
            return False
        await job.run(engine, outbox)
    except Exception as error:  # one job that fails keeps none from its next turn
        log.error("job", extra=fields(job=job.name, **fault(error)))
    return True
