"""Who is on which board now: in the memory of one process, for as long as a device says so. Nothing of it is written
anywhere; people on another process of the server are not seen (docs/scaling.md)."""

import asyncio
import time
from collections.abc import Callable
from typing import Final

from engine.api import Acting
from engine.model.presence import Present, Where
from engine.queries.home import BoardsSeen

LIFE: Final = 50.0
"""Seconds after which somebody who says nothing any more is not there."""
MOST_DEVICES: Final = 8
"""Of one person."""
Clock = Callable[[], float]
Spot = tuple[Present, float]


class Presence:
    def __init__(self, clock: Clock = time.monotonic) -> None:
        self._clock = clock
        self._spots: dict[str, dict[tuple[str, str], Spot]] = {}
        self._watchers: dict[str, set[asyncio.Event]] = {}

    async def put(self, acting: Acting, where: Where) -> None:
        """A device says where its person is; a board that they may not see is none."""
        actor = acting.actor
        seen = await acting.query(BoardsSeen(board_ids=(where.board_id,)))
        spots = self._spots.setdefault(actor.organization_id, {})
        key = (actor.user_id, where.client[:64])
        before = spots.pop(key, None)
        if where.board_id in seen:
            present = Present(member_id=actor.user_id, board_id=where.board_id, number=where.number)
            spots[key] = (present, self._clock())
            mine = [one for one in spots if one[0] == actor.user_id]
            for oldest in mine[:-MOST_DEVICES]:
                del spots[oldest]
            if before is not None and before[0] == present:
                return  # it only lives on
        if not spots:
            self._spots.pop(actor.organization_id, None)
        for watcher in self._watchers.get(actor.organization_id, ()):
            watcher.set()

    async def around(self, acting: Acting) -> tuple[Present, ...]:
        """The others who are there now, on boards that the actor may see. Raises Forbidden for who is no member."""
        actor, oldest = acting.actor, self._clock() - LIFE
        spots = self._spots.get(actor.organization_id, {})
        for key in [key for key, (_, at) in spots.items() if at < oldest]:
            del spots[key]
        others = {one for one, _ in spots.values() if one.member_id != actor.user_id}
        boards = tuple(sorted({one.board_id for one in others}))
        seen = await acting.query(BoardsSeen(board_ids=boards))
        known = (one for one in others if one.board_id in seen)
        return tuple(sorted(known, key=lambda one: (one.member_id, one.board_id, one.number)))

    def watch(self, organization_id: str, moved: asyncio.Event) -> Callable[[], None]:
        """Set the event whenever somebody comes, goes or moves; the result ends it."""
        watchers = self._watchers.setdefault(organization_id, set())
        watchers.add(moved)

        def stop() -> None:
            watchers.discard(moved)
            if not watchers:
                self._watchers.pop(organization_id, None)

        return stop
