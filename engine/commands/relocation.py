"""An organization that goes from one store to another: what is written down where it arrives (docs/sync-model.md)."""

from typing import ClassVar

from engine.commands.registry import Command, handles
from engine.model.organization import Member
from engine.store.unit_of_work import UnitOfWork


class ArriveOnServer(Command, frozen=True, kw_only=True):
    """This server decides from here on. The account is that of the owner who took the organization along, and `name` what
    they are called by it, "" where they keep the name they have; `entries` of its audit trail were written elsewhere,
    and `repaired` rows had to be put right."""

    OP: ClassVar[str] = "organization.arrive@1"
    member_id: str
    account_id: str
    email: str
    entries: int
    repaired: int
    name: str = ""


class LeaveServer(Command, frozen=True, kw_only=True):
    """This store decides from here on; its server keeps what it has."""

    OP: ClassVar[str] = "organization.leave_server@1"
    member_id: str
    whole: bool


@handles(
    ArriveOnServer, role="owner", within_board=False, audit="organization.arrived", by_system=True,
    no_undo="its owner can take it home again",
)  # fmt: skip
def arrive_on_server(unit: UnitOfWork, command: ArriveOnServer) -> None:
    owner = unit.get(Member, command.member_id)
    name = command.name or owner.name
    unit.update(owner, email=command.email, account_id=command.account_id, name=name)
    unit.say_in_audit(
        by=command.member_id, entries=command.entries, repaired=command.repaired
    )  # fmt: skip


@handles(
    LeaveServer, role="owner", within_board=False, audit="organization.left_server", by_system=True,
    no_undo="it can be taken to a server again",
)  # fmt: skip
def leave_server(unit: UnitOfWork, command: LeaveServer) -> None:
    unit.say_in_audit(by=command.member_id, whole=command.whole)
