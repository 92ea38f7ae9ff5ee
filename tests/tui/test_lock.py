"""A workspace under a passphrase locks when nobody is there, or when it is asked to, and opens again by it."""

import asyncio
from pathlib import Path

import pytest

from engine.commands.boards import CreateBoard
from engine.commands.items import AddItems, NewItem
from tests.tui.one_screen import drawn
from tests.tui.running import pressed, running, still, typed, until
from tui import bootstrap, unlocking
from tui.app import ConneqtApp, StartAt
from tui.bootstrap import Protection
from tui.folders import config_file
from tui.live import TakenOff
from tui.screens.first_run import FirstRunScreen

__all__ = ["still"]

PASSPHRASE = "correct horse battery"


async def made(home: Path) -> Path:
    opened = await bootstrap.create_workspace(
        home / "work", name="Work", protection=Protection.PASSPHRASE, ask_new=lambda: PASSPHRASE
    )
    board = CreateBoard(name="Plan")
    await opened.acting.execute(
        board, AddItems(group_id=board.group_id, items=(NewItem(name="One"),))
    )
    await opened.acting.engine.close()
    return opened.folder


@pytest.fixture
def app(still: Path, monkeypatch: pytest.MonkeyPatch) -> ConneqtApp:
    """Unlocked, on its board; it locks after five minutes."""
    monkeypatch.delenv("CONNEQTOS_PASSPHRASE", raising=False)
    folder = asyncio.run(made(still))
    config_file().parent.mkdir(parents=True, exist_ok=True)
    config_file().write_text('lock = "5"\n')
    unlocked = unlocking.unlock_by(folder, PASSPHRASE)
    return ConneqtApp(StartAt(folder=folder, unlocked=unlocked, board="Plan", view="table"))


async def test_it_locks_after_the_minutes_of_the_settings_and_not_before(app: ConneqtApp) -> None:
    async with running(app) as pilot:
        app.last_input -= 299
        await app.lock_if_idle()
        assert "One" in drawn(pilot)
        app.last_input -= 2
        await app.lock_if_idle()
        await pressed(pilot)
        assert "One" not in drawn(pilot) and "Passphrase" in drawn(pilot)
        await typed(pilot, PASSPHRASE)
        await pressed(pilot, "enter")
        assert "One" in drawn(pilot)


async def test_a_key_keeps_it_open(app: ConneqtApp) -> None:
    async with running(app) as pilot:
        app.last_input -= 10_000
        await pressed(pilot, "j")
        await app.lock_if_idle()
        assert "One" in drawn(pilot)


async def test_a_comment_that_was_begun_is_there_after_the_lock(app: ConneqtApp) -> None:
    async with running(app) as pilot:
        await pressed(pilot, "enter", "c", *"Half")
        app.last_input -= 301
        await app.lock_if_idle()
        await pressed(pilot)
        await typed(pilot, PASSPHRASE)
        await pressed(pilot, "enter", "enter")
        assert "Half" in drawn(pilot)


async def test_it_locks_from_the_palette(app: ConneqtApp) -> None:
    async with running(app) as pilot:
        await pressed(pilot, "colon", *"lock the work", "enter")
        assert "Passphrase" in drawn(pilot) and "One" not in drawn(pilot)


async def test_a_workspace_whose_data_may_not_stay_is_closed_and_taken_off(
    app: ConneqtApp,
) -> None:
    folder = app.start.folder
    assert folder is not None and (folder / "workspace.db").exists()
    async with running(app) as pilot:
        app.post_message(TakenOff("You are no longer a member."))
        await until(pilot, lambda: isinstance(app.screen, FirstRunScreen))
        await pressed(pilot)
        assert "You are no longer a member." in drawn(pilot)
    assert not folder.exists()
