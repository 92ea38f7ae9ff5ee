"""Joins an organization of a server in a workspace of this device, and finds its server again."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from engine.api import Acting, Engine
from engine.errors import (
    ConneqtError,
    NeedsServer,
    NotFound,
    NotSignedIn,
    NotTaken,
    Refused,
    Removed,
)
from engine.queries.home import WhoAmI
from engine.syncing import NOT_LINKED, Device, SyncState
from tui.bootstrap import Opened, make_workspace
from tui.unlocking import Protection

if TYPE_CHECKING:
    from sync.client.loop import Loop, Mark
    from sync.client.server import Server

DAY: Final = 86_400_000
LAST_TRY: Final = 15.0
TOKEN: Final = "CONNEQTOS_TOKEN"
DEVICE: Final = "this device"
SOMEBODY_ELSE: Final = "That is another person than the one whose workspace this is. Sign in as yourself, or join in a workspace of its own."
GOES_ON: Final = (NeedsServer, NotSignedIn)
"""Faults after which an exchange is tried again, by itself or by who signs in again."""
ARRIVED: Final = "The workspace is on the server; what came behind it goes with: conneqtos sync now"
UNDERWAY: Final = "The workspace is on its way to the server: conneqtos sync now goes on with it."


async def join_workspace(
    folder: Path, url: str, token: str, organization_id: str, *,
    progress: Callable[[int, int], None] | None = None, protection: Protection | None = None,
    ask_new: Callable[[], str] | None = None,
) -> Opened:  # fmt: skip
    """Make a workspace that is linked to a server, and read everything there; without a `progress` only the people and
    the list of boards, which is quick. A failure leaves nothing behind; raises ConneqtErrors."""
    from sync.client.loop import Loop
    from sync.client.server import Server

    server = Server(url, token, organization_id)
    try:
        welcome = await server.hello()

        async def found(engine: Engine, organization_id: str) -> tuple[Acting, str]:
            await Device.join(
                engine, organization_id=organization_id, member_id=welcome.member_id, server=url,
                token=token, device=DEVICE,
            )  # fmt: skip
            acting = engine.acting_as(await engine.owner_of(organization_id))
            if progress is None:
                await Loop(acting, server, lambda mark: None).exchanges.begin()
            else:
                await Loop(acting, server, lambda mark: progress(*mark.boards)).exchange()
            organization, _ = await acting.query(WhoAmI())
            return acting, organization.name

        return await make_workspace(folder, welcome.organization_id, found, protection, ask_new)
    finally:
        await server.close()


async def sign_in_again(acting: Acting, email: str, password: str, code: str = "") -> None:
    """A new session for a device whose old one has ended. Raises NeedsCode, NotSignedIn, Refused where it is another
    person's, Unreachable."""
    from sync.client.sign_in import sign_in

    device = Device(acting)
    state = await device.state()
    if state is None:
        raise NotFound(NOT_LINKED)
    token = await sign_in(state.link.server, email, password, code)
    await use_token(acting, token)


async def use_token(acting: Acting, token: str) -> None:
    """From here on this token shows the server who this is. Raises Refused where it is another person's."""
    from sync.client.server import Server

    device, actor = Device(acting), acting.actor
    state = await device.state()
    if state is None:
        raise NotFound(NOT_LINKED)
    if not state.link.taking:
        server = Server(state.link.server, token, actor.organization_id)
        try:
            welcome = await server.hello()
        except NotFound:
            raise Refused(SOMEBODY_ELSE) from None
        finally:
            await server.close()
        if (welcome.organization_id, welcome.member_id) != (actor.organization_id, actor.user_id):
            raise Refused(SOMEBODY_ELSE)
    await device.keep_token(token)


async def sign_out(acting: Acting) -> bool:
    """End the session of this device. False where the server could not be told: then it ends there by itself. An API
    key is only forgotten here: it may serve others."""
    from engine.identity.api_keys import START
    from sync.client.sign_in import sign_out

    device = Device(acting)
    state = await device.state()
    if state is None:
        raise NotFound(NOT_LINKED)
    told = True
    if state.link.token and not state.link.token.startswith(START):
        try:
            await sign_out(state.link.server, state.link.token)
        except NotSignedIn:
            pass
        except ConneqtError:
            told = False
    await device.keep_token("")
    return told


async def begin_taking(acting: Acting, url: str, token: str) -> int:
    """Ask the server whether the workspace could come, and make it a device of it: what follows is an exchange as any
    other. Comes back with how many attached files are not here. Raises ConneqtErrors."""
    from engine import relocating
    from sync.client.server import Server

    server = Server(url, token, acting.actor.organization_id)
    try:
        await relocating.could_come(acting, server.arriving)
        _, missing = await relocating.begin_taking(acting, url, token)
        return missing
    finally:
        await server.close()


async def take_workspace(
    acting: Acting, url: str, token: str, progress: Callable[[int, int], None]
) -> int:
    """Take a local workspace to a server, where it keeps its ids, its history and its audit trail; comes back with how
    many attached files are not here to go along. Where the server will not have it, it stays a local one; where it
    cannot be reached any more, this goes on with the next exchange. Raises ConneqtErrors."""
    from engine.relocating import leave
    from sync.client.loop import Loop
    from sync.client.server import Server

    missing = await begin_taking(acting, url, token)
    server = Server(url, token, acting.actor.organization_id)
    try:
        await Loop(acting, server, lambda mark: progress(*mark.bytes)).exchange_all()
    except NotTaken as error:
        if not await _is_on_its_way(acting):  # another program has brought it there
            return missing
        await leave(acting)
        raise NotTaken(f"{error} The workspace stays a local one.") from None
    except GOES_ON as error:
        on_its_way = await _is_on_its_way(acting)
        raise type(error)(f"{error} {UNDERWAY if on_its_way else ARRIVED}") from None
    finally:
        await server.close()
    return missing


async def _is_on_its_way(acting: Acting) -> bool:
    state = await Device(acting).state()
    return state is not None and bool(state.link.taking)


async def drop_if_too_long_away(acting: Acting, loop: "Loop") -> None:
    """Where the organization says for how long a device may be without contact: one more try, then Removed."""
    organization, _ = await acting.query(WhoAmI())
    state = await Device(acting).state()
    days = organization.offline_days
    if state is None or not days or acting.engine.now() - state.link.last_at <= days * DAY:
        return
    if state.link.taking:  # the server does not have it yet: this is all there is of it
        return
    try:
        async with asyncio.timeout(LAST_TRY):
            await loop.exchange()
    except Removed:
        raise
    except (ConneqtError, TimeoutError):
        raise Removed(
            f"This workspace had no contact with {state.link.server} for {days:,} days or more, and cannot reach it "
            "now. Its organization asks that it is then taken off the device."
        ) from None


async def loop_of(acting: Acting, show: "Callable[[Mark], None]") -> "Loop | None":
    """What keeps a linked workspace and its server together; None for a local one."""
    state = await Device(acting).state()
    if state is None:
        return None
    from sync.client.loop import Loop

    loop = Loop(acting, server_of(acting, state), show)
    acting.engine.forward = loop.exchanges.forward
    acting.engine.ask = loop.ask
    acting.engine.fetch = loop.files.fetch
    return loop


def token_of(state: SyncState) -> str:
    """Of whom the environment says, or of who joined here; "" where the device is signed out."""
    return os.environ.get(TOKEN) or state.link.token


def server_of(acting: Acting, state: SyncState) -> "Server":
    """Whoever has it closes it."""
    from sync.client.server import Server

    return Server(state.link.server, token_of(state), acting.actor.organization_id)
