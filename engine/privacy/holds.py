"""Whose data a legal hold keeps, though it would be time for it to go (C17)."""

from engine.model.record import Record
from engine.model.rights import Hold
from engine.privacy.inventory import subject_fields
from engine.store.reading import Reading


def held_members(reading: Reading) -> frozenset[str]:
    return frozenset(hold.member_id for hold in reading.list(Hold))


def is_held(record: Record, held: frozenset[str]) -> bool:
    """Whether the record is about, or was made by, somebody under a hold."""
    return bool(held) and any(
        getattr(record, field) in held for field in subject_fields(type(record))
    )
