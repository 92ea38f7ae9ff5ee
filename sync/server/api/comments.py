"""/api/comments, and /api/items/…/comments: what people said of an item; each is its author's to change."""

from typing import Annotated

from litestar import Controller, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta, Struct

from engine.api import Acting
from engine.commands.comments import AddComment, DeleteComment, EditComment, RestoreComment
from engine.model.item import Comment
from engine.queries.item_detail import OneComment
from engine.queries.pages import PageOfComments
from sync.server.api import shapes
from sync.server.api.calling import etag, expected, once
from sync.server.api.paging import key_in, next_cursor
from sync.server.api.parameters import VERSIONED, Cursor, Id, IfMatch, Key, Limit

Shown = Response[shapes.CommentShown]


class CommentWanted(Struct, frozen=True, kw_only=True):
    body: Annotated[str, Meta(min_length=1, max_length=100_000)]


class CommentsApi(Controller):
    path = "/api"
    tags = ["comments"]

    @get("/items/{item_id:str}/comments", name="comments.list")
    async def list_comments(
        self, acting: NamedDependency[Acting], item_id: Id, limit: Limit = 100, cursor: Cursor = ""
    ) -> shapes.CommentPage:
        """The oldest first."""
        after = key_in(acting, cursor, "comments", item_id)
        page = await acting.query(PageOfComments(item_id=item_id, after=after, limit=limit))
        return shapes.CommentPage(
            comments=[shapes.comment(one) for one in page.found],
            next=next_cursor(acting, page.next, "comments", item_id),
        )

    @post("/items/{item_id:str}/comments", name="comments.create", response_headers=VERSIONED)
    async def add_comment(
        self, acting: NamedDependency[Acting], item_id: Id, data: JSONBody[CommentWanted],
        idempotency_key: Key = None,
    ) -> Shown:  # fmt: skip
        call = once(idempotency_key, acting, "comment", item_id, said=data)
        command = AddComment(comment_id=call.derived("comment"), item_id=item_id, body=data.body)
        await call.execute(acting, command)
        return await _shown(acting, command.comment_id, 201)

    @get("/comments/{comment_id:str}", name="comments.show", response_headers=VERSIONED)
    async def show_comment(self, acting: NamedDependency[Acting], comment_id: Id) -> Shown:
        return await _shown(acting, comment_id)

    @patch("/comments/{comment_id:str}", name="comments.edit", response_headers=VERSIONED)
    async def edit_comment(
        self, acting: NamedDependency[Acting], comment_id: Id, data: JSONBody[CommentWanted],
        if_match: IfMatch = None,
    ) -> Shown:  # fmt: skip
        """One's own."""
        seen = expected(if_match, Comment, comment_id)
        await acting.execute(EditComment(comment_id=comment_id, body=data.body), expected=seen)
        return await _shown(acting, comment_id)

    @delete("/comments/{comment_id:str}", name="comments.delete")
    async def delete_comment(
        self, acting: NamedDependency[Acting], comment_id: Id, if_match: IfMatch = None
    ) -> None:
        """One's own: into the trash, for 30 days."""
        seen = expected(if_match, Comment, comment_id)
        await acting.execute(DeleteComment(comment_id=comment_id), expected=seen)

    @post(
        "/comments/{comment_id:str}/restore", name="comments.restore", status_code=200,
        response_headers=VERSIONED,
    )  # fmt: skip
    async def restore_comment(
        self, acting: NamedDependency[Acting], comment_id: Id, idempotency_key: Key = None
    ) -> Shown:
        """One's own, out of the trash; what it hangs on comes back with it."""
        call = once(idempotency_key, acting, "comment.restore", comment_id)
        await call.execute(acting, RestoreComment(comment_id=comment_id))
        return await _shown(acting, comment_id)


async def _shown(acting: Acting, comment_id: str, status: int = 200) -> Shown:
    found = await acting.query(OneComment(comment_id=comment_id))
    return Response(shapes.comment(found), status_code=status, headers=etag(found.seq))
