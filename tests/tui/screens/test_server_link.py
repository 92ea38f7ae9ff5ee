"""Joining a server, taking a workspace there and home, signing in and out: the app against a server that listens."""

import asyncio
import os
import shutil
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from textual import events
from textual.widgets import Input

from engine.api import Acting, Engine
from engine.commands.api_keys import RevokeApiKey
from engine.commands.items import RenameItem
from engine.errors import NotSignedIn
from engine.identity.api_keys import make
from engine.identity.organizations import create, invite, preview
from engine.identity.sessions import enter
from engine.model.actor import Role, Scope
from engine.queries.accounts import AboutMyAccount
from engine.queries.home import WhoAmI
from engine.queries.members import ApiKeys, MailsWaiting
from engine.store import keyfile
from engine.store.directory import EMAIL
from engine.syncing import Device
from sync.client.sign_in import places, sign_out
from tests.engine.boards import names, sample_board
from tests.engine.conftest import KEY, Ticking, template_file
from tests.engine.identity.conftest import quick_hashes
from tests.engine.identity.people import (
    PASSWORD,
    account_of,
    code_in_mail,
    confirmed,
    fresh_address,
    somewhere,
)
from tests.sync.meeting import listening
from tests.tui.one_screen import drawn
from tests.tui.running import app_on, pressed, running, still, typed, until, workspace
from tui.app import ConneqtApp, StartAt
from tui.issuing import new_invitation
from tui.recent_workspaces import known_workspaces, server_of
from tui.screens.api_keys import ApiKeysScreen
from tui.screens.first_run import FirstRunScreen
from tui.screens.home import HomeScreen
from tui.screens.sync import SyncScreen
from tui.widgets.confirm import Confirm

__all__ = ["quick_hashes", "still", "template_file"]


NEW = "another secret"


@pytest.fixture(autouse=True)
def quick_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyfile, "SCRYPT_N", 1 << 10)
    monkeypatch.setenv("CONNEQTOS_PASSPHRASE", "open sesame")


@pytest.fixture
async def server(tmp_path: Path, template_file: Path) -> AsyncIterator[Engine]:
    home = tmp_path / "server"
    home.mkdir()
    shutil.copy(template_file, home / "workspace.db")
    engine = await Engine.open_workspace(home, KEY, clock=Ticking(), utc_offset=lambda: 0)
    yield engine
    await engine.close()


async def organization(server: Engine, email: str, name: str = "Team") -> Acting:
    """An organization of this account, with a board."""
    from engine.identity.sessions import sign_in

    signed, _ = await sign_in(server, somewhere(), email, PASSWORD)
    tenant = await create(server, somewhere(), signed, name)
    owner = await enter(server, somewhere(), signed, tenant)
    await sample_board(owner, name=f"Roadmap of {name}")
    return owner


async def fill_in(pilot: Any, *lines: str) -> None:
    """One line of a form after the other."""
    for line in lines:
        if line:
            await typed(pilot, line)
        await pressed(pilot, "enter")


async def choose(pilot: Any, words: str) -> None:
    """Move to the line of the list that says this, and open it."""
    await until(pilot, lambda: words in drawn(pilot))
    screen = pilot.app.screen
    keys = [entry.key for entry in screen.entries_for(100)]
    at = next(key for key in keys if key and words in str(next(
        entry for entry in screen.entries_for(100) if entry.key == key)))  # fmt: skip
    screen.draw(at)
    await pressed(pilot, "enter")


async def test_a_server_is_joined_and_its_boards_come_in_while_the_home_is_shown(
    server: Engine, still: Path
) -> None:
    email = await confirmed(server)
    await organization(server, email)
    async with listening(server) as url, running(ConneqtApp(StartAt())) as pilot:
        await pressed(pilot, "s", "enter")
        await fill_in(pilot, url, email, PASSWORD)
        await until(pilot, lambda: "Join “Team”" in str(pilot.app.screen.heading))  # type: ignore[attr-defined]
        await pressed(pilot, "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        await until(pilot, lambda: "Roadmap of Team" in drawn(pilot) and "synced" in drawn(pilot))
    ((folder, name),) = known_workspaces()
    assert (name, server_of(folder)) == ("Team", url)


async def test_of_several_organizations_one_is_chosen(server: Engine, still: Path) -> None:
    email = await confirmed(server)
    for name in ("Team", "Club"):
        await organization(server, email, name)
    async with listening(server) as url, running(ConneqtApp(StartAt())) as pilot:
        await pressed(pilot, "s", "enter")
        await fill_in(pilot, url, email, PASSWORD)
        await until(
            pilot, lambda: getattr(pilot.app.screen, "heading", "") == "Which organization?"
        )
        await typed(pilot, "Club")
        await pressed(pilot, "enter", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        await until(pilot, lambda: "Roadmap of Club" in drawn(pilot))
        assert "Roadmap of Team" not in drawn(pilot)


async def test_who_has_one_organization_on_this_device_accepts_an_invitation_to_another(
    server: Engine, still: Path
) -> None:
    email = await confirmed(server)
    await organization(server, email)
    other = await organization(server, await confirmed(server), "Club")
    async with listening(server) as url, running(ConneqtApp(StartAt())) as pilot:
        await joined(pilot, url, email)
        code = await invite(other, email, Role.MEMBER)
        await pressed(pilot, "w", "s", "enter")
        await fill_in(pilot, url, email, PASSWORD)
        await until(pilot, lambda: "Which organization?" in heading(pilot))
        assert "Team   on this device already" in drawn(pilot)
        await choose_way(pilot, "Accept an invitation")
        await until(pilot, lambda: "Accept an invitation" in heading(pilot))
        await fill_in(pilot, code)
        await until(pilot, lambda: "Join “Club”" in heading(pilot))


async def test_a_wrong_password_is_told_in_the_form_and_nothing_typed_is_lost(
    server: Engine, still: Path
) -> None:
    email = await confirmed(server)
    async with listening(server) as url, running(ConneqtApp(StartAt())) as pilot:
        await pressed(pilot, "s", "enter")
        await fill_in(pilot, url, email, "not this one")
        await until(pilot, lambda: "wrong" in hint(pilot))
        assert pilot.app.screen.typed["email"] == email  # type: ignore[attr-defined]
        await pressed(pilot, "escape")
        await pressed(pilot, "s", "enter")
        await fill_in(pilot, url, email, PASSWORD)
        await until(pilot, lambda: "no organization" in getattr(pilot.app.screen, "heading", ""))
        await pressed(pilot, "escape")
        assert isinstance(pilot.app.screen, FirstRunScreen)
    assert known_workspaces() == []


async def test_who_was_invited_makes_an_account_confirms_it_and_joins(
    server: Engine, still: Path
) -> None:
    owner = await organization(server, await confirmed(server))
    email = fresh_address()
    code = await invite(owner, email, Role.MEMBER)

    def asks(words: str) -> Any:
        return until(pilot, lambda: words in str(getattr(pilot.app.screen, "heading", "")))

    async with listening(server) as url, running(ConneqtApp(StartAt())) as pilot:
        await pressed(pilot, "s", "down", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pressed(pilot, "y")
        await asks("Make an account")
        await fill_in(pilot, url, "Grace", email, PASSWORD, "another one")
        await until(pilot, lambda: "differ" in hint(pilot))
        await pressed(pilot, "ctrl+u")
        await fill_in(pilot, PASSWORD)
        await asks("Confirm your address")
        await fill_in(pilot, "not the code")
        await until(pilot, lambda: pilot.app.screen.query(".popup--error"))
        await pressed(pilot, "ctrl+u")
        await fill_in(pilot, await code_in_mail(server, await account_of(server, email)))
        await asks("Join a server")
        await fill_in(pilot, PASSWORD)
        await asks("no organization")
        await fill_in(pilot, code)
        await asks("Join “Team”")
        await pressed(pilot, "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        await until(pilot, lambda: "Roadmap of Team" in drawn(pilot))
        assert pilot.app.live.acting.actor.user_id != owner.actor.user_id


async def test_a_code_that_does_not_confirm_says_how_another_one_comes_also_at_80x24(
    server: Engine, still: Path
) -> None:
    async with listening(server) as url, running(ConneqtApp(StartAt()), (80, 24)) as pilot:
        await pressed(pilot, "s")
        await choose_way(pilot, "Confirm an account")
        await fill_in(pilot, url, "not the code")
        await until(pilot, lambda: "not valid" in hint(pilot))
        assert "make the account again" in hint(pilot) and "Ask for" not in hint(pilot)
        assert "code comes." in drawn(pilot)


async def test_who_has_forgotten_the_password_sets_another_and_joins(
    server: Engine, still: Path
) -> None:
    email = await confirmed(server)
    await organization(server, email)
    async with listening(server) as url, running(ConneqtApp(StartAt())) as pilot:
        await pressed(pilot, "s")
        await choose_way(pilot, "Set a new password")
        await fill_in(pilot, url, email)
        await set_anew(pilot, server, email)
        await until(pilot, lambda: "Join a server" in str(getattr(pilot.app.screen, "heading", "")))
        assert focused(pilot) == "field-password"
        await fill_in(pilot, NEW)
        await until(pilot, lambda: "Join “Team”" in str(getattr(pilot.app.screen, "heading", "")))


async def test_also_where_a_workspace_is_that_is_not_signed_in_any_more(
    server: Engine, still: Path
) -> None:
    email = await confirmed(server)
    await organization(server, email)
    async with listening(server) as url, running(ConneqtApp(StartAt())) as pilot:
        await about_to_sign_out(pilot, url, email)
        await pressed(pilot, "enter")
        await choose(pilot, "Set a new password")
        assert pilot.app.screen.typed == {"url": url, "email": email}  # type: ignore[attr-defined]
        await fill_in(pilot, "", "")
        await set_anew(pilot, server, email)
        await until(pilot, lambda: "Sign in again" in str(getattr(pilot.app.screen, "heading", "")))
        await fill_in(pilot, NEW)
        await until(pilot, lambda: "synced" in drawn(pilot))


async def about_to_sign_out(pilot: Any, url: str, email: str) -> None:
    """Joined, and asked what is to stay here."""
    await joined(pilot, url, email)
    await pressed(pilot, "f12")
    await choose(pilot, "Sign out")


async def set_anew(pilot: Any, server: Engine, email: str) -> None:
    """By the code from the mail."""
    await until(pilot, lambda: "on its way" in hint(pilot))
    await fill_in(pilot, await code_in_mail(server, await account_of(server, email)))
    await fill_in(pilot, NEW, "another one")
    await until(pilot, lambda: "differ" in hint(pilot))
    await pressed(pilot, "ctrl+u")
    await fill_in(pilot, NEW)


async def choose_way(pilot: Any, words: str) -> None:
    """Narrow the list of ways to the one, and take it."""
    await until(pilot, lambda: words in drawn(pilot))
    await typed(pilot, words)
    await pressed(pilot, "enter")


async def test_nobody_under_16_gets_an_account(still: Path) -> None:
    async with running(ConneqtApp(StartAt())) as pilot:
        await pressed(pilot, "s", "down", "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        await pressed(pilot, "enter", "enter")
        assert isinstance(pilot.app.screen, Confirm)
        await pressed(pilot, "n")
        await until(pilot, lambda: "Nothing was sent" in drawn(pilot))
        assert isinstance(pilot.app.screen, FirstRunScreen)


async def test_a_wrong_address_or_password_keeps_everything_that_was_typed(
    server: Engine, still: Path
) -> None:
    email = fresh_address()
    async with listening(server) as url, running(ConneqtApp(StartAt())) as pilot:
        await pressed(pilot, "s", "down", "enter", "y")
        await fill_in(pilot, "http://127.0.0.1:86111", "Grace", "grace at home", "1234", "1234")
        for words, field, better in (
            ("no port 86111", "url", url), ("grace at home", "email", email), ("password", "password", PASSWORD),
        ):  # fmt: skip
            await until(pilot, lambda words=words: words in hint(pilot))
            assert pilot.app.screen.typed["name"] == "Grace"  # type: ignore[attr-defined]
            for name in (field, "again") if field == "password" else (field,):
                pilot.app.screen.query_one(f"#field-{name}", Input).value = better
            await pressed(pilot, "enter")
        await until(pilot, lambda: "Confirm your address" in heading(pilot))
        assert focused(pilot) == "field-code"
    assert await server.tenant_of(EMAIL, email)


def heading(pilot: Any) -> str:
    return str(getattr(pilot.app.screen, "heading", ""))


def focused(pilot: Any) -> str:
    """Where what is typed next goes."""
    return str(pilot.app.screen.focused.id)


def hint(pilot: Any) -> str:
    """What the form says below its lines."""
    return str(pilot.app.screen.query_one(".popup--hint").content)


async def studio(acting: Acting) -> None:
    await sample_board(acting, name="Plan")


async def the_organization(server: Engine, email: str) -> Acting:
    """As its owner on the server."""
    from engine.identity.sessions import as_account, sign_in

    signed, _ = await sign_in(server, somewhere(), email, PASSWORD)
    about = await as_account(server, somewhere(), signed).query(AboutMyAccount())
    return await enter(server, somewhere(), signed, about.organizations[0].id)


async def test_a_workspace_is_taken_to_a_server_and_home_again(server: Engine, still: Path) -> None:
    email = await confirmed(server)
    folder = await asyncio.to_thread(workspace, still, studio)
    async with listening(server) as url, running(app_on(folder)) as pilot:
        await pressed(pilot, "f12")
        await choose(pilot, "Take this workspace")
        await pressed(pilot, "enter")
        await fill_in(pilot, url, email, PASSWORD)
        await until(pilot, lambda: "synced" in drawn(pilot))
        await until(pilot, lambda: "The workspace is on the server." in drawn(pilot))
        assert "On its way" not in drawn(pilot) and server_of(folder) == url
        there = await the_organization(server, email)
        board = next(iter(await boards_of(there)))
        assert await names(there, board) == [f"Item {n}" for n in range(1, 6)]
        item = (await items_of(there, board))[0]
        await pilot.app.live.acting.execute(RenameItem(item_id=item, name="From the app"))
        async with asyncio.timeout(20):
            while "From the app" not in await names(there, board):
                await pilot.pause(0.05)
        await choose(pilot, "Make it a local workspace")
        await pressed(pilot, "enter", "y")
        await until(pilot, lambda: "nothing is sent anywhere" in drawn(pilot))
        acting = pilot.app.live.acting
        assert await Device(acting).state() is None and server_of(folder) == ""
        assert (await names(acting, board))[0] == "From the app"
        assert (await acting.verify_audit()).bad_number is None
        assert "synced" not in drawn(pilot)
        await pressed(pilot, "escape")
        assert "synced" not in drawn(pilot)


async def test_where_the_server_cannot_be_reached_any_more_it_stays_local_when_that_is_chosen(
    server: Engine, still: Path
) -> None:
    email = await confirmed(server)
    folder = await asyncio.to_thread(workspace, still, studio)
    async with running(app_on(folder)) as pilot:
        async with listening(server) as url:
            await pressed(pilot, "f12")
            await choose(pilot, "Take this workspace")
            await pressed(pilot, "enter")
            await fill_in(pilot, url, email, PASSWORD)
            await until(pilot, lambda: "synced" in drawn(pilot))
        await choose(pilot, "Make it a local workspace")
        await pressed(pilot, "enter", "y")
        await until(pilot, lambda: "Nothing answers" in drawn(pilot))
        assert await Device(pilot.app.live.acting).state() is not None
        await choose(pilot, "Make it a local workspace")
        await pressed(pilot, "down", "enter", "y")
        await until(pilot, lambda: "nothing is sent anywhere" in drawn(pilot))


async def joined(pilot: Any, url: str, email: str) -> None:
    await pressed(pilot, "s", "enter")
    await fill_in(pilot, url, email, PASSWORD)
    await until(pilot, lambda: "Join “Team”" in str(getattr(pilot.app.screen, "heading", "")))
    await pressed(pilot, "enter")
    await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
    await until(pilot, lambda: "synced" in drawn(pilot))


async def test_signed_out_it_goes_on_offline_and_signed_in_again_everything_meets(
    server: Engine, still: Path
) -> None:
    email = await confirmed(server)
    owner = await organization(server, email)
    async with listening(server) as url, running(ConneqtApp(StartAt())) as pilot:
        await about_to_sign_out(pilot, url, email)
        await pressed(pilot, "enter")
        await until(pilot, lambda: "sign in again" in drawn(pilot) and "signed out" in drawn(pilot))
        screen = drawn(pilot)
        assert "you have signed out" in screen and "does not know this device" not in screen
        assert "Take it off this device" in screen and "Sign out" not in screen
        board = next(iter(await boards_of(owner)))
        item = (await items_of(owner, board))[0]
        await pilot.app.live.acting.execute(RenameItem(item_id=item, name="Signed out"))
        await choose(pilot, "Sign in again")
        assert (pilot.app.screen.typed["email"], focused(pilot)) == (email, "field-password")  # type: ignore[attr-defined]
        await fill_in(pilot, "wrong")
        await until(pilot, lambda: "wrong" in hint(pilot))
        await pressed(pilot, "escape")
        await choose(pilot, "Sign in again")
        await fill_in(pilot, PASSWORD)
        await until(pilot, lambda: "synced" in drawn(pilot))
        assert (await names(owner, board))[0] == "Signed out"


async def test_a_session_that_is_over_on_the_server_is_over_here_also_when_its_screen_is_left_meanwhile(
    server: Engine, still: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answered, left = asyncio.Event(), asyncio.Event()

    async def slowly(url: str, token: str) -> None:
        await sign_out(url, token)
        answered.set()
        await left.wait()

    monkeypatch.setattr("sync.client.sign_in.sign_out", slowly)
    email = await confirmed(server)
    await organization(server, email)
    async with listening(server) as url, running(ConneqtApp(StartAt())) as pilot:
        await about_to_sign_out(pilot, url, email)
        await pilot.press("enter")
        await asyncio.wait_for(answered.wait(), 20)
        await pilot.press("escape")
        left.set()
        await until(pilot, lambda: "synced" not in drawn(pilot))
        state = await Device(pilot.app.live.acting).state()
        assert isinstance(pilot.app.screen, HomeScreen) and state and not state.link.token


async def test_two_enters_at_once_leave_the_screen_of_sync_where_it_is(
    server: Engine, still: Path
) -> None:
    email = await confirmed(server)
    await organization(server, email)
    async with listening(server) as url, running(ConneqtApp(StartAt())) as pilot:
        await about_to_sign_out(pilot, url, email)
        for _ in range(2):
            pilot.app.post_message(events.Key("enter", None))
        await until(pilot, lambda: "sign in again" in drawn(pilot))
        assert isinstance(pilot.app.screen, SyncScreen)


async def test_one_command_that_would_be_lost_is_one(server: Engine, still: Path) -> None:
    email = await confirmed(server)
    owner = await organization(server, email)
    async with running(ConneqtApp(StartAt())) as pilot:
        async with listening(server) as url:
            await joined(pilot, url, email)
        item = (await items_of(owner, next(iter(await boards_of(owner)))))[0]
        await pilot.app.live.acting.execute(RenameItem(item_id=item, name="Only here"))
        await pressed(pilot, "f12")
        await choose(pilot, "Sign out")
        assert "lost with it: 1 command that the server lacks" in drawn(pilot)


async def test_somebody_else_does_not_sign_in_in_ones_place(server: Engine, still: Path) -> None:
    email, other = await confirmed(server), await confirmed(server)
    await organization(server, email)
    await organization(server, other, "Other")
    async with listening(server) as url, running(ConneqtApp(StartAt())) as pilot:
        await about_to_sign_out(pilot, url, email)
        await pressed(pilot, "enter")
        await choose(pilot, "Sign in again")
        pilot.app.screen.query_one("#field-email", Input).value = other
        await fill_in(pilot, PASSWORD)
        await until(pilot, lambda: "another person" in hint(pilot))


async def test_signing_out_can_take_everything_off_the_device(server: Engine, still: Path) -> None:
    email = await confirmed(server)
    await organization(server, email)
    async with listening(server) as url, running(ConneqtApp(StartAt())) as pilot:
        await joined(pilot, url, email)
        ((folder, _),) = known_workspaces()
        state = await Device(pilot.app.live.acting).state()
        assert state is not None
        await pressed(pilot, "f12")
        await choose(pilot, "Sign out")
        await pressed(pilot, "down", "enter", "enter")
        assert isinstance(pilot.app.screen, Confirm) and (folder / "workspace.db").exists()
        await pressed(pilot, "y")
        await until(pilot, lambda: isinstance(pilot.app.screen, FirstRunScreen))
        with pytest.raises(NotSignedIn):
            await places(url, state.link.token)
    assert known_workspaces() == [] and not (folder / "workspace.db").exists()


async def test_what_a_signed_out_device_holds_can_still_be_taken_off_it(
    server: Engine, still: Path
) -> None:
    email = await confirmed(server)
    await organization(server, email)
    async with listening(server) as url, running(ConneqtApp(StartAt())) as pilot:
        await joined(pilot, url, email)
        ((folder, _),) = known_workspaces()
        await pressed(pilot, "f12")
        await choose(pilot, "Sign out")
        await pressed(pilot, "enter")
        await choose(pilot, "Take it off this device")
        await pressed(pilot, "y")
        await until(pilot, lambda: isinstance(pilot.app.screen, FirstRunScreen))
    assert not (folder / "workspace.db").exists()


async def test_the_export_of_a_joined_workspace_says_where_the_account_is(
    server: Engine, still: Path
) -> None:
    email = await confirmed(server)
    await organization(server, email)
    async with listening(server) as url, running(ConneqtApp(StartAt())) as pilot:
        await joined(pilot, url, email)
        await pressed(pilot, "P", "x", "enter")
        target = still / "my-conneqtos-data.zip"
        await until(pilot, target.exists)
    with zipfile.ZipFile(target) as archive:
        text = archive.read("README.txt").decode()
    assert "Your account itself" in text and "once you link" not in text
    assert f"process it, at {url}:" in text and "at server  Your account (account)" in text


async def test_an_api_key_made_on_a_joined_device_opens_its_server(
    server: Engine, still: Path
) -> None:
    email = await confirmed(server)
    owner = await organization(server, email)
    async with listening(server) as url, running(ConneqtApp(StartAt())) as pilot:
        await joined(pilot, url, email)
        await pilot.app.push_screen(ApiKeysScreen(pilot.app.live))
        await pressed(pilot, "o", "enter")
        await fill_in(pilot, "Nightly")
        await until(pilot, lambda: isinstance(pilot.app.screen, Confirm))
        key = str(pilot.app.screen.question)  # type: ignore[attr-defined]
        await pressed(pilot, "n")
        assert "Nightly" in drawn(pilot) and "1 valid" in drawn(pilot)
        async with httpx.AsyncClient(base_url=url) as client:
            me = await client.get("/api/me", headers={"Authorization": f"Bearer {key}"})
        assert me.json()["member"]["id"] == owner.actor.user_id


async def test_who_is_invited_on_a_joined_device_gets_a_code_that_the_server_made(
    server: Engine, still: Path
) -> None:
    email, invited = await confirmed(server), fresh_address()
    owner = await organization(server, email)
    async with listening(server) as url, running(ConneqtApp(StartAt())) as pilot:
        await joined(pilot, url, email)
        code = await new_invitation(pilot.app.live.acting, invited, Role.VIEWER)
        found, _ = await preview(server, somewhere(), code)
        assert (found.email, found.role) == (invited, Role.VIEWER)
    mails = await server.as_system(owner.actor.organization_id).query(MailsWaiting())
    assert [mail.address for mail in mails] == [invited] and code in mails[0].text


async def boards_of(acting: Acting) -> list[str]:
    from engine.queries.home import Boards

    return [one.board.id for one in await acting.query(Boards())]


async def items_of(acting: Acting, board: str) -> list[str]:
    from engine.queries.board_view import RowOrder, RowWindow

    order = await acting.query(RowOrder(board_id=board))
    numbers = tuple(number for lane in order.values() for number in lane)
    rows = await acting.query(RowWindow(board_id=board, numbers=numbers))
    return [rows[number].item.id for number in numbers]


async def test_a_workspace_is_taken_by_who_makes_an_account_first(
    server: Engine, still: Path
) -> None:
    email = fresh_address()
    folder = await asyncio.to_thread(workspace, still, studio)
    async with listening(server) as url, running(app_on(folder)) as pilot:
        await pressed(pilot, "f12")
        await choose(pilot, "Take this workspace")
        await pressed(pilot, "down", "enter", "y")
        await fill_in(pilot, url, "Ada", email, PASSWORD, PASSWORD)
        await until(pilot, lambda: "Confirm your address" in heading(pilot))
        await fill_in(pilot, await code_in_mail(server, await account_of(server, email)))
        await until(pilot, lambda: "Take this workspace" in heading(pilot))
        await fill_in(pilot, PASSWORD)
        await until(pilot, lambda: "synced" in drawn(pilot))
        _, me = await pilot.app.live.query(WhoAmI())
        assert (me.name, me.email) == ("Ada", email)


async def test_where_a_token_says_who_one_is_only_the_server_is_asked_for(
    server: Engine, still: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owner = await organization(server, await confirmed(server))
    monkeypatch.setenv("CONNEQTOS_TOKEN", await make(owner, "laptop", Scope.ADMIN))
    async with listening(server) as url, running(ConneqtApp(StartAt())) as pilot:
        await pressed(pilot, "s")
        assert list(pilot.app.screen.typed) == ["url"] and "CONNEQTOS_TOKEN" in hint(pilot)  # type: ignore[attr-defined]
        await fill_in(pilot, url)
        await until(pilot, lambda: "Join “Team”" in heading(pilot))
        assert "keyring" not in hint(pilot) and "passphrase" in hint(pilot)
        await pressed(pilot, "enter")
        await until(pilot, lambda: isinstance(pilot.app.screen, HomeScreen))
        await until(pilot, lambda: "synced" in drawn(pilot))
        (made,) = await owner.query(ApiKeys())
        await owner.execute(RevokeApiKey(key_id=made.id))
        live = pilot.app.live
        assert live.loop is not None
        live.loop.wake()
        await until(pilot, lambda: "sign in again" in drawn(pilot))
        monkeypatch.setenv("CONNEQTOS_TOKEN", await make(owner, "another", Scope.ADMIN))
        await pressed(pilot, "f12")
        await choose(pilot, "Sign in again")
        await until(pilot, lambda: "synced" in drawn(pilot))
        state = await Device(live.acting).state()
        assert state is not None and state.link.token == os.environ["CONNEQTOS_TOKEN"]
