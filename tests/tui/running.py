"""The whole app on a workspace of its own, at a time that stands still: for pilots and pictures."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import time_machine
from textual.pilot import Pilot

from engine.api import Acting
from tests.engine.conftest import START
from tui import bootstrap
from tui.app import ConneqtApp, StartAt
from tui.bootstrap import Protection

Filling = Callable[[Acting], Awaitable[object]]


@pytest.fixture
def still(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The person's home folder, empty; time stands still. Comes back with that folder."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("CONNEQTOS_HOME", str(home / "conneqtos"))
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setattr("tui.version.version", lambda: "1.0")
    with time_machine.travel(START / 1000, tick=False):
        yield home


async def nothing(acting: Acting) -> None:
    """A workspace without a board."""


def workspace(home: Path, fill: Filling = nothing) -> Path:
    """Make one, called “Studio”, whose key needs no asking."""

    async def make() -> Path:
        opened = await bootstrap.create_workspace(
            home / "studio", name="Studio", protection=Protection.CLEAR, owner_name="You"
        )
        await fill(opened.acting)
        await opened.acting.engine.close()
        return opened.folder

    return asyncio.run(make())


def app_on(folder: Path, **more: str) -> ConneqtApp:
    """As `conneqtos` starts it."""
    return ConneqtApp(StartAt(folder=folder, unlocked=bootstrap.unlock(folder), **more))  # type: ignore[arg-type]


@asynccontextmanager
async def running(
    app: ConneqtApp, size: tuple[int, int] = (120, 40)
) -> AsyncIterator[Pilot[object]]:
    async with app.run_test(size=size) as pilot:
        await rested(pilot)
        yield pilot


async def rested(pilot: Pilot[object]) -> None:
    """Wait until workers and messages have come to rest; those that wait for an answer are left alone."""
    for _ in range(3):
        await pilot.pause()
        busy = [worker for worker in pilot.app.workers if worker.group != "default"]
        if busy:
            await pilot.app.workers.wait_for_complete(busy)
    await pilot.pause()


async def until(pilot: Pilot[object], true: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(20):
        while not true():
            await pilot.pause()


async def pressed(pilot: Pilot[object], *keys: str) -> None:
    for key in keys:
        await pilot.press(key)
        await pilot.pause()
    await rested(pilot)
