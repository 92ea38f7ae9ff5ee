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


async def test_a_job_that_takes_longer_than_its_turn_is_not_begun_by_another_process(
    engine: Engine, tmp_path: Path
) -> None:
    begun, end = asyncio.Event(), asyncio.Event()

    async def work(engine: Engine, outbox: Path) -> None:
        begun.set()
        await end.wait()

    job = Job(name=new_id(), seconds=5, run=work)
    running = asyncio.create_task(take_turn(engine, tmp_path, job))
    await begun.wait()
    later(engine, 6 / 86_400)
    assert not await take_turn(engine, tmp_path, job)
    end.set()
    assert await running


def test_mail_and_retention_are_jobs_of_one_process_and_webhooks_of_all() -> None:
    jobs = {job.name: job.alone for job in jobs_of(Settings())}
    assert jobs == {"mail": True, "retention": True, "webhooks": False}
