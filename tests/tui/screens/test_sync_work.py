"""The screen of sync as a place to work: where its cursor rests, what it says while something is wrong, and what it asks first."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, delete

from engine.api import Acting
from engine.commands.items import RenameItem
from engine.store.tables import outbox
from engine.store.waiting import hold, waiting, write_link
from engine.syncing import Device
from sync.client.mark import Mark, Standing
from sync.client.reasons import KEPT
from tests.engine.conftest import START
from tests.tui.one_screen import drawn
from tests.tui.running import app_on, nothing, pressed, running, still, workspace
from tests.tui.screens.test_sync import ITEM, LoopAtRest, busy, linked, loop
from tui.live import MET
from tui.screens.sync import SyncScreen
from tui.sync_standing import TAKING, WHOLE
from tui.widgets.confirm import Confirm
from tui.widgets.status_line import StatusLine

__all__ = ["loop", "still"]


async def some_wait(acting: Acting) -> None:
    """Three commands of one gesture, and one more."""
    await linked(acting)
    names = ("One", "Two", "Three")
    await acting.execute(*(RenameItem(item_id=ITEM, name=name) for name in names))
    await acting.execute(RenameItem(item_id="i1", name="Of its own"))


async def two_refused(acting: Acting) -> None:
    """And nothing else."""
    await linked(acting)
    mine = acting.actor.organization_id
    await acting.execute(RenameItem(item_id=ITEM, name="Refused"))

    def refuse(connection: Connection) -> None:
        (one,) = waiting(connection, mine)
        for at, id in enumerate(("first", "second")):
            hold(connection, mine, replace(one.command, id=id), "forbidden", "Not now.", START + at)
        connection.execute(delete(outbox))

    await acting.session.database.write(mine, refuse)


async def one_refused(acting: Acting) -> None:
    """And nothing else."""
    await linked(acting)
    mine = acting.actor.organization_id
    await acting.execute(RenameItem(item_id=ITEM, name="Refused"))

    def refuse(connection: Connection) -> None:
        (one,) = waiting(connection, mine)
        hold(connection, mine, replace(one.command, id="refused"), "forbidden", "Not now.", START)

    await acting.session.database.write(mine, refuse)


async def coming(acting: Acting) -> None:
    """On its way to a server."""
    await linked(acting)
    mine = acting.actor.organization_id
    await acting.session.database.write(
        mine, lambda connection: write_link(connection, mine, taking=f"{'0' * 64}-1")
    )


@asynccontextmanager
async def opened(still: Path, fill: Any) -> AsyncIterator[tuple[Any, SyncScreen]]:
    """The screen of sync on such a workspace."""
    folder = await asyncio.to_thread(workspace, still, fill)
    async with running(app_on(folder), (100, 30)) as pilot:
        await pressed(pilot, "f12")
        screen = pilot.app.screen
        assert isinstance(screen, SyncScreen)
        yield pilot, screen


@pytest.mark.parametrize(
    ("fill", "kind"), [(busy, "held"), (some_wait, "waiting"), (linked, "exchange")]
)
async def test_the_cursor_begins_where_there_is_work(
    still: Path, loop: LoopAtRest, fill: Any, kind: str
) -> None:
    async with opened(still, fill) as (_, screen):
        assert screen.here[0] == kind


async def test_after_a_decision_the_cursor_goes_on_with_the_work_and_the_mark_counts(
    still: Path, loop: LoopAtRest
) -> None:
    async with opened(still, one_refused) as (pilot, screen):
        await pressed(pilot, "enter", "down", "down", "enter", "y")
        assert await screen.device.held() == [] and screen.here[0] == "waiting"
        assert loop.recounted == 1


async def test_after_the_last_of_several_is_decided_the_cursor_stands_on_the_one_above(
    still: Path, loop: LoopAtRest
) -> None:
    async with opened(still, two_refused) as (pilot, screen):
        screen.draw("held:second")
        await pressed(pilot, "enter", "down", "down", "enter", "y")
        assert screen.here == ("held", "first")


async def test_the_filter_narrows_what_was_refused_what_met_others_and_what_waits(
    still: Path, loop: LoopAtRest
) -> None:
    async with opened(still, busy) as (pilot, screen):
        for words, line in (
            ("needs member", "held:refused"), ("all the notes", "conflict:c1"), ("right commit", "waiting:"),
        ):  # fmt: skip
            await pressed(pilot, "/", "ctrl+u", *words)
            work = [e.key for e in screen.entries_for(100) if e.key.partition(":")[0] in ("held", "conflict", "waiting")]  # fmt: skip
            assert len(work) == 1 and work[0].startswith(line), words
        await pressed(pilot, "enter")
        assert screen.here[0] == "waiting"
        await pressed(pilot, "/", "ctrl+u", *"no such words", "enter")
        assert "Nothing here has these words." in drawn(pilot) and "REFUSED" not in drawn(pilot)
        await pressed(pilot, "escape")
        assert "REFUSED" in drawn(pilot) and isinstance(pilot.app.screen, SyncScreen)


async def test_commands_of_one_gesture_are_one_line_with_their_number(
    still: Path, loop: LoopAtRest
) -> None:
    async with opened(still, some_wait) as (pilot, _):
        lines = [line for line in drawn(pilot).splitlines() if "is called" in line or "steps" in line or "Of its own" in line]  # fmt: skip
        assert len(lines) == 2 and "(3 steps)" in lines[0] and "steps" not in lines[1]
        await pressed(pilot, "enter")
        assert "goes to the server by itself" in drawn(pilot)


async def renamed(acting: Acting) -> None:
    """What waits has a name that is longer than the line."""
    await linked(acting)
    await acting.execute(
        RenameItem(item_id=ITEM, name="Plan the team evening in May with everybody who")
    )
    await acting.execute(RenameItem(item_id=ITEM, name=LONG_NAME))


LONG_NAME = "Plan the team evening in June with everybody who has time"


async def test_what_waits_is_whole_on_its_lines_and_in_its_window_also_at_80x24(
    still: Path, loop: LoopAtRest
) -> None:
    folder = await asyncio.to_thread(workspace, still, renamed)
    async with running(app_on(folder), (80, 24)) as pilot:
        await pressed(pilot, "f12", "j")
        assert f"→ {LONG_NAME}" in words_of(pilot, below="WAITING FOR THE SERVER")
        await pressed(pilot, "enter")
        assert f"→ {LONG_NAME}" in words_of(pilot, below="Waiting for the server")


def words_of(pilot: Any, below: str) -> str:
    """What stands below a line, as if nothing had been wrapped, but for times and boards at the right end."""
    lines = drawn(pilot).partition(below)[2].splitlines()
    return " ".join(line.strip(" ▌").partition("   ")[0] for line in lines)


async def test_offline_it_says_why_when_it_is_tried_again_and_not_that_all_is_there(
    still: Path, loop: LoopAtRest
) -> None:
    reason = "Nobody is at home."
    loop.mark = Mark(standing=Standing.OFFLINE, since=START, reason=reason, next_at=START + 65_000)
    async with opened(still, linked) as (pilot, _):
        assert f"{reason} It is tried again at 20:27:45." in drawn(pilot)
        assert WHOLE not in drawn(pilot)
        pilot.app.live._show_mark(Mark(standing=Standing.SYNCED))
        await pressed(pilot)
        assert reason not in drawn(pilot) and WHOLE in drawn(pilot)


async def test_a_reason_that_ends_with_an_address_ends_before_the_next_sentence(
    still: Path, loop: LoopAtRest
) -> None:
    reason = "It speaks no TLS: try http://localhost:8431"
    loop.mark = Mark(standing=Standing.OFFLINE, since=START, reason=reason, next_at=START + 65_000)
    async with opened(still, linked) as (pilot, _):
        assert f"{reason}. It is tried again at" in drawn(pilot)


async def test_beside_what_was_refused_it_does_not_say_that_all_is_there(
    still: Path, loop: LoopAtRest
) -> None:
    loop.mark = Mark(standing=Standing.NEEDS_YOU, held=2)
    async with opened(still, linked) as (pilot, _):
        assert WHOLE not in drawn(pilot)


async def test_asked_again_and_again_it_says_each_time_what_comes_of_it(
    still: Path, loop: LoopAtRest
) -> None:
    away = Mark(standing=Standing.OFFLINE, since=START, reason="Nobody is at home.")
    loop.mark = away
    async with opened(still, linked) as (pilot, _):
        for times in (1, 2):
            await pressed(pilot, "s")
            assert loop.woken == times and "Asking https://work.example.org" in bottom(pilot)
            pilot.app.live._show_mark(replace(away, standing=Standing.SYNCING))
            pilot.app.live._show_mark(away)
            await pressed(pilot)
            assert bottom(pilot).startswith(away.reason)
            assert bottom(pilot).endswith("offline since 20:26")
        await pressed(pilot, "enter")
        pilot.app.live._show_mark(Mark(standing=Standing.SYNCED))
        await pressed(pilot)
        assert bottom(pilot).startswith("Exchanged with https://work.example.org.")
        assert bottom(pilot).endswith(" synced")


async def test_a_local_workspace_offers_no_exchange_and_says_why(still: Path) -> None:
    async with opened(still, nothing) as (pilot, _):
        assert "s now" not in bottom(pilot) and "close" in bottom(pilot)
        await pressed(pilot, "s")
        assert "there is no server to exchange with" in bottom(pilot)


async def test_where_the_person_is_needed_first_it_says_so_and_asks_nobody(
    still: Path, loop: LoopAtRest
) -> None:
    loop.mark = Mark(standing=Standing.NEEDS_YOU, reason="Sign in again.")
    async with opened(still, linked) as (pilot, _):
        await pressed(pilot, "s")
        assert loop.woken == 0 and bottom(pilot).startswith("Sign in again.")


async def test_stopping_to_take_it_to_the_server_is_asked_first(
    still: Path, loop: LoopAtRest
) -> None:
    loop.mark = Mark(standing=Standing.SYNCING, taking=True)
    async with opened(still, coming) as (pilot, screen):
        assert TAKING in drawn(pilot) and screen.here[0] == "exchange"
        screen.draw("deed:stay")
        await pressed(pilot, "enter")
        assert isinstance(pilot.app.screen, Confirm)
        await pressed(pilot, "n")
        assert await Device(pilot.app.live.acting).state() is not None
        await pressed(pilot, "enter", "y")
        assert await Device(pilot.app.live.acting).state() is None


def bottom(pilot: Any) -> str:
    """The last line of the screen."""
    return drawn(pilot).rstrip().splitlines()[-1].strip()


def told(pilot: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The sentences that are told from now on."""
    sentences: list[str] = []
    live = pilot.app.live
    monkeypatch.setattr(live, "tell", lambda text, **more: sentences.append(text))
    return sentences


async def test_an_edit_that_met_somebody_elses_is_told_once(
    still: Path, loop: LoopAtRest, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop.mark = Mark(standing=Standing.SYNCED)
    async with opened(still, linked) as (pilot, _):
        sentences = told(pilot, monkeypatch)
        for conflicts in (1, 1, 0, 2, 1):
            pilot.app.live._show_mark(Mark(standing=Standing.SYNCED, conflicts=conflicts))
        assert sentences == [MET, MET]


async def test_that_the_server_is_away_is_told_once_until_it_is_back(
    still: Path, loop: LoopAtRest, monkeypatch: pytest.MonkeyPatch
) -> None:
    loop.mark = Mark(standing=Standing.SYNCED)
    gone = Mark(standing=Standing.OFFLINE, since=START, reason="Nothing answers.")
    async with opened(still, linked) as (pilot, _):
        sentences = told(pilot, monkeypatch)
        for _ in range(2):
            for mark in (
                gone, replace(gone, standing=Standing.SYNCING), gone,
                replace(gone, reason=f"Nothing answers. {KEPT}"), Mark(standing=Standing.SYNCED),
            ):  # fmt: skip
                pilot.app.live._show_mark(mark)
        assert sentences == ["Nothing answers."] * 2


async def test_that_the_server_is_away_is_not_said_beside_the_mark_that_it_is_back(
    still: Path, loop: LoopAtRest
) -> None:
    gone = Mark(standing=Standing.OFFLINE, since=START, reason=f"Nothing answers. {KEPT}")
    back = Mark(standing=Standing.SYNCED)
    async with opened(still, linked) as (pilot, screen):
        line = screen.query_one(StatusLine)
        for sentence in ("", "Nothing answers.", f"It needs the server. {gone.reason}"):
            screen.live._show_mark(gone)
            if sentence:
                screen.live.tell(sentence, error=True)
            await pressed(pilot)
            assert "Nothing answers" in line.message
            screen.live._show_mark(back)
            await pressed(pilot)
            assert not line.message and bottom(pilot).endswith("synced")
        screen.live.tell("Something else.")
        screen.live._show_mark(back)
        await pressed(pilot)
        assert line.message == "Something else."


@pytest.mark.parametrize("size", [(120, 40), (60, 20)])
async def test_a_sentence_does_not_hide_how_things_stand(
    still: Path, loop: LoopAtRest, size: tuple[int, int]
) -> None:
    loop.mark = Mark(standing=Standing.OFFLINE, since=START, waiting=3)
    folder = await asyncio.to_thread(workspace, still, linked)
    async with running(app_on(folder), size) as pilot:
        for words in (1, 8, 12, 40):
            pilot.app.live.tell(" ".join(["somewords"] * words))
            await pressed(pilot)
            assert bottom(pilot).endswith("offline since 20:26, 3 waiting")
            assert "somewords" in drawn(pilot)
