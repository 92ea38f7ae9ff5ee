"""Commands on the audit trail itself: none changes it, but taking it along is an entry."""

from typing import ClassVar

from engine.commands.registry import Command, handles
from engine.store.unit_of_work import UnitOfWork


class NoteAuditExport(Command, frozen=True, kw_only=True):
    """That the whole trail is about to be written to a file: given before its first byte."""

    OP: ClassVar[str] = "audit.note_export@1"


@handles(
    NoteAuditExport, role="admin", within_board=False, audit="audit.exported",
    no_undo="what was exported has left the workspace",
)  # fmt: skip
def note_audit_export(unit: UnitOfWork, command: NoteAuditExport) -> None:
    unit.note("This export is in the audit trail.")
