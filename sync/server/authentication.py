"""Who calls: a bearer token, which is an API key or that of a session, and where the call comes from."""

import ipaddress
from typing import Any, Final

from litestar import Request

from engine.api import Acting, Engine
from engine.errors import NotSignedIn, UsageError
from engine.identity.api_keys import START, KeyCheck
from engine.identity.caller import Caller
from engine.identity.sessions import Signed, as_account, by_token, enter
from engine.model.text import clean_line
from engine.queries.accounts import AboutMyAccount
from sync.server.quotas import Quotas
from sync.server.settings import Settings

ORGANIZATION: Final = "x-organization"
NOWHERE: Final = (
    "This account belongs to no organization yet. Make one (POST /api/organizations), or accept an invitation (POST "
    "/api/invitations/accept)."
)
NOBODY: Final = "Send an API key or the token of a session: Authorization: Bearer …"


class Gate:
    """One for a server process."""

    def __init__(self, engine: Engine, settings: Settings) -> None:
        self.engine = engine
        self.settings = settings
        self._keys = KeyCheck(engine)
        self._quotas = Quotas(engine, settings.requests_per_minute)
        self._proxies = [ipaddress.ip_network(one) for one in settings.proxies]

    def caller(self, request: Request[Any, Any, Any]) -> Caller:
        """The address is the peer's own; of a named proxy the last one that it was told by no other named proxy.
        What stands before that anybody may have made up."""
        told = ",".join(request.headers.getall("x-forwarded-for", []))
        peer = _plain(request.client.host if request.client else "")
        address = peer
        for one in reversed([_plain(one) for one in told.split(",")]):
            if not one or not self._trusts(address):
                break
            address = one
        device = clean_line(request.headers.get("user-agent", ""))[:100]
        return Caller(device=device, address=clean_line(address)[:64])

    async def anybody(self, request: Request[Any, Any, Any]) -> Caller:
        """For what needs no token. Raises TooMany."""
        caller = self.caller(request)
        await self._quotas.opened(request, caller)
        return caller

    async def signed(self, request: Request[Any, Any, Any]) -> Signed:
        """Whose session it is. Raises NotSignedIn, TooMany."""
        caller, token = self.caller(request), _token(request)
        return await self._quotas.counted(
            request, caller, token, lambda: by_token(self.engine, caller, token)
        )

    async def account(self, request: Request[Any, Any, Any]) -> Acting:
        return as_account(self.engine, self.caller(request), await self.signed(request))

    async def acting(self, request: Request[Any, Any, Any]) -> Acting:
        """The person in the organization of the key; with a session, in the one that the header names, which
        can be left out by who belongs to one only. Raises NotSignedIn, TooMany, NotFound, UsageError."""
        caller, token = self.caller(request), _token(request)
        return await self._quotas.counted(
            request, caller, token, lambda: self._entered(request, caller, token)
        )

    async def again(self, request: Request[Any, Any, Any]) -> Acting:
        """As `acting`, for a request that is still being answered. The server asks, so it is not counted: whoever has
        used up what they may ask is else never found to be let in no more."""
        return await self._entered(request, self.caller(request), _token(request))

    async def _entered(self, request: Request[Any, Any, Any], caller: Caller, token: str) -> Acting:
        if token.startswith(START):
            return await self._keys.actor(caller, token)
        signed = await by_token(self.engine, caller, token)
        wanted = request.headers.get(ORGANIZATION, "")
        if not wanted:
            account = as_account(self.engine, caller, signed)
            places = (await account.query(AboutMyAccount())).organizations
            if not places:
                raise UsageError(NOWHERE)
            if len(places) != 1:
                raise UsageError(f"Name the organization in the header {ORGANIZATION}.")
            wanted = places[0].id
        return await enter(self.engine, caller, signed, wanted)

    def _trusts(self, peer: str) -> bool:
        try:
            address = ipaddress.ip_address(peer)
        except ValueError:
            return False
        return any(address in network for network in self._proxies)


def _plain(address: str) -> str:
    """IPv4 that comes over a socket of IPv6 is IPv4."""
    try:
        found = ipaddress.ip_address(address.strip())
    except ValueError:
        return address.strip()
    mapped = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return str(mapped or found)


def _token(request: Request[Any, Any, Any]) -> str:
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token.strip():
        raise NotSignedIn(NOBODY)
    return token.strip()
