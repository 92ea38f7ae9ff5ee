"""What of an erased person lies beside their records: where they acted from, and commands that name them."""

from sqlalchemy import Text, bindparam, cast, delete, update

from engine.store.rows import ORGANIZATION
from engine.store.tables import (
    TENANT_TABLES,
    audit,
    audit_checkpoint,
    head,
    member,
    organization,
    outbox,
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
_NAMING = delete(outbox).where(
    outbox.c.organization_id == bindparam(ORGANIZATION),
    outbox.c.op.like("member.%"),
    cast(outbox.c.arguments, Text).contains(bindparam("who"), autoescape=False),
)


def forget_places(unit: UnitOfWork, member_id: str) -> int:
    """Take devices and addresses out of a member's audit entries; the chain stays whole, since it holds only
    their salted hash (DESIGN §6). Comes back with how many entries had them."""
    return int(unit.run(_UNSEAL, {"who": member_id}).rowcount)


def forget_waiting(unit: UnitOfWork, member_id: str) -> int:
    """Drop the commands about a member that still wait for the server."""
    return int(unit.run(_NAMING, {"who": member_id}).rowcount)


def empty_tenant(unit: UnitOfWork) -> None:
    """Remove everything of the organization but its own row, its members, and what the audit trail needs."""
    for table in reversed(TENANT_TABLES):
        if table not in _KEPT:
            unit.run(delete(table).where(table.c.organization_id == bindparam(ORGANIZATION)))
