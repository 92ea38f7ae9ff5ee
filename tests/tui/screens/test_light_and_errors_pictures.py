"""Every screen in the light theme, and every screen where something went wrong: what a user sees then."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.tui.running import after, app_on, pressed, typed
from tui.folders import config_file

NARROW = (80, 24)
LIGHT = {
    "home": ("escape",),
    "kanban": ("t",),
    "item": ("j", "enter"),
    "editor": ("l", "e"),
    "palette": ("colon",),
    "help": ("question_mark",),
    "trash": ("d", "d", "escape", "T"),
    "settings": ("escape", "S"),
    "privacy": ("escape", "P"),
    "audit": ("escape", "g", "a"),
    "confirm": ("space", "space", "d", "d"),
}


def lit() -> None:
    config_file().parent.mkdir(parents=True, exist_ok=True)
    config_file().write_text('theme = "light"\n')


@pytest.mark.parametrize("screen", LIGHT)
def test_in_the_light_theme(every_type: Path, snap_compare: Any, screen: str) -> None:
    lit()
    app = app_on(every_type, board="Every type", view="table")
    assert snap_compare(app, terminal_size=NARROW, run_before=after(*LIGHT[screen]))


FILES = {
    "cut off": ("board.json", b'{"name": "Board", "lists": [{"id": "1", "na'),
    "nothing in it": ("empty.csv", b""),
    "no text": ("picture.csv", bytes(range(256)) * 8),
    "not there": ("", b""),
}


@pytest.mark.parametrize("fault", FILES)
def test_a_file_that_cannot_be_imported(
    every_type: Path, still: Path, snap_compare: Any, fault: str
) -> None:
    name, content = FILES[fault]
    path = still / (name or "nowhere.csv")
    if name:
        path.write_bytes(content)
    app = app_on(every_type)

    async def before(pilot: Any) -> None:
        await pressed(pilot, "i")
        await typed(pilot, f"~/{path.name}")
        await pressed(pilot, "enter")

    assert snap_compare(app, terminal_size=NARROW, run_before=before)


def test_what_came_in_and_what_was_left(every_type: Path, still: Path, snap_compare: Any) -> None:
    cards = [
        {"id": "c1", "name": "One", "idList": "l1", "stickers": [{"id": "s"}], "due": "yesterday"}
    ]
    board = {"name": "From Trello", "lists": [{"id": "l1", "name": "To do"}], "cards": cards}
    (still / "board.json").write_text(json.dumps(board))
    app = app_on(every_type)

    async def before(pilot: Any) -> None:
        await pressed(pilot, "i")
        await typed(pilot, "~/board.json")
        await pressed(pilot, "enter", "ctrl+s")

    assert snap_compare(app, terminal_size=NARROW, run_before=before)


def test_an_export_into_a_folder_that_is_not_there(every_type: Path, snap_compare: Any) -> None:
    app = app_on(every_type, board="Every type", view="table")

    async def before(pilot: Any) -> None:
        await pressed(pilot, "X", "j", "enter", "end", "ctrl+u")
        await typed(pilot, "/nowhere/at/all.csv")
        await pressed(pilot, "enter", "ctrl+s")

    assert snap_compare(app, terminal_size=NARROW, run_before=before)
