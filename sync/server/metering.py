"""Counts the requests of each caller: a process takes them from the shared limit in blocks, and counts each block by
itself, so that a busy caller does not cost a write each time (docs/decisions/011-requests-are-counted-in-blocks.md).
"""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import Final

from msgspec import Struct

from engine.api import Engine
from engine.store.limiting import Limit

STANDING: Final = "conneqtos.standing"
"""Where in the scope of a request it is kept how its caller stands, for the headers of its answer."""
LARGEST_BLOCK: Final = 20
LIFE: Final = 2_000
"""Milliseconds after which what is left of a block is let go."""
MOST_REMEMBERED: Final = 10_000


class Standing(Struct, frozen=True, kw_only=True):
    """How one caller stands after a request. `wait` is 0 where it was let through; times in seconds."""

    policy: str
    quota: int
    window: int
    left: int
    full_in: int
    wait: int

    @property
    def headers(self) -> list[tuple[bytes, bytes]]:
        """draft-ietf-httpapi-ratelimit-headers: what is allowed, and how much of it is left."""
        return [
            (b"ratelimit-policy", f'"{self.policy}";q={self.quota};w={self.window}'.encode()),
            (b"ratelimit", f'"{self.policy}";r={self.left};t={self.full_in}'.encode()),
        ]


@dataclass
class _Block:
    left: int = 0
    size: int = 0
    until: int = 0
    arrival: int = 0
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)


class Meter:
    """One for a process and a policy; what the processes let through together keeps to the limit."""

    def __init__(self, engine: Engine, policy: str, limit: Limit) -> None:
        self._engine = engine
        self._policy = policy
        self._limit = limit
        self._blocks: OrderedDict[str, _Block] = OrderedDict()
        self.asked = 0
        """How often the store was asked so far."""

    def knows(self, who: str) -> bool:
        return who in self._blocks

    def wait(self, who: str) -> int:
        """The seconds for which this process knows that there is nothing left; nothing is used."""
        block = self._blocks.get(who)
        return 0 if block is None or block.left else self._waits(block, self._engine.now())

    async def spend(self, who: str) -> Standing:
        """Count one request."""
        block = self._block(who)
        async with block.lock:
            now = self._engine.now()
            if now >= block.until or not block.left:
                await self._refill(block, who, now)
            let = block.left > 0
            block.left -= let
            return self._standing(block, now, let)

    async def _refill(self, block: _Block, who: str, now: int) -> None:
        """Another block: twice as large as one that was used up, of one again where requests are rare."""
        if not block.left and self._waits(block, now):
            return
        busy = now < block.until and not block.left
        block.left = 0
        block.size = min(block.size * 2, LARGEST_BLOCK, self._limit.burst) if busy else 1
        self.asked += 1
        taken = await self._engine.limits.take_some(
            self._limit, f"request\0{self._policy}\0{who}", block.size
        )
        block.left, block.arrival, block.until = taken.got, taken.arrival, now + LIFE

    def _waits(self, block: _Block, now: int) -> int:
        return max(0, -(-(block.arrival - now - self._limit.tolerance) // 1000))

    def _standing(self, block: _Block, now: int, let: bool) -> Standing:
        ahead = max(0, block.arrival - now)
        free = max(0, (self._limit.tolerance - ahead) // self._limit.every + 1)
        return Standing(
            policy=self._policy, quota=self._limit.burst, window=self._limit.seconds,
            left=free + block.left, full_in=-(-ahead // 1000),
            wait=0 if let else max(1, self._waits(block, now)),
        )  # fmt: skip

    def _block(self, who: str) -> _Block:
        block = self._blocks.setdefault(who, _Block())
        self._blocks.move_to_end(who)
        while len(self._blocks) > MOST_REMEMBERED:
            self._blocks.popitem(last=False)
        return block
