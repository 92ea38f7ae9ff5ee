"""Takes the old front off an audit chain and leaves a sealed checkpoint, from which what is left still verifies.

The checkpoint names the last entry that went and its hash. Its seal is an HMAC under a key that is not in
the database, so that whoever can only write there cannot invent one (DESIGN §6, policy C24).
"""

import hashlib
import hmac
from typing import Final

from msgspec import Struct
from sqlalchemy import Connection, bindparam, delete, func, insert, select

from engine.store.reading import Reading
from engine.store.rows import ORGANIZATION
from engine.store.tables import audit, audit_checkpoint
from engine.store.unit_of_work import UnitOfWork

PURPOSE: Final = b"conneqtos audit checkpoint 1"


class Checkpoint(Struct, frozen=True, kw_only=True):
    """`at` is when the entries up to `number` were removed."""

    number: int
    hash: bytes
    at: int
    seal: bytes


_STORED = select(*(audit_checkpoint.c[name] for name in Checkpoint.__struct_fields__)).where(
    audit_checkpoint.c.organization_id == bindparam(ORGANIZATION)
)
_FRONT = delete(audit).where(
    audit.c.organization_id == bindparam(ORGANIZATION), audit.c.number <= bindparam("last")
)
_OLD_CHECKPOINT = delete(audit_checkpoint).where(
    audit_checkpoint.c.organization_id == bindparam(ORGANIZATION)
)


def sealing_key(key: bytes) -> bytes:
    """The key of seals, derived from that of the workspace or server."""
    return hmac.digest(key, PURPOSE, hashlib.sha256)


def read_checkpoint(connection: Connection, organization_id: str) -> Checkpoint | None:
    row = connection.execute(_STORED, {ORGANIZATION: organization_id}).first()
    return None if row is None else Checkpoint(**row._mapping)


def is_genuine(checkpoint: Checkpoint, key: bytes, organization_id: str) -> bool:
    wanted = _seal(key, organization_id, checkpoint.number, checkpoint.hash, checkpoint.at)
    return hmac.compare_digest(checkpoint.seal, wanted)


def last_expired(reading: Reading, before: int) -> int:
    """The number up to which every entry is from before this time; one entry is always left."""
    first_kept = reading.select(audit, func.min(audit.c.number)).where(audit.c.at >= before)
    newest = reading.select(audit, func.max(audit.c.number))
    run = reading.connection.execute
    return int(run(first_kept).scalar() or run(newest).scalar() or 1) - 1


def count_expired(reading: Reading, before: int) -> int:
    front = reading.select(audit, func.count()).where(
        audit.c.number <= last_expired(reading, before)
    )
    return int(reading.connection.execute(front).scalar_one())


def prune(unit: UnitOfWork, before: int) -> int:
    """Remove the entries from before this time, at the front of the chain only; comes back with how many."""
    organization_id = unit.actor.organization_id
    last = last_expired(unit, before)
    found = unit.rows(unit.select(audit, audit.c.hash).where(audit.c.number == last))
    if not found:
        return 0
    removed = unit.run(_FRONT, {"last": last}).rowcount
    write_checkpoint(
        unit.connection, unit.sealing_key, organization_id, last, found[0].hash, unit.now
    )
    return int(removed)


def write_checkpoint(
    connection: Connection, key: bytes, organization_id: str, number: int, hash: bytes, at: int
) -> None:
    """Seal and keep what the last entry was that went, in the place of the checkpoint before."""
    connection.execute(_OLD_CHECKPOINT, {ORGANIZATION: organization_id})
    seal = _seal(key, organization_id, number, hash, at)
    row = {
        "organization_id": organization_id,
        "number": number,
        "hash": hash,
        "at": at,
        "seal": seal,
    }
    connection.execute(insert(audit_checkpoint), [row])


def _seal(key: bytes, organization_id: str, number: int, hash: bytes, at: int) -> bytes:
    content = f"{organization_id}\n{number}\n{hash.hex()}\n{at}".encode()
    return hmac.digest(key, content, hashlib.sha256)
