"""What owners and the Data Protection Officer keep beside requests: releases of data to authorities, and who the
officer is."""

from typing import ClassVar

from msgspec import field

from engine.clock import new_id
from engine.commands import texts
from engine.commands.registry import Command, handles
from engine.errors import Invalid, NotFound
from engine.model.organization import Member, Organization
from engine.model.record import Number
from engine.model.rights import Disclosure
from engine.store.unit_of_work import UnitOfWork


class RecordDisclosure(Command, frozen=True, kw_only=True):
    """Personal data of a member was released (policy §3: legal duties; C17). While a court forbids to tell, the
    person does not see it: until `hidden_until`, in milliseconds."""

    OP: ClassVar[str] = "disclosure.record@1"
    disclosure_id: str = field(default_factory=new_id)
    member_id: str
    recipient: str
    ground: str
    what: str
    hidden_until: Number = 0


class AppointOfficer(Command, frozen=True, kw_only=True):
    """Who answers requests about personal data beside owners and admins; "" for nobody."""

    OP: ClassVar[str] = "organization.appoint_officer@1"
    member_id: str


@handles(
    RecordDisclosure, role="owner", on_server=True, within_board=False, audit="privacy.disclosed",
    no_undo="that it was released stays so", or_dpo=True,
)  # fmt: skip
def record_disclosure(unit: UnitOfWork, command: RecordDisclosure) -> None:
    member = unit.get(Member, command.member_id)
    if not command.ground.strip():
        raise Invalid("Say on which ground: a law, a court, the number of its order.")
    unit.insert(
        Disclosure(
            id=command.disclosure_id, subject_id=member.id, recipient=texts.name(command.recipient, "recipient"),
            ground=texts.name(command.ground, "ground"), what=texts.name(command.what, "release", 2_000),
            recorded_by=unit.actor.user_id, at=unit.now, hidden_until=command.hidden_until,
        )
    )  # fmt: skip
    unit.note("The release is recorded.")


@handles(
    AppointOfficer, role="owner", on_server=True, within_board=False, audit="privacy.officer",
    no_undo="another one can be appointed",
)  # fmt: skip
def appoint_officer(unit: UnitOfWork, command: AppointOfficer) -> None:
    if command.member_id and not unit.get(Member, command.member_id).account:
        raise NotFound("Only a member with an account can answer requests.")
    tenant = unit.get(Organization, unit.actor.organization_id)
    unit.update(tenant, dpo_id=command.member_id)
