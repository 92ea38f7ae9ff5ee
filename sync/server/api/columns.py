"""/api/columns, and /api/boards/…/columns: the typed fields of a board, their places, and the trash."""

from typing import Annotated, Any, Final

from litestar import Controller, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta, Struct

from engine.api import Acting
from engine.commands.columns import AddColumn, EditColumn, MoveColumn, RestoreColumn, TrashColumn
from engine.model.column import Column
from engine.queries.board_view import OneColumn, OpenBoard
from sync.server.api import shapes
from sync.server.api.calling import etag, expected, once
from sync.server.api.parameters import VERSIONED, Id, IfMatch, Key, Name, PlaceWanted

SHORT: Final = 10
"""Letters of a column's id (engine.clock.short_id)."""
Shown = Response[shapes.ColumnShown]


class NewColumn(PlaceWanted, frozen=True, kw_only=True):
    """`settings` are those that its type begins with, where they are missing."""

    type: Annotated[str, Meta(max_length=40)]
    title: Name
    settings: dict[str, Any] | None = None


class ColumnChange(Struct, frozen=True, kw_only=True):
    """What is missing stays; `width` in cells, 0 for the type's own."""

    title: Name | None = None
    settings: dict[str, Any] | None = None
    width: Annotated[int, Meta(ge=0, le=1_000)] | None = None


class ColumnList(Struct, frozen=True, kw_only=True):
    columns: list[shapes.ColumnShown]


class ColumnsApi(Controller):
    path = "/api"
    tags = ["columns"]

    @get("/boards/{board_id:str}/columns", name="columns.list")
    async def list_columns(self, acting: NamedDependency[Acting], board_id: Id) -> ColumnList:
        """Those that are in use, in their order."""
        frame = await acting.query(OpenBoard(board_id=board_id))
        return ColumnList(columns=[shapes.column(one) for one in frame.columns])

    @post("/boards/{board_id:str}/columns", name="columns.create", response_headers=VERSIONED)
    async def add_column(
        self, acting: NamedDependency[Acting], board_id: Id, data: JSONBody[NewColumn],
        idempotency_key: Key = None,
    ) -> Shown:  # fmt: skip
        call = once(idempotency_key, acting, "column", board_id, said=data)
        command = AddColumn(
            board_id=board_id, column_id=call.derived("column")[-SHORT:], type=data.type,
            title=data.title, settings=data.settings, after=data.after,
        )  # fmt: skip
        await call.execute(acting, command)
        return await _shown(acting, command.column_id, 201)

    @get("/columns/{column_id:str}", name="columns.show", response_headers=VERSIONED)
    async def show_column(self, acting: NamedDependency[Acting], column_id: Id) -> Shown:
        return await _shown(acting, column_id)

    @patch("/columns/{column_id:str}", name="columns.edit", response_headers=VERSIONED)
    async def edit_column(
        self, acting: NamedDependency[Acting], column_id: Id, data: JSONBody[ColumnChange],
        if_match: IfMatch = None,
    ) -> Shown:  # fmt: skip
        command = EditColumn(
            column_id=column_id, title=data.title, settings=data.settings, width=data.width
        )
        await acting.execute(command, expected=expected(if_match, Column, column_id))
        return await _shown(acting, column_id)

    @post(
        "/columns/{column_id:str}/move", name="columns.move", status_code=200,
        response_headers=VERSIONED,
    )  # fmt: skip
    async def move_column(
        self, acting: NamedDependency[Acting], column_id: Id, data: JSONBody[PlaceWanted],
        idempotency_key: Key = None, if_match: IfMatch = None,
    ) -> Shown:  # fmt: skip
        """Behind another column of the board."""
        call = once(idempotency_key, acting, "column.move", column_id, said=data)
        command = MoveColumn(column_id=column_id, after=data.after)
        await call.execute(acting, command, expected(if_match, Column, column_id))
        return await _shown(acting, column_id)

    @delete("/columns/{column_id:str}", name="columns.trash")
    async def trash_column(
        self, acting: NamedDependency[Acting], column_id: Id, if_match: IfMatch = None
    ) -> None:
        """Into the trash, for 30 days. Its values stay with the items, and come back with it."""
        seen = expected(if_match, Column, column_id)
        await acting.execute(TrashColumn(column_id=column_id), expected=seen)

    @post(
        "/columns/{column_id:str}/restore", name="columns.restore", status_code=200,
        response_headers=VERSIONED,
    )  # fmt: skip
    async def restore_column(
        self, acting: NamedDependency[Acting], column_id: Id, idempotency_key: Key = None
    ) -> Shown:
        """Out of the trash, with its values; its board comes back with it."""
        call = once(idempotency_key, acting, "column.restore", column_id)
        await call.execute(acting, RestoreColumn(column_id=column_id))
        return await _shown(acting, column_id)


async def _shown(acting: Acting, column_id: str, status: int = 200) -> Shown:
    found = await acting.query(OneColumn(column_id=column_id))
    return Response(shapes.column(found), status_code=status, headers=etag(found.seq))
