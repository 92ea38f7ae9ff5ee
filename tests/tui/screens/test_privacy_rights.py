"""Your rights in Privacy & Data, each used by keys alone (C29, C30, C33, C35)."""

import asyncio
import zipfile
from pathlib import Path
from typing import Any

import pytest
import time_machine

from engine.api import Acting
from engine.commands.closing import CloseOrganization
from engine.commands.consents import SetConsent
from engine.commands.requests import FileRequest, WorkOnRequest
from engine.errors import NoWorkspace
from engine.model.actor import Role
from engine.model.rights import RequestState
from engine.queries.rights import MyRights, Rights
from tests.engine.conftest import START
from tests.engine.members import colleague
from tests.tui.one_screen import drawn
from tests.tui.running import after, app_on, pressed, running, still, typed, until, workspace
from tui import bootstrap, unlocking

__all__ = ["still"]

DAY = 86_400_000


async def with_another_owner(acting: Acting) -> None:
    await colleague(acting, "Second owner", Role.OWNER)


async def used(acting: Acting) -> None:
    """Rights in every state that can be seen at once."""
    await with_another_owner(acting)
    old = FileRequest(
        request_kind="access", text="A copy of everything", received_at=START - 31 * DAY
    )
    near = FileRequest(
        request_kind="objection", text="Not my address\x1b[2J in the audit trail, please",
        sender="someone@example.org", received_at=START - 27 * DAY,
    )  # fmt: skip
    done = FileRequest(request_kind="other", text="Who can see my boards?")
    await acting.execute(old, near, done)
    await acting.execute(
        WorkOnRequest(request_id=done.request_id, to=RequestState.ANSWERED, text="Only you.")
    )
    await acting.execute(SetConsent(purpose="marketing", given=True, source="app"))
    await acting.execute(CloseOrganization(confirm="Studio"))


@pytest.fixture
def alone(still: Path) -> Path:
    return workspace(still)


@pytest.fixture
def shared(still: Path) -> Path:
    return workspace(still, with_another_owner)


@pytest.fixture
def in_use(still: Path) -> Path:
    return workspace(still, used)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_rights_that_are_in_use(in_use: Path, snap_compare: Any, size: tuple[int, int]) -> None:
    app = app_on(in_use)
    assert snap_compare(app, terminal_size=size, run_before=after("P"))


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_the_queue_of_requests(in_use: Path, snap_compare: Any, size: tuple[int, int]) -> None:
    app = app_on(in_use)
    keys = ("P", "G", "g", "g", *"jjjjjjj", "enter")
    assert snap_compare(app, terminal_size=size, run_before=after(*keys))


async def rights_of(pilot: Any) -> Rights:
    rights: Rights = await pilot.app.live.query(MyRights())
    return rights


async def use(pilot: Any, label: str) -> None:
    """Go to the line with this label, and press enter."""
    await pressed(pilot, "g", "g")
    screen = pilot.app.screen
    for _ in range(12):
        line = next(e for e in screen.entries_for(100) if e.key == screen.entries.key)
        if label in "".join(run.text for run in line.lines[0]):
            await pressed(pilot, "enter")
            return
        await pressed(pilot, "j")
    raise AssertionError(f"there is no line “{label}”")


async def test_an_account_is_deleted_after_its_name_is_typed_and_kept_by_one_key(
    shared: Path,
) -> None:
    async with running(app_on(shared)) as pilot:
        await pressed(pilot, "P")
        name = (await rights_of(pilot)).name
        await use(pilot, "Delete my account")
        assert "Your profile: stays, without anything" in drawn(pilot)
        await pressed(pilot, "y")
        await typed(pilot, "somebody else")
        await pressed(pilot, "enter")
        assert "Type your name" in drawn(pilot)
        await pressed(pilot, "ctrl+u")
        await typed(pilot, name)
        await pressed(pilot, "enter")
        assert (await rights_of(pilot)).deletion_due_at
        assert "enter cancels it" in drawn(pilot)
        await use(pilot, "Deletion is asked for")
        assert not (await rights_of(pilot)).deletion_due_at


async def test_restriction_and_consent_are_a_key_each_way(alone: Path) -> None:
    async with running(app_on(alone)) as pilot:
        await pressed(pilot, "P")
        await use(pilot, "Restrict my data")
        await pressed(pilot, "y")
        assert (await rights_of(pilot)).restricted_at
        await use(pilot, "Your data is restricted")
        assert not (await rights_of(pilot)).restricted_at
        await use(pilot, "Marketing mail")
        assert "News of the product" in drawn(pilot)
        await pressed(pilot, "y")
        assert (await rights_of(pilot)).agreements[0].given
        await use(pilot, "Marketing mail")
        assert not (await rights_of(pilot)).agreements[0].given


async def test_a_request_is_filed_and_answered_by_keys(alone: Path) -> None:
    async with running(app_on(alone)) as pilot:
        await pressed(pilot, "P")
        await use(pilot, "Requests")
        assert "files one" in drawn(pilot)
        await pressed(pilot, "o", *"else", "enter")
        await typed(pilot, "Where is my data stored?")
        await pressed(pilot, "enter")
        assert "Where is my data stored?" in drawn(pilot)
        await pressed(pilot, "enter", *"answer", "enter")
        await typed(pilot, "On this device")
        await pressed(pilot, "enter")
        (request,) = (await rights_of(pilot)).requests
        assert (request.state, request.answer) == (RequestState.ANSWERED, "On this device")
        await pressed(pilot, "enter")
        assert "is closed" in drawn(pilot)


async def test_the_whole_workspace_is_exported_by_keys(alone: Path, still: Path) -> None:
    async with running(app_on(alone)) as pilot:
        await pressed(pilot, "P")
        await use(pilot, "Export the workspace")
        await pressed(pilot, "enter")
        await until(pilot, (still / "conneqtos.zip").exists)
        assert zipfile.is_zipfile(still / "conneqtos.zip")


async def test_correcting_leads_to_the_settings(alone: Path) -> None:
    async with running(app_on(alone)) as pilot:
        await pressed(pilot, "P")
        await use(pilot, "Correct")
        assert "as others see it on items" in drawn(pilot)


async def test_what_will_happen_is_told_at_each_start(in_use: Path) -> None:
    async with running(app_on(in_use)) as pilot:
        assert "“Studio” is closed on" in drawn(pilot)


def test_a_closed_workspace_ends_at_the_first_start_after_its_grace(in_use: Path) -> None:
    unlocked = unlocking.unlock(in_use)
    assert unlocked is not None
    with time_machine.travel(START / 1000 + 8 * 86_400, tick=False):
        with pytest.raises(NoWorkspace, match="“Studio” was closed"):
            asyncio.run(bootstrap.open_unlocked(unlocked))
    assert not in_use.exists()
    assert bootstrap.last_workspace() is None


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_what_will_happen_stands_above_the_boards(
    in_use: Path, snap_compare: Any, size: tuple[int, int]
) -> None:
    assert snap_compare(app_on(in_use), terminal_size=size, run_before=after("j", "k"))


async def test_the_banner_leads_to_where_it_is_cancelled_and_is_gone_then(in_use: Path) -> None:
    async with running(app_on(in_use)) as pilot:
        await until(pilot, lambda: "is closed on" in drawn(pilot))
        await pressed(pilot, "g", "g", "enter")
        assert "YOUR RIGHTS" in drawn(pilot)
        await use(pilot, "Closing is asked for")
        await pressed(pilot, "escape")
        await until(pilot, lambda: "is closed on" not in drawn(pilot))
