"""Setting and lifting a legal hold: what a court or an authority may still need does not go (C17)."""

from typing import ClassVar

from engine.commands.registry import Command, handles
from engine.errors import Invalid, NotFound, Refused
from engine.model.organization import Member
from engine.model.rights import Hold
from engine.model.text import clean_line
from engine.store.purging import purge
from engine.store.unit_of_work import UnitOfWork


class SetHold(Command, frozen=True, kw_only=True):
    """From now on nothing of this member is erased: no deletion, no trash, no audit entry, no request."""

    OP: ClassVar[str] = "hold.set@1"
    member_id: str
    reason: str


class LiftHold(Command, frozen=True, kw_only=True):
    """What waited goes with the next retention run."""

    OP: ClassVar[str] = "hold.lift@1"
    member_id: str


@handles(
    SetHold, role="owner", on_server=True, within_board=False, audit="hold.set", or_dpo=True,
    no_undo="it is lifted by a command of its own",
)  # fmt: skip
def set_hold(unit: UnitOfWork, command: SetHold) -> None:
    member = unit.get(Member, command.member_id)
    reason = clean_line(command.reason)[:500]
    if not reason:
        raise Invalid("Say why: the person sees it, and the audit trail counts it.")
    if unit.find(Hold, member.id) is not None:
        raise Refused(f"There is a hold on “{member.name}” already.")
    unit.insert(
        Hold(
            id=member.id, member_id=member.id, reason=reason,
            set_by=unit.actor.user_id, since=unit.now,
        )
    )  # fmt: skip
    unit.note(f"Nothing of “{member.name}” is erased until the hold is lifted.")


@handles(
    LiftHold, role="owner", on_server=True, within_board=False, audit="hold.lifted", or_dpo=True,
    no_undo="it can be set again",
)  # fmt: skip
def lift_hold(unit: UnitOfWork, command: LiftHold) -> None:
    hold = unit.find(Hold, command.member_id)
    if hold is None:
        raise NotFound("There is no hold on this person.")
    purge(unit, [hold])
    unit.note("The hold is lifted. What waited for it goes with the next retention run.")
