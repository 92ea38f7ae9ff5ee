"""Restricting the processing of one's own data: it is kept, and nothing more, until that is lifted (Art. 18; C30)."""

from typing import ClassVar

from engine.commands.registry import Command, handles
from engine.errors import Refused
from engine.store.unit_of_work import UnitOfWork


class RestrictProcessing(Command, frozen=True, kw_only=True):
    """From now on nothing is written by or about the actor, and nobody else sees their name: not in lists, not in
    people columns, not in exports of boards."""

    OP: ClassVar[str] = "restriction.ask@1"


class LiftRestriction(Command, frozen=True, kw_only=True):
    """Only the person themself lifts what they asked for."""

    OP: ClassVar[str] = "restriction.lift@1"


@handles(
    RestrictProcessing, role="guest", on_server=True, within_board=False, audit="privacy.restricted",
    no_undo="it is lifted by a command of its own", when_restricted=True,
)  # fmt: skip
def restrict_processing(unit: UnitOfWork, command: RestrictProcessing) -> None:
    if unit.member.restricted_at:
        raise Refused("Your data is restricted already.")
    unit.update(unit.member, restricted_at=unit.now)
    unit.note("Your data is restricted: it is kept, and not processed, until you lift that.")


@handles(
    LiftRestriction, role="guest", on_server=True, within_board=False, audit="privacy.restriction_lifted",
    no_undo="it can be asked for again", when_restricted=True,
)  # fmt: skip
def lift_restriction(unit: UnitOfWork, command: LiftRestriction) -> None:
    if not unit.member.restricted_at:
        raise Refused("Your data is not restricted.")
    unit.update(unit.member, restricted_at=0)
    unit.note("The restriction is lifted.")
