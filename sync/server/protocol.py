"""How the server speaks HTTP where there is no request yet, or none any more: what cannot be read is answered with a
problem, who takes too long to ask is let go, so is who goes on sending after the answer, and so many lines are open at
once and no more. (Everything between is sync.server.guarding's.)"""

import asyncio
import sys
from typing import Any, Final

import h11
import msgspec
from uvicorn.protocols.http.h11_impl import H11Protocol

from sync.server.guarding import HEADERS
from sync.server.problems import MEDIA_TYPE, Problem

SECONDS: Final = 20.0
"""From the first byte of a request, or the opening of the line, to the end of its headers."""
LINGER: Final = 2.0
"""From an answer that came before all of the body to the end of the line: the client may read it, and the body may end."""
LARGEST_HEAD: Final = 32 << 10
"""Bytes of the first line and the headers together."""
STORE: Final = 200
"""Open files that are the store's own: the database, uploads, what is read. A quarter where there are few at all."""
MOST_LINES: Final = 20_000
WORDS: Final[dict[int, tuple[str, str]]] = {
    400: ("Bad request", "This is no request of HTTP/1.1."),
    408: ("Too slow", "The request did not come in time."),
    431: ("Too large", f"The address and the headers have more than {LARGEST_HEAD:,} bytes."),
    503: ("Too many", "The server has as many lines open as it can. Try again soon."),
    501: ("Not implemented", "The server does not know this way of sending a body."),
}


def lines_at_once() -> int:
    """As many as the process may have files open, but for the store's."""
    try:
        import resource
    except ModuleNotFoundError:  # Windows has no such limit
        return MOST_LINES
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return MOST_LINES
    return min(files - min(STORE, files // 4), MOST_LINES)


class Protocol(H11Protocol):
    """One line to a client."""

    at_once = lines_at_once()
    _head: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        if len(self.connections) > self.at_once:
            self._refuse(503)
            return
        self._expect_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_is_there()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self._expect_head()
        else:
            self._head_is_there()

    def on_response_complete(self) -> None:
        super().on_response_complete()
        if self.conn.their_state is h11.SEND_BODY:
            self.loop.call_later(LINGER, self._end_body, self.cycle)

    def send_400_response(self, msg: str) -> None:
        """The name is uvicorn's own: what h11 cannot read comes here."""
        hint = getattr(sys.exc_info()[1], "error_status_hint", 400)
        self._refuse(hint if hint in WORDS else 400)

    def _expect_head(self) -> None:
        if self._head is None:
            self._head = self.loop.call_later(SECONDS, self._too_late)

    def _head_is_there(self) -> None:
        if self._head is not None:
            self._head.cancel()
            self._head = None

    def _too_late(self) -> None:
        self._head = None
        if self.conn.their_state is h11.IDLE and not self.transport.is_closing():
            self._refuse(408)

    def _end_body(self, answered: Any) -> None:
        """Nobody reads the rest, so nothing else bounds it."""
        if self.cycle is answered and self.conn.their_state is h11.SEND_BODY:
            self.transport.close()

    def _refuse(self, status: int) -> None:
        if self.conn.our_state not in (h11.IDLE, h11.SEND_RESPONSE):
            self.transport.close()
            return
        title, detail = WORDS[status]
        body = msgspec.json.encode(
            Problem(title=title, status=status, code="request", detail=detail)
        )
        headers: list[tuple[bytes, bytes]] = [
            (b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode()),
            (b"connection", b"close"), *HEADERS,
        ]  # fmt: skip
        for event in (
            h11.Response(status_code=status, headers=headers, reason=title.encode()),
            h11.Data(data=body),
            h11.EndOfMessage(),
        ):
            self.transport.write(self.conn.send(event) or b"")
        self.transport.close()


def spoken() -> dict[str, Any]:
    """What uvicorn is told of it."""
    return {"http": Protocol, "h11_max_incomplete_event_size": LARGEST_HEAD}
