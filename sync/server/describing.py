"""The OpenAPI of the server as it is: every call can also answer with a problem, and none in the framework's words."""

from litestar import Litestar
from litestar.openapi.spec import OpenAPIMediaType, OpenAPIResponse, Schema
from litestar.openapi.spec.enums import OpenAPIType

from sync.server.problems import MEDIA_TYPE, Problem

_FIELDS = {
    "type": "string",
    "title": "string",
    "status": "integer",
    "code": "string",
    "detail": "string",
}


def describe_problems(app: Litestar) -> None:
    """Add the problem to each operation, as the answer for every status that has none of its own."""
    assert set(_FIELDS) == set(Problem.__struct_fields__)
    problem = Schema(
        title="Problem", type=OpenAPIType.OBJECT, required=list(_FIELDS),
        properties={name: Schema(type=OpenAPIType(kind)) for name, kind in _FIELDS.items()},
    )  # fmt: skip
    answer = OpenAPIResponse(
        description="A problem (RFC 9457)", content={MEDIA_TYPE: OpenAPIMediaType(schema=problem)}
    )
    for path in (app.openapi_schema.paths or {}).values():
        for operation in (path.get, path.post, path.patch, path.put, path.delete):
            if operation is not None and operation.responses is not None:
                own = {s: r for s, r in operation.responses.items() if not s.startswith(("4", "5"))}
                operation.responses = {**own, "default": answer}
