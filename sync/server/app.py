"""Puts the server together: routes, who calls, how errors are told, and what guards all of it. No rule stands here."""

from collections.abc import Callable
from typing import Any, Final

from litestar import Litestar, Request, Response
from litestar.datastructures import State
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.openapi import OpenAPIConfig
from litestar.openapi.plugins import JsonRenderPlugin
from litestar.openapi.spec import Components, SecurityScheme
from litestar.types import ASGIApp

from engine.api import Acting, Engine
from engine.errors import ConneqtError
from engine.storing import FileLimits
from sync.server import health, problems
from sync.server.api.accounts import AccountsApi
from sync.server.api.attachments import AttachmentsApi
from sync.server.api.board_items import BoardItemsApi
from sync.server.api.boards import BoardsApi
from sync.server.api.columns import ColumnsApi
from sync.server.api.comments import CommentsApi
from sync.server.api.files import FilesApi
from sync.server.api.groups import GroupsApi
from sync.server.api.items import ItemsApi
from sync.server.api.keys import KeysApi
from sync.server.api.members import MembersApi
from sync.server.api.people import PeopleApi
from sync.server.api.views import ViewsApi
from sync.server.api.webhooks import WebhooksApi
from sync.server.authentication import Gate
from sync.server.changes import ChangesApi
from sync.server.describing import describe
from sync.server.ending import Ending
from sync.server.files import FilesOfDevices
from sync.server.guarding import Guard
from sync.server.lines import Lines
from sync.server.methods import options_of
from sync.server.metrics import Figures, metrics
from sync.server.plain import PlainRequest, refuse_nul
from sync.server.presence import Presence
from sync.server.protocol import lines_at_once
from sync.server.relocations import RelocationsApi
from sync.server.settings import Settings
from sync.server.underway import Underway
from sync.server.uploading import Uploads

ROUTES: Final[list[Any]] = [
    BoardsApi,
    GroupsApi,
    ColumnsApi,
    ViewsApi,
    BoardItemsApi,
    ItemsApi,
    CommentsApi,
    AttachmentsApi,
    FilesApi,
    MembersApi,
    PeopleApi,
    KeysApi,
    AccountsApi,
    WebhooksApi,
    ChangesApi,
    FilesOfDevices,
    RelocationsApi,
    health.live,
    health.ready,
    metrics,
]
TITLE: Final = "ConneqtOS"


def create_app(
    engine: Engine, settings: Settings, version: str, ending: Ending | None = None
) -> ASGIApp:
    """The ASGI app on an open engine, which whoever made it closes. `ending` is told when the server ends."""
    ending = ending or Ending()
    gate, figures, underway = Gate(engine, settings), Figures(), Underway(settings.seconds)
    presence, lines = Presence(), Lines(lines_at_once() // 2)
    limits = FileLimits(one=settings.largest_file, all=settings.largest_storage)
    uploads, readiness = Uploads(), health.Readiness(engine)

    async def acting(request: Request[None, None, State]) -> Acting:
        return await gate.acting(request)

    async def before(request: Request[None, None, State]) -> Response[None] | None:
        await refuse_nul(request)
        return options_of(request)

    handlers: dict[Any, Callable[..., Any]] = {
        ConneqtError: problems.of_engine, HTTPException: problems.of_web, RecursionError: problems.of_depth,
        Exception: problems.of_fault,
    }  # fmt: skip
    app = Litestar(
        route_handlers=ROUTES,
        dependencies={
            "acting": Provide(acting),
            "gate": Provide(lambda: gate, sync_to_thread=False),
            "engine": Provide(lambda: engine, sync_to_thread=False),
            "limits": Provide(lambda: limits, sync_to_thread=False),
            "uploads": Provide(lambda: uploads, sync_to_thread=False),
            "presence": Provide(lambda: presence, sync_to_thread=False),
            "lines": Provide(lambda: lines, sync_to_thread=False),
            "readiness": Provide(lambda: readiness, sync_to_thread=False),
            "ending": Provide(lambda: ending, sync_to_thread=False),
            "underway": Provide(lambda: underway, sync_to_thread=False),
            "figures": Provide(lambda: figures, sync_to_thread=False),
        },
        on_shutdown=[underway.end],
        exception_handlers=handlers,
        request_class=PlainRequest,
        before_request=before,
        request_max_body_size=settings.largest_body,
        openapi_config=OpenAPIConfig(
            title=TITLE,
            version=version,
            path="/api/openapi.json",
            render_plugins=[JsonRenderPlugin(path="/")],
            components=Components(
                security_schemes={"bearer": SecurityScheme(type="http", scheme="bearer")}
            ),
            security=[{"bearer": []}],
            operation_id_creator=lambda handler, method, path: handler.name or handler.handler_name,
        ),
        logging_config=None,
    )
    describe(app)
    return Guard(app, settings.seconds, figures, ending)
