"""Tickets with which a device asks, once it is let in no more, whether its person was removed (docs/sync-model.md)."""

import hashlib
import hmac
from typing import Final

from engine.api import Engine
from engine.errors import NotSignedIn, TooMany
from engine.identity.caller import Caller
from engine.model.exchange import Still, StillThere
from engine.queries.members import Belonging
from engine.store.limiting import Limit

PURPOSE: Final = "sync ticket"
LIMIT: Final = Limit(burst=60, seconds=60)


def ticket(engine: Engine, organization_id: str, member_id: str) -> str:
    """Only this store can make it, and it says nothing."""
    said = f"{organization_id}\n{member_id}".encode()
    return hmac.digest(engine.secret(PURPOSE), said, hashlib.sha256).hex()


async def still_there(engine: Engine, caller: Caller, asked: Still) -> StillThere:
    """Raises NotSignedIn for a ticket that is none, TooMany."""
    if wait := await engine.limits.take(LIMIT, f"ticket {caller.network}"):
        raise TooMany(-(-wait // 1_000))
    right = ticket(engine, asked.organization_id, asked.member_id)
    if not hmac.compare_digest(right.encode(), asked.ticket.encode()):
        raise NotSignedIn("This device was never signed in here.")
    if asked.organization_id not in await engine.organizations():
        return StillThere(member=False)
    member, epoch = await caller.system(engine, asked.organization_id).query(
        Belonging(member_id=asked.member_id)
    )
    return StillThere(member=member, epoch=epoch)
