"""Closing the whole organization: asking for it, thinking again, and the end when the grace is over (policy §5)."""

from typing import ClassVar, Final

from engine.commands.registry import Command, handles
from engine.errors import Invalid, NotFound, Refused
from engine.model.organization import Member, Organization
from engine.model.rights import GRACE_DAYS
from engine.model.text import folded
from engine.privacy.erasure import former
from engine.privacy.holds import held_members
from engine.store.directory import release_all
from engine.store.erasing import empty_tenant, forget_places
from engine.store.purging import blank
from engine.store.unit_of_work import UnitOfWork

DAY: Final = 86_400_000
CLOSED: Final = "Closed organization"


class CloseOrganization(Command, frozen=True, kw_only=True):
    """Ask for the end of the organization with everything in it. `confirm` is its name, typed."""

    OP: ClassVar[str] = "organization.close@1"
    confirm: str


class KeepOrganization(Command, frozen=True, kw_only=True):
    """Think again: nothing is closed."""

    OP: ClassVar[str] = "organization.keep@1"


class EndOrganization(Command, frozen=True, kw_only=True):
    """When the grace is over: all content and all members go; the audit trail stays for its 2 years."""

    OP: ClassVar[str] = "organization.end@1"


@handles(
    CloseOrganization, role="owner", on_server=True, within_board=False, audit="organization.closing",
    no_undo="it is cancelled by a command of its own",
)  # fmt: skip
def close_organization(unit: UnitOfWork, command: CloseOrganization) -> None:
    tenant = unit.get(Organization, unit.actor.organization_id)
    if folded(command.confirm.strip()) != folded(tenant.name):
        raise Invalid(f"Type the name as it stands here, “{tenant.name}”, to confirm.")
    if tenant.closing_at:
        raise Refused("Its closing is asked for already. It can be cancelled until it is done.")
    unit.update(tenant, closing_at=unit.now + GRACE_DAYS * DAY)
    unit.note(
        f"“{tenant.name}” will be closed in {GRACE_DAYS} days. Until then you can cancel that."
    )


@handles(
    KeepOrganization, role="owner", on_server=True, within_board=False, audit="organization.kept",
    no_undo="it can be asked for again",
)  # fmt: skip
def keep_organization(unit: UnitOfWork, command: KeepOrganization) -> None:
    tenant = unit.get(Organization, unit.actor.organization_id)
    if not tenant.closing_at:
        raise NotFound("Nobody has asked for the organization to be closed.")
    unit.update(tenant, closing_at=0)
    unit.note(f"“{tenant.name}” stays.")


@handles(
    EndOrganization, role="owner", within_board=False, audit="organization.closed",
    no_undo="what is closed is gone for good",
)  # fmt: skip
def end_organization(unit: UnitOfWork, command: EndOrganization) -> None:
    tenant = unit.get(Organization, unit.actor.organization_id)
    if not tenant.closing_at or tenant.closing_at > unit.now:
        raise Refused("The grace of the organization is not over.")
    if held_members(unit):
        raise Refused("There is a legal hold, so the organization cannot end.")
    members = unit.list(Member)
    empty_tenant(unit)
    release_all(unit)
    for member in members:
        forget_places(unit, member.id)
        blank(unit, member, former(tenant.id, member, unit.now))
    blank(unit, tenant, {"name": CLOSED})
