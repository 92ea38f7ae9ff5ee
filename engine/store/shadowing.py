"""Keeps the server's image of each record before a waiting command first touches it (sync.md R5)."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, bindparam, delete, insert, select
from sqlalchemy.sql.dml import Insert

from engine.model.record import Record
from engine.store.prepared import Prepared
from engine.store.rows import ORGANIZATION, Row, by_id, field_to_builtin, to_record
from engine.store.tables import ENTITY_NAMES, shadow

Image = tuple[str, str, dict[str, Any] | None]
"""Entity, id, and the record as the server has it; None where it has none."""

_KEPT = Prepared(
    select(shadow.c.entity_id).where(
        shadow.c.organization_id == bindparam(ORGANIZATION),
        shadow.c.entity == bindparam("entity"),
        shadow.c.entity_id == bindparam("entity_id"),
    )
)
_KEEP: Insert = insert(shadow)


class Shadows:
    """Of one transaction of a linked device."""

    def __init__(self, connection: Connection, organization_id: str) -> None:
        self._connection = connection
        self._organization_id = organization_id

    def keep(self, kind: type[Record], id: str) -> None:
        """Before a record is changed or deleted for the first time."""
        entity = ENTITY_NAMES[kind]
        if self._has(entity, id):
            return
        row = by_id(kind).first(self._connection, {ORGANIZATION: self._organization_id, "id": id})
        image = None if row is None else field_to_builtin(to_record(kind, row))
        self._write([self._row(entity, id, image)])

    def keep_new(self, kind: type[Record], ids: Iterable[str]) -> None:
        """Before records are made that the server does not have."""
        entity = ENTITY_NAMES[kind]
        rows = [self._row(entity, id, None) for id in ids if not self._has(entity, id)]
        if rows:
            self._write(rows)

    def is_new(self, kind: type[Record], id: str) -> bool:
        """Whether the server has no such record."""
        statement = select(shadow.c.image).where(
            shadow.c.organization_id == self._organization_id,
            shadow.c.entity == ENTITY_NAMES[kind], shadow.c.entity_id == id,
        )  # fmt: skip
        found = self._connection.execute(statement).first()
        return found is not None and found.image is None

    def _has(self, entity: str, id: str) -> bool:
        parameters = {ORGANIZATION: self._organization_id, "entity": entity, "entity_id": id}
        return _KEPT.first(self._connection, parameters) is not None

    def _row(self, entity: str, id: str, image: Any) -> Row:
        return {
            "organization_id": self._organization_id, "entity": entity, "entity_id": id, "image": image,
        }  # fmt: skip

    def _write(self, rows: list[Row]) -> None:
        self._connection.execute(_KEEP, rows)


def take_shadows(connection: Connection, organization_id: str) -> list[Image]:
    """All images, which are let go: whoever takes them puts them back."""
    mine = shadow.c.organization_id == organization_id
    rows = connection.execute(
        select(shadow.c.entity, shadow.c.entity_id, shadow.c.image).where(mine)
    )
    images = [(row.entity, row.entity_id, row.image) for row in rows]
    connection.execute(delete(shadow).where(mine))
    return images
