"""The settings screen: what is changed there is in force at once and at the next start."""

from pathlib import Path
from typing import Any

import pytest

from engine.queries.home import WhoAmI
from tests.tui.one_screen import drawn
from tests.tui.running import after, app_on, pressed, running, still, workspace
from tui.recent_workspaces import known_workspaces
from tui.settings import read_settings

__all__ = ["still"]


@pytest.fixture
def studio(still: Path) -> Path:
    return workspace(still)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_all_settings(studio: Path, snap_compare: Any, size: tuple[int, int]) -> None:
    assert snap_compare(app_on(studio), terminal_size=size, run_before=after("S"))


async def test_the_theme_changes_at_once_and_stays(studio: Path) -> None:
    app = app_on(studio)
    async with running(app) as pilot:
        assert app.theme == "conneqtos-dark"
        await pressed(pilot, "S", "enter")
        assert app.theme == "conneqtos-light"
    assert read_settings() == (app.settings, [])
    assert app_on(studio).theme == "conneqtos-light"


async def test_other_keys_are_in_force_at_once(studio: Path) -> None:
    app = app_on(studio)
    async with running(app) as pilot:
        await pressed(pilot, "S", "j", "j", "enter", "escape")
        assert app.settings.keys == "plain"
        await pressed(pilot, "insert")
        assert "New board" in drawn(pilot)


async def test_ones_name_and_colour(studio: Path) -> None:
    app = app_on(studio)
    async with running(app) as pilot:
        await pressed(pilot, "S", *["j"] * 7, "enter", *["backspace"] * 3, *"Me", "enter")
        await pressed(pilot, "j", "enter", *"teal", "enter")
        _, me = await app.live.query(WhoAmI())
        assert (me.name, me.color) == ("Me", "teal")


async def test_the_workspace_gets_another_name_where_workspaces_are_chosen(studio: Path) -> None:
    async with running(app_on(studio)) as pilot:
        await pressed(pilot, "S", "G", "enter", "end", *" Two", "enter")
        assert "Studio Two" in drawn(pilot)
    assert known_workspaces() == [(studio, "Studio Two")]
