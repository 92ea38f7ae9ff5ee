"""How often what may be tried, as one table, by the address it comes from and by what it is about (policy §7; C41).

A success gives nothing back: who guesses cannot buy further tries by signing in to an account of their own.
"""

from typing import Final

from msgspec import Struct

from engine.api import Engine
from engine.commands.limits import NoteLimit
from engine.errors import TooMany
from engine.identity.caller import Caller
from engine.store.limiting import Limit

MINUTE: Final = 60
HOUR: Final = 3_600
DAY: Final = 86_400


class Limited(Struct, frozen=True, kw_only=True):
    """`each` is for one account, organization or key; `address` for one address of the network; `pair` for the one
    from the other: it is the tightest, so that who guesses at an account from one address does not lock its owner
    out at another."""

    each: Limit | None = None
    address: Limit | None = None
    pair: Limit | None = None


NOTED: Final = Limit(burst=1, seconds=HOUR)
"""How often the audit trail says that a limit was reached: else whoever goes on asking could fill it."""
LIMITS: Final[dict[str, Limited]] = {
    "login": Limited(
        pair=Limit(burst=5, seconds=15 * MINUTE), each=Limit(burst=30, seconds=15 * MINUTE),
        address=Limit(burst=30, seconds=15 * MINUTE),
    ),
    "registration": Limited(each=Limit(burst=3, seconds=HOUR), address=Limit(burst=10, seconds=HOUR)),
    "reset": Limited(
        pair=Limit(burst=3, seconds=HOUR), each=Limit(burst=10, seconds=HOUR),
        address=Limit(burst=10, seconds=HOUR),
    ),
    "code": Limited(address=Limit(burst=20, seconds=HOUR)),
    "second_factor": Limited(each=Limit(burst=5, seconds=15 * MINUTE)),
    "invitation": Limited(each=Limit(burst=30, seconds=HOUR), address=Limit(burst=60, seconds=HOUR)),
    "arrival": Limited(each=Limit(burst=10, seconds=HOUR), address=Limit(burst=20, seconds=HOUR)),
    "checkout": Limited(each=Limit(burst=10, seconds=HOUR), address=Limit(burst=20, seconds=HOUR)),
    "export": Limited(each=Limit(burst=3, seconds=DAY)),
    "api_key": Limited(each=Limit(burst=10, seconds=HOUR), address=Limit(burst=30, seconds=HOUR)),
}  # fmt: skip


async def limited(
    engine: Engine, name: str, caller: Caller, *, about: str = "", tenant: str | None = None,
    peek: bool = False,
) -> None:  # fmt: skip
    """Count one try, or only look whether one is left. Raises TooMany; that is in the audit trail of the `tenant`
    it concerns, where one is known, once an hour."""
    rule = LIMITS[name]
    take = engine.limits.waiting if peek else engine.limits.take
    waits = [0]
    if rule.address is not None and caller.address:
        waits.append(await take(rule.address, f"{name}\0address\0{caller.network}"))
    if rule.pair is not None and about:
        waits.append(await take(rule.pair, f"{name}\0pair\0{about}\0{caller.network}"))
    if rule.each is not None and about:
        waits.append(await take(rule.each, f"{name}\0about\0{about}"))
    if wait := max(waits):
        noted = await engine.limits.take(NOTED, f"{name}\0noted\0{about}")
        if not noted and tenant is not None:
            await caller.system(engine, tenant).execute(NoteLimit(limit=name))
        raise TooMany(-(-wait // 1000))
