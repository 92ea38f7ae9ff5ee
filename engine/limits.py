"""What is counted across tenants, by the store itself: how often something may be done, and how often it was."""

from engine.store import limiting
from engine.store.limiting import Limit, Taken
from engine.store.session import Session


class Limits:
    """Those of one store. What is limited is kept as a keyed digest, for a day."""

    def __init__(self, session: Session) -> None:
        self._session = session

    async def take(self, limit: Limit, what: str) -> int:
        """Use one of a rate limit. 0 where there was one, else the milliseconds to wait."""
        key, now = self._session.sealing_key, self._session.clock()
        return await self._session.database.write(
            None, lambda connection: limiting.take(connection, key, limit, what, now)
        )

    async def take_some(self, limit: Limit, what: str, most: int) -> Taken:
        """As `take`, but as many as there are, `most` at the most: for who counts further by itself."""
        key, now = self._session.sealing_key, self._session.clock()
        return await self._session.database.write(
            None, lambda connection: limiting.take_some(connection, key, limit, what, now, most)
        )

    async def waiting(self, limit: Limit, what: str) -> int:
        """As `take`, but nothing is used."""
        key, now = self._session.sealing_key, self._session.clock()
        return await self._session.database.read(
            None, lambda connection: limiting.waiting(connection, key, limit, what, now)
        )

    async def forget_idle(self) -> int:
        """Let go what limits have not been touched for a day."""
        now = self._session.clock()
        return await self._session.database.write(
            None, lambda connection: limiting.forget_idle(connection, now)
        )

    async def count(self, name: str) -> None:
        """That something happened once more, of which nothing else may be kept."""
        await self._session.database.write(
            None, lambda connection: limiting.count(connection, name)
        )

    async def counted(self, name: str) -> int:
        return await self._session.database.read(
            None, lambda connection: limiting.counted(connection, name)
        )
