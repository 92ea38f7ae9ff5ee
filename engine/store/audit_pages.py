"""Reads audit entries for people: the newest first, by words and by whom they are about, page by page."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import ColumnElement, Select, Text, cast, or_, select

from engine.model.audit import AuditEntry
from engine.store.reading import Reading
from engine.store.tables import audit, head

Test = ColumnElement[bool]
_FIELDS = tuple(audit.c[name] for name in AuditEntry.__struct_fields__)


def newest_entries(
    reading: Reading, tests: Sequence[Test], before: int, limit: int
) -> list[AuditEntry]:
    """Entries that pass all tests, below the number `before` (0: from the newest on)."""
    statement = _of(reading).where(*tests).order_by(audit.c.number.desc()).limit(limit)
    if before:
        statement = statement.where(audit.c.number < before)
    return [AuditEntry(**row._mapping) for row in reading.rows(statement)]


def entries_after(reading: Reading, after: int, limit: int) -> list[AuditEntry]:
    """The oldest first: for whoever takes the whole chain along."""
    statement = _of(reading).where(audit.c.number > after).order_by(audit.c.number).limit(limit)
    return [AuditEntry(**row._mapping) for row in reading.rows(statement)]


def about(member_id: str) -> Test:
    """What a person did, and what was done to their place in the organization."""
    target = f'"member:{member_id}"'
    return or_(
        audit.c.actor_id == member_id, cast(audit.c.detail, Text).contains(target, autoescape=True)
    )


def mentions(word: str, names: Sequence[str], actors: Sequence[str]) -> Test:
    """The word stands in the device or address, or is that of one of these names or actors."""
    return or_(
        audit.c.name.in_(names),
        audit.c.actor_id.in_(actors),
        cast(audit.c.sealed, Text).icontains(word, autoescape=True),
    )


def _of(reading: Reading) -> Select[Any]:
    return select(*_FIELDS).where(audit.c.organization_id == reading.actor.organization_id)


def newest_link(reading: Reading) -> tuple[int, bytes]:
    """Number and hash of the newest entry; it may have been pruned since."""
    row = reading.rows(reading.select(head, head.c.audit_number, head.c.audit_hash))[0]
    return int(row[0]), bytes(row[1])
