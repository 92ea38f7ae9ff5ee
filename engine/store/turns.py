"""Which process runs a job of the server, and until when: a lease for each job, moved on by single statements that are
the same on both databases. Times in milliseconds."""

from sqlalchemy import Connection, text, update

from engine.store.tables import job

_TAKE = text("""
INSERT INTO job (name, holder, leased_until, done_at) VALUES (:name, :holder, CAST(:until AS BIGINT), 0)
ON CONFLICT (name) DO UPDATE SET holder = excluded.holder, leased_until = excluded.leased_until
WHERE job.leased_until <= CAST(:now AS BIGINT) AND job.done_at <= CAST(:due AS BIGINT)
RETURNING holder
""")


def take(
    connection: Connection, name: str, holder: str, now: int, *, every: int, until: int
) -> bool:
    """Lease a job, if it is time: nobody else has it, and it ended well `every` ago or longer."""
    values = {"name": name, "holder": holder, "now": now, "due": now - every, "until": until}
    return connection.execute(_TAKE, values).scalar() is not None


def renew(connection: Connection, name: str, holder: str, until: int) -> bool:
    """False where it was taken over: it had lapsed."""
    mine = update(job).where(job.c.name == name, job.c.holder == holder)
    return connection.execute(mine.values(leased_until=until)).rowcount == 1


def give_back(
    connection: Connection, name: str, holder: str, *, free_from: int, done_at: int | None
) -> None:
    """It can be leased again from a time on; `done_at` where it ended well."""
    mine = update(job).where(job.c.name == name, job.c.holder == holder)
    done = {} if done_at is None else {"done_at": done_at}
    connection.execute(mine.values(leased_until=free_from, **done))
