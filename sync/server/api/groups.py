"""/api/groups, and /api/boards/…/groups: the groups of a board, their places, and the trash."""

from typing import Annotated

from litestar import Controller, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta, Struct

from engine.api import Acting
from engine.commands.groups import AddGroup, EditGroup, MoveGroup, RestoreGroup, TrashGroup
from engine.model.board import Group
from engine.queries.board_view import OneGroup, OpenBoard
from sync.server.api import shapes
from sync.server.api.calling import etag, expected, once
from sync.server.api.parameters import VERSIONED, Id, IfMatch, Key, Name, PlaceWanted

Color = Annotated[str, Meta(max_length=40)]
Shown = Response[shapes.GroupShown]


class NewGroup(PlaceWanted, frozen=True, kw_only=True):
    name: Name
    color: Color = "blue"


class GroupChange(Struct, frozen=True, kw_only=True):
    """What is missing stays."""

    name: Name | None = None
    color: Color | None = None
    collapsed: bool | None = None


class GroupList(Struct, frozen=True, kw_only=True):
    groups: list[shapes.GroupShown]


class GroupsApi(Controller):
    path = "/api"
    tags = ["groups"]

    @get("/boards/{board_id:str}/groups", name="groups.list")
    async def list_groups(self, acting: NamedDependency[Acting], board_id: Id) -> GroupList:
        """Those that are in use, in their order."""
        frame = await acting.query(OpenBoard(board_id=board_id))
        return GroupList(groups=[shapes.group(one) for one in frame.groups])

    @post("/boards/{board_id:str}/groups", name="groups.create", response_headers=VERSIONED)
    async def add_group(
        self, acting: NamedDependency[Acting], board_id: Id, data: JSONBody[NewGroup],
        idempotency_key: Key = None,
    ) -> Shown:  # fmt: skip
        call = once(idempotency_key, acting, "group", board_id, said=data)
        command = AddGroup(
            board_id=board_id, group_id=call.derived("group"), name=data.name, color=data.color,
            after=data.after,
        )  # fmt: skip
        await call.execute(acting, command)
        return await _shown(acting, command.group_id, 201)

    @get("/groups/{group_id:str}", name="groups.show", response_headers=VERSIONED)
    async def show_group(self, acting: NamedDependency[Acting], group_id: Id) -> Shown:
        return await _shown(acting, group_id)

    @patch("/groups/{group_id:str}", name="groups.edit", response_headers=VERSIONED)
    async def edit_group(
        self, acting: NamedDependency[Acting], group_id: Id, data: JSONBody[GroupChange],
        if_match: IfMatch = None,
    ) -> Shown:  # fmt: skip
        command = EditGroup(
            group_id=group_id, name=data.name, color=data.color, collapsed=data.collapsed
        )
        await acting.execute(command, expected=expected(if_match, Group, group_id))
        return await _shown(acting, group_id)

    @post(
        "/groups/{group_id:str}/move",
        name="groups.move",
        status_code=200,
        response_headers=VERSIONED,
    )
    async def move_group(
        self, acting: NamedDependency[Acting], group_id: Id, data: JSONBody[PlaceWanted],
        idempotency_key: Key = None, if_match: IfMatch = None,
    ) -> Shown:  # fmt: skip
        """Behind another group of the board."""
        call = once(idempotency_key, acting, "group.move", group_id, said=data)
        command = MoveGroup(group_id=group_id, after=data.after)
        await call.execute(acting, command, expected(if_match, Group, group_id))
        return await _shown(acting, group_id)

    @delete("/groups/{group_id:str}", name="groups.trash")
    async def trash_group(
        self, acting: NamedDependency[Acting], group_id: Id, if_match: IfMatch = None
    ) -> None:
        """Into the trash, for 30 days, with its items."""
        seen = expected(if_match, Group, group_id)
        await acting.execute(TrashGroup(group_id=group_id), expected=seen)

    @post(
        "/groups/{group_id:str}/restore", name="groups.restore", status_code=200,
        response_headers=VERSIONED,
    )  # fmt: skip
    async def restore_group(
        self, acting: NamedDependency[Acting], group_id: Id, idempotency_key: Key = None
    ) -> Shown:
        """Out of the trash, or out of the archive; its board comes back with it."""
        call = once(idempotency_key, acting, "group.restore", group_id)
        await call.execute(acting, RestoreGroup(group_id=group_id))
        return await _shown(acting, group_id)


async def _shown(acting: Acting, group_id: str, status: int = 200) -> Shown:
    found = await acting.query(OneGroup(group_id=group_id))
    return Response(shapes.group(found), status_code=status, headers=etag(found.seq))
