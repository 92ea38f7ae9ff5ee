"""How a command becomes a step: with the name, the gesture and the rule of its handler, ready for a session to run."""

from msgspec import ValidationError

from engine.clock import new_id
from engine.commands.history import Redo, Undo
from engine.commands.registry import Command, command_from, handling
from engine.errors import Invalid
from engine.model.change import HistoryKind
from engine.model.exchange import Sent
from engine.store.deeds import Envelope
from engine.store.session import Step

_KINDS: dict[type[Command], HistoryKind] = {
    Undo: HistoryKind.UNDO,
    Redo: HistoryKind.REDO,
}


def step(command: Command, gesture: str, number: int, first: str | None = None) -> Step:
    """The command with this number of a gesture; the first of it may have an id of its own."""
    command_id = (first or gesture) if number == 0 else f"{gesture}.{number}"
    return _ready(command, command_id, gesture, undoable=True)


def step_for(command: Command) -> Step:
    """A command that the engine's own floors run inside a transaction of theirs."""
    return step(command, new_id(), 0)


def step_of(sent: Sent) -> Step:
    """A command of a device, ready to run. Raises UsageError for one that is unknown here, and Invalid for one
    that is not what its name says."""
    try:
        command = command_from(sent.op, sent.arguments)
    except ValidationError:
        raise Invalid(f"{sent.op} does not say what it should.") from None
    return _ready(command, sent.id, sent.gesture, undoable=sent.undoable)


def _ready(command: Command, command_id: str, gesture: str, *, undoable: bool) -> Step:
    found = handling(command)
    envelope = Envelope(
        command_id=command_id,
        gesture=gesture,
        op=command.OP,
        audit_name=found.audit,
        undoable=undoable and not found.no_undo,
        kind=_KINDS.get(type(command), HistoryKind.DO),
        undoes=command.gesture if isinstance(command, (Undo, Redo)) else None,
    )
    return Step(
        envelope=envelope, command=command, handler=found.handler, role=found.role,
        within_board=found.within_board, when_restricted=found.when_restricted,
        by_system=found.by_system, or_dpo=found.or_dpo, only_notes=found.only_notes,
        offline=found.offline,
    )  # fmt: skip
