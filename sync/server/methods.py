"""Which methods a path has, as OPTIONS tells it: the framework tells those of one of the classes that share the path."""

from typing import Any

from litestar import Litestar, Request, Response
from litestar.routes import HTTPRoute


def options_of(request: Request[Any, Any, Any]) -> Response[None] | None:
    """The answer to OPTIONS, None for another method."""
    if request.method != "OPTIONS":
        return None
    methods = ", ".join(sorted(_methods(request.app, request.scope["path_template"])))
    return Response(None, status_code=204, headers={"Allow": methods})


def _methods(app: Litestar, path: str) -> set[str]:
    return {
        method
        for route in app.routes
        if isinstance(route, HTTPRoute) and route.path_format == path
        for handler in route.route_handlers
        for method in handler.http_methods
    }
