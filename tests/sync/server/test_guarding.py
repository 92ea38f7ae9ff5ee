"""The guard around the app: time for each step of a request, and a problem where it runs out."""

import asyncio
from typing import Any

import httpx

from sync.server.guarding import Guard
from sync.server.metrics import Figures


def client(app: Any, seconds: float) -> httpx.AsyncClient:
    transport = httpx.ASGITransport(app=Guard(app, seconds, Figures()))  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url="http://server")


async def test_what_takes_too_long_ends_in_a_problem() -> None:
    async def never(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.Event().wait()

    async with client(never, 0.01) as web:
        answer = await web.get("/")
    assert answer.status_code == 503 and answer.json()["code"] == "too_slow"
    assert answer.headers["x-frame-options"] == "DENY"


async def test_a_long_answer_that_goes_on_is_not_cut(monkeypatch: Any) -> None:
    """The time of the loop is the test's: each piece comes just before the limit."""
    loop = asyncio.get_running_loop()
    moved = 0.0
    plain = loop.time
    monkeypatch.setattr(loop, "time", lambda: plain() + moved)

    async def slow(scope: Any, receive: Any, send: Any) -> None:
        nonlocal moved
        await send({"type": "http.response.start", "status": 200, "headers": []})
        for _ in range(5):
            moved += 50
            await send({"type": "http.response.body", "body": b"x", "more_body": True})
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    async with client(slow, 60) as web:
        assert (await web.get("/")).text == "xxxxx"
