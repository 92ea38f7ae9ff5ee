"""Putting away what one was told of two values that competed."""

from typing import ClassVar

from engine.commands.registry import Command, handles
from engine.errors import NotFound
from engine.model.conflict import Conflict
from engine.store.purging import purge
from engine.store.unit_of_work import UnitOfWork


class DismissConflict(Command, frozen=True, kw_only=True):
    """Only whose value gave way may."""

    OP: ClassVar[str] = "conflict.dismiss@1"
    conflict_id: str


@handles(
    DismissConflict, role="guest", within_board=False, audit="conflict.dismissed",
    no_undo="it only said what had happened", offline=True, when_restricted=True,
)  # fmt: skip
def dismiss_conflict(unit: UnitOfWork, command: DismissConflict) -> None:
    conflict = unit.get(Conflict, command.conflict_id)
    if conflict.member_id != unit.actor.user_id:
        raise NotFound(f"There is no conflict “{command.conflict_id}” here.")
    purge(unit, [conflict])
