"""A workspace file for the screens, with one organization and its owner."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from engine.api import Acting, Engine
from tests.engine.conftest import KEY, Ticking, new_organization


@pytest.fixture(scope="session")
def empty_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty migrated workspace file: copying it is quicker than migrating for each test."""
    import asyncio

    folder = tmp_path_factory.mktemp("empty")

    async def make() -> None:
        engine = await Engine.open_workspace(folder, KEY)
        await engine.close()

    asyncio.run(make())
    return folder / "workspace.db"


@pytest.fixture
async def acting(tmp_path: Path, empty_workspace: Path) -> AsyncIterator[Acting]:
    """The owner of a new organization; the engine's clock is the test's."""
    shutil.copy(empty_workspace, tmp_path / "workspace.db")
    engine = await Engine.open_workspace(tmp_path, KEY, clock=Ticking(), utc_offset=lambda: 0)
    yield await new_organization(engine)
    await engine.close()
