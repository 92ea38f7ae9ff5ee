"""Work that goes on by itself is done once for all who ask, and is forgotten when nobody asks any more."""

import asyncio

import httpx
import pytest

from engine.api import Acting, Engine
from engine.identity.api_keys import make
from engine.model.actor import Scope
from sync.server import relocations, underway
from sync.server.underway import Underway
from tests.sync.meeting import listening


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


async def test_what_goes_on_when_the_server_ends_is_broken_off_first(
    engine: Engine, acting: Acting, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken_off = False

    async def packing(_: Acting) -> None:
        nonlocal broken_off
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            await acting.engine.organizations()  # the store is still open
            broken_off = True
            raise

    monkeypatch.setattr(underway, "PATIENCE", 0.01)
    monkeypatch.setattr(relocations, "departing", packing)
    key = {"Authorization": f"Bearer {await make(acting, 'device', Scope.ADMIN)}"}
    async with listening(engine) as url, httpx.AsyncClient(base_url=url, headers=key) as web:
        answer = await web.post("/sync/depart")
        assert answer.status_code == 200 and not answer.json()["digest"]
        assert not broken_off
    assert broken_off


async def test_a_fault_is_told_to_who_asks(monkeypatch: pytest.MonkeyPatch) -> None:
    async def fails() -> None:
        raise ValueError("no")

    with pytest.raises(ValueError, match="no"):
        await Underway(60).wait("one", fails)
