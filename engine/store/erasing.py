"""What of an erased person lies beside their records: where they acted from, and commands that name them."""

from sqlalchemy import bindparam, delete, select, update

from engine.store.rows import ORGANIZATION
from engine.store.tables import (
    TENANT_TABLES,
    audit,
    audit_checkpoint,
    head,
    member,
    organization,
    replica,
    stored_file,
    verdict,
)
from engine.store.unit_of_work import UnitOfWork

_KEPT = (organization, member, head, audit, audit_checkpoint)
_UNSEAL = (
    update(audit)
    .where(
        audit.c.organization_id == bindparam(ORGANIZATION),
        audit.c.actor_id == bindparam("who"),
        audit.c.sealed.is_not(None),
    )
    .values(sealed=None, salt=None)
)
_DEVICES = (
    replica.c.organization_id == bindparam(ORGANIZATION),
    replica.c.member_id == bindparam("who"),
)
_VERDICTS = delete(verdict).where(
    verdict.c.organization_id == bindparam(ORGANIZATION),
    verdict.c.replica_id.in_(select(replica.c.id).where(*_DEVICES)),
)

_BROUGHT = delete(stored_file).where(
    stored_file.c.organization_id == bindparam(ORGANIZATION),
    stored_file.c.member_id == bindparam("who"),
)


def forget_places(unit: UnitOfWork, member_id: str) -> int:
    """Take devices and addresses out of a member's audit entries; the chain stays whole, since it holds only
    their salted hash (DESIGN §6). Comes back with how many entries had them."""
    return int(unit.run(_UNSEAL, {"who": member_id}).rowcount)


def forget_devices(unit: UnitOfWork, member_id: str) -> None:
    """What the server decided of a member's devices goes: its reasons repeat what they wrote. So do the files that
    they brought and that nothing names."""
    unit.run(_VERDICTS, {"who": member_id})
    unit.run(delete(replica).where(*_DEVICES), {"who": member_id})
    unit.run(_BROUGHT, {"who": member_id})


def empty_tenant(unit: UnitOfWork) -> None:
    """Remove everything of the organization but its own row, its members, and what the audit trail needs."""
    for table in reversed(TENANT_TABLES):
        if table not in _KEPT:
            unit.run(delete(table).where(table.c.organization_id == bindparam(ORGANIZATION)))
