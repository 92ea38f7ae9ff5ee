"""Takes the organization of this device to its server, and home again, with its files (engine.relocating)."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final, TypeVar

from msgspec import Struct

from engine.api import Acting
from engine.errors import ConneqtError, NotFound, Refused, Unreachable
from engine.identity.login import is_placeholder
from engine.model.relocation import Arrival, Arrived, Departure
from engine.queries.files import AttachedFiles
from engine.queries.home import WhoAmI
from engine.relocating import BUSY, StoredFile, bring_home, taken, taking
from engine.syncing import Device
from sync.client.files import Carrier
from sync.client.server import ARRIVALS, Server

T = TypeVar("T", Arrived, Departure)
PAUSE: Final = 1.0
TRIES: Final = 3
ELSEWHERE: Final = (
    "The server took this organization for somebody else’s. Nothing was changed here."
)


class Home(Struct, frozen=True, kw_only=True):
    """Names of attached files that could not be brought along."""

    missing: tuple[str, ...] = ()


async def take_there(acting: Acting, server: Server, carrier: Carrier) -> None:
    """Send what was packed, from where it was cut, until the server has taken it in. Nothing where it has. Raises
    ConneqtErrors: Unreachable where it is to be tried again, and others where the server will not have it."""
    state = await Device(acting).state()
    file = None if state is None else taking(state.link.taking)
    if state is None or file is None:
        return
    _, me = await acting.query(WhoAmI())
    arrival = Arrival(
        organization_id=acting.actor.organization_id, epoch=state.link.epoch, digest=file.digest,
        size=file.size, nameless=is_placeholder(me.name),
    )  # fmt: skip
    arrived = await server.arriving(arrival)
    if not arrived.here:
        arrived = await _bring_there(server, carrier, file, arrival)
    if arrived.member_id != acting.actor.user_id:
        raise Refused(ELSEWHERE)
    await taken(acting, file)


async def _bring_there(
    server: Server, carrier: Carrier, file: StoredFile, arrival: Arrival
) -> Arrived:
    """A fault counts only where it is not there after all: its answer was lost, or another program on this workspace has
    brought it meanwhile."""
    try:
        await carrier.send(file, ARRIVALS)
        return await _until(lambda: _arrive(server, arrival), lambda said: said.here)
    except ConneqtError:
        arrived = await server.arriving(arrival)
        if not arrived.here:
            raise
        return arrived


async def _arrive(server: Server, arrival: Arrival) -> Arrived:
    try:
        return await server.arrive(arrival)
    except NotFound as error:  # the server has let go of what was sent long ago
        raise Unreachable(f"{error} That happens by itself.") from None


async def go_home(
    acting: Acting, server: Server, carrier: Carrier, exchange: Callable[[], Awaitable[None]]
) -> Home:
    """Fetch everything that the server has, its files too, and make this a local workspace. Raises ConneqtErrors; then
    it is linked as before."""
    for _ in range(TRIES):
        await exchange()
        missing = await _fetch_files(acting, carrier)
        departure = await _until(server.depart, lambda said: bool(said.digest))
        file = StoredFile(departure.digest, departure.size)
        await carrier.bring(file, f"/sync/departures/{file.digest}", "organization")
        done = await bring_home(acting, file)
        await asyncio.to_thread(acting.files.remove, file.digest)
        if done:
            await server.departed()
            return Home(missing=tuple(missing))
    raise Refused(BUSY)


async def _until(ask: Callable[[], Awaitable[T]], done: Callable[[T], bool]) -> T:
    while not done(said := await ask()):  # noqa: ASYNC110 (it is the server that has to come to an end)
        await asyncio.sleep(PAUSE)
    return said


async def _fetch_files(acting: Acting, carrier: Carrier) -> list[str]:
    """Those that are not here, also of what is in the trash; comes back with the names of those that did not come."""
    missing = []
    for attachment in await acting.query(AttachedFiles()):
        try:
            await carrier.fetch(attachment)
        except ConneqtError:
            missing.append(attachment.name)
    return missing
