"""Opens a SQLCipher file through aiosqlite: the key, the pragmas, and the functions that triggers and sorts call.

SQLAlchemy's aiosqlite dialect is subclassed so that the driver it names is sqlcipher3: else its errors
come unwrapped (security.md 3.5).
"""

import sqlite3
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import aiosqlite
import msgspec
import sqlcipher3
from sqlalchemy import event
from sqlalchemy.dialects import registry
from sqlalchemy.dialects.sqlite.aiosqlite import (
    AsyncAdapt_aiosqlite_dbapi,
    SQLiteDialect_aiosqlite,
)
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine
from sqlalchemy.pool import AsyncAdaptedQueuePool

from engine.model.text import folded

BUSY_TIMEOUT_MS = 5_000
CACHE_KIB = 16_384


class _SqlcipherDialect(SQLiteDialect_aiosqlite):
    supports_statement_cache = True

    @classmethod
    def import_dbapi(cls) -> Any:
        shim = ModuleType("aiosqlite_over_sqlcipher")
        shim.__dict__.update(vars(aiosqlite))
        for name in (
            "DatabaseError", "Error", "IntegrityError", "NotSupportedError", "OperationalError",
            "ProgrammingError", "sqlite_version", "sqlite_version_info",
        ):  # fmt: skip
            setattr(shim, name, getattr(sqlcipher3.dbapi2, name))
        return AsyncAdapt_aiosqlite_dbapi(shim, sqlcipher3.dbapi2)


registry.register("sqlite.sqlcipher_async", __name__, "_SqlcipherDialect")


def open_sqlite(path: Path, key: bytes) -> AsyncEngine:
    """An engine on the encrypted file; nothing is read until the first connection."""

    def connect() -> Any:
        connection = sqlcipher3.connect(
            str(path),
            timeout=BUSY_TIMEOUT_MS / 1000,
            check_same_thread=False,
            isolation_level=None,
        )
        _prepare(connection, key)
        return connection

    async def connect_async() -> aiosqlite.Connection:
        connection = aiosqlite.Connection(connect, iter_chunk_size=1024)
        connection._thread.daemon = True  # a crash must not wait for this thread
        return await connection

    engine = create_async_engine(
        "sqlite+sqlcipher_async://",
        async_creator=connect_async,
        poolclass=AsyncAdaptedQueuePool,
        pool_size=4,
        max_overflow=0,
        json_serializer=_to_json,
        json_deserializer=msgspec.json.decode,
    )

    # The driver must not open transactions by itself: readers begin deferred, writers immediate.
    @event.listens_for(engine.sync_engine, "begin")
    def begin(connection: Any) -> None:
        mode = connection.get_execution_options().get("begin_mode", "DEFERRED")
        connection.exec_driver_sql(f"BEGIN {mode}")

    return engine


def set_tenant(connection: Any, organization_id: str) -> None:
    """Tell the triggers which organization this transaction may write."""
    connection.exec_driver_sql("SELECT set_tenant(?)", (organization_id,))


def _to_json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _prepare(connection: sqlite3.Connection, key: bytes) -> None:
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute(
        "PRAGMA synchronous = FULL"
    )  # what was acknowledged survives a power cut
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    connection.execute(
        "PRAGMA temp_store = MEMORY"
    )  # sorting leaves no clear text on the disk
    tenant = _Tenant()
    connection.create_function("set_tenant", 1, tenant.set)
    connection.create_function("tenant", 0, tenant.get)
    connection.create_function("folded", 1, _folded, deterministic=True)


class _Tenant:
    """The organization that a connection's transaction may write; none after opening."""

    def __init__(self) -> None:
        self.organization_id: str | None = None

    def set(self, organization_id: str | None) -> None:
        self.organization_id = organization_id

    def get(self) -> str | None:
        return self.organization_id


def _folded(text: object) -> str | None:
    return folded(text) if isinstance(text, str) else None


def data_version(connection: Any) -> int:
    """Changes whenever another connection has written to the file."""
    return int(connection.exec_driver_sql("PRAGMA data_version").scalar_one())


TENANT_TRIGGER: Callable[[str, str], str] = lambda table, verb: (
    f"""
CREATE TRIGGER {table}_tenant_{verb.lower()} BEFORE {verb} ON {table}
WHEN {"OLD" if verb == "DELETE" else "NEW"}.organization_id IS NOT tenant()
  {"OR OLD.organization_id IS NOT tenant()" if verb == "UPDATE" else ""}
BEGIN SELECT RAISE(ABORT, 'a row of another organization'); END"""
)
