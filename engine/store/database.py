"""One open database, SQLite or PostgreSQL: transactions to read in, and to write in one at a time."""

import logging
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from sqlalchemy import Connection, text

from engine.store.faults import server_faults, storage_faults
from engine.store.key_check import check_key
from engine.store.migrations import migrate
from engine.store.sqlite import Seat, SqliteFile

if TYPE_CHECKING:
    # brings the ORM: a tenth of a second at start
    from engine.store.postgres import PostgresServer, Transaction

T = TypeVar("T")
Writing: TypeAlias = "Seat | Transaction"
"""An open write transaction; `await writing.run_sync(work, …)` runs a step of it."""
SUPERUSER: Final = (
    "The login of PostgreSQL may pass row-level security, and only steps down from it: give the server one that is no "
    "superuser and has no BYPASSRLS"
)
log = logging.getLogger("conneqtos.store")


class Database:
    """`where` names it in messages: the file, or the server without its password."""

    def __init__(self, store: "SqliteFile | PostgresServer", where: str) -> None:
        self._store = store
        self.where = where

    @classmethod
    async def open_file(cls, path: Path, key: bytes) -> "Database":
        """Open or create the encrypted file and bring it to the newest schema. Raises WorkspaceErrors."""
        with storage_faults(path):
            file = await SqliteFile.open(path, key)
            opened = cls(file, str(path))
            async with opened._or_closed():
                await file.write(None, lambda connection: migrate(connection, opened.where))
            return opened

    @classmethod
    async def open_postgres(
        cls, url: str, key: bytes, connections: int | None = None
    ) -> "Database":
        """`key` is that of the server, with `connections` at the most. Raises UsageError, WorkspaceErrors: Locked
        where the database is that of another key."""
        from engine.store.postgres import CONNECTIONS, PostgresServer

        server = PostgresServer.open(url, connections or CONNECTIONS)
        opened = cls(server, server.where)

        def prepare(connection: Connection) -> None:
            migrate(connection, server.where)
            check_key(connection, key, server.where)

        with server_faults(server.where):
            async with opened._or_closed():
                await server.as_owner(prepare)
                if not await server.check_role():
                    log.warning(SUPERUSER)
        return opened

    async def close(self) -> None:
        await self._store.close()

    async def read(self, organization_id: str | None, work: Callable[[Connection], T]) -> T:
        """Run `work` on one snapshot. Without an organization nothing but the list of organizations may
        be read."""
        with storage_faults(self.where):
            return await self._store.read(organization_id, work)

    async def write(self, organization_id: str | None, work: Callable[[Connection], T]) -> T:
        """Run `work` in a write transaction of its own."""
        with storage_faults(self.where):
            return await self._store.write(organization_id, work)

    @asynccontextmanager
    async def writing(self, organization_id: str | None) -> AsyncIterator[Writing]:
        """A write transaction of several steps; commits at the end, or rolls back on any error or cancellation."""
        with storage_faults(self.where):
            async with self._store.writing(organization_id) as transaction:
                yield transaction

    async def forget_old_pages(self) -> bool:
        """After an erasure: what the file held before is gone from its journal too. False where another program reads
        in it just now. PostgreSQL does the same in its own time (VACUUM; what its archive of the log keeps is the
        operator's to bound)."""
        if isinstance(self._store, SqliteFile):
            with storage_faults(self.where):
                return await self._store.empty_journal()
        return True

    async def integrity(self) -> list[str]:
        """What a database file says against itself; empty when all is well."""
        if not isinstance(self._store, SqliteFile):
            return []

        def check(connection: Connection) -> list[str]:
            rows = connection.execute(text("PRAGMA integrity_check"))
            return [row[0] for row in rows if row[0] != "ok"]

        return await self.read(None, check)

    @asynccontextmanager
    async def _or_closed(self) -> AsyncIterator[None]:
        """What cannot be made ready is left closed."""
        try:
            yield
        except BaseException:
            await self.close()
            raise
