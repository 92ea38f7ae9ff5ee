"""How many requests who may send, as one table; counted by the token, or by the address where the token opens nothing."""

import hashlib
from collections.abc import Awaitable, Callable
from typing import Any, Final, TypeVar

from litestar import Request

from engine.api import Engine
from engine.errors import NotFound, NotSignedIn, Refused, TooMany, UsageError
from engine.identity.caller import Caller
from engine.store.limiting import Limit
from sync.server.metering import STANDING, Meter

MINUTE: Final = 60
QUOTAS: Final[dict[str, tuple[str, Limit | None]]] = {
    "/api/": ("caller", None),
    "/sync/": ("device", Limit(burst=6_000, seconds=MINUTE)),
}
"""By where a path begins: the name of the policy, and its limit; None is what the settings say. What a device did in a
month goes fifty commands at a time, and each such push is followed by a pull: these are 150,000 commands at once."""
STRANGERS: Final = Limit(burst=120, seconds=MINUTE)
"""Requests of one address whose token opens nothing: they cost a look into the store."""
OPEN: Final = Limit(burst=120, seconds=MINUTE)
"""Calls of one address that need no token: signing up and in, codes from mails."""
T = TypeVar("T")
Web = Request[Any, Any, Any]


class Quotas:
    """Of one server process; what the processes let through together keeps to the limits."""

    def __init__(self, engine: Engine, requests_per_minute: int) -> None:
        own = Limit(burst=requests_per_minute, seconds=MINUTE)
        self._meters = {
            start: Meter(engine, policy, limit or own) for start, (policy, limit) in QUOTAS.items()
        }
        self._strangers = Meter(engine, "stranger", STRANGERS)
        self._open = Meter(engine, "open", OPEN)

    async def counted(
        self, request: Web, caller: Caller, token: str, enter: Callable[[], Awaitable[T]]
    ) -> T:
        """Whoever comes in by `enter`. A token that was good before is counted first, so that too many requests cost
        nothing but a look into memory, and so that who guesses at the same address does not keep its owner out. Raises
        TooMany, and what `enter` raises."""
        who = hashlib.sha256(token.encode()).hexdigest()
        known = any(meter.knows(who) for meter in self._meters.values())
        if known:
            await _spend(request, self._meter(request), who)
        elif wait := self._strangers.wait(caller.network):
            raise TooMany(wait)
        try:
            entered = await enter()
        except (NotSignedIn, TooMany):
            await _spend(request, self._strangers, caller.network)
            raise
        except (
            UsageError,
            NotFound,
            Refused,
        ):  # the token was good; what it was to open was not there
            if not known:
                await _spend(request, self._meter(request), who)
            raise
        if not known:
            await _spend(request, self._meter(request), who)
        return entered

    async def opened(self, request: Web, caller: Caller) -> None:
        """Whoever calls what needs no token. What is beyond the limit costs a look into memory. Raises TooMany."""
        await _spend(request, self._open, caller.network)

    def _meter(self, request: Web) -> Meter:
        path = request.scope["path"]
        return next(meter for start, meter in self._meters.items() if path.startswith(start))


async def _spend(request: Web, meter: Meter, who: str) -> None:
    standing = await meter.spend(who)
    request.scope[STANDING] = standing  # type: ignore[typeddict-unknown-key]
    if standing.wait:
        raise TooMany(standing.wait)
