"""What a bare database does on this machine in this run: one row a command, as many commands a transaction as a push has."""

import time
from pathlib import Path
from typing import Any

from bench.sample import KEY
from engine.store.sqlite import _connect

ROWS = 2_000
_MAKE = "CREATE TABLE plain (id {serial}, body TEXT NOT NULL)"
BODY = "x" * 200


def on_sqlite(folder: Path, at_once: int) -> float:
    """Rows a second into a SQLCipher file with our settings."""
    connection = _connect(folder / "plain-inserts.db", KEY)
    connection.execute(_MAKE.format(serial="INTEGER PRIMARY KEY"))
    started = time.perf_counter()
    for _ in range(ROWS // at_once):
        connection.execute("BEGIN IMMEDIATE")
        for _ in range(at_once):
            connection.execute("INSERT INTO plain (body) VALUES (?)", (BODY,))
        connection.execute("COMMIT")
    rate = ROWS / (time.perf_counter() - started)
    connection.close()
    return rate


async def on_postgres(url: str, at_once: int) -> float:
    """Rows a second by the driver that the server uses, on one connection."""
    import asyncpg

    connection: Any = await asyncpg.connect(url)
    await connection.execute("DROP TABLE IF EXISTS plain")
    await connection.execute(_MAKE.format(serial="BIGSERIAL PRIMARY KEY"))
    insert = await connection.prepare("INSERT INTO plain (body) VALUES ($1)")
    started = time.perf_counter()
    for _ in range(ROWS // at_once):
        async with connection.transaction():
            for _ in range(at_once):
                await insert.fetch(BODY)
    rate = ROWS / (time.perf_counter() - started)
    await connection.execute("DROP TABLE plain")
    await connection.close()
    return rate
