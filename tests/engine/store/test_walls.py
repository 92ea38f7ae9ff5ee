"""The walls between tenants as they stand in the database itself: keys, foreign keys, and row-level security."""

from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Final, TypeVar

import pytest
from sqlalchemy import Connection, inspect, text
from sqlalchemy.exc import DBAPIError

from engine.api import Acting, Engine
from engine.store.tables import TENANT_TABLES
from tests.engine.boards import sample_board
from tests.engine.conftest import KEY, new_organization

T = TypeVar("T")
NO_TENANT: Final = {
    "alembic_version": "says which migrations have run",
    "directory": "finds the tenant of an address or a key's prefix, before anybody is known; keyed digests only",
    "rate_limit": "counts addresses and keys, which may belong to no tenant; keyed digests only",
    "tally": "counts what nothing else may be kept of",
    "key_check": "says which key the server has; a digest of it",
    "job": "says which process runs which job of the server",
}
"""Tables that belong to no tenant, each with its reason. A sharded database keeps a copy on every node."""
LISTED: Final = {
    "organization": "the list of organizations",
    "head": "how far each has come: numbers",
    "webhook_cursor": "which webhooks have something due: ids and numbers",
    "mail_due": "which organizations have mails due: ids",
}
"""What can be read over all tenants at once, and what there is to be seen."""


async def looked(engine: Engine, tenant: str | None, look: Callable[[Connection], T]) -> T:
    return await engine._session.database.read(tenant, look)


async def test_every_key_of_every_table_starts_with_the_organization_and_none_leads_out_of_it(
    engine: Engine,
) -> None:
    """The rules of a database that is sharded by tenant (Citus), asked of the database as it stands."""

    def look(connection: Connection) -> list[str]:
        found, faults = inspect(connection), []
        for table in found.get_table_names():
            if table in NO_TENANT:
                continue
            keys = [("primary key", found.get_pk_constraint(table)["constrained_columns"])]
            keys += [("unique", one["column_names"]) for one in found.get_unique_constraints(table)]
            keys += [("index", one["column_names"]) for one in found.get_indexes(table)]
            for foreign in found.get_foreign_keys(table):
                keys.append(("foreign key", foreign["constrained_columns"]))
                keys.append((f"to {foreign['referred_table']}", foreign["referred_columns"]))
                if foreign["referred_table"] in NO_TENANT:
                    faults.append(f"{table} refers to {foreign['referred_table']}")
            faults += [
                f"{table}: {kind} {key}" for kind, key in keys if key[:1] != ["organization_id"]
            ]
        assert set(found.get_table_names()) == {one.name for one in TENANT_TABLES} | set(NO_TENANT)
        return faults

    assert await looked(engine, None, look) == []


async def two_tenants(engine: Engine) -> tuple[Acting, Acting]:
    theirs, mine = await new_organization(engine), await new_organization(engine)
    for acting in (theirs, mine):
        await sample_board(acting, items=1)
    return theirs, mine


@pytest.fixture
async def postgres(postgres_url: str, tmp_path: Path) -> AsyncIterator[Engine]:
    """Row-level security is PostgreSQL's; SQLite has triggers (tests/engine/test_tenants.py)."""
    opened = await Engine.open_postgres(postgres_url, tmp_path, KEY)
    yield opened
    await opened.close()


async def test_a_query_that_forgets_the_organization_sees_its_own_rows_only(
    postgres: Engine,
) -> None:
    _, mine = await two_tenants(postgres)
    tenant = mine.actor.organization_id

    def look(connection: Connection) -> dict[str, set[str]]:
        return {
            table.name: {
                row[0]
                for row in connection.execute(text(f"SELECT organization_id FROM {table.name}"))
            }
            for table in TENANT_TABLES
        }

    seen = await looked(postgres, tenant, look)
    assert all(tenants <= {tenant} for tenants in seen.values())
    assert seen["item"] == seen["board"] == seen["audit"] == {tenant}
    joined = "SELECT count(*) FROM item JOIN board ON item.board_id = board.id"
    whole = await looked(postgres, tenant, lambda c: c.execute(text(joined)).scalar())
    assert whole == 1


async def test_without_an_organization_only_what_is_listed_is_there_and_only_to_be_read(
    postgres: Engine,
) -> None:
    await two_tenants(postgres)

    def look(connection: Connection) -> set[str]:
        counts = {
            table.name: connection.execute(text(f"SELECT count(*) FROM {table.name}")).scalar()
            for table in TENANT_TABLES
        }
        return {name for name, count in counts.items() if count}

    assert await looked(postgres, None, look) <= set(LISTED)

    def write(connection: Connection) -> int:
        return connection.execute(text("UPDATE organization SET name = 'taken'")).rowcount

    assert await looked(postgres, None, write) == 0


async def test_a_write_without_an_organization_touches_no_row_of_any(postgres: Engine) -> None:
    theirs, _ = await two_tenants(postgres)
    database, taken = postgres._session.database, {"theirs": theirs.actor.organization_id}

    def write(connection: Connection) -> set[int]:
        return {
            connection.execute(text(f"{verb} {table.name} {rest}")).rowcount
            for table in TENANT_TABLES
            for verb, rest in (
                ("UPDATE", "SET organization_id = organization_id"),
                ("DELETE FROM", ""),
            )
        }

    assert await database.write(None, write) == {0}
    with pytest.raises(DBAPIError, match="row-level security"):
        await database.write(
            None,
            lambda c: c.execute(
                text("INSERT INTO mail_due (organization_id) VALUES (:theirs)"), taken
            ),
        )
    with pytest.raises(DBAPIError, match="row-level security"):
        async with database.writing(None) as transaction:
            await transaction.run_sync(
                lambda c: c.execute(
                    text("INSERT INTO head (organization_id, seq) VALUES (:theirs, 1)"), taken
                )
            )


async def test_a_row_of_another_tenant_cannot_be_written_by_hand(postgres: Engine) -> None:
    theirs, mine = await two_tenants(postgres)

    def write(connection: Connection) -> Any:
        return connection.execute(
            text("INSERT INTO mail_due (organization_id) VALUES (:theirs)"),
            {"theirs": theirs.actor.organization_id},
        )

    with pytest.raises(DBAPIError, match="row-level security"):
        await postgres._session.database.write(mine.actor.organization_id, write)


async def test_every_table_of_tenants_has_the_wall_forced_upon_its_owner_too(
    postgres: Engine,
) -> None:
    statement = text(
        "SELECT relname, relrowsecurity AND relforcerowsecurity FROM pg_class WHERE relkind = 'r' "
        "AND relnamespace = 'public'::regnamespace"
    )
    found = await looked(postgres, None, lambda c: {row[0]: row[1] for row in c.execute(statement)})
    assert {name for name, walled in found.items() if not walled} == set(NO_TENANT)
