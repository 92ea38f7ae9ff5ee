"""Two people side by side, each at a terminal of their own: what one does the other sees, also after both were offline."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.api import Engine
from engine.identity.api_keys import make
from engine.model.actor import Role, Scope
from tests.engine.boards import sample_board
from tests.engine.conftest import new_organization
from tests.engine.members import colleague
from tests.sync.server.process import ServerProcess
from tests.tui.pty_session import PtySession
from tui import server_store

ROOT = Path(__file__).parents[2]


async def _server_store(monkeypatch: pytest.MonkeyPatch, home: Path) -> list[str]:
    """A board of two people on a server's own file, and a key of each."""
    monkeypatch.setenv("CONNEQTOS_HOME", str(home))
    engine: Engine = await server_store.open_server(
        "", key_beside_data=True, ask=None, ask_new=None
    )
    try:
        owner = await new_organization(engine)
        await sample_board(owner, items=3, name="Launch")
        other = await colleague(owner, "Grace", Role.MEMBER)
        return [await make(one, "laptop", Scope.WRITE) for one in (owner, other)]
    finally:
        await engine.close()


@pytest.fixture
def server(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ServerProcess]:
    home = tmp_path / "server"
    home.mkdir()
    keys = asyncio.run(_server_store(monkeypatch, home))
    process = ServerProcess(home)
    process.keys = keys
    asyncio.run(process.start())
    yield process
    process.end(signal.SIGTERM)


def joined(server: ServerProcess, folder: Path, key: str) -> dict[str, str]:
    """The environment of a person whose workspace was joined to the server."""
    environment = {
        "CONNEQTOS_HOME": str(folder), "CONNEQTOS_TOKEN": key, "PYTHONPATH": str(ROOT),
        "CONNEQTOS_WORKSPACE": str(folder / "work"),
    }  # fmt: skip
    call = [
        "sync",
        "join",
        server.url,
        str(folder / "work"),
        "--protection",
        "clear-beside-the-data",
    ]
    done = subprocess.run(
        [sys.executable, "-m", "tui", *call],
        cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return environment


def app(environment: dict[str, str]) -> PtySession:
    return PtySession(
        [sys.executable, "-m", "tui", "open", "Launch"], cwd=ROOT, environment=environment
    )


def _lane_of(text: str, name: str) -> int:
    return max((line.find(name) for line in text.splitlines()), default=-1)


def renamed(session: PtySession, number: int, name: str) -> None:
    """The item so far below the first gets another name."""
    session.press("g", "g", "j", *["j"] * number).press("r").until("Name")
    session.press("ctrl+u").type(name).press("enter").until(name)


def loser_of(one: PtySession, other: PtySession, names: tuple[str, str]) -> PtySession:
    """Whose name the other's was written over, once both show the same. Either may be the first to come back."""

    def shown(text: str) -> set[str]:
        return {name for name in names if name in text}

    one.until(lambda text: bool(shown(text)) and shown(text) == shown(other.until_quiet().text))
    return one if names[1] in one.text else other


def test_a_card_moves_on_both_and_edits_of_both_meet(server: ServerProcess, tmp_path: Path) -> None:
    homes = [joined(server, tmp_path / f"home{n}", key) for n, key in enumerate(server.keys)]
    with app(homes[0]) as one, app(homes[1]) as other:
        one.until("Item 1").until("synced").press("t").until("Kanban").until("Item 1")
        other.until("Item 1").until("synced").press("t").until("Kanban").until("Item 1")
        before = _lane_of(other.text, "Item 1")
        one.press("g", "g").press("L")
        other.until(lambda text: _lane_of(text, "Item 1") > before)

        server.end(signal.SIGTERM)
        for session in (one, other):
            session.press("t").until("Table").until("offline since")
        renamed(one, 0, "Mine from offline")
        renamed(other, 0, "Theirs from offline")
        one.until("waiting")
        asyncio.run(server.start())
        for session in (one, other, one):
            session.press("f12").until("Sync").press("s").until("synced").press("esc")
        names = ("Mine from offline", "Theirs from offline")
        loser = loser_of(one, other, names)
        lost, kept = names if loser is one else reversed(names)
        loser.press("f12").until(f"Yours: {lost}").until(kept).press("esc")
        for session in (one, other):
            session.press("ctrl+q")
            assert session.end() == 0
