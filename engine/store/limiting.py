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
_NUMBERS: Final = {
    name: f"CAST(:{name} AS BIGINT)" for name in ("now", "every", "tolerance", "furthest")
}
_BEGUN: Final = """
CASE WHEN rate_limit.arrival > {furthest} THEN {now} ELSE {max}(rate_limit.arrival, {now}) END
"""
_TAKE: Final = f"""
INSERT INTO rate_limit (digest, arrival) VALUES (:digest, {{now}} + {{every}})
ON CONFLICT (digest) DO UPDATE SET arrival = {_BEGUN} + {{every}}
WHERE {_BEGUN} - {{now}} <= {{tolerance}}
RETURNING arrival
"""
SKEW: Final = 60_000
"""Milliseconds by which the clocks of two server processes may differ."""


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

    def furthest(self, now: int) -> int:
        """No arrival is later, unless the clock went back since: then it says nothing, and counting begins anew. A clock
        that was a year ahead for a while would else keep people out for a year."""
        return now + self.seconds * 1000 + SKEW


class Taken(Struct, frozen=True, kw_only=True):
    """`arrival` is when nothing will be used of the limit any more, should nobody take more. Milliseconds."""

    got: int
    arrival: int


def waiting(connection: Connection, key: bytes, limit: Limit, what: str, now: int) -> int:
    """As `take`, but nothing is used."""
    statement = select(rate_limit.c.arrival).where(rate_limit.c.digest == _digest(key, what))
    arrival = connection.execute(statement).scalar()
    if arrival is None or arrival > limit.furthest(now):
        return 0
    return max(0, int(arrival) - now - limit.tolerance)


def take(connection: Connection, key: bytes, limit: Limit, what: str, now: int) -> int:
    """Use one of the limit. 0 where there was one, else the milliseconds to wait for the next."""
    if _taken(connection, key, limit, what, now, 1) is not None:
        return 0
    return waiting(connection, key, limit, what, now)


def take_some(
    connection: Connection, key: bytes, limit: Limit, what: str, now: int, most: int
) -> Taken:
    """Use as many of the limit as there are, `most` at the most."""
    arrival = _taken(connection, key, limit, what, now, most)
    if arrival is not None:
        return Taken(got=most, arrival=arrival)
    found = select(rate_limit.c.arrival).where(rate_limit.c.digest == _digest(key, what))
    latest = int(connection.execute(found).scalar_one())
    latest = now if latest > limit.furthest(now) else latest
    left = min(most, (limit.tolerance + now - latest) // limit.every + 1)
    arrival = _taken(connection, key, limit, what, now, left) if left > 0 else None
    return Taken(got=0, arrival=latest) if arrival is None else Taken(got=left, arrival=arrival)


def _taken(
    connection: Connection, key: bytes, limit: Limit, what: str, now: int, count: int
) -> int | None:
    """The time at which all is there again, once `count` are used; None where there are not so many."""
    statement = text(_TAKE.format(max=_LARGER[connection.dialect.name], **_NUMBERS))
    values = {
        "digest": _digest(key, what), "now": now, "every": limit.every * count,
        "tolerance": limit.tolerance - limit.every * (count - 1), "furthest": limit.furthest(now),
    }  # fmt: skip
    arrival = connection.execute(statement, values).scalar()
    return None if arrival is None else int(arrival)


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
