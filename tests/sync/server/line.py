"""A line for news to an app in this process: it stays open until the test closes it."""

import asyncio
from typing import Any

from litestar.types import ASGIApp


class Line:
    """`status` is what it was answered with, `said` its first piece, `pieces` how many there were."""

    def __init__(self, app: ASGIApp, headers: dict[str, str]) -> None:
        self._app = app
        self._headers = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
        self._asked = False
        self._gone, self._begun = asyncio.Event(), asyncio.Event()
        self.status, self.said, self.pieces = 0, b"", 0
        self._more = asyncio.Event()

    async def open(self) -> int:
        """Until it has said something."""
        scope = {
            "type": "http", "asgi": {"version": "3.0"}, "http_version": "1.1", "scheme": "http",
            "method": "GET", "path": "/sync/poke", "raw_path": b"/sync/poke", "query_string": b"",
            "headers": self._headers, "client": ("127.0.0.1", 1), "server": ("server", 80),
            "root_path": "", "state": {},
        }  # fmt: skip
        self._task = asyncio.ensure_future(self._app(scope, self._receive, self._send))  # type: ignore[arg-type]
        await self._begun.wait()
        return self.status

    async def goes_on(self, pieces: int) -> bool:
        """Whether it says so many pieces before it ends."""
        while self.pieces < pieces and not self._task.done():
            self._more.clear()
            saying = asyncio.ensure_future(self._more.wait())
            await asyncio.wait({saying, self._task}, return_when=asyncio.FIRST_COMPLETED)
            saying.cancel()
        return self.pieces >= pieces

    async def close(self) -> None:
        self._gone.set()
        await self._task

    async def _receive(self) -> Any:
        if not self._asked:
            self._asked = True
            return {"type": "http.request", "body": b"", "more_body": False}
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        self.status = message.get("status", self.status)
        self.said = self.said or message.get("body", b"")
        self.pieces += bool(message.get("body"))
        self._more.set()
        if self.said:
            self._begun.set()
