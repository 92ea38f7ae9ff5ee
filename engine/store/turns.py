"""Which process runs a job of the server, and until when: a lease for each job, moved on by single statements that are
the same on both databases. Times in milliseconds."""

from typing import Final

from sqlalchemy import Connection, text, update

from engine.clock import Clock, system_clock
from engine.store.limiting import SKEW
from engine.store.tables import job

_TAKE = text("""
INSERT INTO job (name, holder, leased_until, done_at) VALUES (:name, :holder, CAST(:until AS BIGINT), 0)
ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, leased_until = excluded.leased_until
WHERE (job.leased_until <= CAST(:now AS BIGINT) OR job.leased_until > CAST(:furthest AS BIGINT))
AND (job.done_at <= CAST(:due AS BIGINT) OR job.done_at > CAST(:latest AS BIGINT))
RETURNING holder
""")
_TIME: Final = text("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)")


def take(
    connection: Connection, name: str, holder: str, clock: Clock, *, every: int, lease: int, longest: int
) -> bool:  # fmt: skip
    """Lease a job, if it is time: nobody else has it, and it ended well `every` ago or longer. No lease and no pause is
    longer than `longest`: what lies further ahead was written by a clock that has gone back since, and says nothing."""
    now = time_of(connection, clock)
    values = {
        "name": name, "holder": holder, "now": now, "due": now - every, "until": now + lease,
        "latest": now + SKEW, "furthest": now + longest + SKEW,
    }  # fmt: skip
    return connection.execute(_TAKE, values).scalar() is not None


def renew(connection: Connection, name: str, holder: str, clock: Clock, lease: int) -> bool:
    """False where it was taken over: it had lapsed."""
    until = time_of(connection, clock) + lease
    mine = update(job).where(job.c.name == name, job.c.holder == holder)
    return connection.execute(mine.values(leased_until=until)).rowcount == 1


def give_back(
    connection: Connection, name: str, holder: str, clock: Clock, *, pause: int, well: bool
) -> None:
    """It can be leased again after a pause; `well` where it is done."""
    now = time_of(connection, clock)
    mine = update(job).where(job.c.name == name, job.c.holder == holder)
    done = {"done_at": now} if well else {}
    connection.execute(mine.values(leased_until=now + pause, **done))


def time_of(connection: Connection, clock: Clock) -> int:
    """The machines that share a PostgreSQL have clocks that differ, so it is asked for its own. A file is one machine's."""
    if clock is not system_clock or connection.dialect.name == "sqlite":
        return clock()
    return int(connection.execute(_TIME).scalar_one())
