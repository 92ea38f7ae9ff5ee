"""Which addresses may be called: public ones, over https. Nothing of the server's own network is reached through it.

The name is resolved once, each address is checked, and the one that is called is the one that was checked: a name that
says something else a moment later changes nothing.
"""

import asyncio
import ipaddress
import socket
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Final

import httpx
from msgspec import Struct

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
_V4: Final = (
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "224.0.0.0/4", "240.0.0.0/4",
    "168.63.129.16/32",  # metadata of a large host, in the middle of public addresses
)  # fmt: skip
"""IPv4 that is not somebody's on the internet (IANA's special-purpose registry)."""
_V6_PUBLIC: Final = ipaddress.IPv6Network("2000::/3")
_V6: Final = ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
"""Inside the public IPv6: Teredo and others of the protocol itself, examples, IPv4 in disguise."""
_CLOSED: Final = tuple(ipaddress.ip_network(one) for one in (*_V4, *_V6))
HTTPS: Final = 443
HTTP: Final = 80
AT_ONCE: Final = 8
_threads: Final = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="name")
"""Of its own: a name that nobody knows can take half a minute to say so."""


class NotAllowed(Exception):
    """This may not be called."""


class Target(Struct, frozen=True, kw_only=True):
    """Where to connect, and what to say there: `host` is the name that the certificate must have."""

    address: str
    port: int
    scheme: str
    host: str
    path: str

    @property
    def url(self) -> str:
        shown = f"[{self.address}]" if ":" in self.address else self.address
        return f"{self.scheme}://{shown}:{self.port}{self.path}"

    @property
    def authority(self) -> str:
        """What Host says."""
        shown = f"[{self.host}]" if ":" in self.host else self.host
        usual = HTTPS if self.scheme == "https" else HTTP
        return shown if self.port == usual else f"{shown}:{self.port}"


def is_public(address: Address) -> bool:
    if isinstance(address, ipaddress.IPv6Address) and address not in _V6_PUBLIC:
        return False
    return not any(address.version == one.version and address in one for one in _CLOSED)


async def resolved(url: str, private: bool) -> Target:
    """`private` allows http and private networks too. Raises NotAllowed where any address of the name is none that may be called; OSError where it has none."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL:
        raise NotAllowed from None
    if parsed.scheme != "https" and not (private and parsed.scheme == "http"):
        raise NotAllowed
    port = parsed.port or (HTTPS if parsed.scheme == "https" else HTTP)
    host = parsed.raw_host.decode("ascii")
    addresses = [_address(one) for one in await _looked_up(host, port)]
    if not addresses or not (private or all(is_public(one) for one in addresses)):
        raise NotAllowed
    return Target(
        address=str(addresses[0]), port=port, scheme=parsed.scheme, host=host,
        path=parsed.raw_path.decode("ascii"),
    )  # fmt: skip


async def _looked_up(host: str, port: int) -> list[str]:
    """Raises OSError where the name has no address."""
    ask = partial(socket.getaddrinfo, host, port, type=socket.SOCK_STREAM)
    return [
        str(one[4][0]) for one in await asyncio.get_running_loop().run_in_executor(_threads, ask)
    ]


def _address(text: str) -> Address:
    """Raises NotAllowed for one of a single link (`fe80::1%eth0`)."""
    try:
        return ipaddress.ip_address(text)
    except ValueError:
        raise NotAllowed from None
