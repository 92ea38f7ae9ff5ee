"""/api/boards/…/views: the saved ways to see a board."""

from litestar import Controller, get
from litestar.di import NamedDependency
from msgspec import Struct

from engine.api import Acting
from engine.queries.board_view import OpenBoard
from sync.server.api import shapes
from sync.server.api.parameters import Id


class ViewList(Struct, frozen=True, kw_only=True):
    views: list[shapes.ViewShown]


class ViewsApi(Controller):
    path = "/api/boards/{board_id:str}/views"
    tags = ["views"]

    @get(name="views.list")
    async def list_views(self, acting: NamedDependency[Acting], board_id: Id) -> ViewList:
        """In their order."""
        frame = await acting.query(OpenBoard(board_id=board_id))
        return ViewList(views=[shapes.view(one) for one in frame.views])
