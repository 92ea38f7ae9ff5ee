"""Commands on the audit trail itself: taking it along, and letting go what was kept long enough."""

from typing import ClassVar

from engine.commands.registry import Command, handles
from engine.errors import Refused
from engine.privacy.holds import held_members
from engine.privacy.retention import RULES
from engine.store.audit_pruning import prune
from engine.store.unit_of_work import UnitOfWork


class NoteAuditExport(Command, frozen=True, kw_only=True):
    """That the whole trail is about to be written to a file: given before its first byte."""

    OP: ClassVar[str] = "audit.note_export@1"


@handles(
    NoteAuditExport, role="admin", on_server=True, within_board=False, audit="audit.exported",
    no_undo="what was exported has left the workspace", only_notes=True,
)  # fmt: skip
def note_audit_export(unit: UnitOfWork, command: NoteAuditExport) -> None:
    unit.note("This export is in the audit trail.")


class PruneAudit(Command, frozen=True, kw_only=True):
    """Remove the entries that were kept for their 2 years, at the front of the chain only. A sealed
    checkpoint stays, so that what is left still verifies (C24)."""

    OP: ClassVar[str] = "audit.prune@1"


@handles(
    PruneAudit, role="owner", within_board=False, audit="audit.pruned",
    no_undo="what was kept long enough is gone for good",
)  # fmt: skip
def prune_audit(unit: UnitOfWork, command: PruneAudit) -> None:
    if held_members(unit):
        raise Refused("There is a legal hold, so no entry of the audit trail goes.")
    removed = prune(unit, before=RULES["audit"].cutoff(unit.now))
    unit.note(f"{removed:,} entries of the audit trail were older than {RULES['audit'].kept}.")
