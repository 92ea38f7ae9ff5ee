"""News of what other programs wrote: who listens hears all of it, also after the database was away."""

import asyncio
import logging
import shutil
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine as SqlEngine
from sqlalchemy import event, text

from engine.api import Acting, Engine
from engine.clock import new_id
from engine.commands.boards import CreateBoard
from engine.commands.items import RenameItem, RestoreItems, TrashItems
from engine.errors import Away
from engine.model.change import Announcement
from tests.engine.boards import sample_board
from tests.engine.conftest import KEY, new_organization
from tests.engine.wire import Wire


@pytest.fixture(autouse=True)
def _often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.store.news.POLL_SECONDS", 0.01)


class Ear:
    """Hears of one organization by another program's engine."""

    def __init__(self, engine: Engine, acting: Acting) -> None:
        self.heard: list[int] = []
        self._news = asyncio.Event()
        engine.subscribe(acting.actor.organization_id, self._hear)

    def _hear(self, news: Announcement) -> None:
        self.heard.append(news.seq)
        self._news.set()

    async def next(self) -> None:
        await self._news.wait()
        self._news.clear()


class Complaint(logging.Handler):
    """Whether the engine has logged that it cannot read the news."""

    def __init__(self) -> None:
        super().__init__()
        self.made = asyncio.Event()

    def emit(self, record: logging.LogRecord) -> None:
        if "news cannot be read: Away" in record.getMessage():
            self.made.set()


@pytest.fixture
def complaint() -> Iterator[Complaint]:
    log, handler = logging.getLogger("conneqtos.store"), Complaint()
    log.addHandler(handler)
    yield handler
    log.removeHandler(handler)


@pytest.fixture
async def wire(postgres_url: str) -> AsyncIterator[Wire]:
    opened = Wire(postgres_url)
    await opened.mend()
    yield opened
    opened.cut()


@pytest.fixture
async def here(postgres_url: str, tmp_path: Path) -> AsyncIterator[Engine]:
    """A process whose database is always there."""
    opened = await Engine.open_postgres(postgres_url, tmp_path / "here", KEY)
    yield opened
    await opened.close()


@pytest.fixture
async def there(wire: Wire, tmp_path: Path) -> AsyncIterator[Engine]:
    """Another process, by the wire."""
    opened = await Engine.open_postgres(wire.url, tmp_path / "there", KEY)
    yield opened
    await opened.close()


async def test_more_than_is_read_at_once_is_told_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.store.news.MANY", 10)
    monkeypatch.setattr("engine.store.news.POLL_SECONDS", 3_600)  # only when the test looks
    here = await Engine.open_workspace(tmp_path, KEY)
    there = await Engine.open_workspace(tmp_path, KEY)
    acting = await new_organization(here)
    first, second = await sample_board(acting, items=25), await sample_board(acting, items=1)
    told: list[Announcement] = []
    there.subscribe(acting.actor.organization_id, told.append)
    await there.news.watch(acting.actor.organization_id)
    await acting.execute(TrashItems(item_ids=tuple(first.items)))
    for item in first.items[:15]:
        await acting.execute(RestoreItems(item_ids=(item,)))
    done = await acting.execute(RenameItem(item_id=second.items[0], name="The last"))
    await there.news.look()
    assert {board for one in told for board in one.boards} == {first.board, second.board}
    changed = {id for one in told for _, id in one.records}
    assert {*first.items, second.items[0]} <= changed
    assert [one.seq for one in told] == sorted({one.seq for one in told})
    assert told[-1].seq == done.seq
    await here.close()
    await there.close()


async def test_news_come_again_after_the_database_was_away(
    here: Engine, there: Engine, wire: Wire, complaint: Complaint
) -> None:
    acting = await new_organization(here)
    ear = Ear(there, acting)
    await there.news.watch(acting.actor.organization_id)
    wire.cut()
    with pytest.raises(Away):
        await there.limits.counted("anything")
    await complaint.made.wait()
    done = await acting.execute(CreateBoard(name="Meanwhile"))
    await wire.mend()
    await ear.next()
    assert ear.heard == [done.seq]


async def test_connections_that_the_database_has_ended_are_made_anew(
    here: Engine, there: Engine
) -> None:
    acting = await new_organization(here)
    ear = Ear(there, acting)
    await there.news.watch(acting.actor.organization_id)
    end_all = text(
        "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
        "WHERE datname = current_database() AND pid <> pg_backend_pid()"
    )
    database = here._session.database
    ended = await database._store.as_owner(lambda c: c.execute(end_all).scalar())  # type: ignore[union-attr]
    assert ended
    await acting.execute(CreateBoard(name="Again"))
    await ear.next()
    assert await there.limits.counted("anything") == 0


async def test_who_comes_later_takes_no_news_from_who_was_there(engine: Engine) -> None:
    acting = await new_organization(engine)
    mine = acting.actor.organization_id
    ear = Ear(engine, acting)
    await engine.news.watch(mine)
    engine.news._seen[mine] -= 1  # as if another program had written the last of it
    await engine.news.watch(mine)
    await ear.next()
    assert ear.heard


async def test_an_organization_goes_with_its_last_listener(engine: Engine) -> None:
    mine, others = [(await new_organization(engine)).actor.organization_id for _ in range(2)]
    first, second = await engine.news.watch(mine), await engine.news.watch(mine)
    await engine.news.watch(others)
    assert engine.news.watched == 2
    first()
    assert engine.news.watched == 2
    second()
    assert engine.news.watched == 1
    await new_organization(engine)
    assert engine.news.watched == 1, "nobody listens to what this program itself writes"


async def test_more_organizations_than_a_statement_has_parameters_are_watched(
    engine: Engine,
) -> None:
    acting = await new_organization(engine)
    ear = Ear(engine, acting)
    await engine.news.watch(acting.actor.organization_id)
    engine.news._seen.update(dict.fromkeys((new_id() for _ in range(40_000)), 0))
    engine.news._seen[acting.actor.organization_id] = 0
    await engine.news.look()
    assert ear.heard


async def test_what_another_wrote_between_ones_own_commits_is_told(
    tmp_path: Path, template_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Two programs on one file: the commit of the one must not hide that of the other."""
    monkeypatch.setattr("engine.store.news.POLL_SECONDS", 3_600)  # only when the test looks
    shutil.copy(template_file, tmp_path / "workspace.db")
    here = await Engine.open_workspace(tmp_path, KEY)
    there = await Engine.open_workspace(tmp_path, KEY)
    mine = await new_organization(here)
    other = there.acting_as(mine.actor)
    heard: list[Announcement] = []
    other.subscribe(heard.append)
    await there.news.watch(mine.actor.organization_id)
    await mine.execute(CreateBoard(board_id="theirs", name="Of the other program"))
    await other.execute(CreateBoard(board_id="own", name="Of this one"))
    await there.news.look()
    assert [(news.boards, news.elsewhere) for news in heard] == [
        ({"own"}, False), ({"theirs"}, True)
    ]  # fmt: skip
    await there.news.look()
    assert len(heard) == 2
    await here.close()
    await there.close()


async def test_however_many_are_watched_their_heads_are_one_query(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("engine.store.news.POLL_SECONDS", 3_600)  # only when the test looks
    for _ in range(12):
        await engine.news.watch(new_id())
    said: list[str] = []

    def hear(*told: Any) -> None:
        said.append(told[2])

    event.listen(SqlEngine, "before_cursor_execute", hear)
    try:
        await engine.news.look()
    finally:
        event.remove(SqlEngine, "before_cursor_execute", hear)
    assert [one for one in said if "head" in one] == said[-1:]
    assert [
        one for one in said if not one.startswith(("SET", "SELECT set_config", "BEGIN"))
    ] == said[-1:]
