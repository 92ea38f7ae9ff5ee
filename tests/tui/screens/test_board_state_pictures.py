"""How a board looks in the states a person brings it into: filtered, selected, collapsed, with other columns,
lanes by each kind of column; and the small windows over it."""

from pathlib import Path
from typing import Any

import pytest

from tests.tui.every_type import TYPES
from tests.tui.running import after, app_on, workspace

WIDE, NARROW = (120, 40), (80, 24)
STATES = {
    "filter with results": ("/", *"poster", "enter"),
    "filter without results": ("/", *"nowhere", "enter"),
    "typing a filter": ("/", *"pos"),
    "selection": ("space", "space", "j", "space"),
    "range": ("v", "j"),
    "collapsed groups": ("_",),
    "columns": ("l", ">", ">", ">", "l", "c", "h", "l", "<", "<", "L"),
    "sorted": ("l", "l", "l", "s"),
    "subitems": ("tab",),
    "new item": ("o", *"Fresh", "enter"),
    "columns to show": ("c", "c"),
    "operators": ("l", "l", "l", "f"),
    "saving a view": ("W",),
    "views": ("W", *"Mine", "enter", "w"),
    "trash asks": ("space", "space", "d", "d"),
    "another group": ("M",),
    "palette with words": ("colon", *"poster"),
    "help": ("question_mark",),
}
LANES = ("group", "status", "people", "tags")


@pytest.mark.parametrize("state", STATES)
def test_a_table(every_type: Path, snap_compare: Any, state: str) -> None:
    app = app_on(every_type, board="Every type", view="table")
    assert snap_compare(app, terminal_size=NARROW, run_before=after(*STATES[state]))


@pytest.mark.parametrize("by", LANES)
def test_a_kanban_with_lanes(every_type: Path, snap_compare: Any, by: str) -> None:
    app = app_on(every_type, board="Every type", view="kanban")

    async def before(pilot: Any) -> None:
        await after()(pilot)
        app.screen.source.lane_by = by if by == "group" else f"c{by}"  # type: ignore[attr-defined]
        app.screen.reload()  # type: ignore[attr-defined]
        await after()(pilot)

    assert snap_compare(app, terminal_size=WIDE, run_before=before)


def test_a_kanban_with_collapsed_lanes(every_type: Path, snap_compare: Any) -> None:
    app = app_on(every_type, board="Every type", view="kanban")
    assert snap_compare(app, terminal_size=NARROW, run_before=after("minus", "z", "d"))


def test_every_type_in_the_light_theme(every_type: Path, still: Path, snap_compare: Any) -> None:
    config = still / "conneqtos" / "config" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('theme = "light"\n')
    app = app_on(every_type, board="Every type", view="table")
    keys = ["l"] * (TYPES.index("status") + 1)
    assert snap_compare(app, terminal_size=(160, 20), run_before=after(*keys, "e"))


@pytest.mark.parametrize("view", ["table", "kanban"])
def test_a_board_without_items(still: Path, snap_compare: Any, view: str) -> None:
    from engine.api import Acting
    from engine.commands.boards import CreateBoard

    async def fill(acting: Acting) -> None:
        await acting.execute(CreateBoard(name="Empty"))

    app = app_on(workspace(still, fill), board="Empty", view=view)
    assert snap_compare(app, terminal_size=NARROW, run_before=after())
