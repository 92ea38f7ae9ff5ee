"""Work that goes on by itself is done once for all who ask, and is forgotten when nobody asks any more."""

import asyncio

import pytest

from sync.server import underway
from sync.server.underway import Underway


class Work:
    """Is done when it is told so, and counts how often it was begun."""

    def __init__(self) -> None:
        self.begun = 0
        self.done = asyncio.Event()

    async def __call__(self) -> int:
        self.begun += 1
        await self.done.wait()
        return self.begun


async def test_who_asks_again_meanwhile_waits_for_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(underway, "PATIENCE", 0)
    going, work = Underway(60), Work()
    assert await going.wait("one", work) is None
    assert await going.wait("one", work) is None
    monkeypatch.setattr(underway, "PATIENCE", 30)
    asking = [asyncio.create_task(going.wait("one", work)) for _ in range(2)]
    work.done.set()
    assert await asyncio.gather(*asking) == [1, 1]
    assert await going.wait("one", work) == 2  # told once, it is begun anew


async def test_what_nobody_asked_for_again_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(underway, "PATIENCE", 0)
    monkeypatch.setattr(underway, "KEPT", 0)
    going, work = Underway(60), Work()
    assert await going.wait("one", work) is None
    work.done.set()
    while going.underway:  # noqa: ASYNC110 (it has no event)
        await asyncio.sleep(0)
    monkeypatch.setattr(underway, "PATIENCE", 30)
    assert await going.wait("one", work) == 2


async def test_who_has_little_time_for_a_step_is_answered_within_it() -> None:
    async with asyncio.timeout(5):
        assert await Underway(0.02).wait("one", Work()) is None


async def test_a_fault_is_told_to_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await Underway(60).wait("one", fails)
