"""What the system itself does in an organization: jobs across tenants enter each by a command, audited."""

from typing import ClassVar

from msgspec import field

from engine.clock import new_id
from engine.commands.registry import Command, handles
from engine.errors import Forbidden, UsageError
from engine.model.text import clean_line
from engine.store.linking import set_epoch
from engine.store.reading import SYSTEM_USER
from engine.store.unit_of_work import UnitOfWork


class EnterAsSystem(Command, frozen=True, kw_only=True):
    """Given by `Engine.for_system` before a job sees anything of an organization (DESIGN §6)."""

    OP: ClassVar[str] = "system.enter@1"
    reason: str


class BeginEpoch(Command, frozen=True, kw_only=True):
    """The store came back from a backup: its numbers mean something else than before, so every device reads it anew and
    offers again what it may have lost (docs/sync-model.md)."""

    OP: ClassVar[str] = "system.begin_epoch@1"
    epoch: str = field(default_factory=new_id)


@handles(
    BeginEpoch, role="owner", within_board=False, audit="system.restored", by_system=True,
    no_undo="what was lost was lost",
)  # fmt: skip
def begin_epoch(unit: UnitOfWork, command: BeginEpoch) -> None:
    set_epoch(unit, command.epoch)


@handles(
    EnterAsSystem, role="owner", within_board=False, audit="system.opened",
    no_undo="it says that something was seen",
)  # fmt: skip
def enter_as_system(unit: UnitOfWork, command: EnterAsSystem) -> None:
    if unit.actor.user_id != SYSTEM_USER:
        raise Forbidden("Only a job of the system enters an organization this way.")
    reason = clean_line(command.reason)
    if not reason:
        raise UsageError("A job across organizations needs a reason.")
    unit.say_in_audit(reason=reason[:200])
