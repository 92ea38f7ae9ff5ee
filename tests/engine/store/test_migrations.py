"""Migrations: from nothing to the newest on both databases; a newer file is refused and left alone."""

import hashlib
import shutil
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import JSON, Boolean, Connection, Integer, LargeBinary, inspect, text

from engine.api import Engine
from engine.errors import Damaged, Locked, NewerVersion
from engine.store import migrations
from engine.store.database import Database
from engine.store.migrations import REVISIONS
from engine.store.sqlite import SqliteFile
from engine.store.tables import metadata
from tests.engine.boards import names, sample_board
from tests.engine.conftest import KEY, new_organization


def test_the_list_of_revisions_is_that_of_the_files() -> None:
    script = ScriptDirectory(str(Path(migrations.__file__).parent))
    found = [revision.revision for revision in script.walk_revisions()]
    assert tuple(reversed(found)) == REVISIONS


async def test_the_migrated_schema_is_the_one_that_the_tables_say(engine: Engine) -> None:
    def differences(connection: Connection) -> list[object]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    found = await engine._session.database.read(None, differences)
    assert [entry for entry in found if "alembic_version" not in str(entry)] == []


async def test_opening_twice_migrates_once(tmp_path: Path) -> None:
    first = await Engine.open_workspace(tmp_path, KEY)
    acting = await new_organization(first)
    board = await sample_board(acting, items=1)
    await first.close()
    second = await Engine.open_workspace(tmp_path, KEY)
    assert await names(second.acting_as(acting.actor), board.board) == ["Item 1"]
    await second.close()


NEVER_USED = {"outbox"}
"""Before there was sync; it was made anew then."""


@pytest.mark.parametrize("old", REVISIONS[:-1])
async def test_what_a_past_version_wrote_is_all_there_in_the_newest(
    tmp_path: Path, old: str
) -> None:
    """Each of its tables has a row of a tenant, as the walls between tenants stand in the way of migrations too."""
    path = tmp_path / "workspace.db"
    file = await SqliteFile.open(path, KEY)
    await file.write(None, lambda connection: migrations.upgrade(connection, old))
    filled = await file.write("tenant", _fill) - NEVER_USED
    await file.close()
    database = await Database.open_file(path, KEY)
    assert await database.read("tenant", lambda connection: _counts(connection, filled)) == {1}
    await database.close()


def _fill(connection: Connection) -> set[str]:
    """A row in each table of a tenant; comes back with their names."""
    connection.execute(text("PRAGMA defer_foreign_keys = ON"))
    inspector, filled = inspect(connection), set[str]()
    for name in inspector.get_table_names():
        columns = inspector.get_columns(name)
        if "organization_id" not in {column["name"] for column in columns}:
            continue
        row = {column["name"]: _some(column) for column in columns}
        names, places = ", ".join(f'"{one}"' for one in row), ", ".join(f":{one}" for one in row)
        connection.execute(text(f'INSERT INTO "{name}" ({names}) VALUES ({places})'), row)
        filled.add(name)
    connection.execute(text("PRAGMA foreign_key_check"))
    return filled


def _some(column: Any) -> object:
    if column["name"] == "organization_id":
        return "tenant"
    if isinstance(column["type"], (Integer, Boolean)):
        return 1
    return (
        b"x"
        if isinstance(column["type"], LargeBinary)
        else "{}"
        if isinstance(column["type"], JSON)
        else "x"
    )


def _counts(connection: Connection, tables: set[str]) -> set[int]:
    return {
        connection.execute(text(f'SELECT count(*) FROM "{one}"')).scalar_one() for one in tables
    }


async def test_a_file_of_a_newer_version_is_refused_and_left_untouched(
    tmp_path: Path, template_file: Path
) -> None:
    path = tmp_path / "workspace.db"
    shutil.copy(template_file, path)
    database = await Database.open_file(path, KEY)

    def from_the_future(connection: Connection) -> None:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))

    async with database.writing(None) as transaction:
        await transaction.run_sync(from_the_future)
    await database.close()
    before = hashlib.sha256(path.read_bytes()).hexdigest()
    with pytest.raises(NewerVersion, match="newer ConneqtOS"):
        await Engine.open_workspace(tmp_path, KEY)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == before


async def test_a_wrong_key_opens_nothing(tmp_path: Path, template_file: Path) -> None:
    shutil.copy(template_file, tmp_path / "workspace.db")
    with pytest.raises((Damaged, Locked)):
        await Engine.open_workspace(tmp_path, bytes(32))


async def test_nothing_written_is_readable_on_the_disk(tmp_path: Path, template_file: Path) -> None:
    shutil.copy(template_file, tmp_path / "workspace.db")
    engine = await Engine.open_workspace(tmp_path, KEY)
    acting = await new_organization(engine)
    await sample_board(acting, items=1, name="a very secret board")
    for path in tmp_path.iterdir():
        assert b"secret" not in path.read_bytes(), path.name
    await engine.close()
