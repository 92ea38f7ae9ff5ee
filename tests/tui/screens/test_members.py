"""Members and API keys by keys alone: invited, changed, removed, handed over; made, copied, revoked."""

from pathlib import Path
from typing import Any

import pytest

from engine.api import Acting
from engine.commands.members import AddPerson
from engine.identity.api_keys import make
from engine.identity.organizations import invite
from engine.model.actor import Role, Scope
from engine.queries.home import WhoAmI
from engine.queries.members import ApiKeys, Members
from engine.queries.rights import MyRights
from tests.engine.members import colleague
from tests.tui.one_screen import drawn
from tests.tui.running import after, app_on, pressed, running, still, typed, until, workspace

__all__ = ["still"]


async def team(acting: Acting) -> None:
    await colleague(acting, "Grace Hopper", Role.ADMIN)
    await colleague(acting, "Alan Turing", Role.VIEWER)
    await acting.execute(AddPerson(name="Somebody of the import", email="some@example.org"))
    await invite(acting, "invited@example.org", Role.MEMBER)


@pytest.fixture
def studio(still: Path) -> Path:
    return workspace(still)


@pytest.fixture
def shared(still: Path) -> Path:
    return workspace(still, team)


async def members(pilot: Any) -> dict[str, str]:
    found = await pilot.app.live.query(Members())
    return {one.name: one.role.value for one in found.members}


async def at(pilot: Any, text: str) -> None:
    """Put the cursor on the first line with this text."""
    await pressed(pilot, "slash", *text, "enter")


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_a_team(shared: Path, snap_compare: Any, size: tuple[int, int]) -> None:
    assert snap_compare(app_on(shared), terminal_size=size, run_before=after("m"))


def test_alone(studio: Path, snap_compare: Any) -> None:
    assert snap_compare(app_on(studio), terminal_size=(80, 24), run_before=after("m"))


async def test_an_invitation_is_sent_shown_once_and_lies_in_the_folder_of_mails(
    studio: Path,
) -> None:
    async with running(app_on(studio)) as pilot:
        await pressed(pilot, "m", "o", "enter")
        await pressed(pilot, *"viewer", "enter")
        await typed(pilot, "new@example.org")
        await pressed(pilot, "enter")
        await until(pilot, lambda: "cqi_" in drawn(pilot))
        await pressed(pilot, "y")
        assert "new@example.org" in drawn(pilot) and "viewer" in drawn(pilot)
        assert pilot.app.clipboard.startswith("cqi_")
        assert "The code: sent to the terminal’s clipboard." in drawn(pilot)
        mails = list((studio / "mail").glob("*.eml"))
        assert len(mails) == 1 and b"To: new@example.org" in mails[0].read_bytes()
        await pressed(pilot, *"/new@", "enter", "enter", "y")
        assert "new@example.org" not in drawn(pilot)


async def test_an_address_that_is_none_is_said_in_the_form(studio: Path) -> None:
    async with running(app_on(studio)) as pilot:
        await pressed(pilot, "m", "o", "enter", "enter")
        await typed(pilot, "nobody")
        await pressed(pilot, "enter")
        assert "no mail address" in drawn(pilot)


async def test_a_role_is_changed_and_a_member_removed(shared: Path) -> None:
    async with running(app_on(shared)) as pilot:
        await pressed(pilot, "m")
        await at(pilot, "Turing")
        await pressed(pilot, "enter", *"role", "enter", *"member", "enter")
        await until(pilot, lambda: "Change" not in drawn(pilot))
        assert (await members(pilot))["Alan Turing"] == "member"
        await pressed(pilot, "enter", *"remove", "enter", "y")
        assert "Alan Turing" not in await members(pilot)
        assert "is no member any more" in drawn(pilot)


async def test_the_workspace_is_handed_over(shared: Path) -> None:
    async with running(app_on(shared)) as pilot:
        await pressed(pilot, "m")
        await at(pilot, "Grace")
        await pressed(pilot, "enter", *"hand", "enter", "y")
        assert (await members(pilot))["Grace Hopper"] == "owner"
        _, me = await pilot.app.live.query(WhoAmI())
        assert me.role is Role.ADMIN


async def test_an_officer_is_appointed(shared: Path) -> None:
    async with running(app_on(shared)) as pilot:
        await pressed(pilot, "m")
        await at(pilot, "Turing")
        await pressed(pilot, "enter", *"officer", "enter")
        assert (await pilot.app.live.query(MyRights())).officer == "Alan Turing"


async def test_the_only_owner_is_told_why_they_cannot_leave(studio: Path) -> None:
    async with running(app_on(studio)) as pilot:
        await pressed(pilot, "m", "enter", *"leave", "enter", "y")
        assert "only owner" in drawn(pilot)


async def test_a_second_factor_is_required_and_not_any_more(studio: Path) -> None:
    async with running(app_on(studio)) as pilot:
        await pressed(pilot, "m", "G", "enter")
        assert (await pilot.app.live.query(Members())).two_factor
        await pressed(pilot, "enter")
        assert not (await pilot.app.live.query(Members())).two_factor


async def test_a_name_is_added_for_people_columns(studio: Path) -> None:
    async with running(app_on(studio)) as pilot:
        await pressed(pilot, "m", "o", *"name", "enter")
        await typed(pilot, "Katherine")
        await pressed(pilot, "enter", "enter")
        assert "Katherine" in drawn(pilot) and "cannot act" in drawn(pilot)


# -- API keys -----------------------------------------------------------------------------------


async def keys(acting: Acting) -> None:
    await make(acting, "Nightly export", Scope.READ, days=30)
    await make(acting, "Bot \x1b[31mred", Scope.ADMIN)
    theirs = await colleague(acting, "Grace Hopper")
    await make(theirs, "Import from the CRM", Scope.WRITE)


@pytest.fixture
def with_keys(still: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    chances = iter(f"{letter * 8}" for letter in "abcdefghij")
    monkeypatch.setattr(
        "engine.identity.api_keys._chance", lambda n: next(chances) if n == 8 else "s" * n
    )
    return workspace(still, keys)


@pytest.mark.parametrize("size", [(120, 40), (80, 24)])
def test_the_keys(with_keys: Path, snap_compare: Any, size: tuple[int, int]) -> None:
    from tui.screens.api_keys import ApiKeysScreen

    app = app_on(with_keys)

    async def show(pilot: Any) -> None:
        from tests.tui.at_rest import at_rest

        await at_rest(pilot)
        await app.push_screen(ApiKeysScreen(app.live))
        await at_rest(pilot)

    assert snap_compare(app, terminal_size=size, run_before=show)


async def test_a_key_is_made_shown_once_and_revoked(studio: Path) -> None:
    async with running(app_on(studio)) as pilot:
        from tui.screens.api_keys import ApiKeysScreen

        await pressed(pilot, "P")
        for _ in range(15):
            if pilot.app.screen.entries.key == "right:keys":
                break
            await pressed(pilot, "j")
        await pressed(pilot, "enter")
        assert isinstance(pilot.app.screen, ApiKeysScreen)
        assert "There is no API key" in drawn(pilot)
        await pressed(pilot, "o", "enter")
        await typed(pilot, "script")
        await pressed(pilot, "down")
        await pressed(pilot, *"soon", "enter")
        assert "whole number" in drawn(pilot)
        await pressed(pilot, *["backspace"] * 4)
        await pressed(pilot, "7", "enter")
        await until(pilot, lambda: "cq_live_" in drawn(pilot))
        await pressed(pilot, "y")
        assert pilot.app.clipboard.startswith("cq_live_")
        assert "The key: sent to the terminal’s clipboard." in drawn(pilot)
        assert "cq_live_" not in drawn(pilot) and "script" in drawn(pilot)
        await pressed(pilot, "enter", "y")
        assert (await pilot.app.live.query(ApiKeys()))[0].revoked_at
        assert "revoked" in drawn(pilot)
        await pressed(pilot, "enter")
        assert "ended already" in drawn(pilot)
