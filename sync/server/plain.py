"""What comes in is plain text: UTF-8, with no NUL in it (PostgreSQL keeps none, and no text of people has one), and
nothing is asked of the name that a caller gives the server."""

import re
from typing import Any, Final

from litestar import Request
from litestar.datastructures import URL

from engine.errors import Invalid, UsageError

BYTES: Final = "bytes"
"""In the `opt` of a route whose body is bytes, not text."""
LENIENT: Final = "lenient"
"""In the `opt` of a route that must not refuse what a device did long ago: there a NUL is left out, as commands leave
other control characters out of texts."""
_ESCAPED: Final = re.compile(rb"(?<!\\)((?:\\\\)*)\\u0000")
"""An odd number of backslashes before it: an even one is text that speaks of it."""
NUL: Final = "There is a NUL (character 0) in what you sent. Take it out, and send it again."
NO_TEXT: Final = "The body is no text in UTF-8. Write it as such, and send it again."


async def refuse_nul(request: Request[Any, Any, Any]) -> None:
    """Before each request: its address. Raises Invalid."""
    scope = request.scope
    if b"%00" in scope["query_string"] or "\0" in scope["path"]:
        raise Invalid(NUL)


class PlainRequest(Request[Any, Any, Any]):
    """A request whose body is plain text, wherever it is read."""

    @property
    def url(self) -> URL:
        """Path and query alone: the framework would read the Host header too, which may be anything."""
        return URL.from_components(
            path=self.scope["path"], query=self.scope["query_string"].decode("latin-1")
        )

    async def body(self) -> bytes:
        """Raises Invalid for a NUL, UsageError for what is no text."""
        body, opt = await super().body(), self.route_handler.opt
        if BYTES in opt:
            return body
        _check_text(body)
        if b"\\u0000" not in body:
            return body
        if LENIENT in opt:
            return _ESCAPED.sub(rb"\1", body)
        if _ESCAPED.search(body):
            raise Invalid(NUL)
        return body


def _check_text(body: bytes) -> None:
    if body.isascii():
        return
    try:
        body.decode()
    except UnicodeDecodeError:
        raise UsageError(NO_TEXT) from None
