"""News of what other programs wrote into the same store: heads polled, changes read, one announcement."""

import asyncio
from collections.abc import Callable
from functools import partial

from sqlalchemy import Connection, select

from engine.errors import WorkspaceError
from engine.model.change import Announcement
from engine.store.database import Database
from engine.store.tables import change, head

POLL_SECONDS = 0.25
MANY = 2_000


class News:
    """Watches the organizations that were asked for. Nothing is polled before `watch`."""

    def __init__(self, database: Database, tell: Callable[[Announcement], None]) -> None:
        self._database = database
        self._tell = tell
        self._seen: dict[str, int] = {}
        self._task: asyncio.Task[None] | None = None

    def seen(self, organization_id: str, seq: int) -> None:
        """This program's own commit: others need not be told of it here again."""
        self._seen[organization_id] = max(seq, self._seen.get(organization_id, 0))

    async def watch(self, organization_id: str) -> None:
        """Announce what others commit to this organization from now on."""
        self.seen(organization_id, await self._read_head(organization_id))
        if self._task is None:
            self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
            self._task = None

    async def look(self) -> None:
        """One look at every watched organization."""
        for organization_id, seq in (await self._read_heads()).items():
            seen = self._seen[organization_id]
            if seq > seen:
                announcement = await self._database.read(
                    organization_id, partial(_since, organization_id, seen)
                )
                self.seen(organization_id, announcement.seq)
                self._tell(announcement)

    async def _run(self) -> None:
        while True:
            await asyncio.sleep(POLL_SECONDS)
            try:
                await self.look()
            except WorkspaceError:
                continue  # busy or unreachable now: the next look tells the same news

    async def _read_head(self, organization_id: str) -> int:
        statement = select(head.c.seq).where(head.c.organization_id == organization_id)
        return await self._database.read(
            organization_id,
            lambda connection: connection.execute(statement).scalar() or 0,
        )

    async def _read_heads(self) -> dict[str, int]:
        """Of all that are watched, by one query."""
        statement = select(head.c.organization_id, head.c.seq).where(
            head.c.organization_id.in_(list(self._seen))
        )

        def read(connection: Connection) -> dict[str, int]:
            return {row.organization_id: row.seq for row in connection.execute(statement)}

        return await self._database.read(None, read)


def _since(organization_id: str, seq: int, connection: Connection) -> Announcement:
    statement = (
        select(change.c.seq, change.c.entity, change.c.entity_id, change.c.board_id)
        .where(change.c.organization_id == organization_id, change.c.seq > seq)
        .order_by(change.c.seq)
        .limit(MANY)
    )
    rows = connection.execute(statement).all()
    head_seq = select(head.c.seq).where(head.c.organization_id == organization_id)
    return Announcement(
        organization_id=organization_id,
        seq=connection.execute(head_seq).scalar_one(),
        boards=frozenset(row.board_id for row in rows),
        records=frozenset((row.entity, row.entity_id) for row in rows),
        elsewhere=True,
    )
