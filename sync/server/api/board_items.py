"""/api/boards/…/items: the items of a board page by page, and new ones."""

from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Struct

from engine.api import Acting
from engine.commands.items import AddItems, NewItem
from engine.errors import NotFound
from engine.model.view import Filter
from engine.queries.board_view import BoardFrame, OneRow, OpenBoard
from engine.queries.pages import PageOfItems
from sync.server.api import shapes
from sync.server.api.calling import etag, once
from sync.server.api.paging import key_in, next_cursor
from sync.server.api.parameters import VERSIONED, Cursor, Id, Key, Limit, Name, Named, Words


class ItemWanted(Struct, frozen=True, kw_only=True):
    """With `parent_id` it becomes a subitem. `group_id` is the parent's group where it is missing, and without a parent
    the board's first. `values` by column id. `after` is the id of what it comes behind, "" for the first place; the last where it is missing."""

    name: Name
    group_id: Named = ""
    parent_id: Named | None = None
    values: dict[str, Any] = {}
    after: Named | None = None


class BoardItemsApi(Controller):
    path = "/api/boards/{board_id:str}/items"
    tags = ["items"]

    @get(name="items.list")
    async def list_items(
        self, acting: NamedDependency[Acting], board_id: Id, limit: Limit = 100, cursor: Cursor = "",
        words: Words = "",
    ) -> shapes.ItemPage:  # fmt: skip
        """Items in the order of the board; with `words` only those that have all of them."""
        after = key_in(acting, cursor, "items", board_id, words)
        wanted = PageOfItems(board_id=board_id, filter=Filter(words), after=after, limit=limit)
        page = await acting.query(wanted)
        return shapes.ItemPage(
            items=[shapes.item(one) for one in page.found],
            next=next_cursor(acting, page.next, "items", board_id, words),
        )

    @post(name="items.create", response_headers=VERSIONED)
    async def add_item(
        self, acting: NamedDependency[Acting], board_id: Id, data: JSONBody[ItemWanted],
        idempotency_key: Key = None,
    ) -> Response[shapes.ItemShown]:  # fmt: skip
        frame = await acting.query(OpenBoard(board_id=board_id))
        call = once(idempotency_key, acting, "item", board_id, said=data)
        new = NewItem(id=call.derived("item"), name=data.name, values=data.values)
        before = bool(idempotency_key) and await _is_there(acting, new.id)
        group_id = data.group_id if before else await _group(acting, frame, data)
        command = AddItems(
            group_id=group_id, parent_id=data.parent_id or None, items=(new,), after=data.after
        )
        await call.execute(acting, command)
        item = (await acting.query(OneRow(item_id=new.id))).item
        return Response(shapes.item(item), status_code=201, headers=etag(item.seq))


async def _is_there(acting: Acting, item_id: str) -> bool:
    try:
        await acting.query(OneRow(item_id=item_id))
    except NotFound:
        return False
    return True


async def _group(acting: Acting, frame: BoardFrame, wanted: ItemWanted) -> str:
    """Raises NotFound where it, or the parent, is not on this board."""
    if wanted.group_id:
        if wanted.group_id not in {one.id for one in frame.groups}:
            raise NotFound(f"There is no group “{wanted.group_id}” on this board.")
        return wanted.group_id
    if wanted.parent_id:
        parent = (await acting.query(OneRow(item_id=wanted.parent_id))).item
        if parent.board_id != frame.board.id:
            raise NotFound(f"There is no item “{wanted.parent_id}” on this board.")
        return parent.group_id
    if not frame.groups:
        raise NotFound("This board has no group to add to. Make one first.")
    return frame.groups[0].id
