"""Reads the change log as the events that a webhook is told of, with the eyes of the member who made it.

Contents are read from the records as they are now: what was erased or trashed since is not told, however old the
event.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from msgspec import Struct, to_builtins
from sqlalchemy import and_, or_, select

from engine.model.board import Board
from engine.model.change import ChangeOp
from engine.model.organization import Member
from engine.model.record import JSON, Record, State
from engine.model.webhook import MOST_EVENTS, TOLD, WHOLE, Event, Place, Webhook
from engine.store.reading import SYSTEM_USER, Reading
from engine.store.tables import ENTITIES, change, head, history

AT_ONCE: Final = 500
_BY_STATE: Final = {
    State.LIVE.value: "restored", State.ARCHIVED.value: "archived", State.TRASHED.value: "trashed",
}  # fmt: skip
_CONTENT: Final = frozenset({"created", "updated"})
Patch = dict[str, JSON]


class Told(Struct, frozen=True, kw_only=True):
    """`until` is how far the log was read; `more` says that there is more of it now."""

    events: tuple[Event, ...]
    until: Place
    more: bool


class _Seen(Struct, frozen=True, kw_only=True):
    """One line of the log, of one record."""

    place: Place
    entity: str
    verb: str
    record_id: str
    board_id: str
    item_id: str
    actor_id: str
    at: int
    after: Patch


def events_after(reading: Reading, webhook: Webhook, after: Place) -> Told:
    """The next events, MOST_EVENTS at the most."""
    rows = _rows(reading, after, None, AT_ONCE)
    at_end = select(head.c.seq).where(head.c.organization_id == reading.actor.organization_id)
    until = Place(int(reading.connection.execute(at_end).scalar_one()), WHOLE)
    seen: list[_Seen] = []
    more = len(rows) == AT_ONCE
    if more:
        until = Place(rows[-1].seq, rows[-1].n, WHOLE)
    for one in _wanted(reading, webhook, rows, after):
        if len(seen) == MOST_EVENTS:
            more, until = True, seen[-1].place
            break
        seen.append(one)
    return Told(events=tuple(_told(reading, seen)), until=until, more=more)


def events_between(
    reading: Reading, webhook: Webhook, after: Place, until: Place
) -> tuple[Event, ...]:
    """The events of a message, once more: those that can still be told."""
    rows = _rows(reading, after, until, None)
    wanted = _wanted(reading, webhook, rows, after)
    return tuple(_told(reading, [one for one in wanted if one.place <= until]))


def _rows(reading: Reading, after: Place, until: Place | None, limit: int | None) -> list[Any]:
    statement = (
        reading.select(change, change, history.c.actor_id, history.c.at)
        .join(
            history,
            and_(
                history.c.organization_id == change.c.organization_id,
                history.c.seq == change.c.seq,
            ),
        )
        .where(
            or_(change.c.seq > after.seq, and_(change.c.seq == after.seq, change.c.n >= after.n))
        )
        .order_by(change.c.seq, change.c.n)
    )
    if until is not None:
        statement = statement.where(change.c.seq <= until.seq)
    return reading.rows(statement if limit is None else statement.limit(limit))


def _wanted(
    reading: Reading, webhook: Webhook, rows: Iterable[Any], after: Place
) -> Iterator[_Seen]:
    boards: dict[str, Board | None] = {}
    for row in rows:
        for one in _seen(row):
            if one.place <= after or not webhook.wants(f"{one.entity}.{one.verb}"):
                continue
            if webhook.of_board and one.board_id != webhook.of_board:
                continue
            if one.board_id not in boards:
                boards[one.board_id] = reading.find(Board, one.board_id)
            board = boards[one.board_id]
            if board is None or (board.state is State.TRASHED and one.entity != "board"):
                continue
            yield one


def _seen(row: Any) -> Iterator[_Seen]:
    patch = row.after or {}
    verb = _verb(row.entity, row.op, patch) if row.entity in TOLD else None
    if verb is None or verb not in TOLD[row.entity].verbs:
        return
    many = row.op == ChangeOp.INSERT_MANY.value
    for k, id in enumerate(patch.get("ids", ()) if many else (row.entity_id,)):
        yield _Seen(
            place=Place(row.seq, row.n, k), entity=row.entity, verb=verb, record_id=id,
            board_id=row.board_id, item_id=id if row.entity == "item" else row.item_id,
            actor_id=row.actor_id, at=row.at, after={} if many else patch,
        )  # fmt: skip


def _verb(entity: str, op: str, after: Patch) -> str | None:
    """None for what nobody is told of: a place in an order, a width, what was overwritten for good."""
    if op in (ChangeOp.INSERT.value, ChangeOp.INSERT_MANY.value):
        return "created"
    if op == ChangeOp.DELETE.value:
        return "deleted"
    if "state" in after:
        return _BY_STATE[str(after["state"])]
    told = {name.split(".")[0] for name in after} & set(TOLD[entity].fields)
    return "updated" if told else None


def _told(reading: Reading, seen: list[_Seen]) -> Iterator[Event]:
    records = {
        entity: _records(reading, entity, {one.record_id for one in seen if one.entity == entity})
        for entity in {one.entity for one in seen}
    }
    silent: dict[str, bool] = {}
    for one in seen:
        record = records[one.entity].get(one.record_id)
        if record is None and one.verb != "deleted":
            continue
        if one.actor_id not in silent:
            silent[one.actor_id] = _is_silent(reading, one.actor_id)
        hidden = silent[one.actor_id]
        place = one.place
        yield Event(
            id=f"{place.seq}-{place.n}-{place.k}", type=f"{one.entity}.{one.verb}", at=one.at,
            board_id=one.board_id, item_id=one.item_id, record_id=one.record_id,
            actor_id="" if hidden else one.actor_id,
            changed={} if hidden or record is None else _changed(one, record),
        )  # fmt: skip


def _records(reading: Reading, entity: str, ids: set[str]) -> dict[str, Record]:
    return {one.id: one for one in reading.list(ENTITIES[entity], id=tuple(ids))}


def _is_silent(reading: Reading, actor_id: str) -> bool:
    """Of whom nothing is told: their data is restricted, or erased (Art. 17, 18)."""
    if actor_id == SYSTEM_USER:
        return False
    member = reading.find(Member, actor_id)
    return member is None or bool(member.restricted_at or member.erased_at)


def _changed(one: _Seen, record: Record) -> Patch:
    if one.verb not in _CONTENT or record.state is not State.LIVE:  # type: ignore[attr-defined]
        return {}
    fields = TOLD[one.entity].fields
    now: dict[str, Any] = {name: to_builtins(getattr(record, name)) for name in fields}
    if one.verb == "created":
        return now
    touched = {name: now[name] for name in one.after if name in now and name != "values"}
    columns = [name.partition(".")[2] for name in one.after if name.startswith("values.")]
    if columns:
        touched["values"] = {id: now["values"].get(id) for id in columns}
    return touched
