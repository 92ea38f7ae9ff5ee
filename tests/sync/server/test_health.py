"""What is said while the database is away: that it is, to whoever asks, and nothing of where it is."""

import resource
import shutil
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx
import pytest

from engine.api import Engine
from engine.identity.api_keys import make
from engine.model.actor import Scope
from sync.server.app import create_app
from sync.server.settings import Settings
from tests.engine.conftest import KEY, new_organization
from tests.engine.wire import Wire


@pytest.fixture
async def wire(postgres_url: str) -> AsyncIterator[Wire]:
    opened = Wire(postgres_url)
    await opened.mend()
    yield opened
    opened.cut()


async def test_while_the_database_is_away_the_answer_is_503_and_afterwards_200(
    wire: Wire, tmp_path: Path
) -> None:
    engine = await Engine.open_postgres(wire.url, tmp_path, KEY)
    key = await make(await new_organization(engine), "test", Scope.READ)
    transport = httpx.ASGITransport(app=create_app(engine, Settings(), "1"))  # type: ignore[arg-type]
    headers = {"Authorization": f"Bearer {key}"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://server", headers=headers
    ) as web:
        for status in (200, 503, 200):
            if status == 503:
                wire.cut()
            for path in ("/health/ready", "/api/boards"):
                answer = await web.get(path)
                assert answer.status_code == status, (path, answer.text)
                if status == 503:
                    assert answer.headers["content-type"] == "application/problem+json"
                    assert answer.json()["code"] == "away" and "127.0.0.1" not in answer.text
            if status == 503:
                await wire.mend()
    await engine.close()


async def asked(engine: Engine, path: str) -> httpx.Response:
    transport = httpx.ASGITransport(app=create_app(engine, Settings(), "1"))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://server") as web:
        return await web.get(path)


@contextmanager
def no_room(file: Path) -> Iterator[None]:
    """No file grows beyond the size that this one has."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


async def test_what_cannot_be_written_is_not_ready_and_only_the_log_says_where_it_lies(
    tmp_path: Path, template_file: Path, caplog: pytest.LogCaptureFixture
) -> None:
    shutil.copy(template_file, tmp_path / "workspace.db")
    engine = await Engine.open_workspace(tmp_path, KEY)
    await new_organization(engine)
    with no_room(tmp_path / "workspace.db-wal"):
        answer = await asked(engine, "/health/ready")
    assert answer.status_code == 503 and answer.json()["code"] == "damaged"
    assert str(tmp_path) not in answer.text
    (line,) = (one for one in caplog.records if one.message == "store")
    assert str(tmp_path) in line.fields["said"]  # type: ignore[attr-defined]
    assert (await asked(engine, "/health/ready")).status_code == 200
    await engine.close()


async def test_who_is_being_written_for_long_is_ready(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sync.server.health.PATIENCE", 0.01)
    async with engine._session.database.writing(None):
        assert (await asked(engine, "/health/ready")).status_code == 200
