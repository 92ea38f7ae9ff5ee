"""PostgreSQL as several processes open it: at once, with one key, by logins of little power."""

import asyncio
import logging
from asyncio import create_task
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from engine.api import Engine
from engine.clock import new_id
from engine.commands.boards import CreateBoard
from engine.errors import Busy, Locked, UsageError, WorkspaceError
from engine.queries.home import Boards
from engine.store.database import SUPERUSER
from engine.store.deeds import read_head
from engine.store.postgres import CONNECTIONS, RUNTIME_ROLE, shown
from tests.engine.conftest import KEY, new_database, new_organization


async def opened(url: str, folder: Path, key: bytes = KEY) -> Engine:
    return await Engine.open_postgres(url, folder, key)


async def test_processes_that_start_at_once_on_a_new_database_make_it_once(tmp_path: Path) -> None:
    url = new_database()
    engines = await asyncio.gather(*(opened(url, tmp_path) for _ in range(4)))
    await new_organization(engines[0])
    assert [len(await engine.organizations()) for engine in engines] == [1] * 4
    for engine in engines:
        await engine.close()


async def test_a_process_with_another_key_does_not_start(tmp_path: Path) -> None:
    url = new_database()
    with_ours = await opened(url, tmp_path)
    with pytest.raises(Locked, match="another key") as refused:
        await opened(url, tmp_path, bytes(32))
    assert str(refused.value).count("\n") == 0
    again = await opened(url, tmp_path)
    for engine in (with_ours, again):
        await engine.close()


async def test_of_processes_that_start_at_once_with_different_keys_one_starts(
    tmp_path: Path,
) -> None:
    url = new_database()
    keys = [bytes([number]) * 32 for number in range(4)]
    found = await asyncio.gather(
        *(opened(url, tmp_path, key) for key in keys), return_exceptions=True
    )
    (engine,) = [one for one in found if isinstance(one, Engine)]
    assert sum(isinstance(one, Locked) for one in found) == 3
    await engine.close()


async def test_a_login_that_is_no_superuser_is_enough_and_only_another_is_warned_of(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING, "conneqtos.store")
    ours = await opened(new_database(), tmp_path)
    assert SUPERUSER in caplog.text
    caplog.clear()
    name = f"owner_{new_id()}"
    url = new_database(name)
    with pytest.raises(WorkspaceError, match=f"GRANT {RUNTIME_ROLE} TO {name}"):
        await opened(url, tmp_path)
    grant = text(f"GRANT {RUNTIME_ROLE} TO {name}")
    await ours._session.database._store.as_owner(lambda c: c.execute(grant))  # type: ignore[union-attr]
    theirs = await opened(url, tmp_path)
    await new_organization(theirs)
    assert SUPERUSER not in caplog.text
    for engine in (ours, theirs):
        await engine.close()


async def test_a_process_has_as_many_connections_as_it_is_told(tmp_path: Path) -> None:
    engine = await Engine.open_postgres(new_database(), tmp_path, KEY, connections=2)
    count = text("SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()")
    found = await asyncio.gather(
        *(engine.across(lambda c: int(c.execute(count).scalar_one())) for _ in range(8))
    )
    assert max(found) == 2
    await engine.close()


async def test_a_write_that_is_cancelled_while_it_sends_many_rows_locks_nothing(
    tmp_path: Path,
) -> None:
    engine = await opened(new_database(), tmp_path)
    home = await new_organization(engine)
    mine = home.actor.organization_id
    touch = text("UPDATE head SET seq = seq WHERE organization_id = :mine AND :much <> '' ")

    def work(connection: Connection) -> None:
        connection.execute(touch, [{"mine": mine, "much": "x"}] * 2)  # the driver knows it now
        asyncio.get_running_loop().call_soon(writing.cancel)
        connection.execute(touch, [{"mine": mine, "much": "x" * 10_000}] * 2_000)

    writing = asyncio.ensure_future(engine._session.database.write(mine, work))
    with pytest.raises(asyncio.CancelledError):
        await writing
    await home.execute(CreateBoard(name="Plan"))
    await engine.close()


async def test_what_takes_the_database_too_long_is_ended_by_it(tmp_path: Path) -> None:
    engine = await opened(new_database(), tmp_path)
    said = text("SELECT current_setting('statement_timeout') || current_setting(:idle)")
    idle = {"idle": "idle_in_transaction_session_timeout"}
    for ask in (engine.across, engine.beside):
        assert await ask(lambda c: c.execute(said, idle).scalar()) == "5min1min"

    def sleep(connection: Connection) -> None:
        connection.execute(text("SET LOCAL statement_timeout = 1"))
        connection.execute(text("SELECT pg_sleep(60)"))

    with pytest.raises(Busy, match="too long"):
        await engine.beside(sleep)
    await engine.close()


async def test_one_organization_that_is_written_without_end_leaves_connections_to_others(
    tmp_path: Path,
) -> None:
    engine = await opened(new_database(), tmp_path)
    busy, other = await new_organization(engine), await new_organization(engine, "Other")
    store = engine._session.database
    async with store.writing(busy.actor.organization_id) as held:
        await held.run_sync(read_head, busy.actor)
        waiting = [create_task(busy.execute(CreateBoard(name="Plan"))) for _ in range(CONNECTIONS)]
        await create_task(other.execute(CreateBoard(name="Plan")))
        assert not any(one.done() for one in waiting)
    await asyncio.gather(*waiting)
    assert not store._store._writers._of  # type: ignore[union-attr]
    await engine.close()


async def test_however_many_organizations_are_written_at_once_others_are_read(
    tmp_path: Path,
) -> None:
    engine = await opened(new_database(), tmp_path)
    home = await new_organization(engine)
    done = asyncio.Event()

    async def write() -> None:
        async with engine._session.database.writing(new_id()):
            await done.wait()

    writing = [create_task(write()) for _ in range(2 * CONNECTIONS)]
    assert await home.query(Boards()) == []
    assert not any(one.done() for one in writing)
    done.set()
    await asyncio.gather(*writing)
    await engine.close()


def test_an_address_is_shown_without_its_passwords_and_refused_where_it_is_none() -> None:
    for url in ("postgresql://u:canary@h/d", "postgresql://u@h/d?sslmode=require&password=canary"):
        assert "canary" not in shown(url) and "h/d" in shown(url)
    with pytest.raises(UsageError):
        shown("postgresql://u@h:port/d")
