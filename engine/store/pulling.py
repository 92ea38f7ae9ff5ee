"""What a device is told: the rows it may see that were written since it last read, as lines of JSON.

All of it is one snapshot. A scope that the device has not read yet comes whole; of the others come the rows with
a later seq, and what was deleted since (sync.md, pull).
"""

from collections.abc import Collection, Iterator
from typing import Any, Final

import msgspec
from msgspec import structs
from sqlalchemy import select

from engine.model.board import Board
from engine.model.change import ChangeOp
from engine.model.conflict import Conflict
from engine.model.exchange import (
    ORGANIZATION_SCOPE,
    Ack,
    Pull,
    PulledHead,
    PulledTail,
    board_scope,
    user_scope,
)
from engine.model.organization import Member, Organization
from engine.model.record import Record
from engine.store.digests import digest_of
from engine.store.erased import erased_since
from engine.store.migrations import REVISIONS
from engine.store.reading import Reading
from engine.store.replicas import verdicts_since
from engine.store.rows import columns_of, to_record
from engine.store.scopes import KINDS_OF
from engine.store.tables import ENTITY_NAMES, TABLE_OF, change, head

AT_ONCE: Final = 1_000
UNREAD: Final = -1

Line = tuple[Any, ...]
encode = msgspec.json.Encoder().encode


def pulled(reading: Reading, pull: Pull) -> Iterator[bytes]:
    """The answer to `pull`, line by line."""
    first = _first(reading, pull)
    yield encode(first)
    count = 0
    for line in _lines(reading, pull, first):
        yield encode(line)
        count += 1
    yield encode(PulledTail(count=count))


def scopes_of(reading: Reading) -> dict[str, str]:
    """All that the actor may read, and their role there."""
    scopes = {
        ORGANIZATION_SCOPE: reading.member.role.value,
        user_scope(reading.member.id): reading.member.role.value,
    }
    for board in reading.list(Board):
        role = reading.role_on(board)
        if role is not None:
            scopes[board_scope(board.id)] = role.value
    return scopes


def _first(reading: Reading, pull: Pull) -> PulledHead:
    organization_id = reading.actor.organization_id
    epoch, seq = reading.connection.execute(
        select(head.c.epoch, head.c.seq).where(head.c.organization_id == organization_id)
    ).one()
    scopes = scopes_of(reading)
    always = (ORGANIZATION_SCOPE, user_scope(reading.member.id))
    wanted = scopes if pull.wanted is None else {*always, *pull.wanted}
    return PulledHead(
        epoch=epoch,
        seq=seq,
        scopes=scopes,
        answered=tuple(scope for scope in scopes if scope in wanted),
        asked=pull.cursors,
        acks=_acks(reading, pull) if scopes.keys() <= set(wanted) else (),
        at=reading.now,
        schema=REVISIONS[-1],
        digests=_digests(reading, pull, scopes, wanted) if pull.digests else {},
        erased=_erased(reading, pull, scopes, seq),
    )


def _erased(reading: Reading, pull: Pull, scopes: Collection[str], seq: int) -> tuple[str, ...]:
    """Since the oldest rows that the device has; where it cannot say how old they are, all but what it forgot."""
    read = [at for scope, at in [*pull.cursors.items(), *pull.had.items()] if scope in scopes]
    unsure = pull.again and not pull.had
    oldest = UNREAD if unsure else min(read, default=seq)
    found = erased_since(
        reading.connection, reading.actor.organization_id, oldest, pull.forgot if unsure else ()
    )
    return tuple(sorted(found.records))


def _acks(reading: Reading, pull: Pull) -> tuple[Ack, ...]:
    """Verdicts come with all that they changed (sync.md R4): not where some scopes are not answered."""
    mine = (reading.actor.organization_id, reading.member.id)
    return verdicts_since(reading.connection, *mine, pull.replica_id, pull.acked_n)


def _digests(
    reading: Reading, pull: Pull, scopes: dict[str, str], wanted: Collection[str]
) -> dict[str, int]:
    known = {scope for scope in scopes if scope in wanted}
    return {
        scope: digest_of(
            reading.connection, reading.actor.organization_id, scope, reading.member.id
        )
        for scope in known
    }


def _lines(reading: Reading, pull: Pull, first: PulledHead) -> Iterator[Line]:
    for scope in first.answered:
        since = pull.cursors.get(scope, UNREAD)
        kind, _, id = scope.partition(":")
        if scope == ORGANIZATION_SCOPE:
            yield from _of_organization(reading, since)
        elif kind == "user":
            for record in KINDS_OF[kind]:
                yield from _rows(reading, record, since, member_id=id)
        else:
            yield from _rows(reading, Board, since, id=id)
            for record in KINDS_OF[kind]:
                own = {"member_id": reading.member.id} if record is Conflict else {}
                yield from _rows(reading, record, since, board_id=id, **own)
        had = max(since, pull.had.get(scope, UNREAD))
        if had > UNREAD:
            yield from _gone(reading, scope, had, first.seq)


def _of_organization(reading: Reading, since: int) -> Iterator[Line]:
    yield from _rows(reading, Organization, since)
    for name, member in _rows(reading, Member, since):
        yield (name, reading.seen(structs.replace(member, account_id="")))


def _rows(reading: Reading, kind: type[Record], since: int, **equals: str) -> Iterator[Line]:
    """A thousand at a time, in the order of their keys."""
    table, name, last = TABLE_OF[kind], ENTITY_NAMES[kind], ""
    statement = reading.select(table, *columns_of(kind)).where(
        table.c.seq > since, *(table.c[field] == value for field, value in equals.items())
    )
    while True:
        rows = reading.rows(statement.where(table.c.id > last).order_by(table.c.id).limit(AT_ONCE))
        for row in rows:
            yield (name, to_record(kind, row))
        if len(rows) < AT_ONCE:
            return
        last = rows[-1].id


def _gone(reading: Reading, scope: str, since: int, until: int) -> Iterator[Line]:
    """What was deleted since, by the change log; of that what was removed for good, so that devices forget it; and what
    went to another board."""
    kind, _, id = scope.partition(":")
    kinds = {ENTITY_NAMES[one]: one for one in KINDS_OF[kind]}
    for_good = change.c.before.is_(None)
    statement = reading.select(
        change, change.c.entity, change.c.entity_id, change.c.op, for_good
    ).where(
        change.c.seq > since,
        change.c.seq <= until,
        change.c.op.in_((ChangeOp.DELETE.value, ChangeOp.LEAVE.value)),
        change.c.entity.in_(kinds),
        *((change.c.board_id == id,) if kind == "board" else ()),
    )
    found = sorted({tuple(row) for row in reading.rows(statement)})
    deleted = [row for row in found if row[2] == ChangeOp.DELETE.value]
    for word, those in (("gone", deleted), ("removed", [row for row in deleted if row[3]])):
        for entity, entity_id, *_ in those:
            if reading.find(kinds[entity], entity_id) is None:  # it may have come back by an undo
                yield (word, entity, entity_id)
    for entity, entity_id, op, _ in found:
        if op == ChangeOp.LEAVE.value and _is_elsewhere(reading, kinds[entity], entity_id, id):
            yield ("left", entity, entity_id, id)


def _is_elsewhere(reading: Reading, kind: type[Record], id: str, board_id: str) -> bool:
    """Whether it is not on this board; also where the actor may not see on which it is."""
    record = reading.find(kind, id)
    return record is None or getattr(record, "board_id", "") != board_id
