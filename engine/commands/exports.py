"""Commands that say what leaves the workspace: given before the first byte is written (C11)."""

from typing import ClassVar

from engine.commands.registry import Command, handles
from engine.errors import UsageError
from engine.model.board import Board
from engine.store.unit_of_work import UnitOfWork

FORMATS = ("csv", "json", "md")


class NoteBoardExport(Command, frozen=True, kw_only=True):
    """That a board, or a view of it, is about to be written in this format."""

    OP: ClassVar[str] = "board.note_export@1"
    board_id: str
    format: str = "csv"


class NoteWholeExport(Command, frozen=True, kw_only=True):
    """That everything the organization has is about to be written."""

    OP: ClassVar[str] = "organization.note_export@1"


@handles(
    NoteWholeExport, role="owner", on_server=True, within_board=False, audit="organization.exported",
    no_undo="what was exported has left the workspace", only_notes=True,
)  # fmt: skip
def note_whole_export(unit: UnitOfWork, command: NoteWholeExport) -> None:
    unit.note("This export is in the audit trail.")


@handles(
    NoteBoardExport, role="guest", audit="board.exported",
    no_undo="what was exported has left the workspace", only_notes=True, offline=True,
)  # fmt: skip
def note_board_export(unit: UnitOfWork, command: NoteBoardExport) -> None:
    if command.format not in FORMATS:
        known = ", ".join(FORMATS)
        raise UsageError(f"There is no format “{command.format}”. Choose one of: {known}.")
    board = unit.get(Board, command.board_id)
    unit.say_in_audit(board=board.id, format=command.format)
