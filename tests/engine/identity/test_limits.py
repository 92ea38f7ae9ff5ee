"""Rate limits: so many at once, then one at a time; the same on both databases, and for many at once."""

import asyncio

import pytest

from engine.api import Engine
from engine.clock import new_id
from engine.errors import TooMany
from engine.identity.caller import Caller
from engine.identity.limits import LIMITS, limited
from engine.store.limiting import Limit
from tests.engine.identity.people import later

MINUTE = 1 / 1440


async def test_a_burst_and_then_one_after_each_interval(engine: Engine) -> None:
    limit, what = Limit(burst=5, seconds=50_000), new_id()
    waits = [await engine.limits.take(limit, what) for _ in range(7)]
    assert waits[:5] == [0] * 5 and all(0 < wait <= 10_000_000 for wait in waits[5:])
    later(engine, 10_000 / 86_400)
    assert await engine.limits.take(limit, what) == 0
    assert await engine.limits.take(limit, what) > 0


async def test_of_many_at_once_exactly_the_burst_gets_through(engine: Engine) -> None:
    limit, what = Limit(burst=5, seconds=100_000), new_id()
    waits = await asyncio.gather(*(engine.limits.take(limit, what) for _ in range(40)))
    assert sum(wait == 0 for wait in waits) == 5


async def test_looking_uses_nothing(engine: Engine) -> None:
    limit, what = Limit(burst=1, seconds=1_000), new_id()
    for _ in range(3):
        assert await engine.limits.waiting(limit, what) == 0
    await engine.limits.take(limit, what)
    assert await engine.limits.waiting(limit, what) > 0


async def test_a_clock_that_was_a_year_ahead_keeps_nobody_out_for_a_year(engine: Engine) -> None:
    limit, what = Limit(burst=2, seconds=60), new_id()
    later(engine, 365)
    while not await engine.limits.take(limit, what):
        pass
    later(engine, -365)
    assert await engine.limits.waiting(limit, what) == 0
    assert (await engine.limits.take_some(limit, what, 5)).got == 2


async def test_one_household_of_ipv6_is_one_address(engine: Engine) -> None:
    first = Caller(address="2001:db8:1:2:aaaa::1")
    other = Caller(address="2001:db8:1:2:bbbb::2")
    assert first.network == other.network != Caller(address="2001:db8:1:3::1").network


async def test_what_is_limited_is_not_readable_in_the_store(engine: Engine) -> None:
    from sqlalchemy import select

    from engine.store.tables import rate_limit

    address = "198.51.100.77"
    await limited(engine, "code", Caller(address=address))
    rows = await engine._session.database.read(
        None, lambda connection: [tuple(row) for row in connection.execute(select(rate_limit))]
    )
    assert rows and address not in repr(rows)


async def test_limits_that_are_full_again_are_forgotten_after_a_day(engine: Engine) -> None:
    await engine.limits.forget_idle()
    await engine.limits.take(Limit(burst=1, seconds=60), new_id())
    assert await engine.limits.forget_idle() == 0
    later(engine, 1 + 2 * MINUTE)
    assert await engine.limits.forget_idle() >= 1


@pytest.mark.parametrize("name", LIMITS)
async def test_every_limit_says_how_long_to_wait(engine: Engine, name: str) -> None:
    caller = Caller(address=f"limit-{name}-{new_id()}")
    with pytest.raises(TooMany) as refused:
        for _ in range(100):
            await limited(engine, name, caller, about=caller.address)
    assert refused.value.seconds > 0 and "Wait" in str(refused.value)


def test_the_promised_ones_are_there() -> None:
    assert {"login", "registration", "reset", "invitation", "checkout", "export"} <= set(LIMITS)
