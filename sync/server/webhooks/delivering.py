"""The job that tells webhooks: several at once, few of one organization, the messages of each one after the other."""

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Final

from engine.api import Engine
from engine.errors import ConneqtError
from engine.webhooks import due, turn
from sync.server.log_lines import fault, fields
from sync.server.webhooks.sending import Sender

AT_ONCE: Final = 32
OF_ONE: Final = 2
"""Of one organization at once: programs that answer slowly are nobody else's loss."""
IN_A_LOOK: Final = 200
LOOKS_EVERY: Final = 2.0
SECONDS: Final = 20.0
"""How long one webhook is told without letting others in between."""
Webhook = tuple[str, str]
"""Its organization and its id."""


log = logging.getLogger("conneqtos.server")


class Delivering:
    """`chance`, from 0 to 1, spreads what is tried again."""

    def __init__(self, sender: Sender, *, chance: Callable[[], float] = random.random) -> None:
        self._sender = sender
        self._chance = chance

    async def run(self, engine: Engine, outbox: Path) -> int:
        """Tell all tenants until nothing is due; comes back with how many messages were tried."""
        return await _Round(engine, self._told).run()

    async def _told(self, engine: Engine, webhook: Webhook) -> int:
        try:
            return await self._tell(engine, *webhook)
        except ConneqtError as error:  # its lease ends, and a later look tries again
            log.error("webhook", extra=fields(**fault(error)))
            return 0

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


class _Round:
    """Looks again while slow ones are still being told, so that nobody waits for those."""

    def __init__(
        self, engine: Engine, told: Callable[[Engine, Webhook], Coroutine[None, None, int]]
    ) -> None:
        self._engine = engine
        self._told = told
        self._telling: dict[Webhook, asyncio.Task[int]] = {}
        self._waiting: list[Webhook] = []

    async def run(self) -> int:
        clock, tried = asyncio.get_running_loop().time, 0
        looks_at = clock()
        try:
            while True:
                if clock() >= looks_at:
                    self._waiting = await due(self._engine, IN_A_LOOK, OF_ONE)
                    looks_at = clock() + LOOKS_EVERY
                self._begin()
                if not self._telling:
                    return tried
                tried += await self._ended(looks_at - clock())
        finally:  # also where the server ends in the midst of it
            await self._break_off()

    def _begin(self) -> None:
        """Those whose turn is longest ago first."""
        for webhook in self._waiting:
            if webhook not in self._telling and self._has_room(webhook[0]):
                self._telling[webhook] = asyncio.create_task(self._told(self._engine, webhook))
        self._waiting = [one for one in self._waiting if one not in self._telling]

    def _has_room(self, organization_id: str) -> bool:
        theirs = sum(one[0] == organization_id for one in self._telling)
        return theirs < OF_ONE and len(self._telling) < AT_ONCE

    async def _ended(self, seconds: float) -> int:
        """Wait for one at least, but not longer than that; comes back with how many messages were tried."""
        tasks = self._telling.values()
        await asyncio.wait(tasks, timeout=max(0.0, seconds), return_when=asyncio.FIRST_COMPLETED)
        ended = [webhook for webhook, task in self._telling.items() if task.done()]
        return sum(self._telling.pop(webhook).result() for webhook in ended)

    async def _break_off(self) -> None:
        for task in self._telling.values():
            task.cancel()
        await asyncio.gather(*self._telling.values(), return_exceptions=True)
