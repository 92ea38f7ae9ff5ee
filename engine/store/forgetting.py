"""Takes the words of what was erased out of everything a linked device keeps beside the rows (sync.md R12)."""

from typing import Any

import msgspec
from sqlalchemy import Connection, delete, select, update

from engine.store.tables import change, held, journal, outbox


def forget_everywhere(
    connection: Connection, organization_id: str, erased: tuple[str, ...]
) -> None:
    """`erased` are `entity:id`. What undo remembers of them is emptied; commands that name one of them go: those
    that wait would be refused, and neither they nor those decided already may keep a word of it."""
    ids = sorted({name.split(":", 1)[1] for name in erased})
    for start in range(0, len(ids), 500):
        part = ids[start : start + 500]
        connection.execute(
            update(change)
            .where(change.c.organization_id == organization_id, change.c.entity_id.in_(part))
            .values(before=None, after=None)
        )
    for table in (outbox, held, journal):
        _empty(connection, organization_id, table, ids)


def _empty(connection: Connection, organization_id: str, table: Any, ids: list[str]) -> None:
    statement = select(table.c.command_id, table.c.arguments).where(
        table.c.organization_id == organization_id
    )
    for command_id, arguments in connection.execute(statement).all():
        said = msgspec.json.encode(arguments).decode()
        if any(f'"{id}"' in said for id in ids):
            _blank(connection, organization_id, table, command_id)


def _blank(connection: Connection, organization_id: str, table: Any, command_id: str) -> None:
    """One that waits keeps its number, so that the server can refuse it; nothing is left of what it said."""
    where = (table.c.organization_id == organization_id, table.c.command_id == command_id)
    if table is outbox:
        connection.execute(update(table).where(*where).values(arguments={}, was=None))
    else:
        connection.execute(delete(table).where(*where))
