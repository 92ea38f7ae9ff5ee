"""Coming to an end in an organization: leaving it, being removed, handing it over. What people wrote stays."""

from typing import ClassVar

from engine.commands.accounts import the_account
from engine.commands.registry import Command, handles
from engine.commands.webhooks import take_away
from engine.errors import Forbidden, NotFound, Refused
from engine.model.account import ApiKey, Membership
from engine.model.actor import Role
from engine.model.board import BoardMember
from engine.model.organization import Member
from engine.model.webhook import Webhook
from engine.privacy.erasure import is_only_owner
from engine.store.directory import API_KEY, release
from engine.store.purging import purge
from engine.store.unit_of_work import UnitOfWork


class LeaveOrganization(Command, frozen=True, kw_only=True):
    """The actor is no member any more. Their name stays on what they wrote; a deletion takes that too."""

    OP: ClassVar[str] = "member.leave@1"


class RemoveMember(Command, frozen=True, kw_only=True):
    """Somebody is no member any more: their keys and webhooks end at once, and their devices lose the data at the next contact."""

    OP: ClassVar[str] = "member.remove@1"
    member_id: str


class HandOver(Command, frozen=True, kw_only=True):
    """Another member becomes owner, and the actor an admin."""

    OP: ClassVar[str] = "member.hand_over@1"
    member_id: str


class TakeKeysAway(Command, frozen=True, kw_only=True):
    """End every API key of the actor."""

    OP: ClassVar[str] = "api_key.revoke_all@1"


class JoinedOrganization(Command, frozen=True, kw_only=True):
    """Kept in the account: which organization it belongs to, and as whom."""

    OP: ClassVar[str] = "membership.add@1"
    organization_id: str
    member_id: str


class LeftOrganization(Command, frozen=True, kw_only=True):
    """The account belongs to it no more."""

    OP: ClassVar[str] = "membership.end@1"
    organization_id: str


@handles(
    LeaveOrganization, role="guest", on_server=True, within_board=False, audit="member.left",
    no_undo="somebody must invite them again", when_restricted=True,
)  # fmt: skip
def leave_organization(unit: UnitOfWork, command: LeaveOrganization) -> None:
    if is_only_owner(unit, unit.member):
        raise Refused(
            "You are the only owner. Hand the organization over to somebody, or close it."
        )
    _end_membership(unit, unit.member)


@handles(
    RemoveMember, role="admin", on_server=True, within_board=False, audit="member.removed",
    no_undo="somebody must invite them again",
)  # fmt: skip
def remove_member(unit: UnitOfWork, command: RemoveMember) -> None:
    member = unit.get(Member, command.member_id)
    if not member.account:
        raise NotFound(f"{member.name} is no member (any more), only a name.")
    if member.id == unit.member.id:
        raise Refused("Leave the organization instead: that is another command.")
    if member.role is Role.OWNER and unit.member.role is not Role.OWNER:
        raise Forbidden("Only an owner can remove owners.")
    _end_membership(unit, member)
    unit.note(f"{member.name} is no member any more. What they wrote stays.")


@handles(
    HandOver, role="owner", on_server=True, within_board=False, audit="member.handed_over",
    no_undo="the new owner decides that",
)  # fmt: skip
def hand_over(unit: UnitOfWork, command: HandOver) -> None:
    member = unit.get(Member, command.member_id)
    if not member.account:
        raise Refused(f"{member.name} has no account. Invite them first.")
    if member.id == unit.member.id:
        raise Refused("You are an owner already.")
    unit.update(member, role=Role.OWNER)
    unit.update(unit.member, role=Role.ADMIN)
    unit.note(f"{member.name} is owner now, and you are an admin.")


@handles(
    TakeKeysAway, role="guest", on_server=True, within_board=False, audit="api_key.revoked",
    no_undo="others can be made", when_restricted=True,
)  # fmt: skip
def take_keys_away(unit: UnitOfWork, command: TakeKeysAway) -> None:
    take_away_keys(unit, unit.member.id)


@handles(
    JoinedOrganization, role="owner", within_board=False, audit="membership.added",
    no_undo="leaving is a command of its own", by_system=True,
)  # fmt: skip
def joined_organization(unit: UnitOfWork, command: JoinedOrganization) -> None:
    found = unit.find(Membership, command.organization_id)
    if found is not None:
        unit.update(found, member_id=command.member_id, left_at=0)
        return
    unit.insert(
        Membership(
            id=command.organization_id, account_id=the_account(unit).id, member_id=command.member_id,
            joined_at=unit.now,
        )
    )  # fmt: skip


@handles(
    LeftOrganization, role="owner", within_board=False, audit="membership.ended",
    no_undo="somebody must invite them again", by_system=True,
)  # fmt: skip
def left_organization(unit: UnitOfWork, command: LeftOrganization) -> None:
    found = unit.find(Membership, command.organization_id)
    if found is not None and not found.left_at:
        unit.update(found, left_at=unit.now)


def take_away_keys(unit: UnitOfWork, member_id: str) -> None:
    """Every API key of a member, for good."""
    keys = unit.list(ApiKey, member_id=member_id)
    for key in keys:
        release(unit, API_KEY, key.prefix)
    purge(unit, keys)


def _end_membership(unit: UnitOfWork, member: Member) -> None:
    take_away_keys(unit, member.id)
    take_away(unit, unit.list(Webhook, member_id=member.id))
    for place in unit.list(BoardMember, member_id=member.id):
        unit.delete(place)
    unit.update(member, account=False, role=Role.GUEST)
