"""Requests are counted by caller, in blocks: together the processes keep to the limit, and say how it stands."""

import asyncio

import httpx
import pytest

from engine.api import Acting, Engine
from engine.clock import new_id
from engine.identity.api_keys import make
from engine.model.actor import Scope
from engine.store.limiting import Limit
from sync.server.app import create_app
from sync.server.metering import Meter
from sync.server.settings import Settings
from tests.sync.server.conftest import Stopped


@pytest.mark.parametrize("quota", [1, 7, 50])
async def test_two_processes_together_let_through_as_many_as_the_limit_says(
    engine: Engine, clock: Stopped, quota: int
) -> None:
    limit, who = Limit(burst=quota, seconds=60), new_id()
    meters = Meter(engine, "caller", limit), Meter(engine, "caller", limit)
    found = await asyncio.gather(*(meter.spend(who) for _ in range(quota + 10) for meter in meters))
    assert sum(not one.wait for one in found) == quota
    assert all(one.left == 0 for one in found if one.wait)


async def test_who_waits_as_long_as_was_said_is_let_in_again(
    engine: Engine, clock: Stopped
) -> None:
    meter, who = Meter(engine, "caller", Limit(burst=3, seconds=60)), new_id()
    for _ in range(3):
        assert not (await meter.spend(who)).wait
    refused = await meter.spend(who)
    assert 0 < refused.wait <= 20 and meter.wait(who) == refused.wait
    clock.now += refused.wait * 1000 - 1000
    assert (await meter.spend(who)).wait
    clock.now += 1000
    assert not (await meter.spend(who)).wait


async def test_a_busy_caller_costs_a_write_for_many_requests_and_a_refused_one_none(
    engine: Engine, clock: Stopped
) -> None:
    meter, who = Meter(engine, "caller", Limit(burst=200, seconds=60)), new_id()
    for _ in range(200):
        assert not (await meter.spend(who)).wait
    asked = meter.asked
    assert asked <= 16
    for _ in range(100):
        assert (await meter.spend(who)).wait
    assert meter.asked == asked, "what is used up is known without asking"


async def test_what_is_left_of_a_block_is_let_go_after_a_while(
    engine: Engine, clock: Stopped
) -> None:
    meter, who = Meter(engine, "caller", Limit(burst=60, seconds=60)), new_id()
    for _ in range(4):
        await meter.spend(who)
    clock.now += 10_000
    standing = await meter.spend(who)
    assert standing.left == 59, "four were used, ten came back"


async def test_every_answer_says_how_the_caller_stands_and_429_how_long_to_wait(
    engine: Engine, acting: Acting, clock: Stopped
) -> None:
    app = create_app(engine, Settings(requests_per_minute=3), "1.0")
    transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
    keys = [await make(acting, name, Scope.READ) for name in ("busy", "calm")]
    busy, calm = ({"Authorization": f"Bearer {key}"} for key in keys)
    async with httpx.AsyncClient(transport=transport, base_url="http://server") as client:
        answers = [await client.get("/api/boards", headers=busy) for _ in range(4)]
        assert [one.status_code for one in answers] == [200, 200, 200, 429]
        assert [one.headers["ratelimit"].split(";")[1] for one in answers] == [
            "r=2", "r=1", "r=0", "r=0",
        ]  # fmt: skip
        refused = answers[-1]
        assert refused.headers["ratelimit-policy"] == '"caller";q=3;w=60'
        assert 0 < int(refused.headers["retry-after"]) <= 20
        assert refused.headers["content-type"] == "application/problem+json"
        assert refused.json()["code"] == "too_many"
        missing = await client.get("/api/boards/none", headers=calm)
        assert missing.status_code == 404 and "r=2" in missing.headers["ratelimit"]
        assert (await client.get("/health/live", headers=busy)).status_code == 200


async def test_guessing_at_keys_is_limited_by_address_and_does_not_stop_who_is_known(
    engine: Engine, acting: Acting, clock: Stopped
) -> None:
    app = create_app(engine, Settings(), "1.0")
    key = await make(acting, "known", Scope.READ)
    address = f"2001:db8:{int(clock.now) % 65_536:x}:{hash(acting.actor.user_id) % 65_536:x}::1"
    transport = httpx.ASGITransport(app=app, client=(address, 1))  # type: ignore[arg-type]

    async with httpx.AsyncClient(transport=transport, base_url="http://server") as client:

        async def call(token: str) -> int:
            answer = await client.get("/api/me", headers={"Authorization": f"Bearer {token}"})
            return answer.status_code

        assert await call(key) == 200
        guesses = [await call(f"cq_live_{number:08}_{'x' * 32}") for number in range(125)]
        assert guesses == [401] * 120 + [429] * 5
        assert await call(key) == 200
