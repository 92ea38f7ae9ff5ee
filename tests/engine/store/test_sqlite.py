"""Whoever is let go in the midst of writing the file leaves nothing open behind: not for itself, nor for other programs."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from sqlalchemy import Connection, text

from engine.store.database import Database

Two = tuple[Database, Database]


@pytest.fixture
async def two(tmp_path: Path) -> AsyncIterator[Two]:
    """Programs that have the same file open."""
    one = await Database.open_file(tmp_path / "workspace.db", b"k" * 32)
    other = await Database.open_file(tmp_path / "workspace.db", b"k" * 32)
    yield one, other
    await one.close()
    await other.close()


def look(connection: Connection) -> int:
    return int(connection.execute(text("SELECT 1")).scalar_one())


async def write(database: Database) -> int:
    async with database.writing(None) as writing:
        return await writing.run_sync(look)


@pytest.mark.parametrize("steps", range(1, 6))
async def test_who_is_let_go_while_it_begins_to_write_leaves_no_transaction(
    two: Two, steps: int
) -> None:
    one, other = two
    writing = asyncio.create_task(write(one))
    for _ in range(steps):
        await asyncio.sleep(0)
    writing.cancel()
    await asyncio.gather(writing, return_exceptions=True)
    assert await write(other) == 1
    assert await write(one) == 1
