"""The sentences that say why a server cannot be reached: whole, for people, and only what helps where they are."""

import ssl

import httpx
import pytest

from engine.errors import Unreachable
from sync.client.reasons import KEPT, kept, told

LOCAL = "http://127.0.0.1:18741"
BROKEN = httpx.RemoteProtocolError("Server disconnected without sending a response.")


def sentence(url: str, error: Exception) -> str:
    with pytest.raises(Unreachable) as raised, told(url):
        raise error
    return str(raised.value)


def test_what_was_in_contact_before_gets_no_advice_about_its_address() -> None:
    with pytest.raises(Unreachable) as raised, kept(), told(LOCAL):
        raise BROKEN
    assert str(raised.value) == f"{LOCAL} broke off without an answer. {KEPT}"


def test_before_what_is_said_next_an_address_ends_its_sentence() -> None:
    wrong = ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number (_ssl.c:1006)")
    with pytest.raises(Unreachable) as raised, kept(), told("https://localhost:8431"):
        raise wrong
    assert str(raised.value).endswith(f"try http://localhost:8431. {KEPT}")


def test_of_a_certificate_the_reason_is_said_and_no_line_of_a_program() -> None:
    error = httpx.ConnectError(
        "[SSL: CERTIFICATE_VERIFY_FAILED] certificate verify failed: self-signed certificate (_ssl.c:1006)"
    )
    assert "is not trusted here (self-signed certificate). If" in sentence("https://w.org", error)
