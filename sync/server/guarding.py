"""What every answer carries and every request must keep to: security headers, a limit of time, one log line."""

import asyncio
import logging
import math
import time
from typing import Any, Final

import msgspec
from litestar.types import ASGIApp, Message, Receive, Send

from sync.server.ending import Ending
from sync.server.log_lines import fields
from sync.server.metering import STANDING
from sync.server.metrics import Figures, counted
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
SLOWEST: Final = 1_024
"""Bytes of a body that come in a second, at the least."""
LONGEST_ADDRESS: Final = 8 << 10
LARGEST_HEADERS: Final = 16 << 10
ENDING: Final = Problem(
    title="Ending", status=503, code="ending", detail="The server ends. Send it again in a moment."
)
log = logging.getLogger("conneqtos.server")


class Guard:
    """Around the whole app, so that no answer goes without it."""

    def __init__(self, app: ASGIApp, seconds: float, figures: Figures, ending: Ending) -> None:
        self.app = app
        self.ending = ending
        self.figures = figures
        self.seconds = seconds

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started, status, received = time.monotonic(), 0, 0
        begun = asyncio.get_running_loop().time()

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
            nonlocal received
            message: Any = await receive()
            received += len(message.get("body", b""))
            self._go_on(limit, begun + self.seconds + received / SLOWEST)
            return message

        try:
            async with asyncio.timeout(self.seconds) as limit:
                problem = _too_large(scope)
                try:
                    if problem is None:
                        await self.app(scope, waited, guarded)
                except asyncio.CancelledError:
                    if limit.expired() or not self.ending.begun:
                        raise
                    problem = ENDING  # the server waits for it no longer
                if problem is not None and not status:
                    await _tell(guarded, problem)
        except TimeoutError:
            if not status:
                await _tell(guarded, _too_slow(self.seconds))
        finally:
            route = getattr(scope.get("route_handler"), "name", None) or "-"
            method, spent = counted(scope["method"]), time.monotonic() - started
            self.figures.answered(method, route, status, spent)
            told = fields(method=method, route=route, status=status, ms=round(spent * 1000))
            log.info("request", extra=told)

    def _go_on(self, limit: asyncio.Timeout, latest: float = math.inf) -> None:
        """The time is for one step: large files take longer as a whole, but not for ever."""
        if not limit.expired():
            limit.reschedule(min(asyncio.get_running_loop().time() + self.seconds, latest))


def _too_large(scope: Any) -> Problem | None:
    """What is said of a request before its body."""
    address = len(scope.get("raw_path") or b"") + len(scope.get("query_string") or b"")
    if address > LONGEST_ADDRESS:
        said = f"An address has {LONGEST_ADDRESS:,} letters at most."
        return Problem(title="Too long", status=414, code="request", detail=said)
    if sum(len(name) + len(value) for name, value in scope["headers"]) > LARGEST_HEADERS:
        said = f"Headers have {LARGEST_HEADERS:,} bytes at most."
        return Problem(title="Too large", status=431, code="request", detail=said)
    return None


def _too_slow(seconds: float) -> Problem:
    return Problem(
        title="Too slow", status=503, code="too_slow", detail=f"It took longer than {seconds:.0f} seconds."
    )  # fmt: skip


async def _tell(send: Any, problem: Problem) -> None:
    body = msgspec.json.encode(problem)
    await send({
        "type": "http.response.start", "status": problem.status,
        "headers": [(b"content-type", MEDIA_TYPE.encode()), (b"content-length", str(len(body)).encode())],
    })  # fmt: skip
    await send({"type": "http.response.body", "body": body})
