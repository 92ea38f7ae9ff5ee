"""Making a store a device of a server, and what it does when the two no longer fit together."""

from typing import Final

from msgspec.structs import replace
from sqlalchemy import Connection, update

from engine.model.exchange import Sent
from engine.store.deeds import first_head
from engine.store.migrations import REVISIONS
from engine.store.tables import head, link
from engine.store.unit_of_work import UnitOfWork
from engine.store.waiting import (
    Link,
    journalled,
    make_link,
    read_all_anew,
    renumber,
    set_replica,
    waiting,
    write_cursors,
    write_link,
)

SCHEMA: Final = REVISIONS[-1]


def join(
    connection: Connection,
    organization_id: str,
    member_id: str,
    server: str,
    token: str,
    replica_id: str,
) -> None:
    """An empty place for an organization that a server decides about."""
    first_head(connection, organization_id, epoch="")
    made = Link(
        server=server,
        token=token,
        epoch="",
        member_id=member_id,
        last_n=0,
        acked_n=0,
        acked_id="",
        last_at=0,
        sent_n=0,
        ticket="",
        checked_at=0,
        gaps=0,
        schema=SCHEMA,
    )
    make_link(connection, organization_id, made, replica_id)


def set_epoch(unit: UnitOfWork, epoch: str) -> None:
    unit.connection.execute(
        update(head).where(head.c.organization_id == unit.actor.organization_id).values(epoch=epoch)
    )


def read_anew_if_newer(connection: Connection, organization_id: str, known: str) -> bool:
    """A newer version of this program may keep more of each record than the one that has read so far: everything is
    read once more, and nothing that waits is touched."""
    if known == SCHEMA:
        return False
    read_all_anew(connection, organization_id)
    write_link(connection, organization_id, schema=SCHEMA)
    return True


def forked(connection: Connection, organization_id: str, replica_id: str) -> None:
    """A new device with the same outbox, numbered from 1, behind what was taken of late: the server knows by their ids
    which of the commands it has decided already, and those that it lost with a backup it gets again."""
    set_replica(connection, organization_id, replica_id)
    renumber(connection, organization_id, offered(connection, organization_id))


def restarted(connection: Connection, organization_id: str, replica_id: str) -> None:
    """Everything is read anew, and what the server took of late goes before what waits. Its old numbers mean
    nothing to the restored server, so every command counts as given before all it has (sync.md, restore)."""
    set_replica(connection, organization_id, replica_id)
    anew = [replace(sent, base=0) for sent in offered(connection, organization_id)]
    renumber(connection, organization_id, anew)
    write_cursors(connection, organization_id, {}, {})
    connection.execute(
        update(link).where(link.c.organization_id == organization_id).values(epoch="")
    )


def offered(connection: Connection, organization_id: str) -> list[Sent]:
    """What was taken of late, and what waits."""
    taken = [sent for _, sent in journalled(connection, organization_id)]
    return [*taken, *(one.command for one in waiting(connection, organization_id))]
