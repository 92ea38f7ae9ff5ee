"""Deleting one's account: asking for it, thinking again, and the erasure when the grace is over (C29)."""

from typing import ClassVar, Final

from engine.commands.membership import take_away_keys
from engine.commands.registry import Command, handles
from engine.commands.webhooks import take_away
from engine.errors import Invalid, NotFound, Refused
from engine.model.account import Invitation, Mail
from engine.model.organization import Member, Organization
from engine.model.record import Record
from engine.model.rights import GRACE_DAYS, Deletion, Hold
from engine.model.text import folded
from engine.model.webhook import Webhook
from engine.privacy.erasure import blanked, former, is_only_owner
from engine.privacy.inventory import KINDS, Fate
from engine.store.erasing import forget_devices, forget_places
from engine.store.purging import blank, purge
from engine.store.unit_of_work import UnitOfWork

DAY: Final = 86_400_000


class AskDeletion(Command, frozen=True, kw_only=True):
    """Ask that the account of the actor be deleted. `confirm` is their own name, typed."""

    OP: ClassVar[str] = "deletion.ask@1"
    confirm: str


class CancelDeletion(Command, frozen=True, kw_only=True):
    """Think again: nothing is deleted."""

    OP: ClassVar[str] = "deletion.cancel@1"


class EraseMembers(Command, frozen=True, kw_only=True):
    """Erase these members, whose grace is over, or who were erased before the backup was made that this store
    comes from (`again`)."""

    OP: ClassVar[str] = "deletion.erase@1"
    member_ids: tuple[str, ...]
    again: bool = False


@handles(
    AskDeletion, role="guest", on_server=True, within_board=False, audit="deletion.asked",
    no_undo="it is cancelled by a command of its own", when_restricted=True,
)  # fmt: skip
def ask_deletion(unit: UnitOfWork, command: AskDeletion) -> None:
    member = unit.member
    if folded(command.confirm.strip()) != folded(member.name):
        raise Invalid(f"Type your name as it stands here, “{member.name}”, to confirm.")
    if unit.find(Deletion, member.id) is not None:
        raise Refused("Your deletion is asked for already. It can be cancelled until it is done.")
    if is_only_owner(unit, member):
        tenant = unit.get(Organization, unit.actor.organization_id)
        raise Refused(
            f"You are the only owner of “{tenant.name}”. Make somebody else its owner first, or close it."
        )
    due = unit.now + GRACE_DAYS * DAY
    unit.insert(Deletion(id=member.id, member_id=member.id, asked_at=unit.now, due_at=due))
    unit.note(f"Your account will be deleted in {GRACE_DAYS} days. Until then you can cancel that.")


@handles(
    CancelDeletion, role="guest", on_server=True, within_board=False, audit="deletion.cancelled",
    no_undo="it can be asked for again", when_restricted=True,
)  # fmt: skip
def cancel_deletion(unit: UnitOfWork, command: CancelDeletion) -> None:
    pending = unit.find(Deletion, unit.member.id)
    if pending is None:
        raise NotFound("No deletion of your account is asked for.")
    purge(unit, [pending])
    unit.note("Your account stays.")


@handles(
    EraseMembers, role="owner", within_board=False, audit="deletion.done",
    no_undo="what is erased is gone for good",
)  # fmt: skip
def erase_members(unit: UnitOfWork, command: EraseMembers) -> None:
    for member_id in command.member_ids:
        member = unit.get(Member, member_id)
        pending = unit.find(Deletion, member_id)
        if not command.again and (pending is None or pending.due_at > unit.now):
            raise Refused(f"The grace of “{member.name}” is not over.")
        if is_only_owner(unit, member) or unit.find(Hold, member_id) is not None:
            unit.note(
                "A deletion waits: the person is the only owner by now, or under a legal hold."
            )
            continue
        _erase(unit, member)
    unit.say_in_audit(erased=list(command.member_ids))


def _erase(unit: UnitOfWork, member: Member) -> None:
    """As the inventory says of each kind; the member's own row last, since the others refer to it."""
    take_away_keys(unit, member.id)
    take_away(unit, unit.list(Webhook, member_id=member.id))
    for kind in KINDS.values():
        if kind.record is Member or not issubclass(kind.record, Record):
            continue
        if kind.fate is Fate.GONE:
            purge(unit, unit.list(kind.record, **{kind.by: member.id}))
        elif kind.fate is Fate.BLANKED:
            for record in unit.list(kind.record, **{kind.by: member.id}):
                blank(unit, record, blanked(record))
    _erase_address(unit, member.email)
    tenant = unit.get(Organization, unit.actor.organization_id)
    if tenant.dpo_id == member.id:
        blank(unit, tenant, {"dpo_id": ""})
    forget_places(unit, member.id)
    forget_devices(unit, member.id)
    blank(unit, member, former(unit.actor.organization_id, member, unit.now))
    unit.note(f"{member.id} was erased.")


def _erase_address(unit: UnitOfWork, email: str) -> None:
    """What others sent to their address."""
    if email:
        purge(unit, [one for one in unit.list(Invitation) if folded(one.email) == folded(email)])
        purge(unit, [one for one in unit.list(Mail) if folded(one.address) == folded(email)])
