"""That somebody was turned away by a rate limit is in the audit trail of whom it concerns."""

from typing import ClassVar

from engine.commands.registry import Command, handles
from engine.model.text import clean_line
from engine.store.unit_of_work import UnitOfWork


class NoteLimit(Command, frozen=True, kw_only=True):
    """`limit` is a key of engine.identity.limits."""

    OP: ClassVar[str] = "limit.note@1"
    limit: str


@handles(
    NoteLimit, role="owner", within_board=False, audit="limit.reached",
    no_undo="that it was reached stays so", by_system=True,
)  # fmt: skip
def note_limit(unit: UnitOfWork, command: NoteLimit) -> None:
    unit.say_in_audit(limit=clean_line(command.limit)[:40])
