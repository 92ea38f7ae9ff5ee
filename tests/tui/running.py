"""The whole app on a workspace of its own, at a time that stands still: for pilots and pictures."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
import time_machine
from textual import events
from textual.pilot import Pilot
from textual.widgets import Input, TextArea

from engine.api import Acting
from tests.engine.conftest import START
from tests.tui.at_rest import at_rest
from tui import bootstrap, unlocking
from tui.app import ConneqtApp, StartAt
from tui.bootstrap import Protection

LONG = 3600.0
Filling = Callable[[Acting], Awaitable[object]]


@pytest.fixture
def still(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The person's home folder, empty; time stands still: no cursor blinks and nothing told is taken away.
    Comes back with that folder."""
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("CONNEQTOS_HOME", str(home / "conneqtos"))
    monkeypatch.setenv("TZ", "UTC")
    monkeypatch.setattr("tui.version.version", lambda: "1.0")
    monkeypatch.setattr(Input.cursor_blink, "_default", False)
    monkeypatch.setattr(TextArea.cursor_blink, "_default", False)
    monkeypatch.setattr("tui.widgets.status_line.SHOWN_SECONDS", LONG)
    monkeypatch.setattr("tui.widgets.status_line.ERROR_SECONDS", LONG)
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
    return ConneqtApp(StartAt(folder=folder, unlocked=unlocking.unlock(folder), **more))  # type: ignore[arg-type]


@asynccontextmanager
async def running(app: ConneqtApp, size: tuple[int, int] = (120, 40)) -> AsyncIterator[Pilot[Any]]:
    async with app.run_test(size=size) as pilot:
        await at_rest(pilot)
        yield pilot


async def until(pilot: Pilot[Any], true: Callable[[], bool]) -> None:
    """Wait until something is so."""
    async with asyncio.timeout(20):
        while not true():
            await pilot.pause()


async def pressed(pilot: Pilot[Any], *keys: str) -> None:
    """Press keys one by one, each when the app has come to rest from the one before."""
    await at_rest(pilot)
    for key in keys:
        await pilot.press(key)
        await at_rest(pilot)


async def typed(pilot: Pilot[Any], text: str) -> None:
    """Type or paste a text where the cursor stands."""
    pilot.app.post_message(events.Paste(text))
    await at_rest(pilot)


def after(*keys: str) -> Any:
    """For `snap_compare(run_before=…)`: press keys one by one."""

    async def before(pilot: Pilot[Any]) -> None:
        await pressed(pilot, *keys)

    return before
