"""Reads the address of a server as a person has typed it: what cannot be one is said before anything is sent."""

from typing import Final

from engine.errors import UsageError

LAST_PORT: Final = 65_535
PLAIN: Final = "Give the address of the server alone, as https://example.org."


def checked_address(url: str) -> str:
    """The address without a slash at its end. It may have a path, where a proxy has given the server one. Raises
    UsageError for what is no address, and for one on which a password would travel in clear."""
    from httpx import URL, InvalidURL

    from sync.client.reasons import HERE

    try:
        address = URL(url)
    except InvalidURL:
        address = URL("")
    if address.scheme not in ("http", "https") or not address.host:
        raise UsageError(f"“{url}” is no address of a server. Write it as https://example.org.")
    if address.port is not None and not 1 <= address.port <= LAST_PORT:
        raise UsageError(f"There is no port {address.port}: they go from 1 to {LAST_PORT:,}.")
    if address.userinfo or address.query or address.fragment:
        raise UsageError(f"That says more than where the server is. {PLAIN}")
    if address.scheme == "http" and address.host not in HERE:
        raise UsageError(
            f"{url} is not encrypted. Use https: only a server on this machine may do without."
        )
    return url.rstrip("/")
