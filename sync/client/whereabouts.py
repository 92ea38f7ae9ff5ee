"""Tells the server on which board the person is, now and then as long as it is so, and never too often."""

import asyncio
import logging
from contextlib import suppress
from typing import Final

from engine.clock import new_id
from engine.errors import ConneqtError
from engine.model.presence import Where
from sync.client.server import Server

log = logging.getLogger(__name__)
AGAIN: Final = 20.0
"""Seconds after which it is said again."""
APART: Final = 1.0
"""Seconds between two moves that are told: who scrolls through a board is not told line by line."""


class Whereabouts:
    """Of one device. What cannot be told is let go: it is not so for long."""

    def __init__(self, server: Server) -> None:
        self._server = server
        self._now = Where(client=new_id())
        self._moved = asyncio.Event()

    def be_at(self, board_id: str, number: int) -> None:
        """From here on the person is there; "" and 0 for nowhere."""
        where = Where(client=self._now.client, board_id=board_id, number=number)
        if where != self._now:
            self._now = where
            self._moved.set()

    async def tell(self) -> None:
        """Until it is cancelled."""
        while True:
            with suppress(TimeoutError):
                async with asyncio.timeout(AGAIN):
                    await self._moved.wait()
            if self._moved.is_set() or self._now.board_id:
                self._moved.clear()
                try:
                    await self._server.say_where(self._now)
                except ConneqtError:
                    pass
                except Exception:
                    log.exception("fault while telling where the person is")
            await asyncio.sleep(APART)

    async def say_goodbye(self) -> None:
        """The person is gone; where that cannot be told the server finds out by itself."""
        if self._now.board_id:
            self.be_at("", 0)
            with suppress(ConneqtError, TimeoutError):
                async with asyncio.timeout(APART):
                    await self._server.say_where(self._now)
