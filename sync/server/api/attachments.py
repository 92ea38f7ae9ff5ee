"""/api/attachments, and /api/items/…/attachments: files and links that hang on items, and files as they come in."""

from typing import Annotated, Any

from litestar import Controller, Request, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody, QueryParameter
from msgspec import Meta, Struct

from engine.api import Acting
from engine.commands.attachments import (
    AttachFile,
    AttachLink,
    RemoveAttachment,
    RenameAttachment,
    RestoreAttachment,
)
from engine.model.item import Attachment
from engine.queries.board_view import OneRow
from engine.queries.files import OneAttachment
from engine.queries.pages import PageOfAttachments
from engine.storing import FileLimits, Receiving
from sync.server.api import shapes
from sync.server.api.calling import etag, expected, once
from sync.server.api.paging import key_in, next_cursor
from sync.server.api.parameters import VERSIONED, Cursor, Id, IfMatch, Key, Limit
from sync.server.plain import BYTES
from sync.server.uploading import Uploads

FileName = Annotated[str, Meta(min_length=1, max_length=255)]
Shown = Response[shapes.AttachmentShown]
LARGEST = 1 << 40
NO_DIGEST = "0" * 64
"""It is known only when all of it has come."""


class LinkWanted(Struct, frozen=True, kw_only=True):
    """The address is its name where that is missing."""

    url: Annotated[str, Meta(min_length=1, max_length=2_000)]
    name: Annotated[str, Meta(max_length=255)] = ""


class AttachmentChange(Struct, frozen=True, kw_only=True):
    name: FileName


class AttachmentsApi(Controller):
    path = "/api"
    tags = ["attachments"]

    @get("/items/{item_id:str}/attachments", name="attachments.list")
    async def list_attachments(
        self, acting: NamedDependency[Acting], item_id: Id, limit: Limit = 100, cursor: Cursor = ""
    ) -> shapes.AttachmentPage:
        """The oldest first."""
        after = key_in(acting, cursor, "attachments", item_id)
        page = await acting.query(PageOfAttachments(item_id=item_id, after=after, limit=limit))
        return shapes.AttachmentPage(
            attachments=[shapes.attachment(one) for one in page.found],
            next=next_cursor(acting, page.next, "attachments", item_id),
        )

    @post(
        "/items/{item_id:str}/attachments", name="attachments.create", request_max_body_size=LARGEST,
        opt={BYTES: True}, response_headers=VERSIONED,
    )  # fmt: skip
    async def attach(
        self, acting: NamedDependency[Acting], limits: NamedDependency[FileLimits],
        uploads: NamedDependency[Uploads], request: Request[Any, Any, Any], item_id: Id,
        name: Annotated[str, QueryParameter(min_length=1, max_length=255)], idempotency_key: Key = None,
    ) -> Response[shapes.AttachmentShown]:  # fmt: skip
        """The body is the file's bytes: 1 GiB at most, unless the server says otherwise."""
        await acting.query(OneRow(item_id=item_id))
        announced = int(request.headers.get("content-length", "0"))
        await Receiving(acting, NO_DIGEST, announced, limits).check()
        file = await uploads.take(acting, request.stream(), limits)
        call = once(idempotency_key, acting, "attachment", item_id, said=file.digest + name)
        command = AttachFile(
            attachment_id=call.derived("attachment"), item_id=item_id, name=name, digest=file.digest,
            size=file.size,
        )  # fmt: skip
        await call.execute(acting, command)
        return await _shown(acting, command.attachment_id, 201)

    @post("/items/{item_id:str}/links", name="attachments.link", response_headers=VERSIONED)
    async def add_link(
        self, acting: NamedDependency[Acting], item_id: Id, data: JSONBody[LinkWanted],
        idempotency_key: Key = None,
    ) -> Shown:  # fmt: skip
        """A web address instead of a file."""
        call = once(idempotency_key, acting, "link", item_id, said=data)
        command = AttachLink(
            attachment_id=call.derived("link"), item_id=item_id, name=data.name, url=data.url
        )
        await call.execute(acting, command)
        return await _shown(acting, command.attachment_id, 201)

    @get("/attachments/{attachment_id:str}", name="attachments.show", response_headers=VERSIONED)
    async def show_attachment(self, acting: NamedDependency[Acting], attachment_id: Id) -> Shown:
        return await _shown(acting, attachment_id)

    @patch(
        "/attachments/{attachment_id:str}", name="attachments.rename", response_headers=VERSIONED
    )
    async def rename_attachment(
        self, acting: NamedDependency[Acting], attachment_id: Id, data: JSONBody[AttachmentChange],
        if_match: IfMatch = None,
    ) -> Shown:  # fmt: skip
        command = RenameAttachment(attachment_id=attachment_id, name=data.name)
        await acting.execute(command, expected=expected(if_match, Attachment, attachment_id))
        return await _shown(acting, attachment_id)

    @delete("/attachments/{attachment_id:str}", name="attachments.remove")
    async def remove_attachment(
        self, acting: NamedDependency[Acting], attachment_id: Id, if_match: IfMatch = None
    ) -> None:
        """Into the trash, for 30 days."""
        seen = expected(if_match, Attachment, attachment_id)
        await acting.execute(RemoveAttachment(attachment_id=attachment_id), expected=seen)

    @post(
        "/attachments/{attachment_id:str}/restore", name="attachments.restore", status_code=200,
        response_headers=VERSIONED,
    )  # fmt: skip
    async def restore_attachment(
        self, acting: NamedDependency[Acting], attachment_id: Id, idempotency_key: Key = None
    ) -> Shown:
        """Out of the trash; what it hangs on comes back with it."""
        call = once(idempotency_key, acting, "attachment.restore", attachment_id)
        await call.execute(acting, RestoreAttachment(attachment_id=attachment_id))
        return await _shown(acting, attachment_id)


async def _shown(acting: Acting, attachment_id: str, status: int = 200) -> Shown:
    found = await acting.query(OneAttachment(attachment_id=attachment_id))
    return Response(shapes.attachment(found), status_code=status, headers=etag(found.seq))
