"""What goes out as a stream: the bytes of files that hang on items, and boards as a file."""

from urllib.parse import quote

from litestar import Controller, get
from litestar.di import NamedDependency
from litestar.response import Stream

from engine.api import Acting
from engine.commands.exports import NoteBoardExport
from engine.errors import NotFound
from engine.model.record import State
from engine.queries.board_view import OpenBoard
from engine.queries.files import OneAttachment
from engine.transfer.board_json import written
from sync.server.api.parameters import Id
from sync.server.streaming import begun

OCTETS = "application/octet-stream"


class FilesApi(Controller):
    path = "/api"
    tags = ["files"]

    @get(
        "/items/{item_id:str}/attachments/{attachment_id:str}", name="attachments.read",
        media_type=OCTETS,
    )  # fmt: skip
    async def read(self, acting: NamedDependency[Acting], item_id: Id, attachment_id: Id) -> Stream:
        """The bytes, checked against their SHA-256 as they come. Never shown by a browser."""
        found = await acting.query(OneAttachment(attachment_id=attachment_id))
        if found.item_id != item_id or found.state is not State.LIVE or not found.digest:
            raise NotFound(f"There is no attachment “{attachment_id}” here.")
        pieces = await begun(await acting.read_attachment(attachment_id))
        name = quote(found.name, safe="")
        headers = {
            "Content-Disposition": f"attachment; filename*=UTF-8''{name}", "Content-Length": str(found.size),
        }  # fmt: skip
        return Stream(pieces, media_type=OCTETS, headers=headers)

    @get("/boards/{board_id:str}/export", name="boards.export")
    async def export(self, acting: NamedDependency[Acting], board_id: Id) -> Stream:
        """The board as JSON that loses nothing; an import of it gives an equal board."""
        await acting.query(OpenBoard(board_id=board_id))
        await acting.execute(NoteBoardExport(board_id=board_id, format="json"))
        pieces = await begun(written(acting, board_id, lambda done: None))
        return Stream(pieces, media_type="application/json")
