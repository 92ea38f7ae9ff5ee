"""Opens PostgreSQL for a server: row-level security set for each transaction, and the same JSON as SQLite."""

from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Final, TypeVar

import msgspec
from sqlalchemy import Connection, text
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

T = TypeVar("T")

RUNTIME_ROLE: Final = "conneqtos_runtime"
"""Owns nothing and cannot pass row-level security; every transaction of a tenant runs as this role."""

_SET_TENANT = text("SELECT set_config('conneqtos.organization_id', :organization, true)")


class PostgresServer:
    """A pool of connections; a transaction without an organization runs as the login role."""

    def __init__(self, engine: AsyncEngine) -> None:
        self._engine = engine
        self.where = engine.url.render_as_string(hide_password=True)

    @classmethod
    def open(cls, url: str) -> "PostgresServer":
        """`url` is `postgresql://…`; the login must be able to take the runtime role."""
        engine = create_async_engine(
            url.replace("postgresql://", "postgresql+asyncpg://", 1),
            pool_size=5,
            max_overflow=5,
            json_serializer=lambda value: msgspec.json.encode(value).decode(),
            json_deserializer=msgspec.json.decode,
        )
        return cls(engine)

    async def read(self, organization_id: str | None, work: Callable[[Connection], T]) -> T:
        """On one snapshot, as sync.md asks of a pull."""
        async with self._engine.connect() as plain:
            connection = await plain.execution_options(isolation_level="REPEATABLE READ")
            async with connection.begin():
                await connection.run_sync(_step_in, organization_id)
                if organization_id is None:
                    await connection.run_sync(_see_organizations)
                return await connection.run_sync(work)

    async def write(self, organization_id: str | None, work: Callable[[Connection], T]) -> T:
        async with self.writing(organization_id) as connection:
            return await connection.run_sync(work)

    @asynccontextmanager
    async def writing(self, organization_id: str | None) -> AsyncIterator[AsyncConnection]:
        async with self._engine.connect() as connection, connection.begin():
            await connection.run_sync(_step_in, organization_id)
            yield connection

    async def close(self) -> None:
        await self._engine.dispose()


def _step_in(connection: Connection, organization_id: str | None) -> None:
    """Step down to the role that row-level security binds, for this transaction only."""
    if organization_id is not None:
        connection.exec_driver_sql(f"SET LOCAL ROLE {RUNTIME_ROLE}")
        connection.execute(_SET_TENANT, {"organization": organization_id})


def _see_organizations(connection: Connection) -> None:
    """Whoever names no organization sees which there are and how far each has come, and nothing of any."""
    connection.exec_driver_sql(f"SET LOCAL ROLE {RUNTIME_ROLE}")
    connection.exec_driver_sql("SELECT set_config('conneqtos.lists_organizations', 'on', true)")


def lists(table: str) -> str:
    """What the migrations run beside `row_level_security` for a table that is asked over all tenants at once: in it are
    only ids and numbers to be seen."""
    return (
        f"CREATE POLICY listing ON {table} FOR SELECT "
        "USING (current_setting('conneqtos.lists_organizations', true) = 'on')"
    )


LISTS_ORGANIZATIONS: Final = lists("organization")
LISTS_HEADS: Final = lists("head")


def row_level_security(table: str) -> tuple[str, ...]:
    """What the migration runs for each table of tenants."""
    condition = "organization_id = nullif(current_setting('conneqtos.organization_id', true), '')"
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY tenant ON {table} USING ({condition}) WITH CHECK ({condition})",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {RUNTIME_ROLE}",
    )
