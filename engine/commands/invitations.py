"""Inviting people by mail: a code that works once, for one address, for 7 days (policy §2; C06)."""

from typing import ClassVar, Final

from msgspec import field

from engine.clock import new_id
from engine.commands.registry import Command, handles
from engine.errors import Forbidden, Invalid, NotFound, Refused
from engine.mail.outbox import post
from engine.model.account import Invitation
from engine.model.actor import Role
from engine.model.board import COLORS
from engine.model.organization import Member
from engine.model.text import folded
from engine.privacy.addresses import address
from engine.privacy.retention import RULES
from engine.privacy.tokens import UNKNOWN, hash_of
from engine.store.purging import blank, purge
from engine.store.unit_of_work import UnitOfWork

DAY: Final = 86_400_000
VALID_DAYS: Final = 7


class Invite(Command, frozen=True, kw_only=True):
    """An older invitation to the same address is void then."""

    OP: ClassVar[str] = "invitation.send@1"
    invitation_id: str = field(default_factory=new_id)
    email: str
    role: Role
    token: str


class RevokeInvitation(Command, frozen=True, kw_only=True):
    OP: ClassVar[str] = "invitation.revoke@1"
    invitation_id: str


class AcceptInvitation(Command, frozen=True, kw_only=True):
    """The account whose confirmed address this is becomes a member. Who was one before, or stands here as a
    name, is that member again."""

    OP: ClassVar[str] = "invitation.accept@1"
    token: str
    member_id: str
    account_id: str
    email: str
    name: str
    color: str


class LetInvitationsGo(Command, frozen=True, kw_only=True):
    """Remove invitations, with their addresses, 7 days after they were sent."""

    OP: ClassVar[str] = "invitation.let_go@1"


@handles(
    Invite, role="admin", within_board=False, audit="invitation.sent",
    no_undo="it can be revoked",
)  # fmt: skip
def invite(unit: UnitOfWork, command: Invite) -> None:
    email = address(command.email)
    if command.role is Role.OWNER and unit.member.role is not Role.OWNER:
        raise Forbidden("Only an owner can invite owners.")
    if any(folded(one.email) == folded(email) and one.account for one in unit.list(Member)):
        raise Refused("Somebody with this address is a member already.")
    purge(unit, [one for one in unit.list(Invitation) if folded(one.email) == folded(email)])
    unit.insert(
        Invitation(
            id=command.invitation_id, email=email, role=command.role, token_hash=hash_of(command.token),
            invited_by=unit.member.id, created_at=unit.now, expires_at=unit.now + VALID_DAYS * DAY,
        )
    )  # fmt: skip
    post(
        unit, "invitation", email, unit.member.id, inviter=unit.member.name, role=command.role.value, code=command.token
    )  # fmt: skip
    unit.say_in_audit(role=command.role.value)
    unit.note(f"The invitation is on its way. It can be accepted for {VALID_DAYS} days.")


@handles(
    RevokeInvitation, role="admin", on_server=True, within_board=False, audit="invitation.revoked",
    no_undo="another one can be sent",
)  # fmt: skip
def revoke_invitation(unit: UnitOfWork, command: RevokeInvitation) -> None:
    found = unit.find(Invitation, command.invitation_id)
    if found is None or found.accepted_at:
        raise NotFound("There is no such invitation (any more).")
    purge(unit, [found])


@handles(
    AcceptInvitation, role="owner", within_board=False, audit="invitation.accepted",
    no_undo="the member can leave", by_system=True,
)  # fmt: skip
def accept_invitation(unit: UnitOfWork, command: AcceptInvitation) -> None:
    found = valid_invitation(unit.list(Invitation), command.token, unit.now)
    if folded(found.email) != folded(command.email):
        raise Refused(
            "This invitation is for another address. Sign in with the account that has it."
        )
    before = _stands_here(unit, command)
    if before is None:
        color = command.color if command.color in COLORS else COLORS[0]
        unit.insert(
            Member(
                id=command.member_id, name=command.name, email=command.email, color=color, role=found.role,
                created_at=unit.now, account_id=command.account_id,
            )
        )  # fmt: skip
    elif before.account:
        raise Refused("You are a member of this organization already.")
    else:
        unit.update(
            before, account=True, role=found.role, account_id=command.account_id,
            name=command.name, email=command.email,
        )  # fmt: skip
    blank(unit, found, {"accepted_at": unit.now, "token_hash": ""})
    unit.say_in_audit(role=found.role.value)


@handles(
    LetInvitationsGo, role="owner", within_board=False, audit="invitation.purged",
    no_undo="they are over and void",
)  # fmt: skip
def let_invitations_go(unit: UnitOfWork, command: LetInvitationsGo) -> None:
    before = RULES["invitations"].cutoff(unit.now)
    purge(unit, [one for one in unit.list(Invitation) if one.created_at <= before])


def valid_invitation(invitations: list[Invitation], token: str, now: int) -> Invitation:
    """Raises Refused; an old, a used, a revoked and an unknown one look the same."""
    wanted = hash_of(token)
    for one in invitations:
        if one.token_hash == wanted and one.expires_at > now and not one.accepted_at:
            return one
    raise Refused(UNKNOWN)


def _stands_here(unit: UnitOfWork, command: AcceptInvitation) -> Member | None:
    """The member that this account was before; or the name in imported content that has their address."""
    if not command.email:
        raise Invalid("An invitation is accepted by an account with an address.")
    members = [one for one in unit.list(Member) if not one.erased_at]
    by_account = (one for one in members if one.account_id == command.account_id)
    by_email = (
        one for one in members if not one.account_id and folded(one.email) == folded(command.email)
    )
    return next(by_account, None) or next(by_email, None)
