"""The home screen: boards and what is done to them, by keys, and how it looks."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Connection, update

from engine.api import Acting
from engine.commands.boards import CreateBoard, EditBoard
from engine.commands.items import AddItems, NewItem
from engine.model.actor import Role
from engine.queries.home import Boards
from engine.store.tables import member
from tests.tui.one_screen import drawn
from tests.tui.running import after, app_on, pressed, running, still, until, workspace
from tui.demo import fill_with_samples
from tui.screens.board import BoardScreen
from tui.screens.board_editing import LOOKS_ONLY
from tui.screens.home import NONE_SHARED, HomeScreen
from tui.widgets.status_line import StatusLine

__all__ = ["still"]


async def three_boards(acting: Acting) -> None:
    for name in ("Alpha", "Beta", "Gamma"):
        board = CreateBoard(name=name)
        items = AddItems(group_id=board.group_id, items=(NewItem(name=f"{name} item"),))
        await acting.execute(board, items)


async def twelve_boards(acting: Acting) -> None:
    await acting.execute(*(CreateBoard(name=f"Board {number}") for number in range(1, 13)))


async def names(acting: Acting) -> list[str]:
    return [summary.board.name for summary in await acting.query(Boards())]


@pytest.fixture
def studio(still: Path) -> Path:
    return workspace(still, three_boards)


@pytest.fixture
def many(still: Path) -> Path:
    return workspace(still, twelve_boards)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_boards_of_the_demo(still: Path, snap_compare: Any, size: tuple[int, int]) -> None:
    app = app_on(workspace(still, fill_with_samples))
    assert snap_compare(app, terminal_size=size, run_before=after("f", "j"))


def test_a_workspace_without_boards_says_what_to_press(still: Path, snap_compare: Any) -> None:
    assert snap_compare(app_on(workspace(still)), terminal_size=(80, 24), run_before=after())


def test_boards_in_the_light_theme(studio: Path, still: Path, snap_compare: Any) -> None:
    config = still / "conneqtos" / "config" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('theme = "light"\n')
    assert snap_compare(app_on(studio), terminal_size=(80, 24), run_before=after())


def test_a_mistake_in_the_settings_is_told(studio: Path, still: Path, snap_compare: Any) -> None:
    config = still / "conneqtos" / "config" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('\ntheme = "drak"\n')
    assert snap_compare(app_on(studio), terminal_size=(80, 24), run_before=after())


async def test_a_new_board_is_named_made_and_opened(studio: Path) -> None:
    async with running(app_on(studio)) as pilot:
        await pressed(pilot, "o", *"Delta", "enter")
        assert isinstance(pilot.app.screen, BoardScreen)
        assert "Delta" in drawn(pilot)
        await pressed(pilot, "escape")
        assert isinstance(pilot.app.screen, HomeScreen)
        assert "4 boards" in drawn(pilot)


async def test_a_board_is_renamed(studio: Path) -> None:
    app = app_on(studio)
    async with running(app) as pilot:
        await pressed(pilot, "j", "r", "end", "s", "enter")
        assert await names(app.live.acting) == ["Alpha", "Betas", "Gamma"]


async def test_boards_move_and_the_cursor_goes_with_them(studio: Path) -> None:
    app = app_on(studio)
    async with running(app) as pilot:
        await pressed(pilot, "J")
        assert await names(app.live.acting) == ["Beta", "Alpha", "Gamma"]
        await pressed(pilot, "J")
        assert await names(app.live.acting) == ["Beta", "Gamma", "Alpha"]
        await pressed(pilot, "K", "K", "K")
        assert await names(app.live.acting) == ["Alpha", "Beta", "Gamma"]


async def test_a_favourite_comes_first_and_stays_so(studio: Path) -> None:
    async with running(app_on(studio)) as pilot:
        await pressed(pilot, "G", "f")
    async with running(app_on(studio)) as pilot:
        screen = drawn(pilot)
        assert screen.index("FAVOURITES") < screen.index("Gamma") < screen.index("Alpha")
        await pressed(pilot, "g", "g", "f")
        assert "FAVOURITES" not in drawn(pilot)


async def test_a_board_in_the_trash_is_taken_back_by_undo(studio: Path) -> None:
    app = app_on(studio)
    async with running(app) as pilot:
        await pressed(pilot, "d", "d")
        assert "Move “Alpha” with 1 item to the trash?" in drawn(pilot)
        await pressed(pilot, "y")
        assert await names(app.live.acting) == ["Beta", "Gamma"]
        assert "u takes it back" in drawn(pilot)
        await pressed(pilot, "u")
        assert await names(app.live.acting) == ["Alpha", "Beta", "Gamma"]


async def test_an_answer_of_no_leaves_the_board(studio: Path) -> None:
    app = app_on(studio)
    async with running(app) as pilot:
        await pressed(pilot, "d", "d", "enter", "n")
        assert len(await names(app.live.acting)) == 3


async def test_archive_and_duplicate(studio: Path) -> None:
    app = app_on(studio)
    async with running(app) as pilot:
        await pressed(pilot, "Y", "k", "d", "a")
        assert await names(app.live.acting) == ["Alpha (copy)", "Beta", "Gamma"]


async def test_the_filter_shows_what_has_the_words(studio: Path) -> None:
    async with running(app_on(studio)) as pilot:
        await pressed(pilot, "/", *"gam", "enter")
        assert "Gamma" in drawn(pilot) and "Alpha" not in drawn(pilot)
        await pressed(pilot, "escape")
        assert "Alpha" in drawn(pilot)


async def test_with_many_boards_those_opened_last_have_a_section(many: Path) -> None:
    async with running(app_on(many)) as pilot:
        await pressed(pilot, "G", "enter", "escape")
        screen = drawn(pilot)
        assert screen.index("RECENT") < screen.index("Board 12") < screen.index("Board 1 ")


async def test_a_board_made_by_another_program_appears(studio: Path) -> None:
    app = app_on(studio)
    async with running(app) as pilot:
        await app.live.acting.execute(CreateBoard(name="From elsewhere"))
        await pressed(pilot)
        assert "From elsewhere" in drawn(pilot)


async def test_after_a_start_on_a_board_the_cursor_is_on_it_among_the_boards(
    studio: Path,
) -> None:
    async with running(app_on(studio, board="Beta")) as pilot:
        await pressed(pilot, "escape")
        screen = pilot.app.screen
        assert isinstance(screen, HomeScreen)
        assert screen.board_here is not None and screen.board_here.name == "Beta"
        await pressed(pilot, "j")
        assert screen.board_here.name == "Gamma"


async def test_beside_the_time_a_description_has_all_the_room_that_is_left(studio: Path) -> None:
    words = "What we want to have done until the end of this spring"
    async with running(app_on(studio), (100, 24)) as pilot:
        acting = pilot.app.live.acting
        (first, *_) = await acting.query(Boards())
        await acting.execute(EditBoard(board_id=first.board.id, description=words))
        await pressed(pilot, "enter", "escape")
        assert words in drawn(pilot)


async def test_who_may_not_make_boards_is_not_offered_it_and_told_before_typing(
    still: Path,
) -> None:
    folder = await asyncio.to_thread(workspace, still)
    async with running(app_on(folder)) as pilot:
        await demoted(pilot, Role.GUEST)
        screen = drawn(pilot)
        assert NONE_SHARED in screen and "make a board" not in screen and "add board" not in screen
        for key in ("o", "i"):
            await pressed(pilot, key)
            assert isinstance(pilot.app.screen, HomeScreen)
            assert "Your role here is guest" in drawn(pilot)


async def test_who_only_looks_at_a_board_is_not_offered_edits_and_told_before_typing(
    studio: Path,
) -> None:
    async with running(app_on(studio)) as pilot:
        await demoted(pilot, Role.VIEWER)
        assert "rename" not in drawn(pilot) and "trash" not in drawn(pilot)
        for keys in (("r",), ("d", "d")):
            await pressed(pilot, *keys)
            assert LOOKS_ONLY in drawn(pilot) and isinstance(pilot.app.screen, HomeScreen)
            pilot.app.screen.query_one(StatusLine).clear_message()
        await pressed(pilot, "enter")
        screen = pilot.app.screen
        assert isinstance(screen, BoardScreen)
        screen.query_one(StatusLine).clear_message()
        await pressed(pilot, "j")
        assert (
            "open" in drawn(pilot)
            and "add below" not in drawn(pilot)
            and " e edit" not in drawn(pilot)
        )
        for key in ("o", "A", "r"):
            await pressed(pilot, key)
            assert LOOKS_ONLY in drawn(pilot) and pilot.app.screen is screen


async def demoted(pilot: Any, role: Role) -> None:
    """Somebody else has taken over; the person here has only this role by now."""
    acting = pilot.app.live.acting
    mine = acting.actor.organization_id

    def write(connection: Connection) -> None:
        connection.execute(
            update(member).where(member.c.organization_id == mine).values(role=role.value)
        )

    await acting.session.database.write(mine, write)
    await pilot.app.screen.read()
    pilot.app.screen.draw()
    await pressed(pilot)


async def test_the_first_board_that_appears_has_the_cursor(still: Path) -> None:
    folder = await asyncio.to_thread(workspace, still)
    async with running(app_on(folder)) as pilot:
        await pressed(pilot, "j", "j")
        await pilot.app.live.acting.execute(CreateBoard(name="Shared"))
        await until(pilot, lambda: "Shared" in drawn(pilot))
        assert "▌ " in next(line for line in drawn(pilot).splitlines() if "Shared" in line)
        await pressed(pilot, "enter")
        assert isinstance(pilot.app.screen, BoardScreen)
