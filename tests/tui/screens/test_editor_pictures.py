"""How the editor of each column type looks over its cell, in the table and in the item panel, also when what
was typed is wrong."""

from pathlib import Path
from typing import Any

import pytest

from tests.tui.every_type import TYPES
from tests.tui.running import after, app_on

WIDE, NARROW = (120, 40), (80, 24)
EDITORS = tuple(key for key in TYPES if key != "checkbox")  # it is turned over where it stands
DOWN = {"date": 3, "status": 4, "people": 5, "long_text": 9}
"""How far below the name a column stands in the item panel."""
TYPED = {
    "date": ("date", (*["backspace"] * 10, *"in 2 weeks")),
    "no date": ("date", (*["backspace"] * 10, *"2026-02-31", "enter")),
    "no number": ("number", (*"x2", "enter")),
    "no link": ("link", (*["backspace"] * 30, *"java", "enter")),
    "a name": ("people", tuple("des")),
    "a new tag": ("tags", tuple("radio")),
}
"""What is typed into the editor of which type."""


def cell(column: str) -> tuple[str, ...]:
    """The keys that open the editor of a column for the first item."""
    return (*["l"] * (TYPES.index(column) + 1), "e")


@pytest.mark.parametrize("column", EDITORS)
def test_an_editor_over_its_cell(every_type: Path, snap_compare: Any, column: str) -> None:
    app = app_on(every_type, board="Every type", view="table")
    assert snap_compare(app, terminal_size=NARROW, run_before=after(*cell(column)))


@pytest.mark.parametrize("typed", TYPED)
def test_what_is_typed_is_answered_at_once(every_type: Path, snap_compare: Any, typed: str) -> None:
    column, keys = TYPED[typed]
    app = app_on(every_type, board="Every type", view="table")
    assert snap_compare(app, terminal_size=NARROW, run_before=after(*cell(column), *keys))


@pytest.mark.parametrize("column", DOWN)
def test_an_editor_in_the_item_panel(every_type: Path, snap_compare: Any, column: str) -> None:
    app = app_on(every_type, board="Every type", view="table")
    down = ["j"] * DOWN[column]
    assert snap_compare(app, terminal_size=WIDE, run_before=after("enter", *down, "enter"))


def test_an_editor_for_many_items(every_type: Path, snap_compare: Any) -> None:
    app = app_on(every_type, board="Every type", view="table")
    keys = ("space", "space", *cell("status"))
    assert snap_compare(app, terminal_size=NARROW, run_before=after(*keys))
