"""Finds the tenant of an address or of an API key before anybody is known: by a keyed digest, so that the table
tells nothing to who reads it.

A tenant claims and releases its entries in the same transaction as its own rows.
"""

import hashlib
import hmac

from sqlalchemy import Connection, delete, insert, select
from sqlalchemy.exc import IntegrityError

from engine.errors import Refused
from engine.model.text import folded
from engine.store.tables import directory
from engine.store.unit_of_work import UnitOfWork

EMAIL = "email"
API_KEY = "api_key"


def digest_of(key: bytes, kind: str, word: str) -> str:
    """`key` is the store's own. Addresses that differ in case only are one."""
    message = f"directory\0{kind}\0{folded(word.strip())}".encode()
    return hmac.digest(key, message, hashlib.sha256).hex()


def claim(unit: UnitOfWork, kind: str, word: str) -> None:
    """Raises Refused where another tenant, or this one, has it already."""
    row = {"kind": kind, "digest": digest_of(unit.sealing_key, kind, word)}
    try:
        unit.connection.execute(
            insert(directory).values(organization_id=unit.actor.organization_id, **row)
        )
    except IntegrityError:
        raise Refused("This is taken.") from None


def release(unit: UnitOfWork, kind: str, word: str) -> None:
    """Give up an entry of this tenant; one of another stays as it is."""
    unit.connection.execute(
        delete(directory).where(
            directory.c.kind == kind,
            directory.c.digest == digest_of(unit.sealing_key, kind, word),
            directory.c.organization_id == unit.actor.organization_id,
        )
    )


def release_all(unit: UnitOfWork) -> None:
    """The tenant ends."""
    unit.connection.execute(
        delete(directory).where(directory.c.organization_id == unit.actor.organization_id)
    )


def tenant_of(connection: Connection, key: bytes, kind: str, word: str) -> str | None:
    """The organization that has claimed this word."""
    statement = select(directory.c.organization_id).where(
        directory.c.kind == kind, directory.c.digest == digest_of(key, kind, word)
    )
    found = connection.execute(statement).scalar()
    return None if found is None else str(found)
