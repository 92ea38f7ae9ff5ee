"""How a board looks as table and as kanban, and an item beside it: wide, narrow, light, filtered to nothing."""

from pathlib import Path
from typing import Any

import pytest

from tests.tui.running import after, app_on, still, workspace
from tui.app import ConneqtApp
from tui.demo import fill_with_samples

__all__ = ["still"]

SIZES = [(120, 40), (80, 24), (250, 70)]


@pytest.fixture
def app(still: Path) -> ConneqtApp:
    return app_on(workspace(still, fill_with_samples), board="Product roadmap", view="table")


@pytest.mark.parametrize("size", SIZES)
def test_a_board_as_table(app: ConneqtApp, snap_compare: Any, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=after("j", "space"))


@pytest.mark.parametrize("size", SIZES)
def test_a_board_as_kanban(app: ConneqtApp, snap_compare: Any, size: tuple[int, int]) -> None:
    assert snap_compare(app, terminal_size=size, run_before=after("t", "l"))


@pytest.mark.parametrize("size", SIZES[:2])
def test_an_item_beside_its_board(
    app: ConneqtApp, snap_compare: Any, size: tuple[int, int]
) -> None:
    assert snap_compare(app, terminal_size=size, run_before=after("enter"))


def test_a_board_in_the_light_theme(still: Path, snap_compare: Any) -> None:
    config = still / "conneqtos" / "config" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('theme = "light"\n')
    app = app_on(workspace(still, fill_with_samples), board="Product roadmap", view="table")
    assert snap_compare(app, terminal_size=(120, 40), run_before=after())
