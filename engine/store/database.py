"""One open database: transactions to read in, one writer at a time, and news of what other programs wrote."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from engine.store import postgres, sqlite
from engine.store.faults import storage_faults
from engine.store.migrations import migrate

T = TypeVar("T")


class Database:
    """`where` names it in messages: the file, or the server without its password."""

    def __init__(self, engine: AsyncEngine, where: str) -> None:
        self._engine = engine
        self.where = where
        self.is_sqlite = engine.dialect.name == "sqlite"
        self._writing = asyncio.Lock()

    @classmethod
    async def open_file(cls, path: Path, key: bytes) -> "Database":
        """Open or create the encrypted file and bring it to the newest schema. Raises WorkspaceErrors."""
        database = cls(sqlite.open_sqlite(path, key), str(path))
        await database._migrate()
        return database

    @classmethod
    async def open_postgres(cls, url: str) -> "Database":
        engine = postgres.open_postgres(url)
        database = cls(engine, engine.url.render_as_string(hide_password=True))
        await database._migrate()
        return database

    async def close(self) -> None:
        await self._engine.dispose()

    async def read(self, organization_id: str, work: Callable[[Connection], T]) -> T:
        """Run `work` on one snapshot of the organization's rows."""
        with storage_faults(self.where):
            async with self._engine.connect() as connection, connection.begin():
                return await connection.run_sync(self._as_tenant(organization_id, work))

    @asynccontextmanager
    async def writing(self, organization_id: str) -> AsyncIterator[AsyncConnection]:
        """The one write transaction of this program; commits at the end, or rolls back on any error."""
        with storage_faults(self.where):
            async with self._writing, self._engine.connect() as plain:
                connection = await plain.execution_options(begin_mode="IMMEDIATE")
                async with connection.begin():
                    await connection.run_sync(
                        self._as_tenant(organization_id, lambda _: None)
                    )
                    yield connection

    @asynccontextmanager
    async def stream(self, organization_id: str) -> AsyncIterator[AsyncConnection]:
        """A read transaction that stays open for a long walk (export, verification)."""
        with storage_faults(self.where):
            async with self._engine.connect() as connection, connection.begin():
                await connection.run_sync(
                    self._as_tenant(organization_id, lambda _: None)
                )
                yield connection

    async def across_tenants(self, work: Callable[[Connection], T]) -> T:
        """Read without a tenant: only for the list of organizations. On PostgreSQL as the login role."""
        with storage_faults(self.where):
            async with self._engine.connect() as connection, connection.begin():
                return await connection.run_sync(work)

    async def integrity(self) -> list[str]:
        """What the database says against itself; empty when all is well."""
        if not self.is_sqlite:
            return []
        with storage_faults(self.where):
            async with self._engine.connect() as connection:
                rows = await connection.execute(text("PRAGMA integrity_check"))
                return [row[0] for row in rows if row[0] != "ok"]

    async def _migrate(self) -> None:
        with storage_faults(self.where):
            try:
                async with self._engine.connect() as plain:
                    connection = await plain.execution_options(begin_mode="IMMEDIATE")
                    async with connection.begin():
                        await connection.run_sync(migrate, self.where)
            except BaseException:
                await self.close()
                raise

    def _as_tenant(
        self, organization_id: str, work: Callable[[Connection], T]
    ) -> Callable[[Connection], T]:
        step_in = sqlite.set_tenant if self.is_sqlite else postgres.set_tenant

        def run(connection: Connection) -> T:
            step_in(connection, organization_id)
            return work(connection)

        return run
