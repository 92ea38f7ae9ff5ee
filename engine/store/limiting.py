"""Counts what is limited, by the generic cell rate algorithm (GCRA): one number for each limited thing, the time
at which its bucket would be empty again, moved on by one statement that is the same on both databases.

What is limited (an address, an account) is in the table as a keyed digest only.
"""

import hashlib
import hmac
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection, delete, select, text

from engine.store.tables import rate_limit, tally

DAY: Final = 86_400_000
_LARGER: Final = {"sqlite": "max", "postgresql": "greatest"}
_NUMBERS: Final = {name: f"CAST(:{name} AS BIGINT)" for name in ("now", "every", "tolerance")}
_TAKE: Final = """
INSERT INTO rate_limit (digest, arrival) VALUES (:digest, {now} + {every})
ON CONFLICT (digest) DO UPDATE SET arrival = {max}(rate_limit.arrival, {now}) + {every}
WHERE {max}(rate_limit.arrival, {now}) - {now} <= {tolerance}
RETURNING arrival
"""


class Limit(Struct, frozen=True, kw_only=True):
    """`burst` at once, then one more each `seconds` / `burst`."""

    burst: int
    seconds: int

    @property
    def every(self) -> int:
        return self.seconds * 1000 // self.burst

    @property
    def tolerance(self) -> int:
        """How far ahead of now the arrival time may be for one more."""
        return self.every * (self.burst - 1)


def waiting(connection: Connection, key: bytes, limit: Limit, what: str, now: int) -> int:
    """As `take`, but nothing is used."""
    statement = select(rate_limit.c.arrival).where(rate_limit.c.digest == _digest(key, what))
    arrival = connection.execute(statement).scalar()
    return 0 if arrival is None else max(0, int(arrival) - now - limit.tolerance)


def take(connection: Connection, key: bytes, limit: Limit, what: str, now: int) -> int:
    """Use one of the limit. 0 where there was one, else the milliseconds to wait for the next."""
    statement = text(_TAKE.format(max=_LARGER[connection.dialect.name], **_NUMBERS))
    values = {
        "digest": _digest(key, what), "now": now, "every": limit.every, "tolerance": limit.tolerance,
    }  # fmt: skip
    if connection.execute(statement, values).scalar() is not None:
        return 0
    return waiting(connection, key, limit, what, now)


def _digest(key: bytes, what: str) -> str:
    return hmac.digest(key, f"limit\0{what}".encode(), hashlib.sha256).hex()


def forget_idle(connection: Connection, now: int) -> int:
    """Remove what has been full again for a day; comes back with how many (policy: an address is kept for a day
    at most where it only limits)."""
    statement = delete(rate_limit).where(rate_limit.c.arrival < now - DAY)
    return int(connection.execute(statement).rowcount)


_COUNT: Final = """
INSERT INTO tally (name, count) VALUES (:name, 1)
ON CONFLICT (name) DO UPDATE SET count = tally.count + 1
"""


def count(connection: Connection, name: str) -> None:
    connection.execute(text(_COUNT), {"name": name})


def counted(connection: Connection, name: str) -> int:
    found = connection.execute(select(tally.c.count).where(tally.c.name == name)).scalar()
    return int(found or 0)
