"""Files that hang on items, and boards as a file: streamed both ways."""

from collections.abc import AsyncIterator
from typing import Annotated
from urllib.parse import quote

from litestar import Controller, Request, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Stream

from engine.api import Acting
from engine.commands.attachments import AttachFile
from engine.commands.exports import NoteBoardExport
from engine.errors import NotFound
from engine.queries.board_view import OpenBoard
from engine.queries.item_detail import ItemDetail
from engine.storing import FileLimits, Receiving
from engine.transfer.board_json import written
from sync.server.api import shapes
from sync.server.api.boards import Id, Key
from sync.server.api.calling import made, once
from sync.server.streaming import begun
from sync.server.uploading import stored

LARGEST = 1 << 40
NO_DIGEST = "0" * 64
"""It is known only when all of it has come."""
FileName = Annotated[str, QueryParameter(min_length=1, max_length=255)]


class FilesApi(Controller):
    path = "/api"
    tags = ["files"]

    @post(
        "/items/{item_id:str}/attachments", name="attachments.create", request_max_body_size=LARGEST
    )
    async def attach(
        self, acting: NamedDependency[Acting], limits: NamedDependency[FileLimits],
        request: Request[None, None, State], item_id: Id,
        name: FileName, idempotency_key: Key = None,
    ) -> shapes.AttachmentShown:  # fmt: skip
        """The body is the file's bytes: 1 GiB at most, unless the server says otherwise."""
        await acting.query(ItemDetail(item_id=item_id))
        announced = int(request.headers.get("content-length", "0"))
        await Receiving(acting, NO_DIGEST, announced, limits).check()
        file = await stored(acting.files, request.stream(), limits.one)
        await acting.brought(file)
        call = once(idempotency_key, acting, "attachment", item_id, said=file.digest + name)
        command = AttachFile(
            attachment_id=call.derived("attachment"), item_id=item_id, name=name, digest=file.digest,
            size=file.size,
        )  # fmt: skip
        await call.execute(acting, command)
        whole = await acting.query(ItemDetail(item_id=item_id))
        return made(
            shapes.attachment(one) for one in whole.attachments if one.id == command.attachment_id
        )

    @get("/items/{item_id:str}/attachments/{attachment_id:str}", name="attachments.read")
    async def read(self, acting: NamedDependency[Acting], item_id: Id, attachment_id: Id) -> Stream:
        """The bytes, checked against their SHA-256 as they come. Never shown by a browser."""
        whole = await acting.query(ItemDetail(item_id=item_id))
        found = next(
            (one for one in whole.attachments if one.id == attachment_id and one.digest), None
        )
        if found is None:
            raise NotFound(f"There is no file “{attachment_id}” on this item.")
        pieces = await begun(await acting.read_attachment(attachment_id))
        name = quote(found.name, safe="")
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}", "Content-Length": str(found.size),
        }  # fmt: skip
        return Stream(pieces, media_type="application/octet-stream", headers=headers)

    @get("/boards/{board_id:str}/export", name="boards.export")
    async def export(self, acting: NamedDependency[Acting], board_id: Id) -> Stream:
        """The board as JSON that loses nothing; an import of it gives an equal board."""
        await acting.query(OpenBoard(board_id=board_id))
        await acting.execute(NoteBoardExport(board_id=board_id, format="json"))

        async def pieces() -> AsyncIterator[bytes]:
            async for piece in written(acting, board_id, lambda done: None):
                yield piece

        return Stream(pieces(), media_type="application/json")
