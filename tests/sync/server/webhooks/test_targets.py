"""Nothing of the server's own network is called, whatever name or spelling leads there."""

import ipaddress
import socket
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync.server.webhooks.targets import NotAllowed, is_public, resolved

CLOSED = (
    "127.0.0.1", "10.1.2.3", "172.16.0.1", "172.31.255.255", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "0.0.0.0", "224.0.0.1", "255.255.255.255", "198.18.0.1", "192.0.0.192", "168.63.129.16", "::1", "::",
    "fe80::1", "fc00::1", "fd00:ec2::254", "ff02::1", "::ffff:127.0.0.1", "::ffff:8.8.8.8", "64:ff9b::7f00:1",
    "2002:7f00:1::", "2001:0:7f00:1::", "2001:db8::1", "::127.0.0.1",
)  # fmt: skip


@pytest.mark.parametrize("address", CLOSED)
def test_these_are_never_called(address: str) -> None:
    assert not is_public(ipaddress.ip_address(address))


@pytest.mark.parametrize("address", ["8.8.8.8", "1.1.1.1", "172.32.0.1", "2606:4700::1111"])
def test_what_is_public_is(address: str) -> None:
    assert is_public(ipaddress.ip_address(address))


@given(st.ip_addresses())
def test_nothing_that_python_calls_private_or_multicast_is_public(address: Any) -> None:
    if address.is_private or address.is_multicast or address.is_loopback or address.is_link_local:
        assert not is_public(address)


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/x", "https://localhost/x", "https://2130706433/x", "https://127.1/x",
        "https://0x7f.0.0.1/x", "https://[::1]/x", "https://[::ffff:127.0.0.1]/x", "https://0/x",
        "http://8.8.8.8/x", "ftp://8.8.8.8/x", "https://[fe80::1%25lo]/x",
    ],
)  # fmt: skip
async def test_however_it_is_spelled(url: str) -> None:
    with pytest.raises((NotAllowed, OSError)):
        await resolved(url, private=False)


async def test_one_bad_address_of_a_name_is_enough_and_the_name_is_asked_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The resolver is the one thing that a test cannot have for real."""
    asked: list[str] = []
    answers = ["8.8.8.8"]

    def resolver(host: str, port: int, **more: Any) -> list[Any]:
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (one, port)) for one in answers]

    monkeypatch.setattr(socket, "getaddrinfo", resolver)
    target = await resolved("https://hooks.example.org/in?x=1", private=False)
    assert (target.url, target.authority) == ("https://8.8.8.8:443/in?x=1", "hooks.example.org")
    assert asked == ["hooks.example.org"]
    answers.append("10.0.0.1")
    with pytest.raises(NotAllowed):
        await resolved("https://hooks.example.org:8443/", private=False)


async def test_a_server_can_be_set_to_call_its_own_network() -> None:
    target = await resolved("http://127.0.0.1:8080/in", private=True)
    assert (target.url, target.authority) == ("http://127.0.0.1:8080/in", "127.0.0.1:8080")
    with pytest.raises(NotAllowed):
        await resolved("http://127.0.0.1:8080/in", private=False)
