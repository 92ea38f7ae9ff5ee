"""The command on what devices of a server's organization may keep."""

from typing import ClassVar, Final

from engine.commands.registry import Command, handles
from engine.errors import Invalid
from engine.model.organization import Organization
from engine.model.record import Number
from engine.store.unit_of_work import UnitOfWork

MOST: Final = 3_650


class LimitOffline(Command, frozen=True, kw_only=True):
    """After how many days without contact a device drops what it holds of this organization; 0 for never."""

    OP: ClassVar[str] = "organization.limit_offline@1"
    days: Number


@handles(
    LimitOffline, role="owner", on_server=True, within_board=False, audit="organization.offline_limited",
    no_undo="it is changed by the same command",
)  # fmt: skip
def limit_offline(unit: UnitOfWork, command: LimitOffline) -> None:
    if not 0 <= command.days <= MOST:
        raise Invalid(f"Name a number of days between 1 and {MOST:,}, or 0 for never.")
    unit.update(unit.get(Organization, unit.actor.organization_id), offline_days=command.days)
    unit.say_in_audit(days=command.days)
