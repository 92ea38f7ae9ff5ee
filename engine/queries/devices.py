"""Which devices hold the organization, and which of them may still hold what was erased."""

from msgspec import Struct

from engine.queries.registry import Query, answers
from engine.store.erased import last_erasure
from engine.store.reading import Reading
from engine.store.replicas import all_replicas


class DeviceSeen(Struct, frozen=True, kw_only=True):
    """`seen_at` in milliseconds, 0 for one that never said so; `behind`: it has not said yet that it forgot what was
    erased last."""

    id: str
    member_id: str
    seen_at: int
    behind: bool


class DevicesSeen(Query[tuple[DeviceSeen, ...]], frozen=True, kw_only=True):
    """All devices of the organization, the one that was there last first."""


@answers(DevicesSeen, role="admin", within_board=False, on_server=True)
def devices_seen(reading: Reading, query: DevicesSeen) -> tuple[DeviceSeen, ...]:
    mine = reading.actor.organization_id
    erased = last_erasure(reading.connection, mine)
    return tuple(
        DeviceSeen(
            id=one.id, member_id=one.member_id, seen_at=one.seen_at, behind=one.forgotten < erased
        )
        for one in all_replicas(reading.connection, mine)
    )  # fmt: skip
