"""One attempt over a real socket: what arrives, and how each way to fail is told."""

import socket
from pathlib import Path
from typing import Any

import pytest

from engine.model.webhook import Delivery, DeliveryKind, DeliveryState, Place
from engine.webhooks import Answer, Letter
from sync.server.webhooks.sending import Sender
from tests.sync.server.webhooks.receiver import receiving, tls_for

DELIVERY = Delivery(
    id="msg_1", webhook_id="w", kind=DeliveryKind.EVENTS, state=DeliveryState.WAITING,
    after=Place(0, 0), until=Place(1, 0), count=1, attempts=0, code=0, reason="", created_at=0,
    tried_at=0, due_at=0,
)  # fmt: skip


def letter(url: str) -> Letter:
    return Letter(delivery=DELIVERY, url=url, secrets=(bytes(32),), body=b'{"a": 1}')


async def test_it_arrives_signed_at_the_path_it_was_sent_to() -> None:
    async with receiving() as one:
        url = f"http://127.0.0.1:{one.port}/in?team=1"
        assert await Sender(private=True).send(letter(url)) == Answer(code=204)
    (got,) = one.got
    assert (got.path, got.body) == ("/in?team=1", b'{"a": 1}')
    assert (
        got.headers["webhook-id"] == "msg_1" and got.headers["content-type"] == "application/json"
    )
    assert got.headers["webhook-signature"].startswith("v1,")
    assert "cookie" not in got.headers and "authorization" not in got.headers


@pytest.mark.parametrize(
    ("answer", "expected"),
    [
        ("200 OK\r\nContent-Length: 2\r\n\r\nok", Answer(code=200)),
        ("500 Oh\r\nContent-Length: 0", Answer(code=500, reason="status")),
        ("410 Gone\r\nContent-Length: 0", Answer(code=410, reason="gone")),
        ("429 Slow\r\nRetry-After: 90\r\nContent-Length: 0", Answer(code=429, reason="status", wait=90)),
        (f"503 No\r\nRetry-After: {'9' * 5_000}\r\nContent-Length: 0", Answer(code=503, reason="status", wait=999_999_999)),
        ("503 No\r\nRetry-After: soon\r\nContent-Length: 0", Answer(code=503, reason="status")),
        ("302 Found\r\nLocation: http://127.0.0.1:1/\r\nContent-Length: 0", Answer(code=302, reason="redirect")),
        ("nonsense", Answer(reason="connection")),
    ],
)  # fmt: skip
async def test_each_answer_is_told_for_what_it_is(answer: str, expected: Answer) -> None:
    async with receiving() as one:
        one.answers = [answer]
        assert await Sender(private=True).send(letter(f"http://127.0.0.1:{one.port}/")) == expected
        assert len(one.got) == 1


async def test_a_body_without_end_is_not_read() -> None:
    async with receiving() as one:
        one.answers = ["200 OK\r\nContent-Length: 999999999999"]
        sender = Sender(private=True)
        assert await sender.send(letter(f"http://127.0.0.1:{one.port}/")) == Answer(code=200)


async def test_who_says_nothing_or_is_not_there_is_not_waited_for() -> None:
    async with receiving() as one:
        one.answers = [""]
        sender = Sender(private=True, seconds=0.2)
        assert await sender.send(letter(f"http://127.0.0.1:{one.port}/")) == Answer(
            reason="timeout"
        )
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
        refused = await Sender(private=True).send(letter(f"http://127.0.0.1:{port}/"))
        assert refused == Answer(reason="connection")


async def test_its_own_network_is_not_called_unless_it_is_set_to() -> None:
    async with receiving() as one:
        for url in (f"https://127.0.0.1:{one.port}/", f"http://localhost:{one.port}/"):
            assert await Sender(private=False).send(letter(url)) == Answer(reason="address")
    assert not one.got


async def test_the_address_that_was_checked_is_called_under_the_name_that_was_meant(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A name that leads elsewhere when it is asked again (DNS rebinding) is not asked again."""
    shows, trusts = tls_for(tmp_path, "hooks.example.org")
    asked: list[str] = []

    def resolver(host: str, port: int, **more: Any) -> list[Any]:
        asked.append(host)
        assert len(asked) == 1
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    async with receiving(shows) as one:
        url = f"https://hooks.example.org:{one.port}/in"
        assert await Sender(private=True, trust=trusts).send(letter(url)) == Answer(code=204)
        assert one.names == ["hooks.example.org"] == asked
        assert one.got[0].headers["host"] == f"hooks.example.org:{one.port}"


async def test_a_certificate_of_another_name_or_of_nobody_is_not_believed(tmp_path: Path) -> None:
    shows, trusts = tls_for(tmp_path, "other.example.org")
    async with receiving(shows) as one:
        url = f"https://localhost:{one.port}/"
        for sender in (Sender(private=True, trust=trusts), Sender(private=True)):
            assert await sender.send(letter(url)) == Answer(reason="certificate")
    assert not one.got
