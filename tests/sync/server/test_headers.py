"""Every answer carries the headers that keep a browser from doing anything with it, whatever came of the request."""

import httpx

from engine.api import Acting, Engine
from engine.identity.api_keys import make
from engine.model.actor import Scope
from sync.server.app import create_app
from sync.server.settings import Settings
from tests.engine.boards import sample_board
from tests.engine.identity.people import somewhere

WANTED = {
    "strict-transport-security": "max-age=31536000; includeSubDomains",
    "x-frame-options": "DENY",
    "x-content-type-options": "nosniff",
    "content-security-policy": "default-src 'none'; frame-ancestors 'none'",
    "referrer-policy": "no-referrer",
    "cache-control": "no-store",
}
"""Policy §7."""


def carried(answer: httpx.Response) -> dict[str, str]:
    return {name: answer.headers.get(name, "") for name in WANTED}


async def test_whatever_is_answered_it_carries_all_of_them(engine: Engine, acting: Acting) -> None:
    board = await sample_board(acting, items=1)
    settings = Settings(largest_body=2_048, requests_per_minute=8)
    transport = httpx.ASGITransport(
        app=create_app(engine, settings, "1.0"),  # type: ignore[arg-type]
        client=(somewhere().address, 1),  # guesses of other tests count at the usual one
    )
    headers = {"Authorization": f"Bearer {await make(acting, 'key', Scope.ADMIN)}"}
    async with httpx.AsyncClient(
        transport=transport, base_url="http://server", headers=headers
    ) as web:
        answers = [
            await web.get("/api/boards"),
            await web.get(f"/api/boards/{board.board}/export"),
            await web.request("OPTIONS", "/api/boards"),
            await web.request("TRACE", "/api/boards"),
            await web.get("/nowhere"),
            await web.get("/api/boards", headers={"Authorization": "Bearer nonsense"}),
            await web.post("/api/boards", json={"name": "x" * 4_000}),
            await web.post("/api/boards", content=b"{"),
            await web.get("/api/openapi.json"),
        ]
        while (last := await web.get("/api/boards")).status_code == 200:
            pass
    assert [one.status_code for one in [*answers, last]] == [
        200, 200, 204, 405, 404, 401, 413, 400, 200, 429,
    ]  # fmt: skip
    for one in [*answers, last]:
        assert carried(one) == WANTED, one.status_code
