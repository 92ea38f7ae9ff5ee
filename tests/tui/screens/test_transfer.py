"""Import and export: the plan before anything is written, the report after it, and the file that comes out."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine.api import Acting
from engine.queries.board_view import OpenBoard
from engine.queries.home import Boards
from tests.tui.at_rest import at_rest
from tests.tui.running import app_on, running, still, typed, until, workspace
from tui.app import ConneqtApp
from tui.screens.board import BoardScreen
from tui.screens.transfer import ExportScreen, ImportScreen

__all__ = ["still"]

TABLE = "Task,Phase,Owner,Cost\nDesign,Now,Design lead,12.5\nBuild,Now,App engineer,7\nShip,Later,Design lead,3\n"


@pytest.fixture
def app(still: Path) -> ConneqtApp:
    """The app on a workspace without a board; made outside the event loop, as the program does."""
    return app_on(workspace(still))


async def planned(pilot: Any, path: Path) -> ImportScreen:
    """The plan of a file, from the home screen."""
    await pilot.press("i")
    await until(pilot, lambda: type(pilot.app.screen).__name__ == "Form")
    await typed(pilot, str(path))
    await pilot.press("enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, ImportScreen) and pilot.app.screen.plan)
    await at_rest(pilot)
    screen = pilot.app.screen
    assert isinstance(screen, ImportScreen)
    return screen


async def boards(app: ConneqtApp) -> list[str]:
    acting: Acting = app.live.acting
    return [summary.board.name for summary in await acting.query(Boards())]


async def test_a_table_is_shown_before_it_is_written_and_then_comes_in(
    still: Path, app: ConneqtApp
) -> None:
    path = still / "plan.csv"
    path.write_text(TABLE)
    async with running(app) as pilot:
        screen = await planned(pilot, path)
        assert await boards(app) == []
        screen.types["Owner"] = "people"
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.report is not None)
        assert screen.report is not None
        assert (screen.report.items, screen.report.groups, screen.report.people) == (3, 2, 2)
        assert await boards(app) == ["plan"]
        await pilot.press("enter")
        await until(pilot, lambda: isinstance(app.screen, BoardScreen))


async def test_the_same_file_is_asked_about(still: Path, app: ConneqtApp) -> None:
    path = still / "plan.csv"
    path.write_text(TABLE)
    async with running(app) as pilot:
        for expected in (["plan"], ["plan", "plan"]):
            screen = await planned(pilot, path)
            await pilot.press("ctrl+s")
            if len(expected) == 2:
                await until(pilot, lambda: type(app.screen).__name__ == "Confirm")
                await pilot.press("y")
            await until(pilot, lambda screen=screen: screen.report is not None)  # type: ignore[misc]
            assert await boards(app) == expected
            await pilot.press("escape")
            await at_rest(pilot)


async def test_a_bad_file_is_a_sentence_in_its_form(still: Path, app: ConneqtApp) -> None:
    path = still / "bad.json"
    path.write_text('{"lists": [')
    async with running(app) as pilot:
        await pilot.press("i")
        await until(pilot, lambda: type(app.screen).__name__ == "Form")
        await typed(pilot, str(path))
        await pilot.press("enter")
        await until(pilot, lambda: "cut off" in str(app.screen.query_one(".popup--hint").render()))
        assert await boards(app) == []


async def test_a_board_is_exported_where_one_says(still: Path, app: ConneqtApp) -> None:
    source = still / "plan.csv"
    source.write_text(TABLE)
    async with running(app) as pilot:
        screen = await planned(pilot, source)
        await pilot.press("ctrl+s")
        await until(pilot, lambda: screen.report is not None)
        assert screen.report is not None
        board = (await app.live.query(OpenBoard(board_id=screen.report.board_id))).board
        export = ExportScreen(app.live, board.id)
        await app.push_screen(export)
        await at_rest(pilot)
        export.format, export.path = "json", str(still / "out.json")
        await pilot.press("ctrl+s")
        await until(pilot, (still / "out.json").exists)
        assert len(json.loads((still / "out.json").read_text())["items"]) == 3


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_the_plan_of_a_table(still: Path, snap_compare: Any, size: tuple[int, int]) -> None:
    path = still / "plan.csv"
    path.write_text(TABLE)
    app = app_on(workspace(still))

    async def before(pilot: Any) -> None:
        await at_rest(pilot)
        screen = ImportScreen(app.live)
        await app.push_screen(screen)
        await until(pilot, lambda: type(app.screen).__name__ == "Form")
        await pilot.press("escape")
        await screen._read(str(path))
        screen.path = "~/plan.csv"
        screen.draw("start:")
        await at_rest(pilot)

    assert snap_compare(app, terminal_size=size, run_before=before)
