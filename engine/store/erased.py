"""What was erased of late: commands that were given before must not bring it back (sync.md R12)."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from typing import Final

import msgspec
from msgspec import Struct
from sqlalchemy import Connection, func, select

from engine.model.record import JSON
from engine.store.tables import change, history, member

ERASING: Final = ("deletion.erase@1",)
"""The commands after which no word of what they touched may come back from anywhere."""


class ErasedSince(Struct, frozen=True):
    """`records` are `entity:id`; `members` the people whose data it was."""

    records: frozenset[str]
    members: frozenset[str]

    def __bool__(self) -> bool:
        return bool(self.records)

    def meets(self, touched: Iterable[str], arguments: Mapping[str, JSON]) -> bool:
        """Whether a command touches what was erased, or names somebody who was."""
        if not self.records.isdisjoint(touched):
            return True
        said = msgspec.json.encode(arguments).decode()
        return any(f'"{id}"' in said for id in self.members)


def erased_since(
    connection: Connection, organization_id: str, seq: int, forgot: Collection[str] = ()
) -> ErasedSince:
    """Not what went with members whom a device `forgot` already."""
    statement = (
        select(change.c.seq, change.c.entity, change.c.entity_id)
        .join(
            history,
            (history.c.organization_id == change.c.organization_id)
            & (history.c.seq == change.c.seq),
        )
        .where(
            history.c.organization_id == organization_id,
            history.c.seq > seq,
            history.c.op.in_(ERASING),
        )
    )
    by_erasure: dict[int, set[tuple[str, str]]] = defaultdict(set)
    for row in connection.execute(statement):
        by_erasure[row.seq].add((row.entity, row.entity_id))
    found = [those for those in by_erasure.values() if not _members(those) <= set(forgot)]
    return ErasedSince(
        frozenset(f"{entity}:{id}" for those in found for entity, id in those),
        frozenset(id for those in found for id in _members(those)),
    )


def _members(touched: Iterable[tuple[str, str]]) -> set[str]:
    return {id for entity, id in touched if entity == "member"}


def forgotten_members(connection: Connection, organization_id: str) -> tuple[str, ...]:
    """Who was erased, as this store knows it: on a device nothing that was given before that says a word of them."""
    statement = select(member.c.id).where(
        member.c.organization_id == organization_id, member.c.erased_at != 0
    )
    return tuple(connection.execute(statement.order_by(member.c.id)).scalars())


def last_erasure(connection: Connection, organization_id: str) -> int:
    """Its seq; 0 where nobody was erased."""
    statement = select(func.max(history.c.seq)).where(
        history.c.organization_id == organization_id, history.c.op.in_(ERASING)
    )
    return connection.execute(statement).scalar() or 0
