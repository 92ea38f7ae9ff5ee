"""`conneqtos serve` as a process on a port of its own, that can be ended in any way and started again."""

import asyncio
import os
import signal
import subprocess
import sys
from pathlib import Path

import httpx

from engine.identity.api_keys import make
from engine.model.actor import Scope
from tests.engine.boards import sample_board
from tests.engine.conftest import new_organization
from tests.sync.server.test_serving import ROOT, free_port
from tui import server_store


async def a_store_with_a_board() -> str:
    """The store of a server in CONNEQTOS_HOME; comes back with a key that may do everything."""
    engine = await server_store.open_server("", key_beside_data=True, ask=None, ask_new=None)
    owner = await new_organization(engine)
    await sample_board(owner, items=3)
    key = await make(owner, "everything", Scope.ADMIN)
    await engine.close()
    return key


class ServerProcess:
    """`keys` are for whoever set the store up to keep."""

    def __init__(self, home: Path, database: str = "") -> None:
        self.port = free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.keys: list[str] = []
        self._command = [
            sys.executable, "-m", "tui", "serve", "--port", str(self.port), "--key-beside-data",
            *(("--database", database) if database else ()),
        ]  # fmt: skip
        self._environment = {**os.environ, "CONNEQTOS_HOME": str(home)}
        self._log = home / f"server-{self.port}.log"
        self._process: subprocess.Popen[bytes] | None = None

    async def start(self) -> None:
        """Until it answers."""
        with self._log.open("ab") as said:
            self._process = subprocess.Popen(
                self._command, cwd=ROOT, env=self._environment, stderr=said
            )
        async with httpx.AsyncClient() as client:
            while True:
                assert self._process.poll() is None, self.said()
                try:
                    await client.get(f"{self.url}/health/live")
                    return
                except httpx.TransportError:
                    await asyncio.sleep(0.05)

    def end(self, how: signal.Signals) -> None:
        assert self._process is not None
        self._process.send_signal(how)
        self._process.wait(timeout=30)

    def said(self) -> str:
        return self._log.read_text()
