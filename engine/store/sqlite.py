"""Opens a SQLCipher file: aiosqlite gives each connection its thread, SQLAlchemy Core runs inside it.

A whole step of a transaction runs in that thread by one hand-over. SQLAlchemy's own aiosqlite dialect
hands over three times a statement, which made a command 20 times as slow as its bare SQL
(docs/decisions/003-one-hop-to-the-database.md).
"""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path
from typing import Any, Concatenate, Final, ParamSpec, TypeVar

import aiosqlite
import msgspec
import sqlcipher3.dbapi2
from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import StaticPool
from sqlalchemy.util import LRUCache

from engine.model.text import folded

T = TypeVar("T")
P = ParamSpec("P")

BUSY_TIMEOUT_SECONDS: Final = 5.0
EMPTYING_MS: Final = 500
_COMPILED: Final[LRUCache[Any, Any]] = LRUCache(500)
CACHE_KIB: Final = 16_384
READERS: Final = 2
CIPHER: Final = ("cipher_page_size = 8192", "cipher_hmac_algorithm = HMAC_SHA256")
"""Where they are not SQLCipher's own settings (docs/decisions/007-pages-of-the-workspace-file.md)."""


class Seat:
    """One connection to the file in its own thread, with SQLAlchemy on top."""

    def __init__(self, driver: aiosqlite.Connection) -> None:
        self._driver = driver
        self._engine = _engine_over(driver._conn)
        self._connection: Connection | None = None

    @classmethod
    async def take(cls, path: Path, key: bytes) -> "Seat":
        driver = aiosqlite.Connection(lambda: _connect(path, key), iter_chunk_size=1024)
        driver._thread.daemon = True  # a crash must not wait for this thread
        try:
            return cls(await driver)
        except BaseException:
            await asyncio.to_thread(
                driver._thread.join
            )  # it ends by itself; do not leave it behind
            raise

    async def begin(self, mode: str, organization_id: str | None) -> None:
        await self._hand_over(self._begin, mode, organization_id)

    async def run_sync(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        """Run `work` on the open transaction, in the connection's thread."""
        return await self._hand_over(lambda: work(self._open(), *args, **kwargs))

    async def end(self, *, commit: bool) -> None:
        """Commit or roll back, if a transaction is open; the connection is free again even if that fails or is cancelled."""
        await asyncio.shield(self._hand_over(self._end, commit))

    async def once(
        self, mode: str, organization_id: str | None, work: Callable[[Connection], T]
    ) -> T:
        """A whole transaction by one hand-over."""

        def whole() -> T:
            self._begin(mode, organization_id)
            try:
                result = work(self._open())
            except BaseException:
                self._end(False)
                raise
            self._end(True)
            return result

        return await self._hand_over(whole)

    async def empty_journal(self) -> bool:
        return await self._hand_over(self._empty_journal)

    async def close(self) -> None:
        await self._driver.close()

    async def _hand_over(self, work: Callable[..., T], *args: object) -> T:
        result: T = await self._driver._execute(work, *args)  # type: ignore[no-untyped-call]
        return result

    def _open(self) -> Connection:
        assert self._connection is not None, "no transaction is open"
        return self._connection

    def _empty_journal(self) -> bool:
        """Whoever writes waits meanwhile for who reads: not for long."""
        connection = self._driver._conn
        connection.execute(f"PRAGMA busy_timeout = {EMPTYING_MS}")
        try:
            busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        finally:
            connection.execute(f"PRAGMA busy_timeout = {BUSY_TIMEOUT_SECONDS * 1_000:.0f}")
        return not busy

    def _begin(self, mode: str, organization_id: str | None) -> None:
        connection = self._engine.connect().execution_options(begin_mode=mode)
        try:
            connection.begin()
            self._driver._conn.execute("SELECT set_tenant(?)", (organization_id,))
        except BaseException:
            connection.close()
            raise
        self._connection = connection

    def _end(self, commit: bool) -> None:
        connection, self._connection = self._connection, None
        if connection is None:
            return
        try:
            if commit:
                connection.commit()
        finally:
            connection.close()  # rolls back what was not committed


class SqliteFile:
    """The connections to one file: a writer, and readers that see the last commit."""

    def __init__(self, writer: Seat, readers: list[Seat]) -> None:
        self._writer = writer
        self._all = [writer, *readers]
        self._writing = asyncio.Lock()
        self._free: asyncio.Queue[Seat] = asyncio.LifoQueue()  # the last one has the pages at hand
        for reader in readers:
            self._free.put_nowait(reader)

    @classmethod
    async def open(cls, path: Path, key: bytes) -> "SqliteFile":
        """The writer first: it makes the file where there is none, and reports what is wrong with it."""
        writer = await Seat.take(path, key)
        readers = await asyncio.gather(*(Seat.take(path, key) for _ in range(READERS)))
        return cls(writer, list(readers))

    async def read(self, organization_id: str | None, work: Callable[[Connection], T]) -> T:
        seat = await self._free.get()
        try:
            return await seat.once("DEFERRED", organization_id, work)
        finally:
            self._free.put_nowait(seat)

    async def write(self, organization_id: str | None, work: Callable[[Connection], T]) -> T:
        async with self._writing:
            return await asyncio.shield(self._writer.once("IMMEDIATE", organization_id, work))

    @asynccontextmanager
    async def writing(self, organization_id: str | None) -> AsyncIterator[Seat]:
        async with self._writing:
            try:  # a beginning that is cancelled may still come about in its thread
                await self._writer.begin("IMMEDIATE", organization_id)
                yield self._writer
            except BaseException:
                await self._writer.end(commit=False)
                raise
            await self._writer.end(commit=True)

    async def empty_journal(self) -> bool:
        """Bring every page into the file and cut the journal to nothing: until then it keeps older pages. False where
        somebody else is reading in it."""
        async with self._writing:
            return await self._writer.empty_journal()

    async def close(self) -> None:
        for seat in self._all:
            await seat.close()


def _engine_over(raw: Any) -> Engine:
    """All connections share one dialect, and so what it has compiled: a file has several, each in its thread."""
    first = _first_engine()
    engine = Engine(StaticPool(lambda: raw), first.dialect, first.url).execution_options(
        compiled_cache=_COMPILED
    )

    # The driver must not open transactions by itself: readers begin deferred, writers immediate.
    @event.listens_for(engine, "begin")
    def begin(connection: Any) -> None:
        mode = connection.get_execution_options().get("begin_mode", "DEFERRED")
        connection.connection.dbapi_connection.execute(f"BEGIN {mode}")

    return engine


@cache
def _first_engine() -> Engine:
    engine = create_engine(
        "sqlite+pysqlite://", module=sqlcipher3.dbapi2, json_serializer=_to_json,
        json_deserializer=msgspec.json.decode,
    )  # fmt: skip
    engine.connect().close()  # the dialect asks once what it is talking to
    return engine


def _to_json(value: Any) -> str:
    return msgspec.json.encode(value).decode()


def _connect(path: Path, key: bytes) -> Any:
    connection = unlocked(path, key)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA secure_delete = ON")
    connection.execute("PRAGMA synchronous = FULL")  # what was acknowledged survives a power cut
    connection.execute(f"PRAGMA cache_size = -{CACHE_KIB}")
    connection.execute("PRAGMA temp_store = MEMORY")  # sorting leaves no clear text on the disk
    return connection


def unlocked(path: Path, key: bytes) -> Any:
    """A connection of the driver to the file opened with its key, and with our functions. A file that does not
    open with our cipher may be from before we had it, and opens with SQLCipher's own."""
    connection = _keyed(path, key, CIPHER)
    try:
        connection.execute("SELECT count(*) FROM sqlite_master")
    except sqlcipher3.dbapi2.DatabaseError as error:
        connection.close()
        if "not a database" not in str(error):
            raise
        connection = _keyed(path, key, ())
    tenant = _Tenant()
    connection.create_function("set_tenant", 1, tenant.set)
    connection.create_function("tenant", 0, tenant.get)
    connection.create_function("folded", 1, _folded, deterministic=True)
    return connection


def alone(path: Path, key: bytes) -> bool:
    """Whether no other program has this file open; then its journal is brought into it. One that cannot be read
    at all is nobody's."""
    try:
        connection = unlocked(path, key)
    except sqlcipher3.dbapi2.DatabaseError:
        return True
    try:
        connection.execute("PRAGMA journal_mode = DELETE").fetchall()
    except sqlcipher3.dbapi2.OperationalError as error:
        return "locked" not in str(error)
    finally:
        connection.close()
    return True


def export_to(connection: Any, target: Path, key: bytes) -> None:
    """Copy the whole database of a connection into a new file under another key, on one snapshot."""
    connection.execute(f"ATTACH DATABASE ? AS copy KEY \"x'{key.hex()}'\"", (str(target),))
    for setting in CIPHER:
        connection.execute(f"PRAGMA copy.{setting}")
    connection.execute("BEGIN")
    connection.execute("SELECT sqlcipher_export('copy')").fetchall()
    connection.execute("COMMIT")
    connection.execute("DETACH DATABASE copy")


def _keyed(path: Path, key: bytes, cipher: tuple[str, ...]) -> Any:
    connection = sqlcipher3.dbapi2.connect(
        str(path), timeout=BUSY_TIMEOUT_SECONDS, check_same_thread=False, isolation_level=None
    )
    connection.execute("PRAGMA cipher_log_level = NONE")  # else it writes to the terminal
    connection.execute(f"PRAGMA key = \"x'{key.hex()}'\"")
    for setting in cipher:
        connection.execute(f"PRAGMA {setting}")
    return connection


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


def tenant_trigger(table: str, verb: str) -> str:
    """A trigger that refuses to insert, update or delete a row of another organization."""
    row = "OLD" if verb == "DELETE" else "NEW"
    moved = "OR OLD.organization_id IS NOT tenant()" if verb == "UPDATE" else ""
    return (
        f"CREATE TRIGGER {table}_tenant_{verb.lower()} BEFORE {verb} ON {table} "
        f"WHEN {row}.organization_id IS NOT tenant() {moved} "
        "BEGIN SELECT RAISE(ABORT, 'a row of another organization'); END"
    )
