"""/sync/files: the bytes of attachments between a device and the server, in parts that can be sent again."""

from typing import Annotated

import msgspec
from litestar import Controller, Request, Response, get, put
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import QueryParameter
from litestar.response import Stream

from engine.api import Acting
from engine.model.exchange import FileComing
from engine.model.item import Attachment
from engine.queries.files import OneAttachment
from engine.storing import PART, FileLimits, Receiving
from sync.server.api.parameters import Id
from sync.server.changes import JSON, same_version
from sync.server.plain import BYTES
from sync.server.streaming import begun

Web = Request[None, None, State]
Size = Annotated[int, QueryParameter(ge=0, lt=1 << 53)]
Start = Annotated[int, QueryParameter(ge=0, lt=1 << 53)]


class FilesOfDevices(Controller):
    path = "/sync"
    include_in_schema = False
    guards = (same_version,)

    @get("/files/{digest:str}", name="sync.files.state")
    async def state(
        self, acting: NamedDependency[Acting], limits: NamedDependency[FileLimits], digest: Id, size: Size,
    ) -> Response[bytes]:  # fmt: skip
        return _said(await Receiving(acting, digest, size, limits).state())

    @put(
        "/files/{digest:str}", name="sync.files.part", request_max_body_size=PART,
        opt={BYTES: True},
    )  # fmt: skip
    async def part(
        self, acting: NamedDependency[Acting], limits: NamedDependency[FileLimits], request: Web, digest: Id,
        size: Size, start: Start,
    ) -> Response[bytes]:  # fmt: skip
        """The last part makes it a file that commands may name."""
        receiving = Receiving(acting, digest, size, limits)
        return _said(await receiving.take(start, await request.body()))

    @get("/attachments/{attachment_id:str}", name="sync.files.read")
    async def read(
        self, acting: NamedDependency[Acting], attachment_id: Id, start: Start = 0
    ) -> Stream:
        """The bytes from `start` on: who may read the board may read its files."""
        found: Attachment = await acting.query(OneAttachment(attachment_id=attachment_id))
        pieces = await begun(await acting.read_attachment(attachment_id, start))
        length = {"Content-Length": str(max(0, found.size - start))}
        return Stream(pieces, media_type="application/octet-stream", headers=length)


def _said(state: FileComing) -> Response[bytes]:
    return Response(msgspec.json.encode(state), media_type=JSON)
