"""The server's app on each database, called as a program would call it."""

from collections.abc import AsyncIterator, Callable

import httpx
import pytest
from msgspec import structs

from engine.api import Acting, Engine
from engine.identity.api_keys import make
from engine.model.actor import Scope
from sync.server.app import create_app
from sync.server.settings import Settings
from tests.engine.conftest import acting, engine, postgres_url, template_file
from tests.engine.identity.conftest import quick_hashes

__all__ = ["acting", "engine", "postgres_url", "quick_hashes", "template_file"]

Client = httpx.AsyncClient
Clients = Callable[[str], Client]


@pytest.fixture
async def clients(engine: Engine) -> AsyncIterator[Clients]:
    """A client of the server by its token; "" for nobody's."""
    app = create_app(engine, Settings(), "1.0")
    transport = httpx.ASGITransport(app=app, client=("127.0.0.1", 1234))  # type: ignore[arg-type]
    opened: list[Client] = []

    def client(token: str) -> Client:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        opened.append(Client(transport=transport, base_url="http://server", headers=headers))
        return opened[-1]

    yield client
    for one in opened:
        await one.aclose()


@pytest.fixture
async def owner(acting: Acting, clients: Clients) -> Client:
    """The owner of an organization, by a key that may do everything."""
    return clients(await make(acting, "test", Scope.ADMIN))


class Stopped:
    """A clock that stands where it is put."""

    def __init__(self, now: int) -> None:
        self.now = now

    def __call__(self) -> int:
        return self.now


@pytest.fixture
def clock(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> Stopped:
    stopped = Stopped(engine.now())
    monkeypatch.setattr(engine, "_session", structs.replace(engine._session, clock=stopped))
    counting = structs.replace(engine.limits._session, clock=stopped)
    monkeypatch.setattr(engine.limits, "_session", counting)
    return stopped
