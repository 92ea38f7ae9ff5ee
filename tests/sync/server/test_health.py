"""What is said while the database is away: that it is, to whoever asks, and nothing of where it is."""

from collections.abc import AsyncIterator
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
