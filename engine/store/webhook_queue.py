"""What each webhook was told, how far it has come, and whose turn it is: rows that no device ever sees, written beside
the change log, so that a delivery is no command and wakes nobody."""

from collections.abc import Sequence
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, or_, select, update

from engine.clock import Clock
from engine.model.webhook import WHOLE, Delivery, DeliveryKind, DeliveryState, Place
from engine.store.limiting import SKEW
from engine.store.reading import Reading
from engine.store.tables import head, webhook_cursor, webhook_delivery
from engine.store.turns import time_of
from engine.store.unit_of_work import UnitOfWork

LONGEST_PAUSE: Final = 3_600_000
"""Of a webhook whose maker's data is restricted; no lease is longer."""
LONGEST_WAIT: Final = 86_400_000
"""Until a message is sent again."""
WAITING: Final = webhook_delivery.c.state == DeliveryState.WAITING.value


def begin(unit: UnitOfWork, webhook_id: str) -> None:
    """A new webhook is told of what comes after this command."""
    unit.write_rows(webhook_cursor, [{
        "id": webhook_id, "seq": unit.seq, "n": WHOLE, "k": 0, "enabled": True, "waiting": 0, "due_at": 0,
        "leased_until": 0,
    }])  # fmt: skip


def forget(unit: UnitOfWork, webhook_ids: Sequence[str]) -> None:
    """They end."""
    mine = unit.actor.organization_id
    for table, key in ((webhook_delivery, "webhook_id"), (webhook_cursor, "id")):
        unit.connection.execute(
            delete(table).where(table.c.organization_id == mine, table.c[key].in_(webhook_ids))
        )


def switch(unit: UnitOfWork, webhook_id: str, *, on: bool) -> None:
    """Switched on again, it begins with the message that was given up, so that nothing is missing."""
    connection, mine = unit.connection, unit.actor.organization_id
    _set_cursor(connection, mine, webhook_id, enabled=on, leased_until=0)
    if not on:
        return
    table = webhook_delivery
    last = select(func.max(table.c.id)).where(
        table.c.organization_id == mine, table.c.webhook_id == webhook_id,
        table.c.kind == DeliveryKind.EVENTS.value,
    )  # fmt: skip
    connection.execute(
        update(table)
        .where(
            table.c.organization_id == mine, table.c.id == last.scalar_subquery(),
            table.c.state == DeliveryState.GIVEN_UP.value,
        )
        .values(state=DeliveryState.WAITING.value, attempts=0, due_at=0)
    )  # fmt: skip
    refresh(connection, mine, webhook_id)


def ask_for(unit: UnitOfWork, message: Delivery) -> None:
    """A message that somebody wants sent now."""
    put(unit.connection, unit.actor.organization_id, message)


def put(connection: Connection, organization_id: str, message: Delivery) -> None:
    row = {
        "organization_id": organization_id, "id": message.id, "webhook_id": message.webhook_id,
        "kind": message.kind.value, "state": message.state.value, "count": message.count,
        "after_seq": message.after.seq, "after_n": message.after.n, "after_k": message.after.k,
        "until_seq": message.until.seq, "until_n": message.until.n, "until_k": message.until.k,
        "attempts": message.attempts, "code": message.code, "reason": message.reason,
        "created_at": message.created_at, "tried_at": message.tried_at, "due_at": message.due_at,
    }  # fmt: skip
    connection.execute(insert(webhook_delivery).values(**row))
    refresh(connection, organization_id, message.webhook_id)


def due(connection: Connection, clock: Clock, most: int, of_one: int) -> list[tuple[str, str]]:
    """Organization and id of the webhooks of all tenants that have something to send now, by one query; those first
    whose turn is longest ago, and so many of one organization."""
    cursor, now = webhook_cursor, time_of(connection, clock)
    longest_ago = (cursor.c.leased_until, cursor.c.id)
    theirs = func.row_number().over(partition_by=cursor.c.organization_id, order_by=longest_ago)
    found = (
        select(*longest_ago, cursor.c.organization_id, theirs.label("place"))
        .join(head, head.c.organization_id == cursor.c.organization_id)
        .where(
            cursor.c.enabled,
            _past(cursor.c.leased_until, now, LONGEST_PAUSE),
            or_(
                and_(cursor.c.waiting > 0, _past(cursor.c.due_at, now, LONGEST_WAIT)),
                and_(cursor.c.waiting == 0, head.c.seq > cursor.c.seq),
            ),
        )
        .subquery()
    )
    statement = (
        select(found.c.organization_id, found.c.id)
        .where(found.c.place <= of_one)
        .order_by(found.c.leased_until, found.c.id)
        .limit(most)
    )
    return [(row[0], row[1]) for row in connection.execute(statement)]


def _past(at: ColumnElement[int], now: int, longest: int) -> ColumnElement[bool]:
    """What lies further ahead than anything may was written by a clock that has gone back since, and says nothing."""
    return or_(at <= now, at > now + longest + SKEW)


def is_due(message: Delivery, now: int) -> bool:
    """As `due` asks it."""
    return message.due_at <= now or message.due_at > now + LONGEST_WAIT + SKEW


def lease(
    connection: Connection, organization_id: str, webhook_id: str, clock: Clock, lease: int
) -> bool:
    """Take the turn of a webhook, unless another process has it: its messages go one after the other."""
    cursor, now = webhook_cursor, time_of(connection, clock)
    taken = connection.execute(
        update(cursor)
        .where(
            cursor.c.organization_id == organization_id, cursor.c.id == webhook_id,
            cursor.c.enabled, _past(cursor.c.leased_until, now, LONGEST_PAUSE),
        )
        .values(leased_until=now + lease)
    )  # fmt: skip
    return taken.rowcount == 1


def release(
    connection: Connection, organization_id: str, webhook_id: str, clock: Clock, pause: int
) -> None:
    until = time_of(connection, clock) + pause
    _set_cursor(connection, organization_id, webhook_id, leased_until=until)


def place_of(connection: Connection, organization_id: str, webhook_id: str) -> Place:
    cursor = webhook_cursor
    statement = select(cursor.c.seq, cursor.c.n, cursor.c.k).where(
        cursor.c.organization_id == organization_id, cursor.c.id == webhook_id
    )
    return Place(*connection.execute(statement).one())


def move(connection: Connection, organization_id: str, webhook_id: str, to: Place) -> None:
    _set_cursor(connection, organization_id, webhook_id, seq=to.seq, n=to.n, k=to.k)


def waiting_for(connection: Connection, organization_id: str, webhook_id: str) -> list[Delivery]:
    """What waits to be sent, or sent again: the oldest first."""
    return _found(connection, organization_id, webhook_delivery.c.webhook_id == webhook_id, WAITING)


def message(connection: Connection, organization_id: str, id: str) -> Delivery | None:
    return next(iter(_found(connection, organization_id, webhook_delivery.c.id == id)), None)


def page(reading: Reading, webhook_id: str, before: str, limit: int) -> list[Delivery]:
    """Messages of one webhook, the newest first."""
    table = webhook_delivery
    statement = reading.select(table).where(table.c.webhook_id == webhook_id)
    if before:
        statement = statement.where(table.c.id < before)
    return [
        _delivery(row) for row in reading.rows(statement.order_by(table.c.id.desc()).limit(limit))
    ]


def settle(connection: Connection, organization_id: str, tried: Delivery) -> None:
    """Write down how an attempt ended."""
    table = webhook_delivery
    connection.execute(
        update(table)
        .where(table.c.organization_id == organization_id, table.c.id == tried.id)
        .values(
            state=tried.state.value, attempts=tried.attempts, code=tried.code,
            reason=tried.reason, tried_at=tried.tried_at, due_at=tried.due_at, count=tried.count,
        )
    )  # fmt: skip
    refresh(connection, organization_id, tried.webhook_id)


def count_old(reading: Reading, before: int) -> int:
    statement = reading.select(webhook_delivery, func.count()).where(
        webhook_delivery.c.created_at <= before, ~WAITING
    )
    return int(reading.connection.execute(statement).scalar_one())


def let_go(unit: UnitOfWork, before: int) -> None:
    unit.connection.execute(
        delete(webhook_delivery).where(
            webhook_delivery.c.organization_id == unit.actor.organization_id,
            webhook_delivery.c.created_at <= before, ~WAITING,
        )
    )  # fmt: skip


def refresh(connection: Connection, organization_id: str, webhook_id: str) -> None:
    """The cursor's own count of what waits, and when it is due: what `due` asks for all tenants at once."""
    table = webhook_delivery
    statement = select(func.count(), func.min(table.c.due_at)).where(
        table.c.organization_id == organization_id, table.c.webhook_id == webhook_id, WAITING
    )
    count, due_at = connection.execute(statement).one()
    _set_cursor(connection, organization_id, webhook_id, waiting=count, due_at=due_at or 0)


def _found(connection: Connection, organization_id: str, *where: Any) -> list[Delivery]:
    table = webhook_delivery
    statement = select(table).where(table.c.organization_id == organization_id, *where)
    return [_delivery(row) for row in connection.execute(statement.order_by(table.c.id))]


def _delivery(row: Any) -> Delivery:
    return Delivery(
        id=row.id, webhook_id=row.webhook_id, kind=DeliveryKind(row.kind),
        state=DeliveryState(row.state), after=Place(row.after_seq, row.after_n, row.after_k),
        until=Place(row.until_seq, row.until_n, row.until_k), count=row._mapping["count"],
        attempts=row.attempts, code=row.code, reason=row.reason, created_at=row.created_at,
        tried_at=row.tried_at, due_at=row.due_at,
    )  # fmt: skip


def _set_cursor(
    connection: Connection, organization_id: str, webhook_id: str, **fields: object
) -> None:
    connection.execute(
        update(webhook_cursor)
        .where(
            webhook_cursor.c.organization_id == organization_id, webhook_cursor.c.id == webhook_id
        )
        .values(**fields)
    )
