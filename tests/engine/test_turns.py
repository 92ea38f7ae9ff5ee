"""A job is one process's at a time: for as long as it runs, and another's as soon as that one has died."""

import asyncio
import time
from pathlib import Path

import pytest

from engine.api import Engine
from engine.clock import new_id
from engine.errors import Refused
from engine.store import turns
from engine.store.tables import job
from engine.turns import LEASE, PAUSE, Lost, in_turn
from tests.engine.conftest import KEY
from tests.engine.identity.people import later

DAY = 86_400.0


@pytest.fixture
def name() -> str:
    """Other tests have jobs of their own."""
    return new_id()


class Work:
    """Begins, and ends when it is told to."""

    def __init__(self) -> None:
        self.begun, self.end, self.broken_off = asyncio.Event(), asyncio.Event(), False

    async def __call__(self) -> None:
        self.begun.set()
        try:
            await self.end.wait()
        except asyncio.CancelledError:
            self.broken_off = True
            raise


async def at_once() -> None:
    """Work that has ended as soon as it begins."""


def pass_by(engine: Engine, seconds: float) -> None:
    later(engine, seconds / DAY)


async def leased_until(engine: Engine, name: str) -> int:
    found = job.select().where(job.c.name == name)
    return await engine.across(lambda c: int(c.execute(found).one().leased_until))


async def take_over(engine: Engine, name: str) -> bool:
    """As another process does it."""
    lease, longest = int(LEASE * 1000), int(PAUSE * 1000)
    return await engine.beside(
        lambda c: turns.take(
            c, name, "another", engine.clock, every=0, lease=lease, longest=longest
        )
    )


async def test_while_it_runs_nobody_else_runs_it_however_long_that_takes(
    engine: Engine, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.turns.RENEWED_EVERY", 0.01)
    work = Work()
    running = asyncio.create_task(in_turn(engine, name, 5, work))
    await work.begun.wait()
    for _ in range(4):
        pass_by(engine, LEASE * 0.6)
        before = engine.now()
        while await leased_until(engine, name) < before + LEASE * 900:
            assert not running.done()
        assert not await in_turn(engine, name, 5, at_once)
    work.end.set()
    assert await running


async def test_what_a_process_died_in_is_done_by_another_when_the_lease_lapses(
    engine: Engine, name: str
) -> None:
    assert await take_over(engine, name), "and it is never heard of again"
    assert not await in_turn(engine, name, 86_400, at_once)
    pass_by(engine, LEASE)
    assert await in_turn(engine, name, 86_400, at_once)


async def test_a_machine_whose_clock_is_ahead_takes_nothing_from_one_that_works(
    postgres_url: str, tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = await Engine.open_postgres(postgres_url, tmp_path / "files", KEY)
    work = Work()
    running = asyncio.create_task(in_turn(shared, name, DAY, work))
    await work.begun.wait()
    with monkeypatch.context() as ahead:
        here = time.time_ns
        ahead.setattr(time, "time_ns", lambda: here() + int((DAY + LEASE) * 1_000_000_000))
        assert not await in_turn(shared, name, DAY, at_once)
        work.end.set()
        assert await running
        assert not await in_turn(shared, name, DAY, at_once), "it is done for this day"
    assert not await in_turn(shared, name, DAY, at_once)
    await shared.close()


@pytest.mark.parametrize("ended", [True, False])
async def test_a_clock_that_was_ahead_for_a_while_keeps_no_job_from_its_turn(
    engine: Engine, name: str, ended: bool
) -> None:
    pass_by(engine, 365 * DAY)
    assert await (in_turn(engine, name, DAY, at_once) if ended else take_over(engine, name))
    pass_by(engine, -365 * DAY)
    assert await in_turn(engine, name, DAY, at_once)
    assert not await in_turn(engine, name, DAY, at_once)


async def test_only_what_ended_well_is_done_for_this_time(engine: Engine, name: str) -> None:
    async def fails() -> None:
        raise Refused("not today")

    with pytest.raises(Refused):
        await in_turn(engine, name, DAY, fails)
    assert not await in_turn(engine, name, DAY, at_once), "it is not tried without a pause"
    pass_by(engine, PAUSE)
    assert await in_turn(engine, name, DAY, at_once)
    pass_by(engine, PAUSE)
    assert not await in_turn(engine, name, DAY, at_once)
    pass_by(engine, DAY)
    assert await in_turn(engine, name, DAY, at_once)


async def test_what_the_end_of_a_server_breaks_off_another_does_at_once(
    engine: Engine, name: str
) -> None:
    work = Work()
    running = asyncio.create_task(in_turn(engine, name, DAY, work))
    await work.begun.wait()
    running.cancel()
    with pytest.raises(asyncio.CancelledError):
        await running
    assert work.broken_off
    assert await in_turn(engine, name, DAY, at_once)


async def test_who_has_lost_the_lease_stops(
    engine: Engine, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.turns.RENEWED_EVERY", 0.01)
    work = Work()
    running = asyncio.create_task(in_turn(engine, name, DAY, work))
    await work.begun.wait()
    pass_by(engine, LEASE)
    while not await take_over(engine, name):  # it was renewed in between
        pass_by(engine, LEASE)
    with pytest.raises(Lost):
        await running
    assert work.broken_off
    assert not await in_turn(engine, name, DAY, at_once), "the other one has it"
