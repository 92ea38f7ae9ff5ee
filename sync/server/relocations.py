"""/sync/arrivals and /sync/departures: an organization comes to this server from a device, or goes home with its owner."""

import msgspec
from litestar import Controller, Request, Response, delete, get, post, put
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.response import Stream

from engine.api import Acting, Engine
from engine.arriving import Arrivals, departed, departing, departure
from engine.model.relocation import Arrival, Arrived, Departure
from engine.storing import PART, FileLimits
from sync.server.api.parameters import Id
from sync.server.authentication import Gate
from sync.server.changes import JSON, PACKED, decoded, same_version
from sync.server.files import Size, Start
from sync.server.plain import BYTES
from sync.server.streaming import begun
from sync.server.underway import Underway

Web = Request[None, None, State]


class RelocationsApi(Controller):
    path = "/sync"
    include_in_schema = False
    guards = (same_version,)

    @get("/arrivals/{digest:str}", name="sync.arrivals.state")
    async def state(
        self, gate: NamedDependency[Gate], engine: NamedDependency[Engine], request: Web, digest: Id,
        size: Size,
    ) -> Response[bytes]:  # fmt: skip
        arrivals = await _arrivals(gate, engine, request)
        return _said(await arrivals.received(digest, size))

    @put(
        "/arrivals/{digest:str}", name="sync.arrivals.part", request_max_body_size=PART,
        opt={BYTES: True},
    )  # fmt: skip
    async def part(
        self, gate: NamedDependency[Gate], engine: NamedDependency[Engine],
        limits: NamedDependency[FileLimits], request: Web, digest: Id, size: Size, start: Start,
    ) -> Response[bytes]:  # fmt: skip
        arrivals = await _arrivals(gate, engine, request, limits)
        return _said(await arrivals.take(digest, size, start, await request.body()))

    @post("/arriving", name="sync.arriving", status_code=200)
    async def arriving(
        self, gate: NamedDependency[Gate], engine: NamedDependency[Engine], request: Web
    ) -> Response[bytes]:
        """Whether it is here, and could come."""
        said = decoded(await request.body(), Arrival)
        arrivals = await _arrivals(gate, engine, request)
        return _said(await arrivals.find(said))

    @post("/arrive", name="sync.arrive", status_code=200)
    async def arrive(
        self, gate: NamedDependency[Gate], engine: NamedDependency[Engine],
        underway: NamedDependency[Underway], request: Web,
    ) -> Response[bytes]:  # fmt: skip
        """To be asked again until it is here."""
        said = decoded(await request.body(), Arrival)
        arrivals = await _arrivals(gate, engine, request)
        key = f"arrive {arrivals.account_id} {said.organization_id} {said.digest}"
        arrived = await underway.wait(key, lambda: arrivals.arrive(said))
        return _said(arrived or Arrived(here=False))

    @post("/depart", name="sync.depart", status_code=200)
    async def depart(
        self, acting: NamedDependency[Acting], underway: NamedDependency[Underway]
    ) -> Response[bytes]:
        """To be asked again until it is packed."""
        key = f"depart {acting.actor.organization_id} {acting.actor.user_id}"
        file = await underway.wait(key, lambda: departing(acting))
        packed = Departure() if file is None else Departure(digest=file.digest, size=file.size)
        return _said(packed)

    @get("/departures/{digest:str}", name="sync.departures.read")
    async def read(self, acting: NamedDependency[Acting], digest: Id, start: Start = 0) -> Stream:
        """The packed organization from `start` on, for its owner."""
        return Stream(await begun(await departure(acting, digest, start)), media_type=PACKED)

    @delete("/departures", name="sync.departures.end")
    async def end(self, acting: NamedDependency[Acting]) -> None:
        """The owner has it."""
        await departed(acting)


async def _arrivals(
    gate: Gate, engine: Engine, request: Web, limits: FileLimits | None = None
) -> Arrivals:
    """Of the account whose session this is: a key belongs to one organization, and brings none."""
    return Arrivals(engine, gate.caller(request), await gate.account(request), limits)


def _said(answer: msgspec.Struct) -> Response[bytes]:
    return Response(msgspec.json.encode(answer), media_type=JSON)
