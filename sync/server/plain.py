"""No text that comes in has a NUL in it: PostgreSQL keeps none, and no text of people has one."""

import re
from typing import Any, Final

from litestar import Request

from engine.errors import Invalid

BYTES: Final = "bytes"
"""In the `opt` of a route whose body is bytes, not text."""
EACH_BY_ITSELF: Final = "each by itself"
"""In the `opt` of a route whose body holds commands that are decided one by one, also where one of them has a NUL."""
_ESCAPED: Final = re.compile(rb"(?<!\\)(?:\\\\)*\\u0000")
"""An odd number of backslashes before it: an even one is text that speaks of it."""
NUL: Final = "There is a NUL (character 0) in what you sent. Take it out, and send it again."


async def refuse_nul(request: Request[Any, Any, Any]) -> None:
    """Before each request: its address. Raises Invalid."""
    scope = request.scope
    if b"%00" in scope["query_string"] or "\0" in scope["path"]:
        raise Invalid(NUL)


class PlainRequest(Request[Any, Any, Any]):
    """A request whose body has no NUL, wherever it is read."""

    async def body(self) -> bytes:
        """Raises Invalid."""
        body = await super().body()
        whole = not {BYTES, EACH_BY_ITSELF} & set(self.route_handler.opt)
        if whole and b"\\u0000" in body and _ESCAPED.search(body):
            raise Invalid(NUL)
        return body
