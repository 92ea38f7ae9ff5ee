"""Everything an organization holds, as one value that can be compared."""

from typing import Any

import msgspec

from engine.api import Acting
from engine.model.actor import Role
from engine.model.organization import Organization, Preference
from engine.store.reading import Reading
from engine.store.tables import ENTITY_NAMES

# Undo is itself a command: it leaves its own number and time behind, and nothing else.
MOVING = ("seq", "updated_at", "updated_by", "stamps")


async def state_of(acting: Acting) -> dict[str, dict[str, Any]]:
    """Records by entity and id, without what every command moves on."""

    def read(reading: Reading) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        for kind, entity in ENTITY_NAMES.items():
            if kind in (Organization, Preference):
                continue
            records = {record.id: msgspec.to_builtins(record) for record in reading.list(kind)}
            for fields in records.values():
                for name in MOVING:
                    fields.pop(name, None)
            found[entity] = records
        return found

    return await acting._session.read(acting.actor, Role.OWNER, False, read)
