"""/api/items: one item, its values, its place, copies of it, its subitems, and the trash."""

from typing import Any

from litestar import Controller, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Struct

from engine.api import Acting
from engine.commands.items import (
    DuplicateItems,
    MoveItems,
    RenameItem,
    RestoreItems,
    SetValues,
    TrashItems,
)
from engine.commands.registry import Command
from engine.model.item import Item
from engine.queries.board_view import OneRow
from engine.queries.pages import PageOfSubitems
from sync.server.api import shapes
from sync.server.api.calling import etag, expected, once
from sync.server.api.paging import key_in, next_cursor
from sync.server.api.parameters import (
    VERSIONED,
    Cursor,
    Id,
    IfMatch,
    Key,
    Limit,
    Name,
    Named,
    PlaceWanted,
)

Shown = Response[shapes.ItemRowShown]


class ItemPlace(PlaceWanted, frozen=True, kw_only=True):
    """What is missing stays; with `parent_id` it becomes a subitem of that item, with "" an item of its own."""

    group_id: Named | None = None
    parent_id: Named | None = None


class ItemChange(Struct, frozen=True, kw_only=True):
    """What is missing stays; null clears a value. `after` is the id of an item, "" for the first place."""

    name: Name | None = None
    values: dict[str, Any] | None = None
    group_id: Named | None = None
    after: Named | None = None


class ItemsApi(Controller):
    path = "/api/items"
    tags = ["items"]

    @get("/{item_id:str}", name="items.show", response_headers=VERSIONED)
    async def show_item(self, acting: NamedDependency[Acting], item_id: Id) -> Shown:
        """The item, and how much hangs on it."""
        return await _shown(acting, item_id)

    @patch("/{item_id:str}", name="items.edit", response_headers=VERSIONED)
    async def edit_item(
        self, acting: NamedDependency[Acting], item_id: Id, data: JSONBody[ItemChange],
        if_match: IfMatch = None,
    ) -> Shown:  # fmt: skip
        """All changes or none."""
        item = (await acting.query(OneRow(item_id=item_id))).item
        seen = expected(if_match, Item, item_id)
        commands = _changes(item, data)
        if commands:
            await acting.execute(*commands, expected=seen)
        elif seen is not None:
            await acting.check(seen)
        return await _shown(acting, item_id)

    @post("/{item_id:str}/move", name="items.move", status_code=200, response_headers=VERSIONED)
    async def move_item(
        self, acting: NamedDependency[Acting], item_id: Id, data: JSONBody[ItemPlace],
        idempotency_key: Key = None, if_match: IfMatch = None,
    ) -> Shown:  # fmt: skip
        """To another place, group or item."""
        item = (await acting.query(OneRow(item_id=item_id))).item
        parent_id = item.parent_id if data.parent_id is None else data.parent_id or None
        group_id = data.group_id or item.group_id
        if parent_id and not data.group_id:  # a subitem stands in its item's group
            group_id = (await acting.query(OneRow(item_id=parent_id))).item.group_id
        call = once(idempotency_key, acting, "item.move", item_id, said=data)
        command = MoveItems(
            item_ids=(item_id,), group_id=group_id, parent_id=parent_id, after=data.after
        )
        await call.execute(acting, command, expected(if_match, Item, item_id))
        return await _shown(acting, item_id)

    @post("/{item_id:str}/duplicate", name="items.duplicate", response_headers=VERSIONED)
    async def duplicate_item(
        self, acting: NamedDependency[Acting], item_id: Id, idempotency_key: Key = None
    ) -> Shown:
        """A copy below it, with its values, subitems and attachments, without its comments."""
        call = once(idempotency_key, acting, "item.duplicate", item_id)
        copy_id = call.derived("item")
        await call.execute(acting, DuplicateItems(item_ids=(item_id,), copy_ids=(copy_id,)))
        return await _shown(acting, copy_id, 201)

    @delete("/{item_id:str}", name="items.trash")
    async def trash_item(
        self, acting: NamedDependency[Acting], item_id: Id, if_match: IfMatch = None
    ) -> None:
        """Into the trash, for 30 days."""
        seen = expected(if_match, Item, item_id)
        await acting.execute(TrashItems(item_ids=(item_id,)), expected=seen)

    @post(
        "/{item_id:str}/restore", name="items.restore", status_code=200, response_headers=VERSIONED
    )
    async def restore_item(
        self, acting: NamedDependency[Acting], item_id: Id, idempotency_key: Key = None
    ) -> Shown:
        """Out of the trash, or out of the archive; what it lies in comes back with it."""
        call = once(idempotency_key, acting, "item.restore", item_id)
        await call.execute(acting, RestoreItems(item_ids=(item_id,)))
        return await _shown(acting, item_id)

    @get("/{item_id:str}/subitems", name="subitems.list")
    async def list_subitems(
        self, acting: NamedDependency[Acting], item_id: Id, limit: Limit = 100, cursor: Cursor = ""
    ) -> shapes.ItemPage:
        """In their order. A new one is an item with this `parent_id`."""
        after = key_in(acting, cursor, "subitems", item_id)
        page = await acting.query(PageOfSubitems(item_id=item_id, after=after, limit=limit))
        return shapes.ItemPage(
            items=[shapes.item(one) for one in page.found],
            next=next_cursor(acting, page.next, "subitems", item_id),
        )


def _changes(item: Item, data: ItemChange) -> list[Command]:
    commands: list[Command] = []
    if data.name is not None:
        commands.append(RenameItem(item_id=item.id, name=data.name))
    if data.values is not None:
        commands.append(SetValues(item_ids=(item.id,), values=data.values))
    if data.group_id is not None or data.after is not None:
        commands.append(
            MoveItems(
                item_ids=(item.id,), group_id=data.group_id or item.group_id,
                parent_id=item.parent_id, after=data.after,
            )
        )  # fmt: skip
    return commands


async def _shown(acting: Acting, item_id: str, status: int = 200) -> Shown:
    row = await acting.query(OneRow(item_id=item_id))
    shown = shapes.row(row)
    return Response(shown, status_code=status, headers=etag(row.item.seq, shown))
