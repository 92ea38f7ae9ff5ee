"""What a person can do about the server of a workspace, on the screen of sync: take it there, bring it home, sign in and
out."""

import asyncio
import os
from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import TYPE_CHECKING, Final, NamedTuple

from engine.errors import ConneqtError
from engine.model.actor import Role
from engine.queries.home import WhoAmI
from engine.syncing import Device, SyncState
from tui import linking
from tui.live import Live
from tui.screens.joining import forgotten, who, with_account
from tui.spoken_count import spoken_count
from tui.sync_standing import only_here
from tui.widgets.card_content import Run
from tui.widgets.cells import drawn
from tui.widgets.choice import Choice, Choosable
from tui.widgets.confirm import Confirm
from tui.widgets.entry_list import Entry
from tui.widgets.form import Form
from tui.widgets.item_fields import beside

if TYPE_CHECKING:
    from tui.app import ConneqtApp
    from tui.screens.sync import SyncScreen

TITLE_WIDTH: Final = 36
WHOLE: Final = "History and audit trail come along. The server keeps what it has."
HERE: Final = "What is on this device stays; history and audit trail begin anew. The server keeps what it has."
GOES_ON: Final = "What you do meanwhile waits here and goes behind it."


class Deed(NamedTuple):
    """`id` names it in the list; `note` stands dim behind its title."""

    id: str
    title: str
    note: str


TAKE: Final = Deed(
    "take", "Take this workspace to a server", "with its history; then invite others"
)
STAY: Final = Deed("stay", "Stop that, and stay local", "nothing of it is lost")
SIGN_IN: Final = Deed("sign-in", "Sign in again", "the server does not know this device")
HOME: Final = Deed("home", "Make it a local workspace", "with everything that the server has")
SIGNED_OUT: Final = SIGN_IN._replace(note="you have signed out on this device")
FORGOTTEN: Final = Deed("forgotten", "Set a new password", "a code comes by mail")
OFF: Final = Deed("off", "Take it off this device", "this device is signed out")
SIGN_OUT: Final = Deed("sign-out", "Sign out", "keep what is here, or take it off")


def deeds_of(state: SyncState | None, role: Role, *, unknown: bool) -> list[Deed]:
    """What there is to do, as things stand; `unknown`: the server does not know this device."""
    if state is None:
        return [TAKE] if role is Role.OWNER else []
    signed_out = not linking.token_of(state)
    first = [SIGNED_OUT, FORGOTTEN] if signed_out else [SIGN_IN, FORGOTTEN] if unknown else []
    if state.link.taking:
        return [*first, STAY]
    return [*first, *([HOME] if role is Role.OWNER else []), OFF if signed_out else SIGN_OUT]


def entries_of(deeds: list[Deed], width: int) -> Iterator[Entry]:
    for deed in deeds:
        title = Run(drawn(deed.title, TITLE_WIDTH), "title")
        yield Entry(f"deed:{deed.id}", beside((title,), deed.note, ("dim",), width))


async def carry_out(screen: "SyncScreen", id: str) -> bool:
    """Ask what has to be asked, and do it; a fault is told, and nothing was changed then. True where the workspace is about
    to be closed."""
    try:
        return bool(await _WAYS[id](screen))
    except ConneqtError as error:
        screen.live.tell(str(error), title=error.title, error=True)
        return False


async def _take(screen: "SyncScreen") -> None:
    async def work(url: str, token: str) -> str:
        await linking.begin_taking(screen.live.acting, url, token)
        return url

    url = await with_account(screen, TAKE.title, work, hint=GOES_ON)
    if url:
        await _link(screen)
        screen.live.tell(f"On its way to {url}. Go on working: what you do goes behind it.")


async def _stay(screen: "SyncScreen") -> None:
    from engine.relocating import leave

    await leave(screen.live.acting)
    await _link(screen)
    screen.live.tell("This workspace stays a local one.")


async def _sign_in(screen: "SyncScreen") -> None:
    async def work(typed: Mapping[str, str]) -> bool:
        await linking.sign_in_again(
            screen.live.acting, typed["email"], typed["password"], typed["code"]
        )
        return True

    token = os.environ.get(linking.TOKEN)
    if token:
        await linking.use_token(screen.live.acting, token)
    else:
        _, me = await screen.live.query(WhoAmI())
        state = await Device(screen.live.acting).state()
        hint = state.link.server if state else ""
        form = Form(SIGN_IN.title, who(me.email), work, hint=hint, only_asks=True)
        if not await screen.ask(form):
            return
    await screen.live.link()


async def _set_password(screen: "SyncScreen") -> None:
    _, me = await screen.live.query(WhoAmI())
    state = await screen.device.state()
    if state is not None and await forgotten(screen, state.link.server, me.email):
        await _sign_in(screen)


async def _home(screen: "SyncScreen") -> None:
    from engine.relocating import leave

    options = [
        Choosable("whole", "with everything that the server has", "it must be reached now"),
        Choosable("here", "with what is on this device", "history begins anew"),
    ]
    chosen = await screen.ask(Choice("Make it a local workspace", options))
    if chosen is None:
        return
    state = await screen.device.state()
    held = state.held if state else 0
    lost = f" Let go: {spoken_count(held, 'refused command')}." if held else ""
    note = (WHOLE if chosen == "whole" else HERE) + lost
    if not await screen.ask(Confirm("Make it a local workspace?", yes="Make it local", note=note)):
        return
    loop = screen.live.loop
    if chosen == "whole" and loop is not None:
        screen.live.tell("Everything is being fetched…")
        missing = (await loop.go_home()).missing
        told = (
            f" {spoken_count(len(missing), 'file')} could not be brought along." if missing else ""
        )
    else:
        troubles = (await leave(screen.live.acting)).troubles
        told = (
            f" {spoken_count(len(troubles), 'command')} that waited had no effect any more."
            if troubles
            else ""
        )
    await _link(screen)
    screen.live.tell(f"This workspace is a local one now.{told}")


async def _link(screen: "SyncScreen") -> None:
    """Go on with the server that there is now, or without one; the list of workspaces shows it."""
    await screen.live.link()
    await screen.conneqt.remember_workspace()


async def _sign_out(screen: "SyncScreen") -> bool:
    state = await screen.device.state()
    if state is None:
        return False
    options = [
        Choosable("keep", "keep what is here", "go on offline, sign in later"),
        Choosable("wipe", "take it off this device", _lost(state)),
    ]
    if state.link.taking:  # it is still on its way there, and nowhere else
        options.pop()
    chosen = await screen.ask(Choice(f"Sign out of {state.link.server}", options))
    if chosen is None:
        return False
    if chosen == "wipe" and not await _is_sure(screen, state):
        return False
    await asyncio.shield(_end_session(screen.live, screen.conneqt, wipe=chosen == "wipe"))
    return chosen == "wipe"


async def _off(screen: "SyncScreen") -> bool:
    """What a device holds that is signed out already."""
    state = await screen.device.state()
    if state is None or not await _is_sure(screen, state):
        return False
    screen.app.run_worker(screen.conneqt.take_off(), exclusive=True, group="going")
    return True


async def _is_sure(screen: "SyncScreen", state: SyncState) -> bool:
    question = Confirm(
        "Take this workspace off this device?", yes="Take it off", by_letter=True,
        note=f"Signed out, and {_lost(state)}.",
    )  # fmt: skip
    return await screen.ask(question) is not None


def _lost(state: SyncState) -> str:
    lost = only_here(state)
    return f"lost with it: {lost} that the server lacks" if lost else "the server has all of it"


async def _end_session(live: Live, app: "ConneqtApp", *, wipe: bool) -> None:
    """Once begun it goes to its end, also where the screen is left meanwhile: a session that is over on the server
    must not be shown as one that goes on."""
    if not await linking.sign_out(live.acting):
        live.tell("The server could not be told: the session ends there by itself.")
    if wipe:
        app.run_worker(app.take_off(), exclusive=True, group="going")
    else:
        await live.link()


_WAYS: Final[dict[str, Callable[["SyncScreen"], Awaitable[bool | None]]]] = {
    TAKE.id: _take, STAY.id: _stay, SIGN_IN.id: _sign_in, HOME.id: _home, SIGN_OUT.id: _sign_out,
    OFF.id: _off, FORGOTTEN.id: _set_password,
}  # fmt: skip
