"""Devices of a server that really listens on loopback, for tests of both ends at once."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from random import randrange

import httpx
import pytest
import uvicorn

from engine.api import Acting, Engine
from engine.clock import new_id
from engine.identity.api_keys import make
from engine.model.actor import Scope
from engine.syncing import Device
from sync.client.loop import Loop, Mark
from sync.client.server import Server
from sync.server.app import create_app
from sync.server.settings import Settings
from tests.engine.conftest import KEY


@asynccontextmanager
async def listening(engine: Engine) -> AsyncIterator[str]:
    """The address of the server's app on a socket of loopback."""
    config = uvicorn.Config(
        create_app(engine, Settings(), "1.0"), port=0, log_config=None, timeout_graceful_shutdown=1
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 (it has no event)
        await asyncio.sleep(0)
    port = server.servers[0].sockets[0].getsockname()[1]
    try:
        yield f"http://127.0.0.1:{port}"
    finally:
        server.should_exit = True
        await task


class Desk:
    """A device with its loop, and what its mark has been."""

    def __init__(
        self, home: Path, engine: Engine, acting: Acting, device: Device, server: Server
    ) -> None:
        self.home = home
        self.engine, self.acting, self.device, self.server = engine, acting, device, server
        self.marks: list[Mark] = []
        self.moved = asyncio.Event()
        self.loop = Loop(acting, server, self._show, chance=lambda: 0.5)
        acting.subscribe(lambda news: self.moved.set())

    def _show(self, mark: Mark) -> None:
        self.marks.append(mark)
        self.moved.set()

    async def until(self, condition: object) -> None:
        """Until a condition holds, looked at whenever something has moved here."""
        async with asyncio.timeout(30):
            while not await condition():  # type: ignore[operator]
                self.moved.clear()
                await self.moved.wait()

    async def close(self) -> None:
        await self.server.close()
        await self.engine.close()


async def desk(
    folder: Path,
    template: Path,
    member: Acting,
    url: str,
    scope: Scope = Scope.WRITE,
    **how: object,
) -> Desk:
    """A new device of this member, by a key of theirs."""
    home = folder / new_id()
    home.mkdir()
    shutil.copy(template, home / "workspace.db")
    engine = await Engine.open_workspace(home, KEY, utc_offset=lambda: 0)
    server = Server(url, await make(member, "device", scope), **how)  # type: ignore[arg-type]
    welcome = await server.hello()
    device = await Device.join(
        engine, organization_id=welcome.organization_id, member_id=welcome.member_id,
        server=url, device="desk",
    )  # fmt: skip
    return Desk(home, engine, engine.acting_as(member.actor), device, server)


@asynccontextmanager
async def beside(one: Desk) -> AsyncIterator[Desk]:
    """Another program on the same workspace, by the same way to the server; both hear of what the other writes."""
    engine = await Engine.open_workspace(one.home, KEY, utc_offset=lambda: 0)
    acting = engine.acting_as(one.acting.actor)
    for each in (one.engine, engine):
        await each.news.watch(acting.actor.organization_id)
    yield Desk(one.home, engine, acting, Device(acting), one.server)
    await engine.close()


@asynccontextmanager
async def kept_together(one: Desk) -> AsyncIterator[None]:
    """The device's loop runs meanwhile."""
    running = asyncio.create_task(one.loop.run())
    try:
        yield
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)


Desks = Callable[..., Awaitable[Desk]]


class Network(httpx.AsyncBaseTransport):
    """The way to the app, which can be down, or break after some requests of a kind. `sent` are their methods, `asked`
    their paths."""

    def __init__(self, app: object) -> None:
        # An address of its own: a database that several tests share counts what comes from one.
        client = (f"127.{randrange(256)}.{randrange(256)}.{randrange(1, 255)}", 1)
        self.way = httpx.ASGITransport(app=app, client=client)  # type: ignore[arg-type]
        self.down = False
        self.sent: list[str] = []
        self.asked: list[str] = []
        self._left: dict[str, int] = {}

    def fail_after(self, method: str, times: int) -> None:
        """The next so many go through; the one behind them is lost, and no more."""
        self._left[method] = times

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        if self.down or self._left.get(request.method) == 0:
            self._left.pop(request.method, None)
            raise httpx.ConnectError("no route to host")
        if request.method in self._left:
            self._left[request.method] -= 1
        self.sent.append(request.method)
        self.asked.append(request.url.path)
        return await self.way.handle_async_request(request)


@pytest.fixture
def network(engine: Engine) -> Network:
    return Network(create_app(engine, Settings(), "1.0"))


@pytest.fixture
async def desks(tmp_path: Path, template_file: Path, network: Network) -> AsyncIterator[Desks]:
    made: list[Desk] = []

    async def make(member: Acting, scope: Scope = Scope.WRITE) -> Desk:
        made.append(
            await desk(tmp_path, template_file, member, "http://server", scope, transport=network)
        )
        return made[-1]

    yield make
    for one in made:
        await one.close()
