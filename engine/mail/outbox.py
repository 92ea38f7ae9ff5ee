"""Puts a mail into the outbox in the same transaction as what it tells of: neither is there without the other."""

from engine.clock import derived_id
from engine.mail.templates import TEMPLATES, write
from engine.model.account import Mail
from engine.model.organization import Member, Organization
from engine.store import mail_due
from engine.store.purging import blank
from engine.store.unit_of_work import UnitOfWork


def post(unit: UnitOfWork, template: str, address: str, member_id: str, **fields: str) -> None:
    """Where there is no address nothing is done, and nothing unasked for is sent to who has restricted their data."""
    reader = unit.find(Member, member_id)
    restricted = reader is not None and reader.restricted_at and not TEMPLATES[template].asked_for
    if not address or restricted:
        return
    written = write(template, {"organization": _name(unit), **fields})
    unit.insert(
        Mail(
            id=derived_id(str(unit.seq), template, address), member_id=member_id, address=address,
            template=template, subject=written.subject, text=written.text, html=written.html,
            created_at=unit.now,
        )
    )  # fmt: skip
    mail_due.mark(unit)


def delivered(unit: UnitOfWork, mail: Mail) -> None:
    """It was handed over: what it said is not kept."""
    blank(unit, mail, {"sent_at": unit.now, "text": "", "html": ""})


def _name(unit: UnitOfWork) -> str:
    tenant = unit.find(Organization, unit.actor.organization_id)
    return "" if tenant is None else tenant.name
