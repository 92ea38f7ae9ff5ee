"""The help lists the keys that work where it was called."""

from pathlib import Path
from typing import Any

import pytest

from tests.tui.one_screen import drawn
from tests.tui.running import after, app_on, pressed, running, still, workspace
from tui.actions import ACTIONS, LISTS
from tui.app import ConneqtApp
from tui.demo import fill_with_samples
from tui.screens.api_keys import ApiKeysScreen
from tui.screens.audit import AuditScreen
from tui.screens.board import BoardScreen
from tui.screens.first_run import FirstRunScreen
from tui.screens.help import HelpScreen
from tui.screens.home import HomeScreen
from tui.screens.item import ItemScreen
from tui.screens.members import MembersScreen
from tui.screens.policy import PolicyScreen
from tui.screens.privacy import PrivacyScreen
from tui.screens.requests import RequestsScreen
from tui.screens.settings import SettingsScreen
from tui.screens.sharing import SharingScreen
from tui.screens.sync import SyncScreen
from tui.screens.trash import TrashScreen

__all__ = ["still"]
SCREENS = {
    "first": FirstRunScreen,
    "home": HomeScreen,
    "board": BoardScreen,
    "item": ItemScreen,
    "trash": TrashScreen,
    "privacy": PrivacyScreen,
    "audit": AuditScreen,
    "requests": RequestsScreen,
    "members": MembersScreen,
    "keys": ApiKeysScreen,
    "sharing": SharingScreen,
    "sync": SyncScreen,
    "policy": PolicyScreen,
    "settings": SettingsScreen,
    "help": HelpScreen,
}


@pytest.fixture
def studio(still: Path) -> Path:
    return workspace(still)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_the_keys_at_home(studio: Path, snap_compare: Any, size: tuple[int, int]) -> None:
    assert snap_compare(app_on(studio), terminal_size=size, run_before=after("question_mark"))


@pytest.mark.parametrize("action", ACTIONS, ids=lambda action: action.id)
def test_every_action_of_the_table_is_carried_out_somewhere(action: Any) -> None:
    name = f"action_{action.name}"
    if action.scope == "global":
        assert hasattr(ConneqtApp, name)
    elif action.scope == "list":
        lists = [SCREENS[scope] for scope in LISTS if scope in SCREENS]
        assert all(hasattr(screen, name) for screen in lists)
    elif action.scope in SCREENS:
        assert hasattr(SCREENS[action.scope], name) or hasattr(ConneqtApp, name)
    else:
        assert action.scope in ("transfer", "editor", "table", "kanban")


async def test_the_help_of_a_board_can_be_searched(still: Path, demo: Path) -> None:
    async with running(app_on(demo)) as pilot:
        await pressed(pilot, "enter", "?", "/", *"kanban", "enter")
        screen = drawn(pilot)
        assert "Switch between table and kanban" in screen
        assert "Rename" not in screen
        await pressed(pilot, "escape", "escape")
        assert isinstance(pilot.app.screen, BoardScreen)


@pytest.fixture
def demo(still: Path) -> Path:
    return workspace(still, fill_with_samples)


async def test_own_keys_are_shown(studio: Path, still: Path) -> None:
    config = still / "conneqtos" / "config" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('[bindings]\n"home.add_board" = ["ctrl+n"]\n')
    async with running(app_on(studio)) as pilot:
        await pressed(pilot, "?")
        line = next(line for line in drawn(pilot).splitlines() if "Add a board" in line)
        assert "ctrl+n" in line
        await pressed(pilot, "escape", "ctrl+n")
        assert "New board" in drawn(pilot)
