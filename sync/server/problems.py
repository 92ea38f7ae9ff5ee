"""Errors as the web reads them: problem+json (RFC 9457), made from the engine's own sentences."""

import logging
from typing import Any, Final

from litestar import Request, Response
from litestar.exceptions import HTTPException
from msgspec import Struct, to_builtins

from engine.errors import (
    ConneqtError,
    Forbidden,
    Invalid,
    NotFound,
    NotSignedIn,
    Refused,
    TooMany,
    UsageError,
    VersionMoved,
    WorkspaceError,
)
from sync.server.log_lines import fault, fields

MEDIA_TYPE: Final = "application/problem+json"


class TooOld(UsageError):
    """The two speak different versions of sync (RFC 9110, 426)."""

    code = "too_old"
    title = "Another version is needed"


STATUS: Final[dict[type[ConneqtError], int]] = {
    VersionMoved: 412, TooOld: 426,
    UsageError: 400, NotSignedIn: 401, Forbidden: 403, NotFound: 404, Refused: 409, Invalid: 422,
    TooMany: 429, WorkspaceError: 503,
}  # fmt: skip
NO_BODY: Final = "A body is missing: this call takes a JSON object."
_NO_BODY: Final = ["'data'"]
"""How the framework says it: by the name of what it would have been given to."""
FAULT: Final = "A fault in the server stopped this. It was noted, without what you sent."
log = logging.getLogger("conneqtos.server")


class Problem(Struct, frozen=True, kw_only=True):
    """`code` is for programs, `detail` for people."""

    type: str = "about:blank"
    title: str
    status: int
    code: str
    detail: str


def of_engine(request: Request[Any, Any, Any], error: ConneqtError) -> Response[Any]:
    status = next((code for kind, code in STATUS.items() if isinstance(error, kind)), 400)
    headers = {}
    if isinstance(error, TooMany):
        headers["Retry-After"] = str(error.seconds)
    if status == 401:
        headers["WWW-Authenticate"] = "Bearer"
    problem = Problem(title=error.title, status=status, code=error.code, detail=_told(error))
    return _response(problem, headers)


def _told(error: ConneqtError) -> str:
    """Where on this machine something is wrong is for the log."""
    if not isinstance(error, WorkspaceError) or error.told == str(error):
        return str(error)
    log.error("store", extra=fields(fault=type(error).__name__, said=str(error)))
    return error.told


def of_web(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """A route that is not there, a body that is no JSON, one that is too large, …"""
    extra: Any = error.extra or ()
    said = [str(one.get("message", "")) for one in extra if isinstance(one, dict)]
    detail = "; ".join(word for word in (error.detail, *said) if word)
    if said == _NO_BODY:
        detail = NO_BODY
    headers = {
        name: value for name, value in (error.headers or {}).items() if name.lower() == "allow"
    }
    problem = Problem(
        title=type(error).__name__.removesuffix("Exception"), status=error.status_code, code="request",
        detail=detail[:500],
    )  # fmt: skip
    return _response(problem, headers)


def of_depth(request: Request[Any, Any, Any], error: RecursionError) -> Response[Any]:
    """Only a body nests that deep."""
    problem = Problem(
        title="Bad request", status=400, code="request", detail="The body is nested too deep."
    )
    return _response(problem, {})


def of_fault(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Its place is noted; what was sent, and what the error says of it, is not."""
    log.error("fault", extra=fields(**fault(error)))
    return _response(Problem(title="Fault", status=500, code="fault", detail=FAULT), {})


def _response(problem: Problem, headers: dict[str, str]) -> Response[Any]:
    return Response(
        to_builtins(problem), status_code=problem.status, media_type=MEDIA_TYPE, headers=headers
    )
