"""The app on a workspace whose server really listens: what it says when it is removed there, and while it is offline."""

import shutil
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest

from engine.api import Acting, Engine
from engine.commands.boards import CreateBoard, EditBoard
from engine.commands.items import RenameItem, SetValues
from engine.commands.membership import RemoveMember
from engine.identity.api_keys import make
from engine.model.actor import Scope
from engine.model.board import BoardKind
from engine.queries.board_view import OpenBoard
from engine.queries.home import Boards
from engine.queries.item_detail import FindItems
from engine.store import keyfile
from sync.client.mark import Standing
from tests.engine.boards import sample_board
from tests.engine.conftest import KEY, new_organization, template_file
from tests.engine.members import colleague
from tests.sync.meeting import listening
from tests.tui.one_screen import drawn
from tests.tui.running import app_on, pressed, running, still, until
from tests.tui.screens.test_sync import LoopAtRest, loop
from tui import bootstrap
from tui.linking import join_workspace, loop_of
from tui.recent_workspaces import known_workspaces
from tui.screens.first_run import FirstRunScreen
from tui.screens.home import HomeScreen
from tui.widgets.taken_away import TakenAway

__all__ = ["loop", "still", "template_file"]


@pytest.fixture(autouse=True)
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyfile, "SCRYPT_N", 1 << 10)
    monkeypatch.setenv("CONNEQTOS_PASSPHRASE", "open sesame")


@pytest.fixture
async def owner(tmp_path: Path, template_file: Path) -> AsyncIterator[Acting]:
    """Of an organization with a board, on the server."""
    home = tmp_path / "server"
    home.mkdir()
    shutil.copy(template_file, home / "workspace.db")
    engine = await Engine.open_workspace(home, KEY, utc_offset=lambda: 0)
    acting = await new_organization(engine)
    await sample_board(acting, name="Roadmap")
    yield acting
    await engine.close()


async def device_of(member: Acting, url: str, home: Path) -> Path:
    """A workspace of theirs that is linked, with everything."""
    token = await make(member, "app", Scope.WRITE)
    folder, nobody = home / "team", lambda done, whole: None
    opened = await join_workspace(folder, url, token, member.actor.organization_id, progress=nobody)
    await opened.acting.engine.close()
    return folder


def mark(pilot: Any) -> str:
    """The last line of the screen."""
    return drawn(pilot).rstrip().splitlines()[-1]


async def test_who_was_removed_has_nothing_left_and_is_told_so_on_the_first_screen(
    owner: Acting, still: Path
) -> None:
    member = await colleague(owner)
    async with listening(owner.engine) as url:
        folder = await device_of(member, url, still)
        async with running(app_on(folder)) as pilot:
            await until(pilot, lambda: "synced" in mark(pilot))
            name = pilot.app.workspace.name
            await owner.execute(RemoveMember(member_id=member.actor.user_id))
            await until(pilot, lambda: isinstance(pilot.app.screen, FirstRunScreen))
            await until(pilot, lambda: f"“{name}”: You are no longer a member" in drawn(pilot))
            await pressed(pilot, "x")
    assert not (folder / "workspace.db").exists() and known_workspaces() == []


async def test_a_wiped_workspace_leaves_no_mark_on_the_first_screen(
    owner: Acting, still: Path
) -> None:
    async with listening(owner.engine) as url:
        folder = await device_of(owner, url, still)
        async with running(app_on(folder)) as pilot:
            await until(pilot, lambda: "synced" in mark(pilot))
            await pilot.app.take_off()
            await until(pilot, lambda: "Create a workspace" in drawn(pilot))
            assert "synced" not in drawn(pilot)


async def test_that_the_server_is_gone_is_said_on_every_screen_one_comes_back_to(
    owner: Acting, still: Path
) -> None:
    async with AsyncExitStack() as server:
        url = await server.enter_async_context(listening(owner.engine))
        folder = await device_of(owner, url, still)
        async with running(app_on(folder)) as pilot:
            await until(pilot, lambda: "synced" in mark(pilot))
            await pressed(pilot, "enter", "question_mark")
            await until(pilot, lambda: pilot.app.live.loop._line)
            await server.aclose()
            await until(pilot, lambda: pilot.app.live.mark.standing is Standing.OFFLINE)
            for _ in range(2):
                await pressed(pilot, "escape")
                # the sentence that tells it stands in the mark's place for a while
                await until(pilot, lambda: "offline since" in mark(pilot))


async def test_an_open_board_shows_what_another_program_on_its_workspace_has_read(
    owner: Acting, still: Path, loop: LoopAtRest
) -> None:
    """The app itself asks nobody here."""
    async with listening(owner.engine) as url:
        folder = await device_of(owner, url, still)
        beside = (await bootstrap.open_workspace(folder)).acting
        reader = await loop_of(beside, lambda mark: None)
        assert reader is not None
        async with running(app_on(folder, board="Roadmap")) as pilot:
            assert "Item 1" in drawn(pilot)
            (item, *_) = await owner.query(FindItems(numbers=(1,)))
            await owner.execute(RenameItem(item_id=item.id, name="From the server"))
            await reader.exchange()
            await until(pilot, lambda: "From the server" in drawn(pilot))
        await reader.server.close()
        await beside.engine.close()


async def test_a_text_that_came_while_it_was_edited_here_is_in_what_both_ends_have(
    owner: Acting, still: Path
) -> None:
    member = await colleague(owner)
    async with listening(owner.engine) as url:
        (item, *_) = await owner.query(FindItems(numbers=(1,)))
        frame = await owner.query(OpenBoard(board_id=item.board_id))
        text = next(one.id for one in frame.columns if one.type == "long_text")
        await owner.execute(SetValues(item_ids=(item.id,), values={text: "one two three"}))
        folder = await device_of(member, url, still)
        async with running(app_on(folder, board="Roadmap")) as pilot:
            await until(pilot, lambda: "synced" in mark(pilot))
            await pressed(pilot, "enter")
            panel = pilot.app.screen
            panel.entries.go_to(f"column:{text}")
            await pressed(pilot, "e", "end", "space", *"CAROL")
            await owner.execute(SetValues(item_ids=(item.id,), values={text: "ADA one two three"}))
            await until(pilot, lambda: "ADA" in str(panel.source.item.values[text]))
            await pressed(pilot, "ctrl+s")
            await until(pilot, lambda: "ADA one two three CAROL" in drawn(pilot))
            await until(pilot, lambda: "synced" in mark(pilot))
        (item,) = await owner.query(FindItems(numbers=(1,)))
        assert item.values[text] == "ADA one two three CAROL"


async def test_a_board_that_one_may_not_see_any_more_is_left(owner: Acting, still: Path) -> None:
    member = await colleague(owner)
    async with listening(owner.engine) as url:
        folder = await device_of(member, url, still)
        async with running(app_on(folder, board="Roadmap")) as pilot:
            await until(pilot, lambda: "synced" in mark(pilot))
            ((board, *_),) = [await owner.query(Boards())]
            await owner.execute(EditBoard(board_id=board.board.id, kind=BoardKind.PRIVATE))
            await until(pilot, lambda: isinstance(pilot.app.screen, TakenAway))
            await until(pilot, lambda: "you may not see it now" in drawn(pilot))
            assert "Roadmap" not in drawn(pilot)
            await pressed(pilot, "escape")
            assert isinstance(pilot.app.screen, HomeScreen)


async def test_what_is_typed_when_a_board_is_taken_away_falls_on_no_other(
    owner: Acting, still: Path
) -> None:
    member = await colleague(owner)
    await owner.execute(CreateBoard(name="Another"))
    async with listening(owner.engine) as url:
        folder = await device_of(member, url, still)
        async with running(app_on(folder, board="Roadmap")) as pilot:
            await until(pilot, lambda: "synced" in mark(pilot))
            await pressed(pilot, "r", "space", *"add")
            boards = {one.board.name: one.board.id for one in await owner.query(Boards())}
            await owner.execute(EditBoard(board_id=boards["Roadmap"], kind=BoardKind.PRIVATE))
            await until(pilot, lambda: isinstance(pilot.app.screen, TakenAway))
            await pressed(pilot, *"ddy", "enter", "d", "a")
            assert "Item 1 add" in drawn(pilot)
            await pressed(pilot, "ctrl+y")
            assert pilot.app.clipboard == "Item 1 add"
            await pressed(pilot, "escape")
            assert [one.board.name for one in await pilot.app.live.query(Boards())] == ["Another"]
