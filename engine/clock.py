"""Now and new ids, injected into the engine so that tests own time and chance."""

import hashlib
import secrets
import time
from collections.abc import Callable
from datetime import UTC, datetime

Clock = Callable[[], int]

_ALPHABET = "0123456789abcdefghjkmnpqrstvwxyz"  # Crockford's base 32: no i, l, o, u


def system_clock() -> int:
    """Milliseconds since 1970 in UTC: the unit of every time the engine stores."""
    return time.time_ns() // 1_000_000


def new_id(at: int | None = None) -> str:
    """A new id: a UUIDv7 (RFC 9562) written as 26 letters of base 32; later ids sort after earlier ones."""
    stamp = (system_clock() if at is None else at) & 0xFFFF_FFFF_FFFF
    chance = secrets.randbits(74)
    high, low = chance >> 62, chance & ((1 << 62) - 1)
    number = stamp << 80 | 0x7 << 76 | high << 64 | 0b10 << 62 | low
    return _encode(number, 26)


def short_id() -> str:
    """An id of ten letters for what lives inside a board (columns, labels); unique there by chance of 1 in 2^50."""
    return _encode(secrets.randbits(50), 10)


def as_datetime(at: int) -> datetime:
    """The stored milliseconds as an aware UTC datetime."""
    return datetime.fromtimestamp(at / 1000, UTC)


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
