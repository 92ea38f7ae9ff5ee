"""No text that comes in has a NUL in it: PostgreSQL keeps none, and no text of people has one."""

import re
from typing import Any, Final

from litestar import Request

from engine.errors import Invalid

BYTES: Final = "bytes"
"""In the `opt` of a route whose body is bytes, not text."""
LENIENT: Final = "lenient"
"""In the `opt` of a route that must not refuse what a device did long ago: there a NUL is left out, as commands leave
other control characters out of texts."""
_ESCAPED: Final = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")
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
        body, opt = await super().body(), self.route_handler.opt
        if BYTES in opt or b"\\u0000" not in body:
            return body
        if LENIENT in opt:
            return _ESCAPED.sub(rb"\1", body)
        if _ESCAPED.search(body):
            raise Invalid(NUL)
        return body
