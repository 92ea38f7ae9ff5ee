"""Runs the app on a socket until it is told to stop; what is being answered then is answered first."""

import asyncio
import socket
import ssl
from collections.abc import Callable
from pathlib import Path
from typing import Final

import uvicorn
from litestar.types import ASGIApp

from engine.api import Engine
from engine.errors import UsageError
from sync.server.app import create_app
from sync.server.ending import Ending
from sync.server.jobs import jobs_of, run_jobs
from sync.server.protocol import spoken
from sync.server.settings import Settings

GRACE_SECONDS: Final = 20
BROKEN_OFF_SECONDS: Final = 5.0
"""For what is broken off then: to say so, and to take away what it has begun."""


async def serve(
    engine: Engine, settings: Settings, version: str, outbox: Path, started: Callable[[str], None]
) -> None:
    """Comes back when SIGTERM or SIGINT has ended it; `started` is told where it listens. Mails go into the folder
    `outbox`. The engine stays open. Raises UsageError for a place that cannot be used."""
    ending = Ending()
    config = _config(create_app(engine, settings, version, ending), settings)
    with listening_socket(settings) as listening:
        started(place_of(settings, listening.getsockname()[1]))
        jobs = asyncio.create_task(run_jobs(engine, outbox, jobs_of(settings)))
        try:
            await _Server(config, ending).serve(sockets=[listening])
        finally:
            jobs.cancel()
            await asyncio.gather(jobs, return_exceptions=True)


def place_of(settings: Settings, port: int) -> str:
    """Where it listens, as somebody would call it."""
    scheme = "https" if settings.tls_cert else "http"
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{scheme}://{host}:{port}"


class _Server(uvicorn.Server):
    """One that ends its open lines first: it would wait for them."""

    def __init__(self, config: uvicorn.Config, ending: Ending) -> None:
        super().__init__(config)
        self._ending = ending

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._ending.begin()
        await super().shutdown(sockets)
        if self.server_state.tasks:
            await asyncio.wait(self.server_state.tasks, timeout=BROKEN_OFF_SECONDS)


def _config(app: ASGIApp, settings: Settings) -> uvicorn.Config:
    config = uvicorn.Config(
        app, log_config=None, access_log=False, server_header=False, proxy_headers=False,
        timeout_graceful_shutdown=GRACE_SECONDS, lifespan="on", ws="none",
        ssl_certfile=settings.tls_cert or None, ssl_keyfile=settings.tls_key or None, **spoken(),
    )  # fmt: skip
    config.load()
    if config.ssl is not None:
        config.ssl.minimum_version = ssl.TLSVersion.TLSv1_2  # policy §7; C36
    return config


def listening_socket(settings: Settings) -> socket.socket:
    """Raises UsageError for a place that cannot be used."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        listening = socket.create_server((settings.host, settings.port), family=family)
        # What is accepted inherits it. asyncio sets it only where the socket says it is TCP, and this one does not:
        # the second packet of an answer would wait 40 ms for the client to say that it has the first.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listening
    except OSError as error:
        raise UsageError(
            f"The server cannot listen at {settings.host}, port {settings.port}: {error.strerror or error}. "
            "Name another with --host and --port."
        ) from None
