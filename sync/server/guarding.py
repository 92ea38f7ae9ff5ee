"""What every answer carries and every request must keep to: security headers, a limit of time, one log line."""

import asyncio
import logging
import time
from typing import Any, Final

import msgspec
from litestar.types import ASGIApp, Message, Receive, Send

from sync.server.metrics import Figures
from sync.server.problems import MEDIA_TYPE, Problem

HEADERS: Final = (
    (b"strict-transport-security", b"max-age=31536000; includeSubDomains"),
    (b"x-frame-options", b"DENY"),
    (b"x-content-type-options", b"nosniff"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"no-referrer"),
    (b"cache-control", b"no-store"),
)
"""Policy §7; C42."""
STANDING: Final = "conneqtos.standing"
"""Where in the scope of a request it is kept how its caller stands (sync.server.metering)."""
log = logging.getLogger("conneqtos.server")


class Guard:
    """Around the whole app, so that no answer goes without it."""

    def __init__(self, app: ASGIApp, seconds: float, figures: Figures) -> None:
        self.app = app
        self.figures = figures
        self.seconds = seconds

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status = time.monotonic(), 0

        async def guarded(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                theirs = [
                    pair for pair in message.get("headers", []) if pair[0].lower() != b"server"
                ]
                standing = scope.get(STANDING)
                limits = standing.headers if standing is not None else ()
                message = {**message, "headers": [*theirs, *HEADERS, *limits]}
            await send(message)
            self._go_on(limit)

        async def waited() -> Any:
            message = await receive()
            self._go_on(limit)
            return message

        try:
            async with asyncio.timeout(self.seconds) as limit:
                await self.app(scope, waited, guarded)
        except TimeoutError:
            if not status:
                await _too_slow(guarded, self.seconds)
        finally:
            route = getattr(scope.get("route_handler"), "name", None) or "-"
            spent = time.monotonic() - started
            self.figures.answered(scope["method"], route, status, spent)
            log.info("%s %s %d %.0fms", scope["method"], route, status, spent * 1000)

    def _go_on(self, limit: asyncio.Timeout) -> None:
        """The time is for one step: large files take longer as a whole."""
        if not limit.expired():
            limit.reschedule(asyncio.get_running_loop().time() + self.seconds)


async def _too_slow(send: Any, seconds: float) -> None:
    problem = Problem(
        title="Too slow", status=503, code="too_slow", detail=f"It took longer than {seconds:.0f} seconds."
    )  # fmt: skip
    body = msgspec.json.encode(problem)
    await send({
        "type": "http.response.start", "status": 503,
        "headers": [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())],
    })  # fmt: skip
    await send({"type": "http.response.body", "body": body})
