"""Privacy & Data: what is held is counted and can be looked at, and the export is found by keys alone (C27)."""

import asyncio
from pathlib import Path
from typing import Any

import pytest

from engine.api import Acting
from engine.commands.boards import CreateBoard
from engine.commands.comments import AddComment
from engine.commands.items import AddItems, NewItem
from engine.queries.privacy import ACCOUNT_AT
from engine.transfer.archive_check import check_archive
from tests.tui.one_screen import drawn
from tests.tui.running import after, app_on, pressed, running, still, until, workspace
from tests.tui.screens.test_sync import LoopAtRest, linked, loop

__all__ = ["loop", "still"]


async def some_work(acting: Acting) -> None:
    board = CreateBoard(name="Plans")
    items = (NewItem(name="First"), NewItem(name="Second\x1b[31m[@click=app.quit]x"))
    comment = AddComment(item_id=items[0].id, body="My own words")
    await acting.execute(board, AddItems(group_id=board.group_id, items=items), comment)


@pytest.fixture
def studio(still: Path) -> Path:
    return workspace(still, some_work)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_what_is_held(studio: Path, snap_compare: Any, size: tuple[int, int]) -> None:
    assert snap_compare(app_on(studio), terminal_size=size, run_before=after("P"))


def test_the_records_of_a_kind(studio: Path, snap_compare: Any) -> None:
    keys = ["P", "/", *"items", "enter", "enter"]
    assert snap_compare(app_on(studio), terminal_size=(80, 24), run_before=after(*keys))


async def test_of_a_linked_workspace_it_says_where_it_lives(still: Path, loop: LoopAtRest) -> None:
    folder = await asyncio.to_thread(workspace, still, linked)
    async with running(app_on(folder)) as pilot:
        await pressed(pilot, "P")
        assert "It lives at https://work.example.org; an encrypted file on this" in drawn(pilot)
        assert "this one, and those signed in at https://work.example.org" in drawn(pilot)
        assert "local" not in drawn(pilot) and "this one only" not in drawn(pilot)
        await pressed(pilot, "/", *"your profile")
        assert "At https://work.example.org:" in drawn(pilot)


async def test_of_a_linked_workspace_it_says_where_the_account_is_and_never_that_there_is_none(
    still: Path, loop: LoopAtRest
) -> None:
    folder = await asyncio.to_thread(workspace, still, linked)
    async with running(app_on(folder), (80, 40)) as pilot:
        await pressed(pilot, "P")
        whole = " ".join(line.strip(" ▌") for line in drawn(pilot).splitlines())
        assert ACCOUNT_AT.format(server="https://work.example.org") in whole
        await pressed(pilot, "/", *"sent because", "enter")
        assert "at server  Mails that were sent because of you" in drawn(pilot)
        await pressed(pilot, "enter")
        assert "Your account itself" in drawn(pilot)
        assert "nothing of this kind" not in drawn(pilot)


async def test_a_kind_without_records_says_so(studio: Path) -> None:
    async with running(app_on(studio)) as pilot:
        await pressed(pilot, "P", "/", *"member of", "enter", "enter")
        assert "There is nothing of this kind about you." in drawn(pilot)
        await pressed(pilot, "escape", "escape")
        assert "Your profile" in drawn(pilot)


async def test_the_last_key_shows_also_what_the_cursor_cannot_stand_on(studio: Path) -> None:
    async with running(app_on(studio), (80, 24)) as pilot:
        await pressed(pilot, "P", "G")
        screen = drawn(pilot)
        assert "RETENTION" in screen and "Entries of the audit trail" in screen


async def test_my_data_is_exported_by_keys_alone(studio: Path, still: Path) -> None:
    async with running(app_on(studio)) as pilot:
        await pressed(pilot, "P", "x", "enter")
        target = still / "my-conneqtos-data.zip"
        await until(pilot, target.exists)
        checked = check_archive(target)
        rows = {file.path: file.rows for file in checked.manifest.files}
        assert rows["json/items.ndjson"] == 2
        assert rows["csv/comments.csv"] == 1


async def test_an_export_that_is_there_is_not_written_over_unasked(
    studio: Path, still: Path
) -> None:
    target = still / "my-conneqtos-data.zip"
    target.write_text("kept")
    async with running(app_on(studio)) as pilot:
        await pressed(pilot, "P", "x", "enter")
        assert "Write over it?" in drawn(pilot)
        await pressed(pilot, "n")
        assert target.read_text() == "kept"
