"""Says why a server cannot be reached, as far as the network tells, and what can be done about it."""

import re
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Final, NamedTuple

import httpx

from engine.errors import Unreachable

KEPT: Final = "What waits is kept here and sent later."
NO_SERVER: Final = "What answers at {url} is not a server of ConneqtOS. Check the address."
NO_ADDRESS: Final = "{url} is no address of a server. Give one as https://example.org."
NO_TLS: Final = ("WRONG_VERSION_NUMBER", "RECORD_LAYER_FAILURE", "UNKNOWN_PROTOCOL", "HTTP_REQUEST")
"""What OpenSSL says of an answer that is none of TLS."""
TLS_ADVICE: Final = " Where it speaks TLS, try {other}"
"""For who has just typed the address: what was in contact there before has the right one."""
FROM_OPENSSL: Final = re.compile(r" \(_\w+\.c:\d+\)$")
"""Where in Python's source an error was raised: nothing for people."""
HERE: Final = ("localhost", "127.0.0.1", "::1")
"""Hosts for which http is good enough: nothing leaves this machine."""


class Fault(NamedTuple):
    """What the network said, all of it, on the way to this address."""

    url: httpx.URL
    causes: tuple[BaseException, ...]
    said: str

    def is_a(self, *kinds: type[BaseException]) -> bool:
        return any(isinstance(one, kinds) for one in self.causes)


class Reason(NamedTuple):
    """`words` know `url`, `host`, `other` (the same address by the other of http and https) and what was `said` last."""

    fits: Callable[[Fault], bool]
    words: str


REASONS: Final = (
    Reason(
        lambda one: "CERTIFICATE_VERIFY_FAILED" in one.said,
        "The certificate of {url} is not trusted here ({said}). If it is your own, name its authority in SSL_CERT_FILE.",
    ),
    Reason(
        lambda one: _has_no_tls(one) and one.url.host in HERE,
        "What answers at {url} speaks no TLS: try {other}",
    ),
    Reason(
        lambda one: _has_no_tls(one) and one.url.host not in HERE,
        "What answers at {url} speaks no TLS, so nothing was sent. Check the port.",
    ),
    Reason(
        lambda one: one.is_a(httpx.TimeoutException, TimeoutError),
        "{url} does not answer in time.",
    ),
    Reason(
        lambda one: one.is_a(socket.gaierror),
        "The name {host} is not found. Check the address, and whether there is a network.",
    ),
    Reason(
        lambda one: one.is_a(ConnectionRefusedError),
        "Nothing answers at {url}: the server is not running, or it has another port.",
    ),
    Reason(
        lambda one: one.is_a(httpx.RemoteProtocolError, httpx.ReadError) and one.url.scheme == "http",
        "{url} broke off without an answer." + TLS_ADVICE,
    ),
    Reason(
        lambda one: one.is_a(httpx.RemoteProtocolError, httpx.ReadError),
        "{url} broke off without an answer.",
    ),
)  # fmt: skip
"""The first that fits is said."""
OTHERWISE: Final = "{url} cannot be reached."
OTHER: Final = {"http": "https", "https": "http"}


class told:
    """Errors of the network as Unreachable, with what to do next."""

    def __init__(self, url: str) -> None:
        self._url = url

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if not isinstance(error, (httpx.HTTPError, httpx.InvalidURL, ssl.SSLError, OSError)):
            return  # a TimeoutError is an OSError
        raise Unreachable(why(self._url, error)) from None


@contextmanager
def kept() -> Iterator[None]:
    """Around what waits here until the server has taken it: that is said, too, and nothing about the address."""
    try:
        yield
    except Unreachable as error:
        known = str(error).partition(TLS_ADVICE.partition("{")[0])[0]
        raise Unreachable(f"{known.rstrip('.')}. {KEPT}") from None


def why(url: str, error: BaseException) -> str:
    if isinstance(error, httpx.InvalidURL):
        return NO_ADDRESS.format(url=url)
    causes = tuple(_causes(error))
    fault = Fault(httpx.URL(url), causes, " ".join(str(one) for one in causes))
    words = next((one.words for one in REASONS if one.fits(fault)), OTHERWISE)
    other = fault.url.copy_with(scheme=OTHER.get(fault.url.scheme, "https"))
    return words.format(
        url=url, host=fault.url.host, other=str(other).rstrip("/"),
        said=FROM_OPENSSL.sub("", str(error).rpartition(": ")[2])[:120],
    )  # fmt: skip


def _causes(error: BaseException | None) -> Iterator[BaseException]:
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


def _has_no_tls(fault: Fault) -> bool:
    said = fault.said.upper().replace(" ", "_")
    return fault.url.scheme == "https" and any(word in said for word in NO_TLS)
