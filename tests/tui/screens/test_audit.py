"""The audit trail on a screen: found by words, opened for details, verified and exported by keys."""

import json
from pathlib import Path
from typing import Any

import pytest

from engine.api import Acting
from engine.commands.boards import CreateBoard
from engine.commands.items import AddItems, NewItem, RenameItem
from tests.tui.one_screen import drawn
from tests.tui.running import after, app_on, pressed, running, still, until, workspace
from tui.screens.audit import PAGE

__all__ = ["still"]


async def some_work(acting: Acting) -> None:
    board = CreateBoard(board_id="b" * 26, name="Plans")
    items = (NewItem(id="0" * 26, name="First"), NewItem(id="1" * 26, name="Second"))
    await acting.execute(board, AddItems(group_id=board.group_id, items=items))


async def much_work(acting: Acting) -> None:
    await some_work(acting)
    renamed = (RenameItem(item_id="0" * 26, name=f"name {number}") for number in range(PAGE))
    await acting.execute(*renamed)


@pytest.fixture
def studio(still: Path) -> Path:
    return workspace(still, some_work)


@pytest.fixture
def busy(still: Path) -> Path:
    return workspace(still, much_work)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_the_trail_with_one_entry_open(
    studio: Path, snap_compare: Any, size: tuple[int, int]
) -> None:
    assert snap_compare(app_on(studio), terminal_size=size, run_before=after("g", "a", "enter"))


def test_no_entry_has_the_words(studio: Path, snap_compare: Any) -> None:
    keys = ["g", "a", "/", *"nonsense", "enter"]
    assert snap_compare(app_on(studio), terminal_size=(80, 24), run_before=after(*keys))


async def test_words_are_found_in_the_whole_trail(busy: Path) -> None:
    async with running(app_on(busy)) as pilot:
        await pressed(pilot, "g", "a")
        assert "created a board" not in drawn(pilot)
        await pressed(pilot, "/", *"created board", "enter")
        await until(pilot, lambda: "created a board" in drawn(pilot))
        await pressed(pilot, "escape")
        await until(pilot, lambda: "renamed an item" in drawn(pilot))


async def test_older_entries_come_when_they_are_asked_for(busy: Path) -> None:
    async with running(app_on(busy)) as pilot:
        await pressed(pilot, "g", "a", "G")
        assert "Show older entries" in drawn(pilot)
        await pressed(pilot, "enter", "G")
        assert "created the organization" in drawn(pilot)


async def test_the_chain_is_verified_by_a_key(studio: Path) -> None:
    async with running(app_on(studio)) as pilot:
        await pressed(pilot, "g", "a", "v")
        await until(pilot, lambda: "The audit trail is whole: 3 entries checked." in drawn(pilot))


async def test_the_trail_is_exported_by_keys(studio: Path, still: Path) -> None:
    target = still / "conneqtos-audit.jsonl"
    async with running(app_on(studio)) as pilot:
        await pressed(pilot, "g", "a", "x", "enter")
        await until(pilot, target.exists)
    names = [json.loads(line)["name"] for line in target.read_text().splitlines()]
    assert names == ["organization.created", "board.created", "item.added", "audit.exported"]


async def test_only_what_is_about_oneself(studio: Path) -> None:
    async with running(app_on(studio)) as pilot:
        await pressed(pilot, "g", "a", "tab")
        assert "what it says about you" in drawn(pilot)
        assert "added items" in drawn(pilot)
