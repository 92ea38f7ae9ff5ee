"""Which handler carries out which command, and at the handler's line: who may, and how it is audited."""

from collections.abc import Callable
from typing import Any, ClassVar, Final, TypeVar

import msgspec
from msgspec import Struct

from engine.commands.upcasting import upcast
from engine.errors import Unsupported, UsageError
from engine.model.actor import Role
from engine.model.audit import AUDIT_NAMES
from engine.store.unit_of_work import UnitOfWork


class Command(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an actor wants done, as data. Ids of new records are in it, so that running it again on the
    server makes the same records. `OP` is its name and version on the wire."""

    OP: ClassVar[str]


C = TypeVar("C", bound=Command)
Handler = Callable[[UnitOfWork, Any], None]


class Handling(Struct, frozen=True, kw_only=True):
    """`role` is held on each board touched (`within_board`) or in the organization. `no_audit` and
    `no_undo` give the reason where a command has none. Only what is allowed `when_restricted` can be done by
    a member whose data is restricted (Art. 18). What is `by_system` only is no person's to give. `or_dpo`: the Data Protection Officer
    may give it too, whatever their role. `only_notes`: it leaves a line in the audit trail and nothing else, so
    that a key which may only read can give it. What is `offline` a linked device does by itself; what is
    `on_server` it asks its server for, at once (sync.md, online-only). The rest no device can ask for: it is done beside
    the store alone, by jobs, or by calls that make its secrets and count how often."""

    command: type[Command]
    handler: Handler
    role: Role
    within_board: bool
    audit: str | None
    no_audit: str
    no_undo: str
    when_restricted: bool
    by_system: bool
    or_dpo: bool
    only_notes: bool
    offline: bool
    on_server: bool


HANDLERS: Final[dict[type[Command], Handling]] = {}
OPS: Final[dict[str, type[Command]]] = {}


def handles(
    command: type[C], *, role: str, within_board: bool = True, audit: str | None = None,
    no_audit: str = "", no_undo: str = "", when_restricted: bool = False, by_system: bool = False,
    or_dpo: bool = False, only_notes: bool = False, offline: bool | None = None, on_server: bool = False,
) -> Callable[[Callable[[UnitOfWork, C], None]], Callable[[UnitOfWork, C], None]]:  # fmt: skip
    """Register the function below as the handler of `command`. What can be undone is `offline` too, unless its
    line says no."""

    def register(
        handler: Callable[[UnitOfWork, C], None],
    ) -> Callable[[UnitOfWork, C], None]:
        if (audit is None) == (not no_audit) or (audit is not None and audit not in AUDIT_NAMES):
            raise TypeError(f"{command.OP}: an audit name of the table, or a reason for none")
        if command.OP in OPS:
            raise TypeError(f"{command.OP} is taken by {OPS[command.OP].__name__}")
        OPS[command.OP] = command
        HANDLERS[command] = Handling(
            command=command, handler=handler, role=Role(role), within_board=within_board,
            audit=audit, no_audit=no_audit, no_undo=no_undo,
            when_restricted=when_restricted, by_system=by_system, or_dpo=or_dpo, only_notes=only_notes,
            offline=not (no_undo or by_system) if offline is None else offline, on_server=on_server,
        )  # fmt: skip
        return handler

    return register


def handling(command: Command) -> Handling:
    found = HANDLERS.get(type(command))
    if found is None:
        raise UsageError(f"Nothing carries out the command {type(command).__name__}.")
    return found


def handling_of(op: str) -> Handling:
    """By its name on the wire; raises Unsupported for an unknown one. All commands are imported now: who gives
    a command has imported it, who only has its name may not have."""
    import engine.commands.everything  # noqa: F401

    kind = OPS.get(op)
    if kind is None:
        raise Unsupported(f"This version does not know the command {op[:80]}.")
    return HANDLERS[kind]


def command_from(op: str, fields: Any) -> Command:
    """The command that these fields were made from, perhaps by an older version; raises Unsupported for an unknown op."""
    op, fields = upcast(op, fields)
    return msgspec.convert(fields, handling_of(op).command)
