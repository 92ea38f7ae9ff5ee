"""Speaks to a server: one call a function, and every way in which it can fail told as one of our errors."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from typing import Any, Final, TypeVar

import httpx
import msgspec
from msgspec import to_builtins

from engine.errors import (
    ConneqtError,
    Forbidden,
    Invalid,
    NotFound,
    NotSignedIn,
    Refused,
    TooMany,
    Unreachable,
    UsageError,
)
from engine.model.exchange import (
    PROTOCOL,
    PROTOCOL_HEADER,
    Ask,
    AskDone,
    AskedQuery,
    FileComing,
    Hello,
    Pull,
    Push,
    Pushed,
    Still,
    StillThere,
    Welcome,
)
from engine.model.presence import HERE, Here, Where
from engine.model.relocation import Arrival, Arrived, Departure
from engine.queries.registry import Query, answer_type
from engine.store.files import StoredFile
from sync.client.reasons import NO_SERVER, kept, told

T = TypeVar("T")
SECONDS: Final = httpx.Timeout(30.0, connect=10.0)
FILES: Final = "/sync/files"
ARRIVALS: Final = "/sync/arrivals"
JSON: Final = "application/json"
LONGEST: Final = 120.0
"""Seconds for a request and its answer, however it comes: a pull may take longer while enough of it comes."""
SLOWEST: Final = 1_024
"""Bytes a second that are enough."""
SILENCE: Final = 60.0
"""Seconds without a sign of life after which the line for news counts as broken."""
ERRORS: Final[dict[int, type[ConneqtError]]] = {
    400: UsageError, 403: Forbidden, 404: NotFound, 409: Refused, 422: Invalid,
}  # fmt: skip
NO_ROUTE: Final = (404, 405)
ASTRAY: Final = (
    "There is no server of ConneqtOS at {url}. Give its address alone, as https://example.org."
)
UNKNOWN: Final = "What answers at {url} does not know this call. It is an older server, or none of ConneqtOS: check the address."


NO_TOKEN: Final = (
    "This token has letters that no token has. Copy it once more, whole and without blanks."
)
UNREADABLE: Final = (msgspec.DecodeError, UnicodeDecodeError, RecursionError)
"""What becomes of reading an answer that is none of ours."""
USUAL_SECONDS: Final = 60
MOST_SECONDS: Final = 3_600


class Server:
    """One server for one person in one organization. `token` is that of a session, or an API key."""

    def __init__(
        self, url: str, token: str, organization_id: str = "",
        transport: httpx.AsyncBaseTransport | None = None,
    ) -> None:  # fmt: skip
        fits = token.isascii() and token.isprintable() and " " not in token
        self.unfit = "" if fits else NO_TOKEN
        """Why nothing is asked as this person: it is said instead of each answer."""
        headers = {"User-Agent": "ConneqtOS", PROTOCOL_HEADER: str(PROTOCOL)}
        self.signed_in = bool(token) and fits
        if self.signed_in:
            headers["Authorization"] = f"Bearer {token}"
        if organization_id:
            headers["X-Organization"] = organization_id
        self.url = url.rstrip("/")
        self._client = httpx.AsyncClient(
            base_url=self.url, headers=headers, timeout=SECONDS, transport=transport
        )

    async def close(self) -> None:
        await self._client.aclose()

    async def hello(self, said: Hello | None = None) -> Welcome:
        return await self._post("/sync/hello", said or Hello(protocol=PROTOCOL), Welcome)

    async def still(self, asked: Still) -> StillThere:
        return await self._post("/sync/still", asked, StillThere)

    async def push(self, push: Push) -> Pushed:
        with kept():
            return await self._post("/sync/push", push, Pushed)

    async def pull(self, pull: Pull) -> bytes:
        """Gzipped lines, as `Device.apply` takes them."""
        body = msgspec.json.encode(pull)
        with told(self.url):
            way = self._client.stream(
                "POST", "/sync/pull", content=body, headers={"Content-Type": JSON}
            )
            async with way as answer:
                await checked(answer, self.url)
                return await _whole(answer, self.url)

    async def file_state(self, file: StoredFile, into: str = FILES) -> FileComing:
        """How much of a file the server has."""
        answer = await self._ask("GET", f"{into}/{file.digest}", {"size": file.size})
        return read(answer, FileComing, self.url)

    async def send_part(
        self, file: StoredFile, start: int, content: bytes, into: str = FILES
    ) -> FileComing:
        where = {"size": file.size, "start": start}
        with kept():
            answer = await self._ask("PUT", f"{into}/{file.digest}", where, content)
        return read(answer, FileComing, self.url)

    async def arriving(self, arrival: Arrival) -> Arrived:
        """Whether the organization has arrived. Raises Refused where it could never."""
        return await self._post("/sync/arriving", arrival, Arrived)

    async def arrive(self, arrival: Arrival) -> Arrived:
        """Have the server take in the organization that was sent; ask again until it is there. Raises ConneqtErrors."""
        return await self._post("/sync/arrive", arrival, Arrived)

    async def depart(self) -> Departure:
        """Have the server pack the organization; ask again until it has a digest. Raises Forbidden for who is no owner."""
        return read(await self._ask("POST", "/sync/depart", {}), Departure, self.url)

    @asynccontextmanager
    async def reading(self, path: str, start: int) -> AsyncIterator[AsyncIterator[bytes]]:
        """The bytes of a file from `start` on, as they come."""
        with told(self.url):
            async with self._client.stream("GET", path, params={"start": start}) as answer:
                await checked(answer, self.url)
                yield _pieces(answer, self.url)

    async def ask(self, query: Query[Any]) -> Any:
        """What only the server knows. Raises ConneqtErrors."""
        asked = AskedQuery(name=type(query).__name__, fields=to_builtins(query))
        return await self._post("/sync/ask", asked, answer_type(type(query)))

    async def execute(self, ask: Ask) -> AskDone:
        """What only the server does."""
        return await self._post("/sync/execute", ask, AskDone)

    async def say_where(self, where: Where) -> None:
        """On which board the person is. Raises ConneqtErrors."""
        await self._send("/sync/where", where)

    async def departed(self) -> None:
        """What the server has packed is here, and this device asks it for nothing any more: the session ends. A fault is
        passed over: either ends by itself."""
        with suppress(ConneqtError):
            await self._ask("DELETE", "/sync/departures", {})
            await self._ask("DELETE", "/api/sessions/current", {})  # an API key has none

    async def call(self, method: str, path: str, body: object = None) -> Any:
        """A call of the HTTP API, for what is on the server only."""
        content = None if body is None else msgspec.json.encode(body)
        with told(self.url):
            answer = await self._client.request(
                method, path, content=content, headers={"Content-Type": "application/json"}
            )
        await checked(answer, self.url)
        return read(answer, object, self.url) if answer.content else None

    @asynccontextmanager
    async def news(self) -> AsyncIterator[AsyncIterator[Here | int]]:
        """A line on which the server says a seq, now and then and whenever it has moved on (what is new, a pull says), or
        who else is where."""
        timeout = httpx.Timeout(10.0, read=SILENCE)
        with told(self.url):
            async with self._client.stream("GET", "/sync/poke", timeout=timeout) as answer:
                await checked(answer, self.url)
                yield _signs(answer, self.url)

    async def _post(self, path: str, body: msgspec.Struct, kind: type[T]) -> T:
        return read(await self._send(path, body), kind, self.url)

    async def _send(self, path: str, body: msgspec.Struct) -> httpx.Response:
        return await self._ask("POST", path, {}, msgspec.json.encode(body), JSON)

    async def _ask(
        self, method: str, path: str, query: dict[str, Any], content: bytes = b"",
        kind: str = "application/octet-stream",
    ) -> httpx.Response:  # fmt: skip
        if self.unfit:
            raise NotSignedIn(self.unfit)
        with told(self.url):
            async with asyncio.timeout(LONGEST):
                answer = await self._client.request(
                    method, path, params=query, content=content, headers={"Content-Type": kind}
                )
        await checked(answer, self.url)
        return answer


async def _whole(answer: httpx.Response, url: str) -> bytes:
    """All of an answer that may be long. One that only drips is given up: what waits behind it would wait for ever."""
    clock, parts = asyncio.get_running_loop().time, bytearray()
    began = clock()
    async for piece in answer.aiter_bytes():
        parts += piece
        if clock() - began > LONGEST and len(parts) < SLOWEST * (clock() - began):
            raise Unreachable(f"{url} answers too slowly.")
    return bytes(parts)


def read(answer: httpx.Response, kind: type[T], url: str) -> T:
    """Raises Unreachable for what no server of ours answers."""
    try:
        return msgspec.json.decode(answer.content, type=kind)
    except UNREADABLE:
        raise Unreachable(NO_SERVER.format(url=url)) from None


async def _pieces(answer: httpx.Response, url: str) -> AsyncIterator[bytes]:
    with told(url):
        async for piece in answer.aiter_bytes():
            yield piece


async def _signs(answer: httpx.Response, url: str) -> AsyncIterator[Here | int]:
    """Server-sent events: their names and their data, a line each."""
    event = ""
    with told(url):
        async for line in answer.aiter_lines():
            if line.startswith("event:"):
                event = line[6:].strip()
            elif line.startswith("data:"):
                if event == HERE:
                    sign: Here | int | None = _read_sign(line[5:], Here)
                else:
                    sign = _read_sign(line[5:], int)
                if sign is not None:
                    yield sign
            elif not line:
                event = ""


def _read_sign(data: str, kind: type[T]) -> T | None:
    """What is none of ours says nothing."""
    try:
        return msgspec.json.decode(data, type=kind)
    except UNREADABLE:
        return None


async def checked(answer: httpx.Response, url: str) -> None:
    """Raises what the server says went wrong."""
    if answer.status_code < 400:
        return
    await answer.aread()
    detail = str(problem(answer).get("detail", ""))[:500]
    if answer.status_code == 401:
        raise NotSignedIn(detail or f"{url} does not know this device any more. Sign in again.")
    if answer.status_code == 429:
        raise TooMany(_seconds(answer.headers.get("Retry-After", "")))
    if answer.status_code in NO_ROUTE and problem(answer).get("code") in (None, "request"):
        raise Unreachable((ASTRAY if httpx.URL(url).path.strip("/") else UNKNOWN).format(url=url))
    kind = ERRORS.get(answer.status_code, Unreachable)
    raise kind(detail or f"{url} answered with status {answer.status_code}.")


def _seconds(said: str) -> int:
    """When to try again; a proxy may say it by a date (RFC 9110)."""
    return min(int(said), MOST_SECONDS) if said.isdecimal() and len(said) < 10 else USUAL_SECONDS


def problem(answer: httpx.Response) -> dict[str, Any]:
    """What the server says of it (RFC 9457); empty where that is none of ours."""
    try:
        return msgspec.json.decode(answer.content, type=dict[str, Any])
    except UNREADABLE:
        return {}
