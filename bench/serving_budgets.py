"""One and several server processes on one PostgreSQL, over HTTP: memory of an idle line for news, requests and commands a
second (docs/scaling.md)."""

import asyncio
import os
import resource
import time
from collections.abc import Awaitable, Callable
from functools import partial
from pathlib import Path

import httpx
from msgspec import Struct

from bench.figures import Figures
from bench.sample import fill
from engine.api import Acting, Engine
from engine.clock import new_id
from engine.commands.items import RenameItem
from engine.identity.api_keys import make
from engine.model.actor import Role, Scope
from engine.model.exchange import Pull, Push, Sent
from sync.client.server import Server
from tests.sync.server.process import ServerProcess
from tui import server_store

LINES = 20
"""Of each organization's owner: a member holds no more."""
SECONDS = 5.0
ORGANIZATIONS = 10
IN_A_PUSH = 20
TICK = os.sysconf("SC_CLK_TCK")


class Tenant(Struct):
    acting: Acting
    key: str
    epoch: str
    item: str
    board: str
    seq: int


async def measure(figures: Figures, folder: Path, postgres: str) -> None:
    home = folder / "home"
    home.mkdir(parents=True)
    os.environ["CONNEQTOS_HOME"] = str(home)
    engine = await server_store.open_server(postgres, key_beside_data=True, ask=None, ask_new=None)
    tenants = [await _tenant(engine) for _ in range(ORGANIZATIONS)]
    servers = [ServerProcess(home, postgres) for _ in range(2)]
    try:
        await servers[0].start()
        await _lines(figures, servers[0], tenants)
        for count in (1, 2):
            if count == 2:
                await servers[1].start()
            urls = [server.url for server in servers[:count]]
            name = f"{count} server process{'es' if count > 1 else ''}"
            for news in (False, True):
                pulls = await _rate(urls, tenants, partial(_pull, news=news))
                what = "with a changed row" if news else "without news"
                figures.plain(f"pulls {what}, {name}", f"{pulls:,.0f} a second")
            spread = await _rate(urls, tenants, _push)
            figures.plain(
                f"commands of {ORGANIZATIONS} organizations, {name}",
                f"{spread * IN_A_PUSH:,.0f} a second",
            )
            hot = await _rate(urls, tenants[:1] * ORGANIZATIONS, _push)
            figures.plain(
                f"commands of one organization, {name}", f"{hot * IN_A_PUSH:,.0f} a second"
            )
    finally:
        for server in servers:
            if server._process is not None:
                server._process.terminate()
                server._process.wait(timeout=30)
        await engine.close()


async def _tenant(engine: Engine) -> Tenant:
    owner = engine.acting_as(
        await engine.create_organization(
            organization_id=new_id(), name="Bench", owner_id=new_id(), owner_name="Owner"
        )
    )
    big = await fill(owner, 100)
    key = await make(owner, "bench", Scope.WRITE)
    epoch = await owner.session.read(owner.actor, Role.GUEST, True, lambda one: one.epoch())
    item = await owner.session.read(
        owner.actor, Role.GUEST, True, lambda one: _first_item(one, big.board)
    )
    await owner.execute(RenameItem(item_id=item, name="the last change"))
    seq = await owner.session.read(owner.actor, Role.GUEST, True, lambda one: one.last_seq())
    return Tenant(owner, key, epoch, item, big.board, seq)


def _first_item(reading: object, board_id: str) -> str:
    from engine.model.item import Item

    return reading.list(Item, board_id=board_id, order_by=("number",))[0].id  # type: ignore[attr-defined, no-any-return]


# -- lines for news -----------------------------------------------------------------------------


async def _lines(figures: Figures, server: ServerProcess, tenants: list[Tenant]) -> None:
    """Memory and processor time of a process that holds many lines open on which nothing comes."""
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, 20_000), hard))
    limits = httpx.Limits(max_connections=None, max_keepalive_connections=None)
    async with httpx.AsyncClient(base_url=server.url, timeout=60, limits=limits) as client:
        keys = [{"Authorization": f"Bearer {tenant.key}"} for tenant in tenants]
        for key in keys:
            (await client.get("/api/me", headers=key)).raise_for_status()
        before = _resident(server)
        count = LINES * len(keys)
        lines = [client.stream("GET", "/sync/poke", headers=key) for key in keys * LINES]
        open_lines = await asyncio.gather(*(line.__aenter__() for line in lines))
        for answer in open_lines:
            answer.raise_for_status()
        await asyncio.gather(*(anext(answer.aiter_lines()) for answer in open_lines))
        used = _processor(server)
        await asyncio.sleep(SECONDS)
        share = (_processor(server) - used) / SECONDS
        each = (_resident(server) - before) / count
        figures.plain("memory of an idle server process", f"{before / 1024:.0f} MiB")
        figures.plain("memory of a line for news", f"{each:.0f} KiB")
        figures.plain(f"processor of {count} idle lines", f"{share:.1%} of a core")
        await asyncio.gather(*(line.__aexit__(None, None, None) for line in lines))


def _resident(server: ServerProcess) -> int:
    """KiB."""
    status = Path(f"/proc/{_id(server)}/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0])


def _processor(server: ServerProcess) -> float:
    """Seconds of processor time so far."""
    fields = Path(f"/proc/{_id(server)}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def _id(server: ServerProcess) -> int:
    assert server._process is not None
    return server._process.pid


# -- requests -----------------------------------------------------------------------------------


async def _rate(
    urls: list[str], tenants: list[Tenant], work: Callable[[Server, Tenant, str, int], Awaitable[None]]
) -> float:  # fmt: skip
    """How often a second, by as many devices as there are tenants, for some seconds."""
    done = [0]
    until = time.perf_counter() + SECONDS

    async def device(number: int, tenant: Tenant) -> None:
        server = Server(urls[number % len(urls)], tenant.key)
        replica, turn = new_id(), 0
        while time.perf_counter() < until:
            await work(server, tenant, replica, turn)
            turn += 1
            done[0] += 1
        await server.close()

    started = time.perf_counter()
    await asyncio.gather(*(device(number, tenant) for number, tenant in enumerate(tenants)))
    return done[0] / (time.perf_counter() - started)


async def _pull(server: Server, tenant: Tenant, who: str, turn: int, *, news: bool) -> None:
    """Of a device that has read everything, or all but the last change of the board."""
    org, board = f"user:{tenant.acting.actor.user_id}", f"board:{tenant.board}"
    cursors = {"org": tenant.seq, org: tenant.seq, board: tenant.seq - (1 if news else 0)}
    await server.pull(Pull(replica_id=who, epoch=tenant.epoch, acked_n=0, cursors=cursors))


async def _push(server: Server, tenant: Tenant, who: str, turn: int) -> None:
    first = turn * IN_A_PUSH
    sent = tuple(
        Sent(
            n=first + n + 1, id=f"{who}-{first + n + 1}", gesture=new_id(), op=RenameItem.OP,
            arguments={"item_id": tenant.item, "name": f"{who} {first + n}"}, at=int(time.time() * 1000),
            base=10**6,
        )
        for n in range(IN_A_PUSH)
    )  # fmt: skip
    answer = await server.push(
        Push(
            replica_id=who, epoch=tenant.epoch, after_n=first,
            after_id=f"{who}-{first}" if first else "", sent_at=int(time.time() * 1000), commands=sent,
        )
    )  # fmt: skip
    assert answer.turn is None and len(answer.acks) == IN_A_PUSH, answer
