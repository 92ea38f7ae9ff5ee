"""What can be undone and redone next."""

from msgspec import Struct

from engine.model.change import Deed
from engine.queries.registry import Query, answers
from engine.store.history import next_to_redo, next_to_undo
from engine.store.reading import Reading


class NextSteps(Struct, frozen=True, kw_only=True):
    undo: Deed | None
    redo: Deed | None


class UndoState(Query[NextSteps], frozen=True, kw_only=True):
    """The actor's own last deed that is not undone, and their own last undo that can be redone."""


@answers(UndoState, within_board=False)
def undo_state(reading: Reading, query: UndoState) -> NextSteps:
    return NextSteps(undo=next_to_undo(reading), redo=next_to_redo(reading))
