"""What is told of backups in the audit trail."""

from typing import ClassVar

from engine.commands.registry import Command, handles
from engine.store.unit_of_work import UnitOfWork


class NoteBackup(Command, frozen=True, kw_only=True):
    """That a backup was made; `backup_name` is its name."""

    OP: ClassVar[str] = "backup.note@1"
    backup_name: str


class NoteRestore(Command, frozen=True, kw_only=True):
    """That everything here is now as it was in this backup, but for those who were erased since."""

    OP: ClassVar[str] = "backup.note_restore@1"
    backup_name: str


@handles(
    NoteBackup, role="owner", on_server=True, within_board=False, audit="backup.made",
    no_undo="the backup is a file beside the workspace",
)  # fmt: skip
def note_backup(unit: UnitOfWork, command: NoteBackup) -> None:
    unit.say_in_audit(backup=command.backup_name[:40])


@handles(
    NoteRestore, role="owner", on_server=True, within_board=False, audit="backup.restored",
    no_undo="the state before lies in a copy beside the backups",
)  # fmt: skip
def note_restore(unit: UnitOfWork, command: NoteRestore) -> None:
    unit.say_in_audit(backup=command.backup_name[:40])
