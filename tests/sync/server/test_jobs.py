"""Jobs of the server: each turn is one process's, and a fault does not end them."""

import asyncio
from pathlib import Path

from engine.api import Engine
from engine.clock import new_id
from engine.errors import Refused
from sync.server.jobs import Job, jobs_of, take_turn
from sync.server.settings import Settings
from tests.engine.identity.people import later


async def test_of_many_processes_one_has_the_turn_and_another_the_next(
    engine: Engine, tmp_path: Path
) -> None:
    ran = []

    async def work(engine: Engine, outbox: Path) -> None:
        ran.append(outbox)

    job = Job(name=new_id(), seconds=60, run=work)
    turns = await asyncio.gather(*(take_turn(engine, tmp_path, job) for _ in range(8)))
    assert sum(turns) == 1 and len(ran) == 1
    later(engine, 61 / 86_400)
    assert await take_turn(engine, tmp_path, job)


async def test_a_fault_is_noted_and_the_next_turn_comes(engine: Engine, tmp_path: Path) -> None:
    async def work(engine: Engine, outbox: Path) -> None:
        raise Refused("not today")

    job = Job(name=new_id(), seconds=60, run=work)
    assert await take_turn(engine, tmp_path, job)
    later(engine, 61 / 86_400)
    assert await take_turn(engine, tmp_path, job)


def test_mail_retention_and_webhooks_are_jobs() -> None:
    assert {job.name for job in jobs_of(Settings())} == {"mail", "retention", "webhooks"}
