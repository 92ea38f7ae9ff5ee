"""Now and new ids, injected into the engine so that tests own time and chance."""

import hashlib
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime
from threading import Lock
from typing import Final

Clock = Callable[[], int]

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u
_CHANCE_BITS: Final = 74


def system_clock() -> int:
    """Milliseconds since 1970 in UTC: the unit of every time the engine stores."""
    return time.time_ns() // 1_000_000


class IdSource:
    """Gives ids that sort in the order in which they were asked for, within this process.

    An id is a UUIDv7 (RFC 9562) written as 26 letters of base 32. Where the millisecond is the one of the
    id before, or the clock went back, the random part counts on from there by a random step (§6.2, method
    2): two comments written within a millisecond keep their order, and no id can be guessed from another.
    """

    def __init__(self, clock: Clock = system_clock) -> None:
        self._clock = clock
        self._lock = Lock()
        self._stamp = -1
        self._chance = 0

    def next(self) -> str:
        now = self._clock() & 0xFFFF_FFFF_FFFF
        with self._lock:
            if now > self._stamp:
                self._stamp, self._chance = now, secrets.randbits(_CHANCE_BITS)
            else:
                self._chance += 1 + secrets.randbits(32)
                if self._chance >> _CHANCE_BITS:
                    self._stamp, self._chance = self._stamp + 1, secrets.randbits(_CHANCE_BITS)
            stamp, chance = self._stamp, self._chance
        high, low = chance >> 62, chance & ((1 << 62) - 1)
        return _encode(stamp << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low, 26)


new_id = IdSource().next
"""A new id; later ones sort after earlier ones."""


def short_id() -> str:
    """An id of ten letters for what lives inside a board (columns, labels); unique there by chance of 1 in 2^50."""
    return _encode(secrets.randbits(50), 10)


def as_datetime(at: int) -> datetime:
    """The stored milliseconds as an aware UTC datetime."""
    return datetime.fromtimestamp(at / 1000, UTC)


def iso_time(at: int) -> str:
    """The stored milliseconds as text in UTC (ISO 8601)."""
    return as_datetime(at).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _encode(number: int, length: int) -> str:
    letters = []
    for _ in range(length):
        letters.append(_ALPHABET[number & 31])
        number >>= 5
    return "".join(reversed(letters))


def derived_id(*parts: str) -> str:
    """An id that the same parts always give: for records a command makes out of others (copies)."""
    digest = hashlib.sha256("\0".join(parts).encode()).digest()
    return _encode(int.from_bytes(digest[:16]), 26)
