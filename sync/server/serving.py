"""Runs the app on a socket until it is told to stop; what is being answered then is answered first."""

import asyncio
import logging
import ssl
from pathlib import Path
from typing import Final

import uvicorn

from engine.api import Engine
from sync.server.app import create_app
from sync.server.jobs import run_jobs
from sync.server.settings import Settings

GRACE_SECONDS: Final = 20


async def serve(engine: Engine, settings: Settings, version: str, outbox: Path) -> None:
    """Comes back when SIGTERM or SIGINT has ended it. Mails go into the folder `outbox`. The engine stays open."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    config = uvicorn.Config(
        create_app(engine, settings, version),
        host=settings.host, port=settings.port, log_config=None, access_log=False, server_header=False,
        proxy_headers=False, timeout_graceful_shutdown=GRACE_SECONDS, lifespan="on",
        ssl_certfile=settings.tls_cert or None, ssl_keyfile=settings.tls_key or None,
    )  # fmt: skip
    config.load()
    if config.ssl is not None:
        config.ssl.minimum_version = ssl.TLSVersion.TLSv1_2  # policy §7; C36
    jobs = asyncio.create_task(run_jobs(engine, outbox))
    try:
        await uvicorn.Server(config).serve()
    finally:
        jobs.cancel()
        await asyncio.gather(jobs, return_exceptions=True)
