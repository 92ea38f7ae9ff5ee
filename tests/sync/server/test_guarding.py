"""The guard around the app: time for each step of a request, and a problem where it runs out."""

import asyncio
from typing import Any

import httpx
import pytest

from sync.server.ending import Ending
from sync.server.guarding import HEADERS, Guard
from sync.server.metrics import Figures


def client(app: Any, seconds: float, ending: Ending | None = None) -> httpx.AsyncClient:
    guard = Guard(app, seconds, Figures(), ending or Ending())
    transport = httpx.ASGITransport(app=guard)  # type: ignore[arg-type]
    return httpx.AsyncClient(transport=transport, base_url="http://server")


async def test_what_takes_too_long_ends_in_a_problem() -> None:
    async def never(scope: Any, receive: Any, send: Any) -> None:
        await asyncio.Event().wait()

    async with client(never, 0.01) as web:
        answer = await web.get("/")
    assert answer.status_code == 503 and answer.json()["code"] == "too_slow"
    assert all(answer.headers[name.decode()] == value.decode() for name, value in HEADERS)


@pytest.mark.parametrize("ends", [True, False])
async def test_what_the_end_of_the_server_breaks_off_ends_in_a_problem_and_else_it_is_broken_off(
    ends: bool,
) -> None:
    begun, ending = asyncio.Event(), Ending()

    async def never(scope: Any, receive: Any, send: Any) -> None:
        begun.set()
        await asyncio.Event().wait()

    async with client(never, 60, ending) as web:
        asking = asyncio.create_task(web.get("/"))
        await begun.wait()
        if ends:
            ending.begin()
        asking.cancel()
        (answer,) = await asyncio.gather(asking, return_exceptions=True)
    if not ends:
        assert isinstance(answer, asyncio.CancelledError)
        return
    assert isinstance(answer, httpx.Response)
    assert answer.status_code == 503 and answer.json()["code"] == "ending"
    assert all(answer.headers[name.decode()] == value.decode() for name, value in HEADERS)


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


async def test_a_body_that_trickles_in_does_not_hold_the_line_for_ever(monkeypatch: Any) -> None:
    loop = asyncio.get_running_loop()
    moved = 0.0
    plain = loop.time
    monkeypatch.setattr(loop, "time", lambda: plain() + moved)

    async def reading(scope: Any, receive: Any, send: Any) -> None:
        while (await receive()).get("more_body"):  # noqa: ASYNC110
            await asyncio.sleep(0)  # where a limit of time acts

    async def trickle() -> Any:
        nonlocal moved
        for _ in range(1_000):
            moved += 5
            yield b"x"

    async with client(reading, 60) as web:
        answer = await web.post("/", content=trickle())
    assert answer.status_code == 503 and moved <= 100


async def test_an_address_or_headers_without_end_are_refused_with_a_problem() -> None:
    async def never(scope: Any, receive: Any, send: Any) -> None:
        raise AssertionError("it does not come this far")

    async with client(never, 60) as web:
        long = await web.get("/x?" + "y" * 9_000)
        large = await web.get("/", headers={"x-much": "y" * 17_000})
    assert (long.status_code, large.status_code) == (414, 431)
    for answer in (long, large):
        assert answer.headers["content-type"] == "application/problem+json"
        assert answer.json()["status"] == answer.status_code and answer.json()["detail"]
        assert answer.headers["x-content-type-options"] == "nosniff"


async def test_names_of_methods_that_anybody_makes_up_are_one_figure() -> None:
    async def answers(scope: Any, receive: Any, send: Any) -> None:
        await send({"type": "http.response.start", "status": 405, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    figures = Figures()
    transport = httpx.ASGITransport(app=Guard(answers, 60, figures, Ending()))  # type: ignore[arg-type]
    async with httpx.AsyncClient(transport=transport, base_url="http://server") as web:
        for number in range(20):
            await web.request(f"M{number}", "/")
    told = figures.text().decode()
    assert 'conneqtos_requests_total{method="other",route="-",status="405"} 20.0' in told
    assert "M1" not in told
