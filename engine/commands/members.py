"""Commands on the people of an organization."""

from typing import ClassVar

from msgspec import field

from engine.clock import new_id
from engine.commands import texts
from engine.commands.registry import Command, handles
from engine.errors import Forbidden, Invalid, Refused
from engine.model.actor import Role
from engine.model.board import COLORS
from engine.model.organization import Member, Organization
from engine.model.text import clean_line
from engine.store.unit_of_work import UnitOfWork


class RenameOrganization(Command, frozen=True, kw_only=True):
    OP: ClassVar[str] = "organization.rename@1"
    name: str


class AddPerson(Command, frozen=True, kw_only=True):
    """Somebody who can be picked in people columns; without an account they cannot act."""

    OP: ClassVar[str] = "member.add@1"
    member_id: str = field(default_factory=new_id)
    name: str
    email: str = ""


class EditPerson(Command, frozen=True, kw_only=True):
    """Oneself, or (owners and admins) others. Fields that are None stay as they are."""

    OP: ClassVar[str] = "member.edit@1"
    member_id: str
    name: str | None = None
    email: str | None = None
    color: str | None = None


class SetRole(Command, frozen=True, kw_only=True):
    OP: ClassVar[str] = "member.set_role@1"
    member_id: str
    role: Role


@handles(
    RenameOrganization,
    role="owner",
    on_server=True,
    within_board=False,
    audit="organization.renamed",
    offline=False,
)
def rename_organization(unit: UnitOfWork, command: RenameOrganization) -> None:
    tenant = unit.get(Organization, unit.actor.organization_id)
    unit.update(tenant, name=texts.name(command.name, "organization", 120))


@handles(
    AddPerson,
    role="member",
    on_server=True,
    within_board=False,
    audit="member.added",
    offline=False,
)
def add_person(unit: UnitOfWork, command: AddPerson) -> None:
    color = COLORS[len(unit.people) % len(COLORS)]
    unit.insert(
        Member(
            id=command.member_id, name=texts.name(command.name, "person", 120),
            email=clean_line(command.email)[:320], color=color, account=False, created_at=unit.now,
        )
    )  # fmt: skip


@handles(
    EditPerson,
    role="guest",
    on_server=True,
    within_board=False,
    audit="member.changed",
    offline=False,
)
def edit_person(unit: UnitOfWork, command: EditPerson) -> None:
    member = unit.get(Member, command.member_id)
    if member.id != unit.member.id and not unit.member.role.covers(Role.ADMIN):
        raise Forbidden("Only owners and admins can edit other people.")
    if member.restricted_at:
        raise Refused("What is held about this person is restricted, so it stays as it is.")
    wanted: dict[str, object] = {}
    if command.name is not None:
        wanted["name"] = texts.name(command.name, "person", 120)
    if command.email is not None:
        wanted["email"] = clean_line(command.email)[:320]
    if command.color is not None:
        wanted["color"] = texts.color(command.color)
    unit.update(member, **wanted)


@handles(
    SetRole,
    role="admin",
    on_server=True,
    within_board=False,
    audit="member.role_changed",
    offline=False,
)
def set_role(unit: UnitOfWork, command: SetRole) -> None:
    member = unit.get(Member, command.member_id)
    if not member.account:
        raise Invalid(f"{member.name} has no account, so no role.")
    if Role.OWNER in (member.role, command.role) and unit.member.role is not Role.OWNER:
        raise Forbidden("Only an owner can make or unmake owners.")
    last = member.role is Role.OWNER and unit.count(Member, role=Role.OWNER.value) == 1
    if last and command.role is not Role.OWNER:
        raise Refused("An organization needs an owner. Make somebody else owner first.")
    unit.update(member, role=command.role)
