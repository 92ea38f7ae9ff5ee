"""How it is said that a board or an item is in the archive or in the trash."""

from typing import Final

from engine.model.board import Board
from engine.model.record import State

STATES: Final = {State.ARCHIVED: "archived", State.TRASHED: "in the trash"}


def why_unchanged(board: Board) -> str:
    """The sentence that says why nothing is changed on a board that was put away; empty where it was not."""
    state = STATES.get(board.state)
    return (
        f"This board is {state}. Restore it first: the trash among the boards has it."
        if state
        else ""
    )
