"""How a board looks as table and as kanban, and an item beside it: wide, narrow, light, filtered to nothing."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from tests.tui.running import app_on, rested, still, until, workspace
from tui.app import ConneqtApp
from tui.demo import fill_with_samples
from tui.screens.board import BoardScreen
from tui.screens.item import ItemScreen

__all__ = ["still"]

SIZES = [(120, 40), (80, 24), (250, 70)]


async def at_rest(pilot: Any, screen: type) -> None:
    """The screen is there, its rows and totals are read, and what followed is drawn."""
    await until(pilot, lambda: isinstance(pilot.app.screen, screen))
    await pilot.app.workers.wait_for_complete()
    for _ in range(10):
        await rested(pilot)
        await asyncio.sleep(0.05)


def shown(*keys: str, screen: type = BoardScreen) -> Any:
    async def before(pilot: Any) -> None:
        await at_rest(pilot, BoardScreen)
        for key in keys:
            await pilot.press(key)
        await at_rest(pilot, screen)

    return before


@pytest.fixture
def app(still: Path) -> ConneqtApp:
    return app_on(workspace(still, fill_with_samples), board="Product roadmap", view="table")


@pytest.mark.parametrize("size", SIZES)
def test_a_board_as_table(app: ConneqtApp, snap_compare: Any, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=shown("j", "space"))


@pytest.mark.parametrize("size", SIZES)
def test_a_board_as_kanban(app: ConneqtApp, snap_compare: Any, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=shown("t", "l"))


@pytest.mark.parametrize("size", SIZES[:2])
def test_an_item_beside_its_board(
    app: ConneqtApp, snap_compare: Any, size: tuple[int, int]
) -> None:
    assert snap_compare(app, terminal_size=size, run_before=shown("enter", screen=ItemScreen))


def test_a_board_in_the_light_theme(still: Path, snap_compare: Any) -> None:
    config = still / "conneqtos" / "config" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('theme = "light"\n')
    app = app_on(workspace(still, fill_with_samples), board="Product roadmap", view="table")
    assert snap_compare(app, terminal_size=(120, 40), run_before=shown())
