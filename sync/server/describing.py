"""The OpenAPI of the server as it is: what each call answers that its handler does not say, as tables: the problems that
it may meet, the headers around it, and bodies that are bytes."""

from collections.abc import Iterator
from typing import Final

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.openapi.spec import (
    Components,
    OpenAPIHeader,
    OpenAPIMediaType,
    OpenAPIResponse,
    Operation,
    Parameter,
    Reference,
    RequestBody,
    Schema,
)
from litestar.openapi.spec.enums import OpenAPIType
from litestar.routes import HTTPRoute

from sync.server.api.parameters import OPEN
from sync.server.plain import BYTES
from sync.server.problems import MEDIA_TYPE, Problem

PROBLEMS: Final = {
    400: "What was sent is not what the call takes",
    401: "Nobody is signed in by this token",
    403: "The role, or the scope of the key, does not reach as far",
    404: "It is not there, or the caller may not see it",
    409: "The state of things is against it",
    412: "It has another version by now",
    413: "The body is too large",
    414: "The address is too long",
    422: "A value breaks a rule",
    429: "Too many requests",
    431: "The headers are too large",
    503: "It took too long, or the store cannot be used now",
}
ANYBODY: Final = (400, 414, 422, 431, 503)
WITH_TOKEN: Final = (401, 403, 404, 409, 429)
TO_SIGN_IN: Final = (401, 409, 413, 429)
"""Of what is open and takes a body: signing up and in, and confirming."""
WITH_BODY: Final = (413,)
WITH_VERSION: Final = (412,)
LIMITS: Final = {
    "RateLimit-Policy": "What is allowed: q requests in w seconds",
    "RateLimit": "How many are left (r), and after how many seconds all are there again (t)",
}
OF_PROBLEMS: Final = {
    401: {"WWW-Authenticate": "Bearer"},
    429: {"Retry-After": "Seconds to wait"},
}
ORGANIZATION: Final = Parameter(
    name="X-Organization", param_in="header", schema=Schema(type=OpenAPIType.STRING),
    description="Which organization, with the token of a session; it may be missing where there is only one. A key has one.",
)  # fmt: skip
FILE: Final = RequestBody(
    content={"application/octet-stream": OpenAPIMediaType(schema=Schema(type=OpenAPIType.STRING, format="binary"))},  # type: ignore[arg-type]
    description="The bytes as they are", required=True,
)  # fmt: skip
_FIELDS: Final = {
    "type": "string",
    "title": "string",
    "status": "integer",
    "code": "string",
    "detail": "string",
}


def describe(app: Litestar) -> None:
    """Complete what Litestar reads from the handlers; its own words for errors are none of ours."""
    document = app.openapi_schema
    assert document.components is not None
    _add_shared(document.components)
    for path, handler in _handlers(app):
        for method in handler.http_methods:
            operation = getattr((document.paths or {})[path], method.lower())
            _complete(operation, handler)


def _add_shared(components: Components) -> None:
    """What the calls refer to."""
    assert set(_FIELDS) == set(Problem.__struct_fields__)
    components.schemas["Problem"] = Schema(
        title="Problem (RFC 9457)", type=OpenAPIType.OBJECT, required=list(_FIELDS),
        properties={name: Schema(type=OpenAPIType(kind)) for name, kind in _FIELDS.items()},
    )  # fmt: skip
    content = {MEDIA_TYPE: OpenAPIMediaType(schema=Reference("#/components/schemas/Problem"))}
    components.responses = {
        str(status): OpenAPIResponse(
            description=words, content=content, headers=_headers(OF_PROBLEMS.get(status, {}))
        )
        for status, words in PROBLEMS.items()
    }
    components.parameters = {"Organization": ORGANIZATION}


def _handlers(app: Litestar) -> Iterator[tuple[str, HTTPRouteHandler]]:
    """Those that the document has, with their paths."""
    for route in app.routes:
        for handler in route.route_handlers if isinstance(route, HTTPRoute) else ():
            if handler.resolve_include_in_schema() and handler.http_methods != {"OPTIONS"}:
                yield route.path_format, handler


def _complete(operation: Operation, handler: HTTPRouteHandler) -> None:
    is_open = handler.resolve_security() == OPEN
    if BYTES in handler.opt:
        operation.request_body = FILE
    if "acting" in handler.parsed_fn_signature.parameters:
        shared = Reference("#/components/parameters/Organization")
        operation.parameters = [*(operation.parameters or ()), shared]
    own = {s: r for s, r in (operation.responses or {}).items() if not s.startswith(("4", "5"))}
    for answer in own.values():
        assert isinstance(answer, OpenAPIResponse)
        said = {name: str(one.description) for name, one in (answer.headers or {}).items()}
        answer.headers = _headers(said | ({} if is_open else LIMITS))
    problems = {str(status): _problem(status) for status in _statuses(operation, is_open)}
    operation.responses = {**own, **problems}


def _statuses(operation: Operation, is_open: bool) -> list[int]:
    named = {one.name for one in operation.parameters or () if isinstance(one, Parameter)}
    found = {*ANYBODY, *(() if is_open else WITH_TOKEN)}
    if operation.request_body is not None:
        found |= {*(TO_SIGN_IN if is_open else WITH_BODY)}
    if "If-Match" in named:
        found |= {*WITH_VERSION}
    return sorted(found)


def _problem(status: int) -> Reference:
    return Reference(f"#/components/responses/{status}")


def _headers(words: dict[str, str]) -> dict[str, OpenAPIHeader | Reference]:
    text = Schema(type=OpenAPIType.STRING)
    return {name: OpenAPIHeader(schema=text, description=said) for name, said in words.items()}
