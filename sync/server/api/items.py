"""/api/items: one item, its values, comments and what hangs on it."""

from typing import Annotated

from litestar import Controller, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta, Struct

from engine.api import Acting
from engine.commands.comments import AddComment
from engine.commands.items import MoveItems, RenameItem, SetValues, TrashItems
from engine.commands.registry import Command
from engine.errors import VersionMoved
from engine.model.item import Item
from engine.queries.item_detail import ItemDetail, ItemWhole
from sync.server.api import shapes
from sync.server.api.boards import Id, IfMatch, Key, Name
from sync.server.api.calling import etag, expected, made, once


class ItemDetailShown(Struct, frozen=True, kw_only=True):
    item: shapes.ItemShown
    subitems: list[shapes.ItemShown]
    comments: list[shapes.CommentShown]
    attachments: list[shapes.AttachmentShown]


class ItemChange(Struct, frozen=True, kw_only=True):
    """What is missing stays; null clears a value. `after` is the id of an item, "" for the first place."""

    name: Name | None = None
    values: dict[str, object] | None = None
    group_id: Annotated[str, Meta(max_length=64)] | None = None
    after: Annotated[str, Meta(max_length=64)] | None = None


class CommentWanted(Struct, frozen=True, kw_only=True):
    body: Annotated[str, Meta(min_length=1, max_length=100_000)]


class ItemsApi(Controller):
    path = "/api/items"
    tags = ["items"]

    @get("/{item_id:str}", name="items.show")
    async def show_item(
        self, acting: NamedDependency[Acting], item_id: Id
    ) -> Response[ItemDetailShown]:
        return _detail(await acting.query(ItemDetail(item_id=item_id)))

    @patch("/{item_id:str}", name="items.edit")
    async def edit_item(
        self,
        acting: NamedDependency[Acting],
        item_id: Id,
        data: JSONBody[ItemChange],
        if_match: IfMatch = None,
    ) -> Response[ItemDetailShown]:
        """All changes or none."""
        whole = await acting.query(ItemDetail(item_id=item_id))
        seen = expected(if_match, Item, item_id)
        commands: list[Command] = []
        if data.name is not None:
            commands.append(RenameItem(item_id=item_id, name=data.name))
        if data.values is not None:
            commands.append(SetValues(item_ids=(item_id,), values=dict(data.values)))  # type: ignore[arg-type]
        if data.group_id is not None or data.after is not None:
            commands.append(
                MoveItems(
                    item_ids=(item_id,), group_id=data.group_id or whole.item.group_id,
                    parent_id=whole.item.parent_id, after=data.after,
                )
            )  # fmt: skip
        if commands:
            await acting.execute(*commands, expected=seen)
        elif seen is not None and whole.item.seq not in seen.versions:
            raise VersionMoved("It has another version by now. Read it again, and decide anew.")
        return _detail(await acting.query(ItemDetail(item_id=item_id)))

    @delete("/{item_id:str}", name="items.trash")
    async def trash_item(
        self, acting: NamedDependency[Acting], item_id: Id, if_match: IfMatch = None
    ) -> None:
        """Into the trash, for 30 days."""
        await acting.query(ItemDetail(item_id=item_id))
        seen = expected(if_match, Item, item_id)
        await acting.execute(TrashItems(item_ids=(item_id,)), expected=seen)

    @post("/{item_id:str}/comments", name="comments.create")
    async def add_comment(
        self,
        acting: NamedDependency[Acting],
        item_id: Id,
        data: JSONBody[CommentWanted],
        idempotency_key: Key = None,
    ) -> shapes.CommentShown:
        call = once(idempotency_key, acting, "comment", item_id, said=data)
        command = AddComment(comment_id=call.derived("comment"), item_id=item_id, body=data.body)
        await call.execute(acting, command)
        whole = await acting.query(ItemDetail(item_id=item_id))
        return made(shapes.comment(one) for one in whole.comments if one.id == command.comment_id)


def _detail(whole: ItemWhole) -> Response[ItemDetailShown]:
    shown = ItemDetailShown(
        item=shapes.item(whole.item), subitems=[shapes.item(one) for one in whole.subitems],
        comments=[shapes.comment(one) for one in whole.comments],
        attachments=[shapes.attachment(one) for one in whole.attachments],
    )  # fmt: skip
    return Response(shown, headers=etag(whole.item.seq))
