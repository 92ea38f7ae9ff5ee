"""/sync: a device's commands up, rows down, and word that there is something new (docs/sync-model.md)."""

from typing import Any, Final, TypeVar

import msgspec
from litestar import Controller, Request, Response, get, post
from litestar.connection import ASGIConnection
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.handlers import BaseRouteHandler
from litestar.response import ServerSentEvent

from engine.api import Acting, Engine
from engine.authority import Authority, commanded
from engine.errors import Invalid
from engine.identity.tickets import still_there, ticket
from engine.model.exchange import (
    LARGEST_PUSH,
    PROTOCOL,
    PROTOCOL_HEADER,
    Ask,
    AskDone,
    AskedQuery,
    Hello,
    Pull,
    Push,
    Still,
    Welcome,
)
from engine.model.presence import Where
from engine.queries.registry import query_from
from sync.server.authentication import Gate
from sync.server.ending import Ending
from sync.server.lines import Lines
from sync.server.plain import LENIENT
from sync.server.poking import pokes
from sync.server.presence import Presence
from sync.server.problems import TooOld
from sync.server.streaming import begun

PACKED: Final = "application/vnd.conneqtos.rows+gzip"
JSON: Final = "application/json"

Web = Request[None, None, State]
T = TypeVar("T")


def check_version(said: str) -> None:
    """Raises TooOld for another version of sync than this server's."""
    if said != str(PROTOCOL):
        raise TooOld(f"This server speaks version {PROTOCOL} of sync, and the device {said[:20]}.")


def same_version(connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Guards each request of a device: either end may have been updated since they greeted each other."""
    check_version(connection.headers.get(PROTOCOL_HEADER, str(PROTOCOL)))


class ChangesApi(Controller):
    path = "/sync"
    include_in_schema = False
    guards = (same_version,)

    @post("/hello", name="sync.hello", status_code=200)
    async def hello(self, acting: NamedDependency[Acting], request: Web) -> Response[bytes]:
        said = decoded(await request.body(), Hello)
        check_version(str(said.protocol))
        if said.replica_id:
            await Authority(acting).greet(said)
        actor = acting.actor
        welcome = Welcome(
            organization_id=actor.organization_id, member_id=actor.user_id,
            ticket=ticket(acting.engine, actor.organization_id, actor.user_id),
        )  # fmt: skip
        return Response(msgspec.json.encode(welcome), media_type=JSON)

    @post("/still", name="sync.still", status_code=200)
    async def still(
        self, gate: NamedDependency[Gate], engine: NamedDependency[Engine], request: Web
    ) -> Response[bytes]:
        """Whether the ticket's member still is one: a device that is not let in asks it before it gives up its data."""
        said = decoded(await request.body(), Still)
        answer = await still_there(engine, await gate.anybody(request), said)
        return Response(msgspec.json.encode(answer), media_type=JSON)

    @post(
        "/push", name="sync.push", status_code=200, request_max_body_size=LARGEST_PUSH,
        opt={LENIENT: True},
    )  # fmt: skip
    async def push(self, acting: NamedDependency[Acting], request: Web) -> Response[bytes]:
        """A verdict is always inside a 200: any other status says that nothing was decided (sync.md R6)."""
        said = decoded(await request.body(), Push)
        answer = await Authority(acting).decide(said)
        return Response(msgspec.json.encode(answer), media_type=JSON)

    @post("/pull", name="sync.pull", status_code=200)
    async def pull(self, acting: NamedDependency[Acting], request: Web) -> Response[bytes]:
        said = decoded(await request.body(), Pull)
        return Response(await Authority(acting).answer(said), media_type=PACKED)

    @post("/execute", name="sync.execute", status_code=200)
    async def execute(self, acting: NamedDependency[Acting], request: Web) -> Response[bytes]:
        """What a device cannot do by itself: roles, invitations, keys, exports, what removes for good."""
        said = decoded(await request.body(), Ask)
        commands = [commanded(one) for one in said.commands]
        done = await acting.execute(*commands, gesture=said.id)  # asked twice it is done once
        answer = AskDone(seq=done.seq, notes=done.notes)
        return Response(msgspec.json.encode(answer), media_type=JSON)

    @post("/ask", name="sync.ask", status_code=200)
    async def ask(self, acting: NamedDependency[Acting], request: Web) -> Response[bytes]:
        """What a device does not hold, because only the server works with it: the audit trail, invitations, keys."""
        said = decoded(await request.body(), AskedQuery)
        answer = await acting.query(query_from(said.name, said.fields))
        return Response(msgspec.json.encode(answer), media_type=JSON)

    @post("/where", name="sync.where", status_code=204)
    async def where(
        self, acting: NamedDependency[Acting], presence: NamedDependency[Presence], request: Web
    ) -> None:
        """A device says on which board its person is; said again now and then, or it is not so any more."""
        await presence.put(acting, decoded(await request.body(), Where))

    @get("/poke", name="sync.poke")
    async def poke(
        self, acting: NamedDependency[Acting], gate: NamedDependency[Gate], presence: NamedDependency[Presence],
        ending: NamedDependency[Ending], lines: NamedDependency[Lines], request: Web,
    ) -> ServerSentEvent:  # fmt: skip
        """Says that something was written, never what, and (as event “here”) who else is where. It may be lost: a
        device asks now and then anyway."""
        said = pokes(
            acting, lambda: gate.again(request), presence, ending, lines, gate.settings.seconds
        )
        return ServerSentEvent(await begun(said))


def decoded(body: bytes, kind: type[T]) -> T:
    try:
        return msgspec.json.decode(body, type=kind)
    except (msgspec.DecodeError, msgspec.ValidationError, RecursionError):
        raise Invalid(f"This is no {kind.__name__.lower()} of ours.") from None
