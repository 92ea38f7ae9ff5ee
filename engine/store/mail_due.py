"""Which tenants have mails to hand over: one row each, so that one query over all of them finds out. The mails
themselves stay behind the wall between tenants."""

from sqlalchemy import Connection, bindparam, delete, exists, select, text

from engine.store.rows import ORGANIZATION
from engine.store.tables import mail, mail_due
from engine.store.unit_of_work import UnitOfWork

_MARK = text("INSERT INTO mail_due (organization_id) VALUES (:organization) ON CONFLICT DO NOTHING")
_CLEAR = delete(mail_due).where(
    mail_due.c.organization_id == bindparam(ORGANIZATION),
    ~exists(
        select(mail.c.id).where(
            mail.c.organization_id == bindparam(ORGANIZATION), mail.c.sent_at == 0
        )
    ),
)


def mark(unit: UnitOfWork) -> None:
    """A mail waits, as soon as this commits."""
    unit.run(_MARK)


def clear(unit: UnitOfWork) -> None:
    """Unless one still waits. Inside a command, so that none is posted meanwhile."""
    unit.run(_CLEAR)


def tenants(connection: Connection) -> list[str]:
    """Those that have mails waiting."""
    rows = connection.execute(select(mail_due.c.organization_id))
    return sorted(row[0] for row in rows)
