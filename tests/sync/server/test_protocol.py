"""What is no request, or never becomes one, over a real socket: a problem with its status, and the line is closed."""

import asyncio
import resource
from collections.abc import AsyncIterator
from contextlib import suppress
from typing import Any

import msgspec
import pytest
import uvicorn

from sync.server import protocol
from sync.server.guarding import HEADERS
from sync.server.protocol import Protocol, lines_at_once, spoken


async def hello(scope: Any, receive: Any, send: Any) -> None:
    await send(
        {"type": "http.response.start", "status": 200, "headers": [(b"content-length", b"2")]}
    )
    await send({"type": "http.response.body", "body": b"ok"})


@pytest.fixture
async def port() -> AsyncIterator[int]:
    server = uvicorn.Server(
        uvicorn.Config(hello, port=0, log_config=None, lifespan="off", **spoken())
    )
    task = asyncio.create_task(server.serve())
    while not server.started:  # noqa: ASYNC110 (it has no event)
        await asyncio.sleep(0)
    yield server.servers[0].sockets[0].getsockname()[1]
    server.should_exit = True
    await task


async def said(port: int, *pieces: bytes) -> bytes:
    """All that comes back until the server closes the line."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    for piece in pieces:
        writer.write(piece)
        await writer.drain()
    answer = await reader.read()
    writer.close()
    return answer


def problem_of(answer: bytes) -> dict[str, Any]:
    head, _, body = answer.partition(b"\r\n\r\n")
    assert b"application/problem+json" in head
    assert all(name + b": " + value in head for name, value in HEADERS)
    assert b"connection: close" in head
    found: dict[str, Any] = msgspec.json.decode(body)
    assert f"HTTP/1.1 {found['status']}".encode() in head.splitlines()[0]
    return found


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nbad header\r\n\r\n", 400),
        (b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: rot13\r\n\r\n", 501),
        (b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\nX: " + b"y" * 40_000, 431),
    ],
)
async def test_what_cannot_be_read_is_answered_with_a_problem(
    port: int, sent: bytes, status: int
) -> None:
    assert problem_of(await said(port, sent))["status"] == status


@pytest.mark.parametrize("begun", [b"", b"GET / HTTP/1.1\r\nHost: a\r\nX: "])
async def test_who_begins_and_never_ends_is_let_go(
    port: int, begun: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "SECONDS", 0.05)
    assert problem_of(await said(port, begun))["status"] == 408


async def test_who_is_answered_can_ask_again_on_the_same_line(port: int) -> None:
    one = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    last = b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
    answer = await said(port, one[:9], one[9:], one + last)
    assert answer.count(b"HTTP/1.1 200") == 3


async def test_there_are_so_many_lines_at_once_and_who_comes_then_hears_of_it(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Protocol, "at_once", 2)
    one = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    opened = [await asyncio.open_connection("127.0.0.1", port) for _ in range(2)]
    for reader, writer in opened:
        writer.write(one)
        assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200")
    assert problem_of(await said(port))["status"] == 503
    reader, writer = opened[0]
    writer.write(one.replace(b"\r\n\r\n", b"\r\nConnection: close\r\n\r\n"))
    assert b"HTTP/1.1 200" in await reader.read()
    assert b"HTTP/1.1 200" in await said(port, one.replace(b"Host", b"Connection: close\r\nHost"))


@pytest.mark.parametrize(
    ("files", "lines"), [(256, 192), (1_024, 824), (1 << 20, 20_000), (resource.RLIM_INFINITY, 20_000)]
)  # fmt: skip
def test_the_store_keeps_files_for_itself(
    files: int, lines: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(resource, "getrlimit", lambda _: (files, files))
    assert lines_at_once() == lines


@pytest.mark.parametrize("rest", [b"Content-Length: 9999999999", b"Transfer-Encoding: chunked"])
async def test_who_was_answered_before_the_body_came_cannot_go_on_sending_it(
    port: int, rest: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(protocol, "LINGER", 0.1)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST / HTTP/1.1\r\nHost: a\r\n" + rest + b"\r\n\r\n")
    assert b"HTTP/1.1 200" in await reader.readline()
    with suppress(ConnectionError):
        async with asyncio.timeout(10):
            while not reader.at_eof():
                writer.write(b"1\r\na\r\n")  # is a piece of either body
                await writer.drain()
                await asyncio.sleep(0)
    writer.close()


async def test_who_ends_the_body_after_the_answer_stays_on_the_line(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked, look = asyncio.Event(), Protocol._end_body

    def looking(line: Protocol, answered: Any) -> None:
        look(line, answered)
        looked.set()

    monkeypatch.setattr(protocol, "LINGER", 0.1)
    monkeypatch.setattr(Protocol, "_end_body", looking)
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab")
    assert (await reader.readuntil(b"ok")).startswith(b"HTTP/1.1 200")
    writer.write(b"cde")
    await looked.wait()
    writer.write(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
    assert (await reader.read()).startswith(b"HTTP/1.1 200")
    writer.close()
