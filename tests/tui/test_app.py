"""The app as a whole: where it starts, where it goes back to, what it tells."""

from pathlib import Path

import pytest
from textual import events
from textual.widgets import Input

from engine.api import Acting
from engine.commands.boards import CreateBoard, TrashBoard
from engine.commands.items import AddItems, NewItem
from engine.errors import Busy
from engine.queries.home import Boards
from tests.tui.at_rest import at_rest
from tests.tui.one_screen import drawn
from tests.tui.running import app_on, pressed, running, still, until, workspace
from tui import bootstrap, unlocking
from tui.actions import ACTIONS
from tui.app import ConneqtApp, StartAt
from tui.board_source import BoardSource
from tui.clipboard import MOST_BYTES
from tui.item_source import ItemSource
from tui.keys import keymap
from tui.palette import Palette
from tui.screens.board import BoardScreen
from tui.screens.home import HomeScreen
from tui.screens.item import ItemScreen
from tui.widgets.status_line import StatusLine

__all__ = ["still"]


async def two_boards(acting: Acting) -> None:
    for name in ("Alpha", "Beta"):
        board = CreateBoard(name=name)
        items = tuple(NewItem(name=f"{name} item {number}") for number in (1, 2, 3))
        await acting.execute(board, AddItems(group_id=board.group_id, items=items))


@pytest.fixture
def studio(still: Path) -> Path:
    return workspace(still, two_boards)


async def board_id(app: ConneqtApp, name: str) -> str:
    boards = await app.live.query(Boards())
    return next(summary.board.id for summary in boards if summary.board.name == name)


async def test_the_last_board_comes_back_at_the_next_start(studio: Path) -> None:
    async with running(app_on(studio)) as pilot:
        await pressed(pilot, "j", "enter")
    async with running(app_on(studio)) as pilot:
        assert isinstance(pilot.app.screen, BoardScreen)
        assert "Beta item 1" in drawn(pilot)
        await pressed(pilot, "escape")
    async with running(app_on(studio)) as pilot:
        assert isinstance(pilot.app.screen, HomeScreen)


async def test_a_start_can_name_board_view_and_filter(studio: Path) -> None:
    app = app_on(studio)
    async with running(app):
        beta = await board_id(app, "Beta")
    async with running(app_on(studio, board=beta, view="kanban", words="item 2")) as pilot:
        screen = drawn(pilot)
        assert "Beta item 2" in screen and "Beta item 1" not in screen
        assert isinstance(pilot.app.screen, BoardScreen) and pilot.app.screen.kind == "kanban"


async def test_a_last_board_that_is_gone_is_told_and_home_is_shown(studio: Path) -> None:
    app = app_on(studio)
    async with running(app) as pilot:
        await pressed(pilot, "enter")
        await app.live.acting.execute(TrashBoard(board_id=await board_id(app, "Alpha")))
    async with running(app_on(studio)) as pilot:
        assert isinstance(pilot.app.screen, HomeScreen)
        assert "not there any more" in drawn(pilot)


async def test_what_is_too_much_for_the_clipboard_is_not_said_to_be_there(studio: Path) -> None:
    app = app_on(studio)
    async with running(app) as pilot:
        app.live.copy("x" * (MOST_BYTES + 1), "900 items")
        await until(pilot, lambda: "900 items: that is too much for the term" in drawn(pilot))


async def test_undo_and_redo_work_everywhere_and_say_what_they_did(studio: Path) -> None:
    app = app_on(studio)
    async with running(app) as pilot:
        await pressed(pilot, "r", *"!", "enter")
        assert "Alpha!" in drawn(pilot)
        await pressed(pilot, "u")
        assert "Alpha!" not in drawn(pilot) and "Undone: " in drawn(pilot)
        await pressed(pilot, "ctrl+r")
        assert "Alpha!" in drawn(pilot) and "Done again: " in drawn(pilot)


async def test_undo_works_after_a_restart(studio: Path) -> None:
    async with running(app_on(studio)) as pilot:
        await pressed(pilot, "r", *"!", "enter")
    async with running(app_on(studio)) as pilot:
        await pressed(pilot, "u")
        assert "Alpha!" not in drawn(pilot)


async def test_an_items_panel_opens_beside_the_board_and_its_neighbour_keeps_the_cursor(
    studio: Path,
) -> None:
    async with running(app_on(studio)) as pilot:
        await pressed(pilot, "enter", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, ItemScreen))
        await pressed(pilot, "]", "]", "escape")
        board = pilot.app.screen
        assert isinstance(board, BoardScreen)
        await board.source.ensure([board.source.cursor or 0])
        row = board.source.row(board.source.cursor or 0)
        assert row is not None and row.item.name == "Alpha item 3"


def in_one_write(app: ConneqtApp, *keys: str) -> None:
    """As a slow link brings them: all at once."""
    for key in keys:
        app.post_message(events.Key(key, key if len(key) == 1 else None))


async def test_keys_typed_ahead_wait_for_the_item_that_the_first_one_opens(studio: Path) -> None:
    async with running(app_on(studio)) as pilot:
        in_one_write(pilot.app, "enter", "j", "enter", "n", "r", *"Last")
        await until(pilot, lambda: bool(pilot.app.screen.query(Input)))
        await at_rest(pilot)
        assert pilot.app.screen.query_one(Input).value == "Alpha item 3Last"


async def test_letters_behind_the_palettes_key_are_typed_into_it(studio: Path) -> None:
    async with running(app_on(studio)) as pilot:
        in_one_write(pilot.app, "enter", "colon", *"tra")
        await until(pilot, lambda: isinstance(pilot.app.screen, Palette))
        await at_rest(pilot)
        assert pilot.app.screen.query_one(Input).value == "tra"


@pytest.mark.parametrize(
    ("source", "opening"), [(BoardSource, ("enter",)), (ItemSource, ("enter", "j", "enter"))]
)
async def test_what_cannot_be_read_is_said_and_keeps_no_key(
    studio: Path, monkeypatch: pytest.MonkeyPatch, source: type, opening: tuple[str, ...]
) -> None:
    async def busy(self: object, **more: object) -> None:
        raise Busy("Another program holds the file.")

    async with running(app_on(studio)) as pilot:
        await pressed(pilot, *opening[:-1])
        monkeypatch.setattr(source, "load", busy)
        in_one_write(pilot.app, *opening[-1:])
        await until(pilot, lambda: "Another program holds the file." in drawn(pilot))
        below = pilot.app.screen
        await pressed(pilot, "question_mark")
        assert pilot.app.screen is not below


async def test_who_wants_to_leave_twice_waits_for_no_screen(studio: Path) -> None:
    async with running(app_on(studio)) as pilot:
        await pressed(pilot, "enter")
        pilot.app.screen.takes_keys = False  # it reads, and that has no end
        in_one_write(pilot.app, "ctrl+q")
        await pilot.pause()
        assert not pilot.app._exit
        in_one_write(pilot.app, "ctrl+q")
        await until(pilot, lambda: pilot.app._exit)


LEAVE = {"global.quit", "global.suspend_process", "home.quit"}


def each_key(*scopes: str) -> list[str]:
    actions = [action for action in ACTIONS if action.scope in scopes and action.id not in LEAVE]
    return [key for action in actions for key in keymap().of(action.id)[:1]]


@pytest.mark.parametrize(
    ("opening", "scopes"),
    [
        (("enter",), ("board", "global")),
        (("enter", "j", "enter"), ("item", "list", "global")),
        (("T",), ("trash", "list")),
        (("g", "a"), ("audit",)),
    ],
)
async def test_no_key_is_too_early_for_the_screen_before_it(
    studio: Path, opening: tuple[str, ...], scopes: tuple[str, ...]
) -> None:
    async with running(app_on(studio)) as pilot:
        for key in each_key(*scopes):
            in_one_write(pilot.app, *opening, *key.split(), "1")
            await at_rest(pilot)
            await pilot.app.show_home()
        assert pilot.app.return_code is None


async def test_a_long_sentence_is_shown_whole(studio: Path) -> None:
    app = app_on(studio)
    async with running(app, (60, 20)) as pilot:
        app.live.tell("This sentence is so long that it does not fit on one line of sixty cells.")
        await pressed(pilot)
        assert app.screen.query_one(StatusLine).size.height == 2
        assert "sixty cells." in drawn(pilot)


async def test_hostile_words_of_a_board_never_reach_the_screen_as_they_are(still: Path) -> None:
    opened = await bootstrap.create_workspace(
        still / "w", name="[red]W[/] \x1b[2J", protection=unlocking.Protection.CLEAR
    )
    await opened.acting.execute(CreateBoard(name="[@click=app.quit]x[/] \u202eabc\x9b31m"))
    await opened.acting.engine.close()
    app = ConneqtApp(StartAt(folder=opened.folder, unlocked=unlocking.unlock(opened.folder)))
    async with running(app) as pilot:
        screen = drawn(pilot)
        assert "[@click=app.quit]x[/] abc" in screen and "[red]W[/]" in screen
        assert not set("\x1b\x9b\u202e") & set(screen)


async def test_colliding_keys_are_told_and_those_of_the_preset_hold(
    studio: Path, still: Path
) -> None:
    config = still / "conneqtos" / "config" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text('[bindings]\n"home.add_board" = ["r"]\n')
    async with running(app_on(studio)) as pilot:
        assert "home.rename" in drawn(pilot)
        await pressed(pilot, "o")
        assert "New board" in drawn(pilot)


async def test_what_was_begun_before_the_end_ends_quietly(studio: Path) -> None:
    """A change comes while the widgets are taken down: nothing is looked for that is gone."""
    app = app_on(studio)
    async with running(app) as pilot:
        await pressed(pilot, "enter")
        screen = app.screen
        assert isinstance(screen, BoardScreen)
        await screen.query("TableView, KanbanView").remove()
        screen._news.append(None)
        await screen._read_news()
        await screen._read_totals()
        assert screen.is_over
