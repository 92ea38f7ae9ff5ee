"""What surrounds a command in its transaction: the head it continues, the history, the audit entry or outbox.

On the authority each command writes one audit entry; on a linked device it waits in the outbox instead.
"""

from typing import Any, Final

from msgspec import Struct, to_builtins
from sqlalchemy import Connection, bindparam, delete, insert, select, update

from engine.errors import NotFound
from engine.model.actor import Actor
from engine.model.board import Board
from engine.model.change import HistoryKind
from engine.model.exchange import ORGANIZATION_SCOPE, board_scope
from engine.model.record import JSON
from engine.store.audit_chain import GENESIS, link
from engine.store.prepared import Prepared
from engine.store.rows import ORGANIZATION
from engine.store.tables import audit, change, head, history
from engine.store.unit_of_work import UnitOfWork
from engine.store.waiting import append, rows_until

MAX_TARGETS: Final = 50


class Head(Struct):
    """Where an organization stands; read first in each transaction and written last."""

    epoch: str
    seq: int
    item_number: int
    audit_number: int
    audit_hash: bytes
    replica_id: str

    @property
    def linked(self) -> bool:
        """Whether a server decides for this store."""
        return bool(self.replica_id)


class Envelope(Struct, frozen=True, kw_only=True):
    """A command on its way: what every command has, whoever runs it."""

    command_id: str
    gesture: str
    op: str
    audit_name: str | None
    undoable: bool
    kind: HistoryKind = HistoryKind.DO
    undoes: str | None = None


class Given(Struct, frozen=True, kw_only=True):
    """What is known of a command that came from a device: `at` is its effective time (sync.md R9), `decided_at`
    the authority's own."""

    replica_id: str
    at: int
    decided_at: int
    base: int
    was: dict[str, dict[str, JSON]] | None


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
    select(history.c.seq, history.c.gesture).where(
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


def find_epoch(connection: Connection, organization_id: str) -> str | None:
    """Of the organization, if it is in this store."""
    mine = head.c.organization_id == organization_id
    found = connection.execute(select(head.c.epoch).where(mine)).scalar()
    return None if found is None else str(found)


def first_head(connection: Connection, organization_id: str, epoch: str) -> None:
    """The head of an organization that is being made."""
    connection.execute(
        insert(head).values(
            organization_id=organization_id, epoch=epoch, seq=0, item_number=0,
            audit_number=0, audit_hash=GENESIS, replica_id="",
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


def stored(connection: Connection, actor: Actor, command_id: str) -> tuple[int, str] | None:
    """The seq under which this command was carried out before, and its gesture; None if it was not."""
    parameters = {ORGANIZATION: actor.organization_id, "command_id": command_id}
    found = _STORED.first(connection, parameters)
    return None if found is None else (int(found[0]), str(found[1]))


def count_as_made_by(
    connection: Connection, actor: Actor, command_id: str, replica_id: str
) -> None:
    """The device that gave a command is known by another id now. Of commands of others nothing changes: who knew their
    ids could else keep from them that an edit met theirs."""
    mine = (history.c.organization_id == actor.organization_id, history.c.command_id == command_id)
    own = history.c.actor_id == actor.user_id
    connection.execute(update(history).where(*mine, own).values(replica_id=replica_id))


def record_deed(
    unit: UnitOfWork,
    envelope: Envelope,
    command: object,
    state: Head,
    *,
    given: Given | None = None,
    replayed: bool = False,
) -> None:
    """Write history and audit (or outbox) of a command that has run, and advance `state`. A command that is
    `replayed` waits already."""
    unit.write_changes()
    unit.write_rows(history, [_history_row(unit, envelope, given)])
    if state.linked:
        if not replayed:
            append(unit.connection, unit.actor.organization_id, _sent(unit, envelope, command))
    elif envelope.audit_name is not None:
        detail: dict[str, JSON] = {} if given is None else {"given": unit.now}
        write_audit(unit, envelope.command_id, envelope.audit_name, state, given, detail)
    state.seq, state.item_number = unit.seq, unit.item_number


def forget_deed(connection: Connection, organization_id: str, command_id: str) -> None:
    """Take a waiting command out of the history, as if it had not run yet: it is about to run again."""
    mine = history.c.organization_id == organization_id
    found = connection.execute(
        select(history.c.seq, history.c.undoes).where(mine, history.c.command_id == command_id)
    ).first()
    if found is None:
        return
    connection.execute(
        delete(change).where(change.c.organization_id == organization_id, change.c.seq == found.seq)
    )
    connection.execute(delete(history).where(mine, history.c.seq == found.seq))
    if found.undoes is not None:
        connection.execute(
            update(history)
            .where(mine, history.c.gesture == found.undoes, history.c.undone_by == str(found.seq))
            .values(undone_by=None)
        )


def write_audit(
    unit: UnitOfWork, command_id: str, name: str, state: Head, given: Given | None,
    detail: dict[str, JSON],
) -> None:  # fmt: skip
    """The next entry of the chain, at the authority's own time."""
    targets: list[JSON] = [f"{entity}:{id}" for entity, id in unit.touched[:MAX_TARGETS]]
    entry = link(
        state.audit_hash,
        number=state.audit_number + 1,
        seq=unit.seq,
        command_id=command_id,
        name=name,
        at=unit.now if given is None else given.decided_at,
        actor_id=unit.actor.user_id,
        detail={"targets": targets, "count": unit.touched_count, **unit.audit_detail, **detail},
        sealed={"device": unit.actor.device, "address": unit.actor.address},
    )
    row: dict[str, Any] = {name: getattr(entry, name) for name in entry.__struct_fields__}
    unit.write_rows(audit, [row])
    state.audit_number, state.audit_hash = entry.number, entry.hash


def _history_row(unit: UnitOfWork, envelope: Envelope, given: Given | None) -> dict[str, Any]:
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
        "replica_id": "" if given is None else given.replica_id,
    }


def _sent(unit: UnitOfWork, envelope: Envelope, command: object) -> dict[str, Any]:
    """A board that was made here is not read; of any other it counts how new its rows are, where that is known."""
    seqs = rows_until(unit.connection, unit.actor.organization_id)
    touched = [
        seqs.get(board_scope(id), 0)
        for id in unit.touched_boards
        if board_scope(id) in seqs or not unit.is_new_here(Board, id)
    ]
    return {
        "id": envelope.command_id,
        "gesture": envelope.gesture,
        "op": envelope.op,
        "arguments": to_builtins(command),
        "at": unit.now,
        "undoable": envelope.undoable,
        "base": min(touched, default=seqs.get(ORGANIZATION_SCOPE, 0)),
        "was": unit.was or None,
    }
