"""The trash and the archive: restoring, deleting for good, how long things stay."""

import asyncio
from pathlib import Path
from typing import Any

import pytest
import time_machine

from engine.api import Acting
from engine.commands.boards import ArchiveBoard, CreateBoard, TrashBoard
from engine.commands.comments import AddComment, DeleteComment
from engine.commands.groups import AddGroup, TrashGroup
from engine.commands.items import AddItems, NewItem, TrashItems
from engine.queries.home import Boards
from engine.queries.trash import Trash
from tests.engine.conftest import START
from tests.tui.one_screen import drawn
from tests.tui.running import after, app_on, pressed, running, still, workspace

__all__ = ["still"]
DAY = 86_400


async def put_away(acting: Acting) -> None:
    """One of each kind in the trash, and a board in the archive."""
    kept, gone, old = (CreateBoard(name=name) for name in ("Kept", "Gone", "Old plans"))
    group = AddGroup(board_id=kept.board_id, name="Ideas")
    items = (NewItem(name="Forgotten item"), NewItem(name="Item with a comment"))
    comment = AddComment(item_id=items[1].id, body="Said too much")
    await acting.execute(
        kept, gone, old, group, AddItems(group_id=kept.group_id, items=items), comment
    )
    await acting.execute(
        TrashItems(item_ids=(items[0].id,)),
        TrashBoard(board_id=gone.board_id),
        TrashGroup(group_id=group.group_id),
        DeleteComment(comment_id=comment.comment_id),
        ArchiveBoard(board_id=old.board_id),
    )


@pytest.fixture
def studio(still: Path) -> Path:
    return workspace(still, put_away)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_what_lies_in_the_trash(studio: Path, snap_compare: Any, size: tuple[int, int]) -> None:
    assert snap_compare(app_on(studio), terminal_size=size, run_before=after("T"))


def test_what_lies_in_the_archive(studio: Path, snap_compare: Any) -> None:
    assert snap_compare(app_on(studio), terminal_size=(80, 24), run_before=after("T", "tab"))


def test_an_empty_trash(still: Path, snap_compare: Any) -> None:
    assert snap_compare(app_on(workspace(still)), terminal_size=(80, 24), run_before=after("T"))


async def test_an_empty_trash_says_all_of_where_the_archive_is_at_80_columns(still: Path) -> None:
    folder = await asyncio.to_thread(workspace, still)
    async with running(app_on(folder), (80, 24)) as pilot:
        await pressed(pilot, "T")
        assert "tab shows the archive." in " ".join(drawn(pilot).split())


def test_asking_before_the_trash_is_emptied(studio: Path, snap_compare: Any) -> None:
    assert snap_compare(app_on(studio), terminal_size=(80, 24), run_before=after("T", "E"))


async def test_everything_can_be_restored(studio: Path) -> None:
    app = app_on(studio)
    async with running(app) as pilot:
        await pressed(pilot, "T", *["enter"] * 4)
        assert await app.live.query(Trash()) == []
        assert "The trash is empty" in drawn(pilot)
        await pressed(pilot, "tab", "enter")
        names = [summary.board.name for summary in await app.live.query(Boards())]
        assert sorted(names) == ["Gone", "Kept", "Old plans"]


async def test_deleting_for_good_asks_and_takes_only_that(studio: Path) -> None:
    app = app_on(studio)
    async with running(app) as pilot:
        await pressed(pilot, "T", "/", *"forgotten", "enter", "D")
        assert "Delete the item “Forgotten item” for good?" in drawn(pilot)
        await pressed(pilot, "n")
        assert len(await app.live.query(Trash())) == 4
        await pressed(pilot, "D", "y")
        left = [away.name for away in await app.live.query(Trash())]
        assert sorted(left) == ["Gone", "Ideas", "Said too much"]


async def test_the_archive_deletes_nothing(studio: Path) -> None:
    async with running(app_on(studio)) as pilot:
        await pressed(pilot, "T", "tab", "D")
        assert "Restore it first" in drawn(pilot)


async def test_emptying_takes_all_of_the_trash_and_nothing_of_the_archive(studio: Path) -> None:
    app = app_on(studio)
    async with running(app) as pilot:
        await pressed(pilot, "T", "E", "y")
        assert await app.live.query(Trash()) == []
        await pressed(pilot, "tab")
        assert "Old plans" in drawn(pilot)


async def test_the_days_that_are_left_are_counted(studio: Path) -> None:
    with time_machine.travel(START / 1000 + 29 * DAY, tick=False):
        async with running(app_on(studio)) as pilot:
            await pressed(pilot, "T")
            assert "1 day left" in drawn(pilot)


async def test_after_thirty_days_the_next_start_empties_it(studio: Path) -> None:
    with time_machine.travel(START / 1000 + 31 * DAY, tick=False):
        app = app_on(studio)
        async with running(app) as pilot:
            await pressed(pilot, "T")
            assert await app.live.query(Trash()) == []
            assert "The trash is empty" in drawn(pilot)
