"""What calls take beside their own fields: ids, names, pages, places, and the headers that many of them know."""

from typing import Annotated, Final

from litestar.datastructures import ResponseHeader
from litestar.openapi.spec import SecurityRequirement
from litestar.params import HeaderParameter, PathParameter, QueryParameter
from msgspec import Meta, Struct

MOST: Final = 500
LONGEST_CURSOR: Final = 1_000
Id = Annotated[str, PathParameter(max_length=64)]
Named = Annotated[str, Meta(max_length=64)]
"""An id inside a body."""
Name = Annotated[str, Meta(min_length=1, max_length=500)]
Limit = Annotated[int, QueryParameter(ge=1, le=MOST)]
Cursor = Annotated[
    str,
    QueryParameter(max_length=LONGEST_CURSOR, description="“next” of the page before, as it came."),
]
Words = Annotated[
    str, QueryParameter(max_length=500, description="Only what has all of these words.")
]
Key = Annotated[
    str | None,
    HeaderParameter(
        name="Idempotency-Key", max_length=200,
        description="Sent again with the same key, the call is carried out once and answered alike.",
    ),
]  # fmt: skip
IfMatch = Annotated[
    str | None,
    HeaderParameter(
        name="If-Match", max_length=300,
        description="ETags, of which the record must have one; else nothing is done (412).",
    ),
]  # fmt: skip
VERSIONED: Final = [
    ResponseHeader(
        name="ETag", documentation_only=True,
        description="Another one whenever what is shown has changed. For If-Match.",
    )
]  # fmt: skip
OPEN: Final[list[SecurityRequirement]] = [{}]
"""For who is nobody yet: no token is asked for."""


class PlaceWanted(Struct, frozen=True, kw_only=True):
    """`after` is the id of what it comes behind, "" for the first place; the last where it is missing."""

    after: Named | None = None
