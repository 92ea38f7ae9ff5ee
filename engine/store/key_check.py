"""Which key a database of a server belongs to: a digest of it, written at the first start, so that no process with
another key works on it. What one of them writes the other could not read, or would take for forged."""

import hashlib
import hmac
from typing import Final

from sqlalchemy import Connection, insert, select

from engine.errors import Locked
from engine.store import tables

PURPOSE: Final = b"conneqtos key check 1"


def check_key(connection: Connection, key: bytes, where: str) -> None:
    """Raises Locked where the database was set up with another one."""
    mine = hmac.digest(key, PURPOSE, hashlib.sha256).hex()
    stored = connection.execute(select(tables.key_check.c.digest)).scalar()
    if stored is None:
        connection.execute(insert(tables.key_check).values(digest=mine))
    elif not hmac.compare_digest(stored, mine):
        raise Locked(
            f"{where} was set up by a server with another key than this one has, so it was not started. Give every "
            "machine the key of the first one (docs/guide/server.md)."
        )
