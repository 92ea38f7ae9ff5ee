"""The screens that are one list, while what they show cannot be had from the server: each says why, and none stops the app."""

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Final

import pytest
from sqlalchemy import Connection

from engine.api import Acting
from engine.errors import NotSignedIn
from engine.queries.privacy import Holding
from engine.queries.registry import Query
from engine.store.waiting import write_link
from sync.client.loop import Standing
from tests.tui.running import app_on, pressed, running, still, until, workspace
from tests.tui.screens.test_sync import linked
from tui.app import ConneqtApp
from tui.live import Live
from tui.screens.api_keys import ApiKeysScreen
from tui.screens.audit import AuditScreen
from tui.screens.first_run import FirstRunScreen
from tui.screens.help import HelpScreen
from tui.screens.home import HomeScreen
from tui.screens.listing import Listing
from tui.screens.members import MembersScreen
from tui.screens.own_records import OwnRecordsScreen
from tui.screens.policy import PolicyScreen
from tui.screens.privacy import PrivacyScreen
from tui.screens.requests import RequestsScreen
from tui.screens.settings import SettingsScreen
from tui.screens.sharing import SharingScreen
from tui.screens.sync import SyncScreen
from tui.screens.transfer import ExportScreen, ImportScreen
from tui.screens.trash import TrashScreen
from tui.widgets.status_line import StatusLine

__all__ = ["still"]

WHY: Final = "The server knows this, not this device alone."
ASKS: Final[dict[type[Listing], Callable[[Live], Listing]]] = {
    AuditScreen: AuditScreen, PrivacyScreen: PrivacyScreen, PolicyScreen: PolicyScreen,
    RequestsScreen: RequestsScreen, ApiKeysScreen: ApiKeysScreen,
    OwnRecordsScreen: lambda live: OwnRecordsScreen(live, Holding(kind="item", title="Items", count=1)),
}  # fmt: skip
"""What a server alone knows, all of it or a part."""
KNOWS: Final[dict[type[Listing], Callable[[Live], Listing]]] = {
    HomeScreen: HomeScreen, MembersScreen: MembersScreen, SettingsScreen: SettingsScreen,
    SyncScreen: SyncScreen, TrashScreen: TrashScreen, ImportScreen: ImportScreen,
    ExportScreen: lambda live: ExportScreen(live, "b"),
    SharingScreen: lambda live: SharingScreen(live, "b"),
    FirstRunScreen: lambda live: FirstRunScreen(leave=True),
    HelpScreen: lambda live: HelpScreen(live.app.screen),
}  # fmt: skip
"""What the device itself knows."""


async def away(acting: Acting) -> None:
    """A device of a server at which nobody listens."""
    await linked(acting)
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        url = f"http://127.0.0.1:{nobody.getsockname()[1]}"
    mine = acting.actor.organization_id

    def move(connection: Connection) -> None:
        write_link(connection, mine, server=url, token="t")

    await acting.session.database.write(mine, move)


@pytest.fixture
async def pilot(still: Path) -> AsyncIterator[Any]:
    """The app on it, offline."""
    folder = await asyncio.to_thread(workspace, still, away)
    async with running(app_on(folder)) as pilot:
        await until(pilot, lambda: pilot.app.live.mark.standing is Standing.OFFLINE)
        yield pilot


async def shown(pilot: Any, make: Callable[[Live], Listing]) -> Listing:
    """On the screen, come to rest."""
    screen = make(pilot.app.live)
    await pilot.app.push_screen(screen)
    await pressed(pilot)
    return screen


def lines(pilot: Any) -> str:
    """What the list says; the line at the bottom may say it, too."""
    entries = pilot.app.screen.entries
    return "\n".join("".join(run.text for run in line) for entry in entries._entries for line in entry.lines)  # fmt: skip


def test_every_list_is_tried_here() -> None:
    assert {*ASKS, *KNOWS} == set(Listing.__subclasses__())


@pytest.mark.parametrize("kind", ASKS, ids=lambda kind: kind.__name__)
async def test_what_the_server_knows_is_said_to_be_there(pilot: Any, kind: type[Listing]) -> None:
    await shown(pilot, ASKS[kind])
    assert WHY in lines(pilot)


@pytest.mark.parametrize("kind", KNOWS, ids=lambda kind: kind.__name__)
async def test_what_the_device_knows_is_shown(pilot: Any, kind: type[Listing]) -> None:
    screen = await shown(pilot, KNOWS[kind])
    assert not screen.fault and pilot.app.is_running


async def test_privacy_and_audit_open_from_the_boards(pilot: Any) -> None:
    await pressed(pilot, "P")
    assert isinstance(pilot.app.screen, PrivacyScreen)
    assert WHY in lines(pilot) and "Restrict my data" in lines(pilot)
    await pressed(pilot, "escape", "g", "a")
    assert isinstance(pilot.app.screen, AuditScreen) and WHY in lines(pilot)


async def test_what_is_done_there_is_told_to_be_impossible(pilot: Any) -> None:
    await shown(pilot, AuditScreen)
    await pressed(pilot, "tab", "slash", "x", "escape", "enter")
    assert WHY in lines(pilot)
    privacy = await shown(pilot, PrivacyScreen)
    assert isinstance(privacy, PrivacyScreen)
    await privacy.begin(privacy.use("delete"))
    await pressed(pilot)
    assert pilot.app.screen is privacy and WHY in privacy.query_one(StatusLine).message


async def test_what_could_not_be_read_is_read_when_the_server_is_there_again(pilot: Any) -> None:
    app: ConneqtApp = pilot.app

    async def answers(query: Query[Any]) -> Any:
        return []

    await shown(pilot, RequestsScreen)
    app.live.acting.engine.ask = answers
    app.live._draw_mark()
    await pressed(pilot)
    assert "There is no request" in lines(pilot) and WHY not in lines(pilot)


async def test_who_is_signed_out_sees_what_the_device_knows(pilot: Any) -> None:
    async def refuses(query: Query[Any]) -> Any:
        raise NotSignedIn("Sign in first.")

    pilot.app.live.acting.engine.ask = refuses
    assert not (await shown(pilot, MembersScreen)).fault
    await shown(pilot, ApiKeysScreen)
    assert "Sign in first." in lines(pilot)
