"""How an item's panel looks with nothing and with everything on it, its history, and what it asks."""

from pathlib import Path
from typing import Any

import pytest

from tests.tui.running import after, app_on

WIDE, NARROW = (120, 40), (80, 24)
STATES = {
    "top": (),
    "subitems": ("tab",),
    "comments": ("G",),
    "history": ("H",),
    "writing": ("c", *"A first", "enter", *"line more"),
    "attaching": ("a", *"~/nowhere.txt", "enter"),
    "name": ("r",),
    "help": ("question_mark",),
}


@pytest.mark.parametrize("state", STATES)
def test_a_full_item_on_a_narrow_screen(every_type: Path, snap_compare: Any, state: str) -> None:
    app = app_on(every_type, board="Every type", view="table")
    assert snap_compare(app, terminal_size=NARROW, run_before=after("enter", *STATES[state]))


def test_a_full_item_beside_its_board(every_type: Path, snap_compare: Any) -> None:
    app = app_on(every_type, board="Every type", view="kanban")
    assert snap_compare(app, terminal_size=(120, 50), run_before=after("enter", "G"))


def test_an_item_with_nothing_on_it(every_type: Path, snap_compare: Any) -> None:
    app = app_on(every_type, board="Every type", view="table")
    assert snap_compare(app, terminal_size=WIDE, run_before=after("}", "j", "enter"))
