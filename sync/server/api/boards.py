"""/api/boards: boards with their groups, and their items page by page."""

from typing import Annotated

from litestar import Controller, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import HeaderParameter, JSONBody, PathParameter, QueryParameter
from msgspec import Meta, Struct

from engine.api import Acting
from engine.commands.boards import CreateBoard, EditBoard, TrashBoard
from engine.commands.groups import AddGroup
from engine.commands.items import AddItems, NewItem
from engine.errors import Invalid, NotFound
from engine.model.board import Board, BoardKind
from engine.model.view import Filter
from engine.queries.board_view import BoardFrame, OpenBoard, RowOrder, RowWindow
from engine.queries.home import Boards
from engine.queries.item_detail import FindItems
from sync.server.api import shapes
from sync.server.api.calling import etag, expected, made, once

MOST = 500
Id = Annotated[str, PathParameter(max_length=64)]
Limit = Annotated[int, QueryParameter(ge=1, le=MOST)]
Key = Annotated[str | None, HeaderParameter(name="Idempotency-Key", max_length=200)]
IfMatch = Annotated[str | None, HeaderParameter(name="If-Match", max_length=64)]
Name = Annotated[str, Meta(min_length=1, max_length=500)]


class NewBoard(Struct, frozen=True, kw_only=True):
    name: Name
    description: Annotated[str, Meta(max_length=10_000)] = ""
    kind: BoardKind = BoardKind.MAIN


class BoardChange(Struct, frozen=True, kw_only=True):
    """What is missing stays."""

    name: Name | None = None
    description: Annotated[str, Meta(max_length=10_000)] | None = None
    kind: BoardKind | None = None


class NewGroup(Struct, frozen=True, kw_only=True):
    name: Name


class ItemWanted(Struct, frozen=True, kw_only=True):
    """`group_id` is the board's first group where it is missing. `values` by column id."""

    name: Name
    group_id: Annotated[str, Meta(max_length=64)] = ""
    parent_id: Annotated[str, Meta(max_length=64)] | None = None
    values: dict[str, object] = {}


class BoardsApi(Controller):
    path = "/api/boards"
    tags = ["boards"]

    @get(name="boards.list")
    async def list_boards(
        self,
        acting: NamedDependency[Acting],
        limit: Limit = 100,
        cursor: Annotated[str, QueryParameter(max_length=64)] = "",
    ) -> shapes.BoardPage:
        """The boards that the caller may see, in their order."""
        found = [shapes.board(one.board) for one in await acting.query(Boards())]
        start = 0
        if cursor:
            ids = [one.id for one in found]
            start = ids.index(cursor) + 1 if cursor in ids else len(ids)
        page = found[start : start + limit]
        more = start + limit < len(found)
        return shapes.BoardPage(boards=page, next=page[-1].id if more else "")

    @post(name="boards.create")
    async def create_board(
        self, acting: NamedDependency[Acting], data: JSONBody[NewBoard], idempotency_key: Key = None
    ) -> Response[shapes.BoardFrameShown]:
        call = once(idempotency_key, acting, "board", said=data)
        command = CreateBoard(
            board_id=call.derived("board"), name=data.name, description=data.description, kind=data.kind,
            group_id=call.derived("group"),
        )  # fmt: skip
        await call.execute(acting, command)
        return await _shown(acting, command.board_id, 201)

    @get("/{board_id:str}", name="boards.show")
    async def show_board(
        self, acting: NamedDependency[Acting], board_id: Id
    ) -> Response[shapes.BoardFrameShown]:
        return await _shown(acting, board_id, 200)

    @patch("/{board_id:str}", name="boards.edit")
    async def edit_board(
        self,
        acting: NamedDependency[Acting],
        board_id: Id,
        data: JSONBody[BoardChange],
        if_match: IfMatch = None,
    ) -> Response[shapes.BoardFrameShown]:
        command = EditBoard(
            board_id=board_id, name=data.name, description=data.description, kind=data.kind
        )
        await acting.execute(command, expected=expected(if_match, Board, board_id))
        return await _shown(acting, board_id, 200)

    @delete("/{board_id:str}", name="boards.trash")
    async def trash_board(
        self, acting: NamedDependency[Acting], board_id: Id, if_match: IfMatch = None
    ) -> None:
        """Into the trash, for 30 days."""
        seen = expected(if_match, Board, board_id)
        await acting.execute(TrashBoard(board_id=board_id), expected=seen)

    @post("/{board_id:str}/groups", name="groups.create")
    async def add_group(
        self,
        acting: NamedDependency[Acting],
        board_id: Id,
        data: JSONBody[NewGroup],
        idempotency_key: Key = None,
    ) -> shapes.GroupShown:
        call = once(idempotency_key, acting, "group", board_id, said=data)
        group_id = call.derived("group")
        command = AddGroup(board_id=board_id, group_id=group_id, name=data.name)
        await call.execute(acting, command)
        frame = await acting.query(OpenBoard(board_id=board_id))
        return made(shapes.group(one) for one in frame.groups if one.id == group_id)

    @get("/{board_id:str}/items", name="items.list")
    async def list_items(
        self, acting: NamedDependency[Acting], board_id: Id, limit: Limit = 100,
        cursor: Annotated[str, QueryParameter(max_length=20)] = "",
        words: Annotated[str, QueryParameter(max_length=500)] = "",
    ) -> shapes.ItemPage:  # fmt: skip
        """Items in the order of the board; with `words` only those that have all of them."""
        order = await acting.query(RowOrder(board_id=board_id, filter=Filter(words)))
        numbers = [number for lane in order.values() for number in lane]
        start = 0
        if cursor:
            if not cursor.isdecimal() or len(cursor) > 18:
                raise Invalid("This cursor is none of ours: send “next” of the page before.")
            after = int(cursor)
            start = numbers.index(after) + 1 if after in numbers else len(numbers)
        page = numbers[start : start + limit]
        rows = await acting.query(RowWindow(board_id=board_id, numbers=tuple(page)))
        found = [shapes.item(rows[number].item) for number in page if number in rows]
        more = start + limit < len(numbers)
        return shapes.ItemPage(items=found, next=str(page[-1]) if more else "")

    @post("/{board_id:str}/items", name="items.create")
    async def add_item(
        self,
        acting: NamedDependency[Acting],
        board_id: Id,
        data: JSONBody[ItemWanted],
        idempotency_key: Key = None,
    ) -> Response[shapes.ItemShown]:
        frame = await acting.query(OpenBoard(board_id=board_id))
        call = once(idempotency_key, acting, "item", board_id, said=data)
        new = NewItem(id=call.derived("item"), name=data.name, values=dict(data.values))  # type: ignore[arg-type]
        command = AddItems(
            group_id=_group(frame, data.group_id), parent_id=data.parent_id or None, items=(new,)
        )
        await call.execute(acting, command)
        item = made(await acting.query(FindItems(ids=(new.id,))))
        return Response(shapes.item(item), status_code=201, headers=etag(item.seq))


def _group(frame: BoardFrame, wanted: str) -> str:
    if wanted:
        if wanted not in {one.id for one in frame.groups}:
            raise NotFound(f"There is no group “{wanted}” on this board.")
        return wanted
    if not frame.groups:
        raise NotFound("This board has no group to add to. Make one first.")
    return frame.groups[0].id


async def _shown(acting: Acting, board_id: str, status: int) -> Response[shapes.BoardFrameShown]:
    frame = await acting.query(OpenBoard(board_id=board_id))
    shown = shapes.BoardFrameShown(
        board=shapes.board(frame.board), groups=[shapes.group(one) for one in frame.groups],
        columns=[shapes.column(one) for one in frame.columns], role=frame.role,
    )  # fmt: skip
    return Response(shown, status_code=status, headers=etag(frame.board.seq))
