"""The job that tells webhooks: a few at once, the messages of each one after the other."""

import asyncio
import logging
import random
from collections.abc import Callable
from pathlib import Path
from typing import Final

from engine.api import Engine
from engine.errors import ConneqtError
from engine.webhooks import due, turn
from sync.server.log_lines import fault, fields
from sync.server.webhooks.sending import Sender

AT_ONCE: Final = 8
IN_A_LOOK: Final = 200
SECONDS: Final = 20.0
"""How long one webhook is told without letting others in between."""


log = logging.getLogger("conneqtos.server")


class Delivering:
    """`chance`, from 0 to 1, spreads what is tried again."""

    def __init__(self, sender: Sender, *, chance: Callable[[], float] = random.random) -> None:
        self._sender = sender
        self._chance = chance

    async def run(self, engine: Engine, outbox: Path) -> int:
        """One look at all tenants; comes back with how many messages were tried."""
        gate = asyncio.Semaphore(AT_ONCE)

        async def one(organization_id: str, webhook_id: str) -> int:
            async with gate:
                try:
                    return await self._tell(engine, organization_id, webhook_id)
                except ConneqtError as error:  # its lease ends, and the next look tries again
                    log.error("webhook", extra=fields(**fault(error)))
                    return 0

        found = await due(engine, IN_A_LOOK)
        return sum(await asyncio.gather(*(one(*webhook) for webhook in found)))

    async def _tell(self, engine: Engine, organization_id: str, webhook_id: str) -> int:
        loop, tried = asyncio.get_running_loop(), 0
        end = loop.time() + SECONDS
        async with turn(engine, organization_id, webhook_id) as mine:
            while mine is not None and loop.time() < end:
                letter = await mine.next()
                if letter is None:
                    break
                await mine.settle(letter, await self._sender.send(letter), self._chance())
                tried += 1
        return tried
