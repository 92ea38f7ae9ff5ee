"""A workspace file for the screens, with one organization and its owner; a filled one for pictures."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import time_machine

from engine.api import Acting, Engine
from tests.engine.conftest import KEY, START, Ticking, new_organization
from tests.tui.every_type import fill
from tests.tui.running import still, workspace

__all__ = ["still"]


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


@pytest.fixture(scope="session")
def filled_workspace(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Made once; each picture gets a copy."""
    with time_machine.travel(START / 1000, tick=False):
        return workspace(tmp_path_factory.mktemp("filled"), fill)


@pytest.fixture
def every_type(still: Path, filled_workspace: Path) -> Path:
    """The workspace “Studio” with the board “Every type”."""
    return Path(shutil.copytree(filled_workspace, still / "studio"))
