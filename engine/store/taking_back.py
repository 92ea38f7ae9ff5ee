"""Takes commands back by the change log, last change first; refuses where a field has moved on since."""

from collections.abc import Iterable
from typing import Any

import msgspec
from sqlalchemy.exc import IntegrityError

from engine.errors import Refused
from engine.model.change import Change, ChangeOp, Deed
from engine.model.item import Item
from engine.model.record import Record
from engine.store.history import changes_of, later_changes
from engine.store.placing import container_of, free_place
from engine.store.tables import ENTITIES
from engine.store.unit_of_work import UnitOfWork

Touched = dict[tuple[str, str], set[str]]
WHOLE = "*"
GONE = "-"
BATCH = 500
FORGOTTEN = "Nothing is kept any more of what this did, so it cannot be taken back."


def take_back(unit: UnitOfWork, deeds: list[Deed]) -> None:
    """Put back what these commands changed. Raises Refused and changes nothing where that would undo
    more than they did."""
    seqs = [deed.seq for deed in deeds]
    changes = [change for change in changes_of(unit, seqs) if change.op is not ChangeOp.LEAVE]
    later = _touched(later_changes(unit, seqs))
    for change in changes:
        _check(change, later)
    try:
        for change in changes:
            _invert(unit, change)
    except IntegrityError:
        raise Refused(
            "Something that was made since depends on it. Undo or remove that first."
        ) from None


def inserted_ids(change: Change) -> list[str]:
    return msgspec.convert((change.after or {}).get("ids", []), list[str])


def _touched(changes: Iterable[Change]) -> Touched:
    """The fields of each record that were changed; whole records that came, went, or went for good."""
    touched: Touched = {}
    for change in changes:
        if change.op is ChangeOp.LEAVE:
            continue  # the update beside it says all
        if change.op is ChangeOp.INSERT_MANY:
            continue  # new records cannot stand in the way of old ones but by a key, which is checked
        fields = touched.setdefault((change.entity, change.entity_id), set())
        if change.op is ChangeOp.DELETE and change.before is None:
            fields.add(GONE)
        fields |= {WHOLE} if change.op is not ChangeOp.UPDATE else set(change.after or {})
    return touched


def _check(change: Change, later: Touched) -> None:
    ids = inserted_ids(change) if change.op is ChangeOp.INSERT_MANY else [change.entity_id]
    for id in ids:
        moved_on = later.get((change.entity, id))
        if not moved_on:
            continue
        if GONE in moved_on:
            raise Refused(
                f"A {change.entity} that this changed was deleted for good since, so it cannot be "
                "taken back."
            )
        clash = WHOLE in moved_on or change.op is not ChangeOp.UPDATE
        fields = set(change.after or {}) & moved_on
        if clash or fields:
            named = ", ".join(sorted(field.split(".")[0] for field in fields)) or change.entity
            raise Refused(
                f"The {named.replace('_', ' ')} of this {change.entity} has been changed again since, "
                "so this cannot be taken back without losing that. Change it by hand."
            )
    if not _remembered(change):
        raise Refused(FORGOTTEN)


def _remembered(change: Change) -> bool:
    """Whether the log still has what it takes to take a change back: what was removed for good left it, and so did, on a
    device, what lies on boards that were taken away (docs/decisions/006-gone-for-good.md)."""
    match change.op:
        case ChangeOp.DELETE | ChangeOp.UPDATE:
            return bool(change.before)
        case ChangeOp.INSERT_MANY:
            return bool(change.after)
    return True


def _invert(unit: UnitOfWork, change: Change) -> None:
    kind = ENTITIES[change.entity]
    match change.op:
        case ChangeOp.INSERT:
            unit.delete(unit.get(kind, change.entity_id))
        case ChangeOp.INSERT_MANY:
            _delete_many(unit, kind, inserted_ids(change))
        case ChangeOp.DELETE:
            unit.insert(_freely_placed(unit, msgspec.convert(change.before, kind)))
        case ChangeOp.UPDATE:
            _put_back(unit, unit.get(kind, change.entity_id), dict(change.before or {}))


def _delete_many(unit: UnitOfWork, kind: type[Record], ids: list[str]) -> None:
    """The last first: subitems were made after their items."""
    for start in range(len(ids), 0, -BATCH):
        found = {
            record.id: record for record in unit.list(kind, id=ids[max(0, start - BATCH) : start])
        }
        for id in reversed(ids[max(0, start - BATCH) : start]):
            if id in found:
                unit.delete(found[id])


def _put_back(unit: UnitOfWork, record: Record, before: dict[str, Any]) -> None:
    if isinstance(record, Item):
        values = {
            field.removeprefix("values."): before.pop(field)
            for field in list(before)
            if field.startswith("values.")
        }
        if values and "board_id" in before:  # they are those of the other board's columns
            merged = {**record.values, **values}
            before["values"] = {id: value for id, value in merged.items() if value is not None}
            before["stamps"] = dict.fromkeys(before["values"], (unit.seq, unit.now))
        elif values:
            record = unit.set_values(record, values)
    if "position" in before:
        moved = msgspec.convert({**msgspec.to_builtins(record), **before}, type(record))
        before["position"] = free_place(
            unit, type(record), container_of(moved), before["position"], record.id
        )
    unit.update(record, **before)


def _freely_placed(unit: UnitOfWork, record: Any) -> Any:
    if not getattr(record, "position", ""):
        return record
    place = free_place(unit, type(record), container_of(record), record.position, record.id)
    return msgspec.structs.replace(record, position=place)
