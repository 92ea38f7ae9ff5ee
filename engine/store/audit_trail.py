"""Reads the audit chain of an organization, page by page, to verify it."""

from collections.abc import Iterator

from sqlalchemy import Connection, select

from engine.model.actor import Actor
from engine.model.audit import AuditEntry, AuditVerdict
from engine.store.audit_chain import GENESIS, verify
from engine.store.audit_pruning import is_genuine, read_checkpoint
from engine.store.database import Database
from engine.store.tables import audit, head

PAGE = 2_000
_FIELDS = tuple(audit.c[name] for name in AuditEntry.__struct_fields__)


async def verify_chain(database: Database, actor: Actor, sealing_key: bytes) -> AuditVerdict:
    """Check every entry in order, in constant memory, on one snapshot; after pruning, from the checkpoint on."""
    organization_id = actor.organization_id

    def work(connection: Connection) -> AuditVerdict:
        statement = select(head.c.audit_number, head.c.audit_hash)
        count, last = connection.execute(
            statement.where(head.c.organization_id == organization_id)
        ).one()
        checkpoint = read_checkpoint(connection, organization_id)
        if checkpoint is not None and not is_genuine(checkpoint, sealing_key, organization_id):
            return AuditVerdict(
                checked=0, bad_number=checkpoint.number,
                reason="the checkpoint before the oldest entry was changed",
            )  # fmt: skip
        number, hash = (0, GENESIS) if checkpoint is None else (checkpoint.number, checkpoint.hash)
        entries = _entries(connection, organization_id)
        return verify(entries, count=count, last_hash=last, after=number, previous=hash)

    return await database.read(organization_id, work)


def _entries(connection: Connection, organization_id: str) -> Iterator[AuditEntry]:
    last = None
    while True:
        statement = select(*_FIELDS).where(audit.c.organization_id == organization_id)
        if last is not None:
            statement = statement.where(audit.c.number > last)
        rows = connection.execute(statement.order_by(audit.c.number).limit(PAGE)).all()
        for row in rows:
            yield AuditEntry(**row._mapping)
        if len(rows) < PAGE:
            return
        last = rows[-1].number
