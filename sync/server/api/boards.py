"""/api/boards: boards, their places, and the trash."""

from typing import Annotated

from litestar import Controller, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta, Struct

from engine.api import Acting
from engine.commands.boards import CreateBoard, EditBoard, MoveBoard, RestoreBoard, TrashBoard
from engine.model.board import Board, BoardKind
from engine.queries.board_view import OpenBoard
from engine.queries.pages import PageOfBoards
from sync.server.api import shapes
from sync.server.api.calling import etag, expected, once
from sync.server.api.paging import key_in, next_cursor
from sync.server.api.parameters import VERSIONED, Cursor, Id, IfMatch, Key, Limit, Name, PlaceWanted

Description = Annotated[str, Meta(max_length=10_000)]
Noun = Annotated[str, Meta(min_length=1, max_length=40)]
Shown = Response[shapes.BoardFrameShown]


class NewBoard(Struct, frozen=True, kw_only=True):
    name: Name
    description: Description = ""
    kind: BoardKind = BoardKind.MAIN
    item_noun: Noun = "item"


class BoardChange(Struct, frozen=True, kw_only=True):
    """What is missing stays."""

    name: Name | None = None
    description: Description | None = None
    kind: BoardKind | None = None
    item_noun: Noun | None = None


class BoardsApi(Controller):
    path = "/api/boards"
    tags = ["boards"]

    @get(name="boards.list")
    async def list_boards(
        self, acting: NamedDependency[Acting], limit: Limit = 100, cursor: Cursor = ""
    ) -> shapes.BoardPage:
        """The boards that the caller may see, in their order."""
        after = key_in(acting, cursor, "boards")
        page = await acting.query(PageOfBoards(after=after, limit=limit))
        return shapes.BoardPage(
            boards=[shapes.board(one) for one in page.found],
            next=next_cursor(acting, page.next, "boards"),
        )

    @post(name="boards.create", response_headers=VERSIONED)
    async def create_board(
        self, acting: NamedDependency[Acting], data: JSONBody[NewBoard], idempotency_key: Key = None
    ) -> Shown:
        call = once(idempotency_key, acting, "board", said=data)
        command = CreateBoard(
            board_id=call.derived("board"), name=data.name, description=data.description, kind=data.kind,
            item_noun=data.item_noun, group_id=call.derived("group"),
        )  # fmt: skip
        await call.execute(acting, command)
        return await _shown(acting, command.board_id, 201)

    @get("/{board_id:str}", name="boards.show", response_headers=VERSIONED)
    async def show_board(self, acting: NamedDependency[Acting], board_id: Id) -> Shown:
        return await _shown(acting, board_id)

    @patch("/{board_id:str}", name="boards.edit", response_headers=VERSIONED)
    async def edit_board(
        self, acting: NamedDependency[Acting], board_id: Id, data: JSONBody[BoardChange],
        if_match: IfMatch = None,
    ) -> Shown:  # fmt: skip
        command = EditBoard(
            board_id=board_id, name=data.name, description=data.description, kind=data.kind,
            item_noun=data.item_noun,
        )  # fmt: skip
        await acting.execute(command, expected=expected(if_match, Board, board_id))
        return await _shown(acting, board_id)

    @post("/{board_id:str}/move", name="boards.move", status_code=200, response_headers=VERSIONED)
    async def move_board(
        self, acting: NamedDependency[Acting], board_id: Id, data: JSONBody[PlaceWanted],
        idempotency_key: Key = None, if_match: IfMatch = None,
    ) -> Shown:  # fmt: skip
        """Behind another board."""
        call = once(idempotency_key, acting, "board.move", board_id, said=data)
        command = MoveBoard(board_id=board_id, after=data.after)
        await call.execute(acting, command, expected(if_match, Board, board_id))
        return await _shown(acting, board_id)

    @delete("/{board_id:str}", name="boards.trash")
    async def trash_board(
        self, acting: NamedDependency[Acting], board_id: Id, if_match: IfMatch = None
    ) -> None:
        """Into the trash, for 30 days."""
        seen = expected(if_match, Board, board_id)
        await acting.execute(TrashBoard(board_id=board_id), expected=seen)

    @post(
        "/{board_id:str}/restore",
        name="boards.restore",
        status_code=200,
        response_headers=VERSIONED,
    )
    async def restore_board(
        self, acting: NamedDependency[Acting], board_id: Id, idempotency_key: Key = None
    ) -> Shown:
        """Out of the trash, or out of the archive."""
        call = once(idempotency_key, acting, "board.restore", board_id)
        await call.execute(acting, RestoreBoard(board_id=board_id))
        return await _shown(acting, board_id)


async def _shown(acting: Acting, board_id: str, status: int = 200) -> Shown:
    frame = await acting.query(OpenBoard(board_id=board_id))
    shown = shapes.BoardFrameShown(
        board=shapes.board(frame.board), groups=[shapes.group(one) for one in frame.groups],
        columns=[shapes.column(one) for one in frame.columns], role=frame.role,
    )  # fmt: skip
    return Response(shown, status_code=status, headers=etag(frame.board.seq, shown))
