"""Statements that are built once and run often: on SQLite as text handed straight to the driver.

SQLAlchemy takes as long over each execution as SQLite over the statement itself; a command runs a dozen
(docs/benchmarks.md). PostgreSQL is a network away, so there it runs them as usual.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Dialect
from sqlalchemy.exc import DBAPIError
from sqlalchemy.sql.expression import Select, Update
from sqlalchemy.types import TypeEngine

Row = tuple[Any, ...]
Convert = Callable[[Any], Any]


class Prepared:
    """A select or update whose parameters are named anew for each run."""

    def __init__(self, statement: "Select[Any] | Update") -> None:
        self._statement = statement
        self._text: _SqliteText | None = None
        self._grows = False  # with the number of values it is given: there is no one text

    def rows(self, connection: Connection, parameters: Mapping[str, Any]) -> Sequence[Row]:
        """All rows of a select, as plain tuples in the order of its columns."""
        text = self._for_sqlite(connection)
        if text is None:
            found = connection.execute(self._statement, parameters)
            return [tuple(row) for row in found]
        raw: Any = connection.connection.dbapi_connection
        fault = connection.dialect.dbapi.Error  # type: ignore[union-attr]
        try:
            return text.read(raw.execute(text.sql, text.in_order(parameters)).fetchall())
        except fault as error:  # as SQLAlchemy says it, without the values
            raise DBAPIError.instance(text.sql, None, error, fault) from error

    def first(self, connection: Connection, parameters: Mapping[str, Any]) -> Row | None:
        return next(iter(self.rows(connection, parameters)), None)

    def write(self, connection: Connection, parameters: Mapping[str, Any]) -> None:
        """Run an update."""
        text = self._for_sqlite(connection)
        if text is None:
            connection.execute(self._statement, parameters)
        else:
            connection.exec_driver_sql(text.sql, text.in_order(parameters))

    def _for_sqlite(self, connection: Connection) -> "_SqliteText | None":
        if self._grows or connection.dialect.name != "sqlite":
            return None
        if self._text is None:
            compiled: Any = self._statement.compile(dialect=connection.dialect)
            self._grows = bool(compiled.post_compile_params)
            if self._grows:
                return None
            self._text = _SqliteText(self._statement, compiled, connection.dialect)
        return self._text


class _SqliteText:
    """The statement's text, the order of its parameters, and what becomes of values on the way."""

    def __init__(self, statement: "Select[Any] | Update", compiled: Any, dialect: Dialect) -> None:
        self.sql = str(compiled)
        self._writers: list[tuple[str, Convert | None]] = [
            (name, _writer(compiled.binds[name].type, dialect)) for name in compiled.positiontup
        ]
        columns = getattr(statement, "selected_columns", ())
        readers = [_reader(column.type, dialect) for column in columns]
        self._readers = [(place, read) for place, read in enumerate(readers) if read is not None]

    def in_order(self, parameters: Mapping[str, Any]) -> Row:
        return tuple(
            parameters[name] if write is None else write(parameters[name])
            for name, write in self._writers
        )

    def read(self, rows: list[Row]) -> Sequence[Row]:
        return [self._converted(row) for row in rows] if self._readers else rows

    def _converted(self, row: Row) -> Row:
        values = list(row)
        for place, read in self._readers:
            values[place] = read(values[place])
        return tuple(values)


def _writer(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return kind.dialect_impl(dialect).bind_processor(dialect)


def _reader(kind: TypeEngine[Any], dialect: Dialect) -> Convert | None:
    return kind.dialect_impl(dialect).result_processor(dialect, None)
