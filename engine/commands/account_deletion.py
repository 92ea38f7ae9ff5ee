"""Deleting the whole account, with the person in every organization: asked for, cancelled, and done after 7 days
(policy §6; C29)."""

from typing import ClassVar, Final

from engine.clock import as_datetime
from engine.commands.accounts import end_sessions, the_account
from engine.commands.registry import Command, handles
from engine.errors import NotFound, Refused
from engine.mail.outbox import post
from engine.model.account import MailToken
from engine.model.organization import Member, Organization
from engine.model.rights import GRACE_DAYS
from engine.privacy.sessions import is_abandoned
from engine.store.purging import purge
from engine.store.unit_of_work import UnitOfWork

DAY: Final = 86_400_000


class AskAccountDeletion(Command, frozen=True, kw_only=True):
    """Ends every session but `keep`, and whatever waits for a code."""

    OP: ClassVar[str] = "account.ask_deletion@1"
    keep: str


class KeepAccount(Command, frozen=True, kw_only=True):
    """Think again: nothing is deleted."""

    OP: ClassVar[str] = "account.keep@1"


class AbandonAccount(Command, frozen=True, kw_only=True):
    """Nobody has confirmed its address within 7 days: it ends, and the address is free again."""

    OP: ClassVar[str] = "account.abandon@1"


@handles(
    AskAccountDeletion, role="owner", within_board=False, audit="deletion.asked",
    no_undo="it is cancelled by a command of its own", when_restricted=True,
)  # fmt: skip
def ask_account_deletion(unit: UnitOfWork, command: AskAccountDeletion) -> None:
    account = the_account(unit)
    tenant = unit.get(Organization, unit.actor.organization_id)
    if tenant.closing_at:
        raise Refused("Your deletion is asked for already. It can be cancelled until it is done.")
    due = unit.now + GRACE_DAYS * DAY
    unit.update(tenant, closing_at=due)
    end_sessions(unit, keep=command.keep)
    purge(unit, unit.list(MailToken))
    day = as_datetime(due).date().isoformat()
    post(unit, "deletion_asked", unit.get(Member, account.id).email, account.id, day=day)
    unit.note(f"Your account will be deleted on {day}. Until then you can cancel that.")


@handles(
    KeepAccount, role="owner", within_board=False, audit="deletion.cancelled",
    no_undo="it can be asked for again", when_restricted=True,
)  # fmt: skip
def keep_account(unit: UnitOfWork, command: KeepAccount) -> None:
    account = the_account(unit)
    tenant = unit.get(Organization, unit.actor.organization_id)
    if not tenant.closing_at:
        raise NotFound("No deletion of your account is asked for.")
    unit.update(tenant, closing_at=0)
    post(unit, "deletion_cancelled", unit.get(Member, account.id).email, account.id)
    unit.note("Your account stays.")


@handles(
    AbandonAccount, role="owner", within_board=False, audit="account.abandoned",
    no_undo="they can sign up again", by_system=True,
)  # fmt: skip
def abandon_account(unit: UnitOfWork, command: AbandonAccount) -> None:
    if not is_abandoned(the_account(unit), unit.now):
        raise Refused("Its address was confirmed, or there is still time for that.")
    unit.update(unit.get(Organization, unit.actor.organization_id), closing_at=unit.now)
