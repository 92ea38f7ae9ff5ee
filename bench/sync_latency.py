"""How long an edit takes to get from one person's device to another's: into its store, and onto its screen."""

import asyncio
import os
import select
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench.figures import Figures
from bench.sample import KEY
from engine.api import Acting, Engine
from engine.commands.items import RenameItem
from engine.identity.api_keys import make
from engine.model.actor import Role, Scope
from engine.syncing import Device
from tests.engine.boards import sample_board
from tests.engine.conftest import new_organization
from tests.engine.members import colleague
from tests.sync.server.process import ServerProcess
from tests.tui.pty_session import PATIENCE, PtySession
from tui import server_store

EDITS = 30
MOVES = 20
ROOT = Path(__file__).parents[1]


async def to_the_other_store(figures: Figures, server: Acting, item: str, folder: Path) -> None:
    """From the edit on one device to the row in another, through HTTP, with both loops running."""
    from sync.client.loop import Loop
    from sync.client.server import Server

    token = await make(server, "bench", Scope.WRITE)
    async with _listening(server.engine) as url:
        loops, moved = [], asyncio.Event()
        for name in ("here", "there"):
            device = await linked(server, folder / name, url)
            loops.append(Loop(device, Server(url, token), lambda mark: None))
            await loops[-1].exchange()
        loops[1]._acting.subscribe(lambda news: moved.set())
        tasks = [asyncio.create_task(loop.run()) for loop in loops]
        took = []
        for number in range(EDITS):
            await asyncio.sleep(0.7)
            moved.clear()
            started = time.perf_counter()
            await loops[0]._acting.execute(RenameItem(item_id=item, name=f"edit {number}"))
            await moved.wait()
            took.append(time.perf_counter() - started)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for loop in loops:
            await loop.server.close()
            await loop._acting.engine.close()
    _say(figures, "an edit's way into another device", took)


async def linked(server: Acting, folder: Path, url: str = "http://127.0.0.1:9") -> Acting:
    """A device of the server's own actor."""
    folder.mkdir(parents=True)
    engine = await Engine.open_workspace(folder, KEY)
    await Device.join(
        engine, organization_id=server.actor.organization_id, member_id=server.actor.user_id,
        server=url, device="bench",
    )  # fmt: skip
    return engine.acting_as(server.actor)


def to_the_other_screen(figures: Figures, folder: Path) -> None:
    """From the key on one terminal to the card drawn in another lane on the other, with a server of its own."""
    home = folder / "server"
    home.mkdir(parents=True)
    os.environ["CONNEQTOS_HOME"] = str(home)
    keys = asyncio.run(_two_people())
    server = ServerProcess(home)
    asyncio.run(server.start())
    try:
        homes = [_joined(server, folder / f"home{n}", key) for n, key in enumerate(keys)]
        with _app(homes[0]) as one, _app(homes[1]) as other:
            for session in (one, other):
                session.until("Item 1").until("synced").press("t").until("Kanban").until("Item 1")
            one.press("g", "g")
            _say(figures, "a moved card's way onto another screen", _moves(one, other))
    finally:
        server.end(signal.SIGTERM)


def _moves(one: PtySession, other: PtySession) -> list[float]:
    took = []
    for number in range(MOVES):
        before = _column_of(other.text, "Item 1")
        started = time.perf_counter()
        one.press("L" if number % 2 == 0 else "H")
        while _column_of(other.text, "Item 1") in (-1, before):
            # both are read: a terminal that nobody reads stops its program
            select.select([one.master, other.master], [], [], PATIENCE)
            one._read(0)
            other._read(0)
        took.append(time.perf_counter() - started)
        _rest(one, other)
    return took


def _rest(*sessions: PtySession) -> None:
    """Until both have drawn what is still to be drawn."""
    until = time.perf_counter() + 1.0
    while (left := until - time.perf_counter()) > 0:
        select.select([session.master for session in sessions], [], [], left)
        for session in sessions:
            session._read(0)


def _column_of(text: str, name: str) -> int:
    return max((line.find(name) for line in text.splitlines()), default=-1)


async def _two_people() -> list[str]:
    engine = await server_store.open_server("", key_beside_data=True, ask=None, ask_new=None)
    owner = await new_organization(engine)
    await sample_board(owner, items=3, name="Launch")
    other = await colleague(owner, "Other", Role.MEMBER)
    keys = [await make(one, "laptop", Scope.WRITE) for one in (owner, other)]
    await engine.close()
    return keys


def _joined(server: ServerProcess, folder: Path, key: str) -> dict[str, str]:
    work = str(folder / "work")
    environment = {
        "CONNEQTOS_HOME": str(folder), "CONNEQTOS_TOKEN": key, "CONNEQTOS_WORKSPACE": work,
    }  # fmt: skip
    subprocess.run(
        [
            sys.executable, "-m", "tui", "sync", "join", server.url, work, "--protection",
            "clear-beside-the-data",
        ],
        cwd=ROOT, env={**os.environ, **environment}, check=True, stdout=subprocess.DEVNULL,
    )  # fmt: skip
    return environment


def _app(environment: dict[str, str]) -> PtySession:
    command = [sys.executable, "-m", "tui", "open", "Launch"]
    return PtySession(command, cwd=ROOT, environment=environment)


def _say(figures: Figures, what: str, took: list[float]) -> None:
    p95 = sorted(took)[int(len(took) * 0.95)]
    figures.plain(what, f"p50 {statistics.median(took):.2f} s, p95 {p95:.2f} s", "≤ 1 s")


@asynccontextmanager
async def _listening(engine: Engine) -> AsyncIterator[str]:
    import uvicorn

    from sync.server.app import create_app
    from sync.server.serving import listening_socket
    from sync.server.settings import Settings

    settings = Settings(port=0)
    server = uvicorn.Server(uvicorn.Config(create_app(engine, settings, "1.0"), log_config=None))
    with listening_socket(settings) as listening:
        task = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started:  # noqa: ASYNC110 (it has no event)
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        await task
