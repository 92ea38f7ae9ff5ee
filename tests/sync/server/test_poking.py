"""Lines for news over real sockets: they live as long as who opened them may come in, and no longer than the server."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import httpx
import pytest

from engine.api import Acting, Engine
from engine.commands.api_keys import RevokeApiKey
from engine.commands.boards import CreateBoard
from engine.commands.sessions import SignOut
from engine.identity.api_keys import make
from engine.identity.organizations import create
from engine.model.actor import Scope
from engine.queries.members import ApiKeys
from engine.store.limiting import Limit
from sync.server.app import create_app
from sync.server.settings import Settings
from tests.engine.conftest import new_organization
from tests.engine.identity.people import signed_up, somewhere
from tests.sync.meeting import listening
from tests.sync.server.line import Line
from tests.sync.server.process import ServerProcess
from tui import server_store

Lines = AsyncIterator[str]


@pytest.fixture(autouse=True)
def _short_breaths(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sync.server.poking.BREATH", 0.05)


@asynccontextmanager
async def line(url: str, token: str, **headers: str) -> AsyncIterator[Lines]:
    """What an open line says."""
    headers["Authorization"] = f"Bearer {token}"
    async with (
        httpx.AsyncClient(base_url=url, headers=headers, timeout=30) as client,
        client.stream("GET", "/sync/poke") as answer,
    ):
        assert answer.status_code == 200
        yield answer.aiter_lines()


async def ends(lines: Lines) -> bool:
    """Whether the server ends the line, which it does soon."""
    with suppress(TimeoutError):
        async with asyncio.timeout(60):
            async for _ in lines:
                pass
            return True
    return False


async def test_a_line_says_what_was_written_and_goes_on(engine: Engine, acting: Acting) -> None:
    key = await make(acting, "device", Scope.WRITE)
    async with listening(engine) as url, line(url, key) as lines:
        assert await anext(lines) == "data: 0"
        done = await acting.execute(CreateBoard(name="News"))
        async for one in lines:  # it may have moved on further by now: the key is used meanwhile
            if one.startswith("data: ") and int(one.removeprefix("data: ")) >= done.seq:
                break


async def test_a_line_goes_on_where_a_step_of_a_request_may_take_little_time(
    engine: Engine, acting: Acting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.server.poking.BREATH", 20.0)
    key = await make(acting, "device", Scope.WRITE)
    app = create_app(engine, Settings(seconds=1), "1.0")
    opened = Line(app, {"Authorization": f"Bearer {key}"})
    assert await opened.open() == 200
    assert await opened.goes_on(5)
    await opened.close()


async def test_the_line_of_a_revoked_key_ends(engine: Engine, acting: Acting) -> None:
    key = await make(acting, "device", Scope.WRITE)
    async with listening(engine) as url, line(url, key) as lines:
        await anext(lines)
        (made,) = await acting.query(ApiKeys())
        await acting.execute(RevokeApiKey(key_id=made.id))
        assert await ends(lines)


async def test_it_ends_also_where_its_address_has_asked_all_that_strangers_may(
    engine: Engine, acting: Acting, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.server.quotas.STRANGERS", Limit(burst=2, seconds=10_000))
    key = await make(acting, "device", Scope.WRITE)
    async with listening(engine) as url, line(url, key) as lines:
        await anext(lines)
        async with httpx.AsyncClient(
            base_url=url, headers={"Authorization": "Bearer no"}
        ) as client:
            while (await client.post("/sync/hello")).status_code != 429:
                pass
        (made,) = await acting.query(ApiKeys())
        await acting.execute(RevokeApiKey(key_id=made.id))
        assert await ends(lines)


async def test_the_line_of_an_ended_session_ends(engine: Engine, acting: Acting) -> None:
    signed, token, account = await signed_up(engine)
    await create(engine, somewhere(), signed, "Home")
    async with listening(engine) as url, line(url, token) as lines:
        await anext(lines)
        await account.execute(SignOut(session_id=signed.session_id))
        assert await ends(lines)


async def test_nothing_is_watched_for_a_line_that_has_ended(engine: Engine, acting: Acting) -> None:
    key = await make(acting, "device", Scope.WRITE)
    async with listening(engine) as url, line(url, key) as lines:
        await anext(lines)
        assert engine.news.watched == 1
    assert engine.news.watched == 0


async def test_a_server_that_ends_ends_its_lines_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CONNEQTOS_HOME", str(tmp_path))
    engine = await server_store.open_server("", key_beside_data=True, ask=None, ask_new=None)
    key = await make(await new_organization(engine), "device", Scope.WRITE)
    await engine.close()
    server = ServerProcess(tmp_path)
    await server.start()
    async with line(server.url, key) as lines:
        await anext(lines)
        ended = asyncio.create_task(asyncio.to_thread(server.end, signal.SIGTERM))
        assert await ends(lines)
        await ended
    assert '"message":"Finished server process' in server.said()
    assert '"level":"error"' not in server.said() and "Traceback" not in server.said()
