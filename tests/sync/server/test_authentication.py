"""Where a call comes from: the peer, unless a proxy that is named says otherwise; and into which organization."""

import pytest
from litestar import Request

from engine.api import Engine
from engine.identity.organizations import create
from sync.server.authentication import Gate
from sync.server.settings import Settings
from tests.engine.identity.people import signed_up, somewhere
from tests.sync.server.conftest import Clients

PROXIES = ("10.0.0.0/8", "2001:db8::1")


def called_from(gate: Gate, peer: str, *forwarded: str) -> str:
    headers = [(b"x-forwarded-for", one.encode()) for one in forwarded]
    scope = {"type": "http", "headers": headers, "client": (peer, 1), "state": {}}
    request: Request[None, None, dict[str, object]] = Request(scope)  # type: ignore[type-var, arg-type]
    return gate.caller(request).address


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        ("198.51.100.1", (), "198.51.100.1"),
        ("198.51.100.1", ("203.0.113.9",), "198.51.100.1"),
        ("10.0.0.1", ("203.0.113.9",), "203.0.113.9"),
        ("::ffff:10.0.0.1", ("203.0.113.9",), "203.0.113.9"),
        ("2001:db8::1", ("203.0.113.9",), "203.0.113.9"),
        ("10.0.0.1", ("192.0.2.66, 203.0.113.9",), "203.0.113.9"),
        ("10.0.0.1", ("192.0.2.66", "203.0.113.9"), "203.0.113.9"),
        ("10.0.0.1", ("192.0.2.66, 203.0.113.9, 10.9.9.9",), "203.0.113.9"),
        ("10.0.0.1", ("10.2.2.2, 10.9.9.9",), "10.2.2.2"),
        ("10.0.0.1", ("203.0.113.9,",), "10.0.0.1"),
        ("10.0.0.1", (), "10.0.0.1"),
        ("10.0.0.1", ("not an address",), "not an address"),
    ],
)
async def test_only_named_proxies_are_believed_and_only_what_they_say_themselves(
    engine: Engine, peer: str, forwarded: tuple[str, ...], address: str
) -> None:
    assert called_from(Gate(engine, Settings(proxies=PROXIES)), peer, *forwarded) == address


async def test_without_named_proxies_nobody_is_believed(engine: Engine) -> None:
    gate = Gate(engine, Settings())
    for peer in ("127.0.0.1", "10.0.0.1", "::1"):
        assert called_from(gate, peer, "203.0.113.9") == peer


async def test_a_session_is_in_the_one_organization_that_there_is_or_told_what_is_missing(
    engine: Engine, clients: Clients
) -> None:
    signed, token, _ = await signed_up(engine)
    web, told = clients(token), []
    for name in ("One", "Another"):
        told.append(await web.get("/api/boards"))
        await create(engine, somewhere(), signed, name)
    told.append(await web.get("/api/boards"))
    assert [one.status_code for one in told] == [400, 200, 400]
    assert "belongs to no organization" in told[0].json()["detail"]
    assert "x-organization" in told[2].json()["detail"]
