"""The devices of an organization as their server knows them, and what it decided of their commands."""

from typing import Any, Final

from msgspec import Struct, to_builtins
from sqlalchemy import Connection, insert, select, update

from engine.model.exchange import Ack, Status
from engine.store.tables import replica, verdict


class Replica(Struct, frozen=True, kw_only=True):
    """`last_n` is the last command that was decided; `last_at` its effective time; `forgotten` up to which seq the device
    has forgotten what was erased."""

    id: str
    member_id: str
    last_n: int = 0
    last_at: int = 0
    seen_at: int = 0
    forgotten: int = 0


_FIELDS: Final = tuple(replica.c[name] for name in Replica.__struct_fields__)


def find_replica(connection: Connection, organization_id: str, id: str) -> Replica | None:
    statement = select(*_FIELDS).where(
        replica.c.organization_id == organization_id, replica.c.id == id
    )
    row = connection.execute(statement).first()
    return None if row is None else Replica(**row._mapping)


def make_replica(connection: Connection, organization_id: str, made: Replica) -> None:
    connection.execute(insert(replica).values(organization_id=organization_id, **to_builtins(made)))


def greet_replica(connection: Connection, organization_id: str, met: Replica) -> None:
    """A device says that it is there; one of somebody else is left as it is."""
    known = find_replica(connection, organization_id, met.id)
    if known is None:
        make_replica(connection, organization_id, met)
    elif known.member_id == met.member_id:
        seen = {"seen_at": met.seen_at, "forgotten": max(known.forgotten, met.forgotten)}
        write_replica(connection, organization_id, met.id, **seen)


def all_replicas(connection: Connection, organization_id: str) -> list[Replica]:
    """The one that was there last comes first."""
    statement = select(*_FIELDS).where(replica.c.organization_id == organization_id)
    rows = connection.execute(statement.order_by(replica.c.seen_at.desc(), replica.c.id))
    return [Replica(**row._mapping) for row in rows]


def write_replica(connection: Connection, organization_id: str, id: str, **fields: Any) -> None:
    connection.execute(
        update(replica)
        .where(replica.c.organization_id == organization_id, replica.c.id == id)
        .values(**fields)
    )


def write_verdict(connection: Connection, organization_id: str, replica_id: str, ack: Ack) -> None:
    connection.execute(
        insert(verdict).values(
            organization_id=organization_id, replica_id=replica_id, n=ack.n, command_id=ack.id,
            seq=ack.seq, status=ack.status.value, code=ack.code, reason=ack.reason,
        )
    )  # fmt: skip


def verdict_on(connection: Connection, organization_id: str, replica_id: str, n: int) -> Ack | None:
    """What was decided of the device's nth command."""
    found = _acks(connection, organization_id, verdict.c.replica_id == replica_id, verdict.c.n == n)
    return found[0] if found else None


def verdict_of(connection: Connection, organization_id: str, command_id: str) -> Ack | None:
    """What was decided of a command, whichever device it came from first."""
    found = _acks(connection, organization_id, verdict.c.command_id == command_id)
    return found[0] if found else None


def verdicts_since(
    connection: Connection, organization_id: str, member_id: str, replica_id: str, n: int
) -> tuple[Ack, ...]:
    """None of a device that is somebody else's."""
    device = find_replica(connection, organization_id, replica_id)
    if device is None or device.member_id != member_id:
        return ()
    return tuple(
        _acks(connection, organization_id, verdict.c.replica_id == replica_id, verdict.c.n > n)
    )


def _acks(connection: Connection, organization_id: str, *where: Any) -> list[Ack]:
    statement = select(verdict).where(verdict.c.organization_id == organization_id, *where)
    rows = connection.execute(statement.order_by(verdict.c.n))
    return [
        Ack(
            n=row.n, id=row.command_id, seq=row.seq, status=Status(row.status), code=row.code,
            reason=row.reason,
        )
        for row in rows
    ]  # fmt: skip
