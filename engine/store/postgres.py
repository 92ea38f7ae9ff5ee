"""Opens PostgreSQL for a server: row-level security set for each transaction, and the same JSON as SQLite."""

from typing import Any

import msgspec
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

RUNTIME_ROLE = "conneqtos_runtime"
"""Owns nothing and cannot pass row-level security; every transaction of a tenant runs as this role."""

_SET_TENANT = text(
    "SELECT set_config('conneqtos.organization_id', :organization, true)"
)


def open_postgres(url: str) -> AsyncEngine:
    """`url` is `postgresql://…`; the login must own the tables or be a member of the runtime role."""
    address = url.replace("postgresql://", "postgresql+asyncpg://", 1)
    return create_async_engine(
        address,
        pool_size=5,
        max_overflow=5,
        json_serializer=lambda value: msgspec.json.encode(value).decode(),
        json_deserializer=msgspec.json.decode,
    )


def set_tenant(connection: Any, organization_id: str) -> None:
    """Step down to the role that row-level security binds, for this transaction only."""
    connection.exec_driver_sql(f"SET LOCAL ROLE {RUNTIME_ROLE}")
    connection.execute(_SET_TENANT, {"organization": organization_id})


def row_level_security(table: str) -> tuple[str, ...]:
    """What the migration runs for each table of tenants."""
    condition = "organization_id = nullif(current_setting('conneqtos.organization_id', true), '')"
    return (
        f"ALTER TABLE {table} ENABLE ROW LEVEL SECURITY",
        f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY",
        f"CREATE POLICY tenant ON {table} USING ({condition}) WITH CHECK ({condition})",
        f"GRANT SELECT, INSERT, UPDATE, DELETE ON {table} TO {RUNTIME_ROLE}",
    )
