"""Opens PostgreSQL for a server: row-level security set for each transaction, and the same JSON as SQLite."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Concatenate, Final, ParamSpec, TypeVar
from weakref import WeakValueDictionary

import msgspec
from sqlalchemy import Connection, make_url, text
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine, create_async_engine

from engine.errors import UsageError, WorkspaceError
from engine.store.faults import connecting_faults, connection_faults, server_faults

T = TypeVar("T")
P = ParamSpec("P")

RUNTIME_ROLE: Final = "conneqtos_runtime"
"""Owns nothing and cannot pass row-level security; every transaction runs as this role, but for the migrations."""
CONNECTIONS: Final = 10
WRITERS: Final = 2
"""Of one organization at once in this process: they wait for each other at its head, and should not do so with all
connections in their hands."""
KEPT_FOR_READING: Final = 2
NOT_ALLOWED: Final = "42501"
LONGEST_STATEMENT_MS: Final = 300_000
LONGEST_PAUSE_MS: Final = 60_000
"""Within a transaction, between two statements: PostgreSQL then ends what nobody goes on with."""
_SECRETS: Final = ("password", "sslpassword")
"""Parts of an address, beside the usual place, that are shown to nobody."""

# All that a transaction begins with by one way to the server. `true`: until it ends.
_BEGUN: Final = (
    f"SELECT set_config('role', '{RUNTIME_ROLE}', true), "
    f"set_config('statement_timeout', '{LONGEST_STATEMENT_MS}', true), "
    f"set_config('idle_in_transaction_session_timeout', '{LONGEST_PAUSE_MS}', true)"
)
_TENANT: Final = text(f"{_BEGUN}, set_config('conneqtos.organization_id', :organization, true)")
_NO_TENANT: Final = text(_BEGUN)
_LOGIN: Final = text(
    "SELECT rolname, NOT (rolsuper OR rolbypassrls) FROM pg_roles WHERE rolname = session_user"
)
_LISTING: Final = text(f"{_BEGUN}, set_config('conneqtos.lists_organizations', 'on', true)")


class Transaction:
    """One that writes, step by step. Cancelled within a step, its connection is ended, and PostgreSQL rolls back: the
    driver loses a cancellation while it sends many rows, and would wait for ever with all that is locked."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def run_sync(
        self, work: Callable[Concatenate[Connection, P], T], *args: P.args, **kwargs: P.kwargs
    ) -> T:
        step = asyncio.ensure_future(self._connection.run_sync(work, *args, **kwargs))
        try:
            return await asyncio.shield(step)
        except asyncio.CancelledError:
            if not step.done():
                await self._cut(step)
            raise

    async def _cut(self, step: "asyncio.Future[Any]") -> None:
        """The connection first: only then does the driver let go of the step."""
        raw = await self._connection.get_raw_connection()
        driver: Any = raw.driver_connection
        driver.terminate()
        step.cancel()
        await asyncio.gather(step, return_exceptions=True)


class Writers:
    """Who may write: so many of one organization, and so many of all. Nothing is remembered of an organization that
    nobody writes."""

    def __init__(self, most: int) -> None:
        self._all = asyncio.Semaphore(most)
        self._of: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    @asynccontextmanager
    async def one_of(self, organization_id: str) -> AsyncIterator[None]:
        mine = self._of.setdefault(organization_id, asyncio.Semaphore(WRITERS))
        async with mine, self._all:
            yield


class PostgresServer:
    """A pool of connections; every transaction is that of one organization, or of none."""

    def __init__(self, engine: AsyncEngine, where: str, connections: int) -> None:
        self._engine = engine
        self.where = where
        self._writers = Writers(max(1, connections - KEPT_FOR_READING))

    @classmethod
    def open(cls, url: str, connections: int = CONNECTIONS) -> "PostgresServer":
        """`url` is `postgresql://…` as libpq knows it, `sslmode` and all; the login must be able to take the runtime
        role. Nothing is connected yet. Raises UsageError."""
        engine = create_async_engine(
            "postgresql+asyncpg://", async_creator=_creator(url), pool_size=connections, max_overflow=0,
            pool_pre_ping=True,
            json_serializer=lambda value: msgspec.json.encode(value).decode(),
            json_deserializer=msgspec.json.decode,
        )  # fmt: skip
        return cls(engine, shown(url), connections)

    async def read(self, organization_id: str | None, work: Callable[[Connection], T]) -> T:
        """On one snapshot, as sync.md asks of a pull. Without an organization one sees which there are and how far
        each has come, and nothing of any."""
        with connection_faults():
            async with self._engine.connect() as plain:
                connection = await plain.execution_options(isolation_level="REPEATABLE READ")
                async with connection.begin():
                    await _step_down(connection, organization_id, _LISTING)
                    return await connection.run_sync(work)

    async def write(self, organization_id: str | None, work: Callable[[Connection], T]) -> T:
        async with self.writing(organization_id) as transaction:
            return await transaction.run_sync(work)

    @asynccontextmanager
    async def writing(self, organization_id: str | None) -> AsyncIterator[Transaction]:
        if organization_id is None:
            async with self._begun(None) as transaction:
                yield transaction
            return
        async with (
            self._writers.one_of(organization_id),
            self._begun(organization_id) as transaction,
        ):
            yield transaction

    @asynccontextmanager
    async def _begun(self, organization_id: str | None) -> AsyncIterator[Transaction]:
        with connection_faults():
            async with self._engine.connect() as connection, connection.begin():
                await _step_down(connection, organization_id, _NO_TENANT)
                yield Transaction(connection)

    async def as_owner(self, work: Callable[[Connection], T]) -> T:
        """As the login role, which owns the tables: for the migrations only."""
        async with self._engine.begin() as connection:
            return await connection.run_sync(work)

    async def check_role(self) -> bool:
        """Whether row-level security would bind the login too, should it not step down. Raises WorkspaceError where
        it cannot step down."""

        def look(connection: Connection) -> bool:
            login, bound = connection.execute(_LOGIN).one()
            try:
                connection.execute(_NO_TENANT)
            except DBAPIError as error:
                if getattr(error.orig, "sqlstate", "") != NOT_ALLOWED:
                    raise
                raise WorkspaceError(
                    f"{login} may not step down to {RUNTIME_ROLE} at {self.where}, so nothing there would keep "
                    f"tenants apart. As a superuser of it: GRANT {RUNTIME_ROLE} TO {login}"
                ) from None
            return bool(bound)

        return await self.as_owner(look)

    async def close(self) -> None:
        await self._engine.dispose()


async def reach(url: str) -> None:
    """Connect to it once. Raises UsageError, WorkspaceError."""
    server = PostgresServer.open(url, 1)
    with server_faults(server.where):
        try:
            await server.as_owner(lambda connection: None)
        finally:
            await server.close()


def shown(url: str) -> str:
    """An address without its passwords. Raises UsageError for one that is none."""
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise UsageError(
            "The address of the database is none: postgresql://user@host:port/name."
        ) from None
    return parsed.difference_update_query(_SECRETS).render_as_string(hide_password=True)


def _creator(url: str) -> Callable[[], Any]:
    """The driver reads the address itself: SQLAlchemy would hand on what only libpq knows."""
    import asyncpg

    async def connected() -> Any:
        with connecting_faults():
            return await asyncpg.connect(url)

    return connected


async def _step_down(
    connection: AsyncConnection, organization_id: str | None, otherwise: Any
) -> None:
    """To the role that row-level security binds, for this transaction only."""
    if organization_id is None:
        await connection.execute(otherwise)
    else:
        await connection.execute(_TENANT, {"organization": organization_id})


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
