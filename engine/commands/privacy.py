"""Commands of people on their own data."""

from typing import ClassVar

from engine.commands.registry import Command, handles
from engine.store.unit_of_work import UnitOfWork


class NotePersonalExport(Command, frozen=True, kw_only=True):
    """That a person's data is about to be handed to them: given before the first byte is written, so that no
    export goes unnoticed (policy: audit log of sensitive actions, C11)."""

    OP: ClassVar[str] = "privacy.note_export@1"


@handles(
    NotePersonalExport, role="guest", on_server=True, within_board=False, audit="privacy.exported",
    no_undo="what was exported has left the workspace", only_notes=True, when_restricted=True,
)  # fmt: skip
def note_personal_export(unit: UnitOfWork, command: NotePersonalExport) -> None:
    unit.note("This export is in the audit trail.")
