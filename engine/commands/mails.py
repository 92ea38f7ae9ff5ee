"""What becomes of a mail in the outbox once it was handed over."""

from typing import ClassVar

from engine.commands.registry import Command, handles
from engine.mail.outbox import delivered
from engine.model.account import Mail
from engine.privacy.retention import RULES
from engine.store import mail_due
from engine.store.purging import purge
from engine.store.unit_of_work import UnitOfWork


class NoteDelivery(Command, frozen=True, kw_only=True):
    """These mails were handed over: what they said is forgotten."""

    OP: ClassVar[str] = "mail.delivered@1"
    mail_ids: tuple[str, ...]


class LetMailsGo(Command, frozen=True, kw_only=True):
    """Remove the lines that are left of old mails."""

    OP: ClassVar[str] = "mail.let_go@1"


@handles(
    NoteDelivery, role="owner", within_board=False, no_audit="what a mail tells of is audited itself",
    no_undo="a mail cannot be called back", by_system=True,
)  # fmt: skip
def note_delivery(unit: UnitOfWork, command: NoteDelivery) -> None:
    for mail_id in command.mail_ids:
        delivered(unit, unit.get(Mail, mail_id))
    mail_due.clear(unit)


@handles(
    LetMailsGo, role="owner", within_board=False, audit="mail.purged",
    no_undo="what was kept long enough is gone for good",
)  # fmt: skip
def let_mails_go(unit: UnitOfWork, command: LetMailsGo) -> None:
    before = RULES["mails"].cutoff(unit.now)
    purge(unit, [mail for mail in unit.list(Mail) if mail.created_at <= before])
