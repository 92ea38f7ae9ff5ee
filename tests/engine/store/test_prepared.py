"""Prepared statements give the same rows on both databases, whichever way they are run."""

import pytest
from sqlalchemy import Connection, bindparam, select, text, update
from sqlalchemy.exc import DBAPIError

from engine.api import Acting
from engine.clock import new_id
from engine.commands.boards import CreateBoard
from engine.store.prepared import Prepared
from engine.store.tables import board_column

_COLUMNS = select(
    board_column.c.title, board_column.c.settings, board_column.c.width
).where(board_column.c.board_id == bindparam("board_id")).order_by(board_column.c.position)  # fmt: skip


async def _a_board(acting: Acting) -> str:
    board_id = new_id()
    await acting.execute(CreateBoard(board_id=board_id, name="Board"))
    return board_id


async def test_rows_come_as_sqlalchemy_gives_them(acting: Acting) -> None:
    board_id = await _a_board(acting)

    def both(connection: Connection) -> tuple[list[object], list[object]]:
        usual = connection.execute(_COLUMNS, {"board_id": board_id})
        prepared = Prepared(_COLUMNS).rows(connection, {"board_id": board_id})
        return [tuple(row) for row in usual], list(prepared)

    database = acting._session.database
    usual, prepared = await database.read(acting.actor.organization_id, both)
    assert prepared == usual
    assert prepared


async def test_a_list_of_values_finds_as_many_rows(acting: Acting) -> None:
    board_id = await _a_board(acting)
    named = Prepared(
        select(board_column.c.title).where(
            board_column.c.board_id == board_id,
            board_column.c.title.in_(bindparam("titles", expanding=True)),
        )
    )

    def titles(connection: Connection) -> list[int]:
        every = [row[0] for row in Prepared(_COLUMNS).rows(connection, {"board_id": board_id})]
        return [
            len(named.rows(connection, {"titles": some})) - len(some)
            for some in (every, every[:1], [])
        ]

    assert await acting._session.database.read(acting.actor.organization_id, titles) == [0, 0, 0]


async def test_what_is_written_is_read_again(acting: Acting) -> None:
    board_id = await _a_board(acting)
    widen = Prepared(
        update(board_column)
        .where(board_column.c.board_id == bindparam("at"))
        .values(width=bindparam("new_width"), settings=bindparam("new", type_=board_column.c.settings.type))
    )  # fmt: skip

    def write(connection: Connection) -> set[object]:
        widen.write(connection, {"at": board_id, "new_width": 31, "new": {"unit": "kg"}})
        rows = Prepared(_COLUMNS).rows(connection, {"board_id": board_id})
        return {(row[2], row[1]["unit"]) for row in rows}

    written = await acting._session.database.write(acting.actor.organization_id, write)
    assert written == {(31, "kg")}


async def test_a_fault_of_the_database_is_that_of_any_other_statement(acting: Acting) -> None:
    board_id = await _a_board(acting)

    def read(connection: Connection) -> None:
        Prepared(select(text("1")).select_from(text("nothing")).where(text("'x' = 'y'"))).rows(
            connection, {"board_id": board_id}
        )

    with pytest.raises(DBAPIError) as raised:
        await acting._session.database.write(acting.actor.organization_id, read)
    assert board_id not in str(raised.value)
