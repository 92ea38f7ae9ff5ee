"""News of what other programs wrote into the same store: heads polled, changes read, one announcement."""

import asyncio
import logging
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Set
from functools import partial
from typing import Final

import msgspec
from sqlalchemy import Connection, select, text

from engine.model.change import Announcement
from engine.store.database import Database
from engine.store.tables import change, head

POLL_SECONDS = 0.25
MANY = 2_000
"""Changes that are read at once, and those of the last command among them."""
_HEADS: Final = {
    "sqlite": text(
        "SELECT organization_id, seq FROM head WHERE organization_id IN (SELECT value FROM json_each(:ids))"
    ),
    "postgresql": text(
        "SELECT organization_id, seq FROM head WHERE organization_id IN "
        "(SELECT jsonb_array_elements_text(CAST(:ids AS jsonb)))"
    ),
}
"""One parameter, however many are watched: there may be more than a statement can have parameters."""
log = logging.getLogger("conneqtos.store")


class News:
    """Watches the organizations that somebody here listens to, and no other. Nothing is polled before `watch`."""

    def __init__(self, database: Database, tell: Callable[[Announcement], None]) -> None:
        self._database = database
        self._tell = tell
        self._watchers: Counter[str] = Counter()
        self._seen: dict[str, int] = {}  # up to which seq all is told
        self._own: defaultdict[str, set[int]] = defaultdict(set)  # this program's own behind that
        self._task: asyncio.Task[None] | None = None

    @property
    def watched(self) -> int:
        """How many organizations are looked at."""
        return len(self._seen)

    def seen(self, organization_id: str, seqs: Iterable[int]) -> None:
        """This program's own commits: they need not be told of here again. What others wrote between them is still to be."""
        if organization_id not in self._seen:
            return
        own, told = self._own[organization_id], self._seen[organization_id]
        own.update(seqs)
        while told + 1 in own:
            told += 1
            own.discard(told)
        self._seen[organization_id] = told

    async def watch(self, organization_id: str) -> Callable[[], None]:
        """Announce what others commit to this organization from now on, until the result is called."""
        seq = await self._read_head(organization_id)
        self._watchers[organization_id] += 1
        # Who watches already may not have been told of all that is there now.
        self._seen.setdefault(organization_id, seq)
        if self._task is None:
            self._task = asyncio.create_task(self._run())
        return partial(self._leave, organization_id)

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def look(self) -> None:
        """One look at every watched organization."""
        for organization_id, seq in (await self._read_heads()).items():
            while seq > self._seen.get(organization_id, seq):
                await self._tell_of(organization_id)

    async def _tell_of(self, organization_id: str) -> None:
        seen, own = self._seen[organization_id], frozenset(self._own[organization_id])
        announcement = await self._database.read(
            organization_id, partial(_since, organization_id, seen, own)
        )
        if organization_id not in self._seen:
            return  # nobody listens any more
        self._seen[organization_id] = max(announcement.seq, self._seen[organization_id])
        self._own[organization_id] = {
            one for one in self._own[organization_id] if one > announcement.seq
        }
        if announcement.records or announcement.seq not in own:
            self._tell(announcement)

    def _leave(self, organization_id: str) -> None:
        self._watchers[organization_id] -= 1
        if self._watchers[organization_id] <= 0:
            del self._watchers[organization_id]
            self._seen.pop(organization_id, None)
            self._own.pop(organization_id, None)

    async def _run(self) -> None:
        failing = False
        while True:
            await asyncio.sleep(POLL_SECONDS)
            try:
                await self.look()
                failing = False
            except Exception as error:  # busy, unreachable, …: a later look tells the same news
                if not failing:
                    log.warning("news cannot be read: %s", type(error).__name__)
                failing = True

    async def _read_head(self, organization_id: str) -> int:
        statement = select(head.c.seq).where(head.c.organization_id == organization_id)
        return await self._database.read(
            organization_id,
            lambda connection: connection.execute(statement).scalar() or 0,
        )

    async def _read_heads(self) -> dict[str, int]:
        """Of all that are watched, by one query."""
        ids = msgspec.json.encode(list(self._seen)).decode()

        def read(connection: Connection) -> dict[str, int]:
            rows = connection.execute(_HEADS[connection.dialect.name], {"ids": ids})
            return {row.organization_id: row.seq for row in rows}

        return await self._database.read(None, read)


def _since(organization_id: str, seq: int, own: Set[int], connection: Connection) -> Announcement:
    """Up to the head, or as far as is read at once."""
    later = (change.c.organization_id == organization_id, change.c.seq > seq)
    far = select(change.c.seq).where(*later).order_by(change.c.seq).offset(MANY).limit(1)
    upto = connection.execute(far).scalar()
    if upto is None:
        head_seq = select(head.c.seq).where(head.c.organization_id == organization_id)
        upto = int(connection.execute(head_seq).scalar_one())
    columns = (change.c.seq, change.c.entity, change.c.entity_id, change.c.board_id)
    statement = select(*columns).where(*later, change.c.seq <= upto)
    rows = [row for row in connection.execute(statement) if row.seq not in own]
    return Announcement(
        organization_id=organization_id,
        seq=upto,
        boards=frozenset(row.board_id for row in rows),
        records=frozenset((row.entity, row.entity_id) for row in rows),
        elsewhere=True,
    )
