"""What cannot be the address of a server is said at once, in one sentence."""

import pytest

from engine.errors import UsageError
from tui.server_address import checked_address


@pytest.mark.parametrize(
    "url",
    [
        "https://example.org",
        "http://127.0.0.1:8431",
        "http://[::1]:1",
        "https://example.org/boards",
    ],
)
def test_an_address_is_taken_as_it_is(url: str) -> None:
    assert checked_address(f"{url}/") == url


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("http://127.0.0.1:86111", "no port 86111"),
        ("http://127.0.0.1:0", "no port 0"),
        ("https://example.org:-1", "no port -1"),
        ("https://example.org:port", "no address of a server"),
        ("example.org", "no address of a server"),
        ("", "no address of a server"),
        ("ftp://example.org", "no address of a server"),
        ("https://ada:secret@example.org", "more than where the server is"),
        ("https://example.org/?a=1", "more than where the server is"),
        ("https://example.org/#home", "more than where the server is"),
        ("http://example.org", "not encrypted"),
    ],
)
def test_what_is_none_is_said(url: str, words: str) -> None:
    with pytest.raises(UsageError, match=words) as told:
        checked_address(url)
    assert "secret" not in str(told.value)
