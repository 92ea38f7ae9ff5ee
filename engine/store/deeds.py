"""What surrounds a command in its transaction: the head it continues, the history, the audit entry or outbox.

On the authority each command writes one audit entry; on a linked device it waits in the outbox instead.
"""

from typing import Any, Final

from msgspec import Struct, to_builtins
from sqlalchemy import Connection, bindparam, func, insert, select, update

from engine.errors import NotFound
from engine.model.actor import Actor
from engine.model.change import HistoryKind
from engine.model.record import JSON
from engine.store.audit_chain import GENESIS, link
from engine.store.prepared import Prepared
from engine.store.rows import ORGANIZATION
from engine.store.tables import audit, head, history, outbox
from engine.store.unit_of_work import UnitOfWork

MAX_TARGETS: Final = 50


class Head(Struct):
    """Where an organization stands; read first in each transaction and written last."""

    epoch: str
    seq: int
    item_number: int
    audit_number: int
    audit_hash: bytes


class Envelope(Struct, frozen=True, kw_only=True):
    """A command on its way: what every command has, whoever runs it."""

    command_id: str
    gesture: str
    op: str
    audit_name: str | None
    undoable: bool
    kind: HistoryKind = HistoryKind.DO
    undoes: str | None = None


_HEAD = select(*(head.c[name] for name in Head.__struct_fields__)).where(
    head.c.organization_id == bindparam(ORGANIZATION)
)
_HEAD_LOCKED = Prepared(_HEAD.with_for_update())
_WRITE_HEAD = Prepared(
    update(head)
    .where(head.c.organization_id == bindparam(ORGANIZATION))
    .values(
        seq=bindparam("new_seq"),
        item_number=bindparam("new_item_number"),
        audit_number=bindparam("new_audit_number"),
        audit_hash=bindparam("new_audit_hash"),
    )
)
_STORED = Prepared(
    select(history.c.seq).where(
        history.c.organization_id == bindparam(ORGANIZATION),
        history.c.command_id == bindparam("command_id"),
    )
)


def read_head(connection: Connection, actor: Actor) -> Head:
    """The head, locked on PostgreSQL so that seq is commit order (sync.md R1); raises NotFound."""
    row = _HEAD_LOCKED.first(connection, {ORGANIZATION: actor.organization_id})
    if row is None:
        raise NotFound("There is no such organization here.")
    return Head(*row)


def first_head(connection: Connection, organization_id: str, epoch: str) -> None:
    """The head of an organization that is being made."""
    connection.execute(
        insert(head).values(
            organization_id=organization_id, epoch=epoch, seq=0, item_number=0,
            audit_number=0, audit_hash=GENESIS,
        )
    )  # fmt: skip


def write_head(connection: Connection, actor: Actor, state: Head) -> None:
    _WRITE_HEAD.write(
        connection,
        {
            ORGANIZATION: actor.organization_id,
            "new_seq": state.seq,
            "new_item_number": state.item_number,
            "new_audit_number": state.audit_number,
            "new_audit_hash": state.audit_hash,
        },
    )


def stored_seq(connection: Connection, actor: Actor, command_id: str) -> int | None:
    """The seq under which this command was carried out before, if it was."""
    parameters = {ORGANIZATION: actor.organization_id, "command_id": command_id}
    found = _STORED.first(connection, parameters)
    return None if found is None else int(found[0])


def record_deed(
    unit: UnitOfWork,
    envelope: Envelope,
    command: object,
    state: Head,
    *,
    authority: bool,
) -> None:
    """Write history and audit (or outbox) of a command that has run, and advance `state`."""
    unit.write_changes()
    unit.write_rows(history, [_history_row(unit, envelope)])
    if not authority:
        unit.write_rows(outbox, [_outbox_row(unit, envelope, command)])
    elif envelope.audit_name is not None:
        _write_audit(unit, envelope.command_id, envelope.audit_name, state)
    state.seq, state.item_number = unit.seq, unit.item_number


def _write_audit(unit: UnitOfWork, command_id: str, name: str, state: Head) -> None:
    targets: list[JSON] = [f"{entity}:{id}" for entity, id in unit.touched[:MAX_TARGETS]]
    entry = link(
        state.audit_hash,
        number=state.audit_number + 1,
        seq=unit.seq,
        command_id=command_id,
        name=name,
        at=unit.now,
        actor_id=unit.actor.user_id,
        detail={"targets": targets, "count": unit.touched_count, **unit.audit_detail},
        sealed={"device": unit.actor.device, "address": unit.actor.address},
    )
    row: dict[str, Any] = {name: getattr(entry, name) for name in entry.__struct_fields__}
    unit.write_rows(audit, [row])
    state.audit_number, state.audit_hash = entry.number, entry.hash


def _history_row(unit: UnitOfWork, envelope: Envelope) -> dict[str, Any]:
    return {
        "seq": unit.seq,
        "command_id": envelope.command_id,
        "gesture": envelope.gesture,
        "op": envelope.op,
        "audit_name": envelope.audit_name or "",
        "actor_id": unit.actor.user_id,
        "at": unit.now,
        "kind": envelope.kind.value,
        "undoes": envelope.undoes,
        "undone_by": None,
        "undoable": envelope.undoable,
    }


def _outbox_row(unit: UnitOfWork, envelope: Envelope, command: object) -> dict[str, Any]:
    last = unit.connection.execute(unit.select(outbox, func.max(outbox.c.n))).scalar()
    return {
        "n": (last or 0) + 1,
        "command_id": envelope.command_id,
        "op": envelope.op,
        "arguments": to_builtins(command),
        "at": unit.now,
    }
