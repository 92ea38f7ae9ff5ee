"""Between stored rows and records: which fields a table keeps, and the two ways across."""

from collections.abc import Callable, Mapping
from functools import cache
from operator import itemgetter
from typing import Any, TypeVar

import msgspec
from msgspec import structs
from sqlalchemy import (
    ColumnElement,
    Connection,
    Table,
    bindparam,
    insert,
    select,
    update,
)

from engine.model.item import Item
from engine.model.record import Record
from engine.store.prepared import Prepared
from engine.store.tables import TABLE_OF, Document

R = TypeVar("R", bound=Record)
S = TypeVar("S", bound=msgspec.Struct)
Row = dict[str, Any]

ORGANIZATION = "organization"  # name of the bind parameter that every statement has


@cache
def fields_of(kind: type[Record]) -> tuple[str, ...]:
    return kind.__struct_fields__


@cache
def columns_of(kind: type[Record]) -> tuple[ColumnElement[Any], ...]:
    """The columns that make a record of `kind`, in the order of its fields."""
    table = TABLE_OF[kind]
    return tuple(table.c[name] for name in fields_of(kind))


@cache
def by_id(kind: type[Record]) -> Prepared:
    """One record by id; parameters `organization` and `id`."""
    table = TABLE_OF[kind]
    return Prepared(
        select(*columns_of(kind)).where(
            table.c.organization_id == bindparam(ORGANIZATION),
            table.c.id == bindparam("id"),
        )
    )


Shape = tuple[tuple[str, str], ...]
"""Which fields a listing is chosen by, and how: `is` a value, `in` a list of values, or `null`."""


def shape_of(equals: Mapping[str, object]) -> Shape:
    return tuple((name, _match(value)) for name, value in equals.items())


def _match(value: object) -> str:
    if value is None:
        return "null"
    return "in" if isinstance(value, (list, tuple, set)) else "is"


@cache
def listing(kind: type[Record], shape: Shape, order_by: tuple[str, ...]) -> Prepared:
    """Records chosen by fields; the parameters have the fields' names."""
    table = TABLE_OF[kind]
    statement = select(*columns_of(kind)).where(table.c.organization_id == bindparam(ORGANIZATION))
    for name, match in shape:
        column = table.c[name]
        if match == "null":
            statement = statement.where(column.is_(None))
        elif match == "in":
            statement = statement.where(column.in_(bindparam(name, expanding=True)))
        else:
            statement = statement.where(column == bindparam(name))
    return Prepared(statement.order_by(*(table.c[name] for name in order_by)))


def insert_rows(connection: Connection, table: Table, rows: list[Row]) -> None:
    """Write rows that have every column. They go to SQLite as plain tuples: SQLAlchemy spends half as long
    again on preparing them as the database on writing them."""
    if connection.dialect.name != "sqlite":
        connection.execute(insert(table), rows)
        return
    statement, plain = _plain_insert(table)
    values = [plain(row) for row in rows]
    connection.exec_driver_sql(statement, values if len(values) > 1 else values[0])


@cache
def _plain_insert(table: Table) -> tuple[str, Callable[[Row], tuple[Any, ...]]]:
    """The statement with a place for each column, and how their values are had from a row."""
    names = [column.name for column in table.columns]
    objects = [
        place for place, column in enumerate(table.columns) if isinstance(column.type, Document)
    ]
    in_order = itemgetter(*names)

    def plain(row: Row) -> tuple[Any, ...]:
        values = list(in_order(row))
        for place in objects:
            values[place] = _json_text(values[place])
        return tuple(values)

    places = ", ".join(f'"{name}"' for name in names)
    return f"INSERT INTO {table.name} ({places}) VALUES ({', '.join('?' for _ in names)})", plain


def _json_text(value: Any) -> str | None:
    return None if value is None else msgspec.json.encode(value).decode()


@cache
def rewriting(kind: type[Record], names: tuple[str, ...]) -> Prepared:
    """Set these fields of one record; parameters `row_id` and `new_<field>`."""
    table = TABLE_OF[kind]
    return Prepared(
        update(table)
        .where(
            table.c.organization_id == bindparam(ORGANIZATION), table.c.id == bindparam("row_id")
        )
        .values({name: bindparam(f"new_{name}", type_=table.c[name].type) for name in names})
    )


def to_record(kind: type[S], row: Any) -> S:
    """The record, or other Struct, whose fields are the columns of `row` in their order."""
    return msgspec.convert(dict(zip(kind.__struct_fields__, row, strict=True)), kind)


def to_row(record: Record) -> Row:
    """The fields as the database takes them. Items come by the hundred thousand, so they take the short way."""
    if type(record) is Item:
        row = dict(zip(fields_of(Item), structs.astuple(record), strict=True))
        row["state"] = record.state.value  # the driver is slow with what only derives from text
        return row
    builtins: Row = msgspec.to_builtins(record)
    return builtins


def field_to_builtin(value: object) -> Any:
    return msgspec.to_builtins(value)


def patched(record: R, fields: Mapping[str, object]) -> R:
    """The record with other fields, each brought into its field's type."""
    return msgspec.convert({**msgspec.to_builtins(record), **fields}, type(record))
