"""Makes an API key where it will be checked: on this device for a local workspace, else at its server."""

from typing import Final

from engine.api import Acting
from engine.errors import NotSignedIn, Refused
from engine.identity.api_keys import make
from engine.model.actor import Scope
from engine.syncing import Device
from tui.linking import server_of

ON_ITS_WAY: Final = "This workspace is still on its way to the server, which makes its keys. Try again when it is there."


async def new_key(acting: Acting, name: str, scope: Scope, *, days: int = 0) -> str:
    """Comes back with the key, which is shown this once; it ends after `days`, 0 for never. In its hash is a secret of
    whoever checks it, so nobody else can make one. Raises ConneqtErrors, Unreachable among them."""
    state = await Device(acting).state()
    if state is None:
        return await make(acting, name, scope, days=days)
    if state.link.taking:
        raise Refused(ON_ITS_WAY)
    from sync.client.exchange import SIGNED_OUT

    server = server_of(acting, state)
    try:
        if not server.signed_in:
            raise NotSignedIn(SIGNED_OUT)
        made = await server.call("POST", "/api/keys", {"name": name, "scope": scope, "days": days})
    finally:
        await server.close()
    return str(made["key"])
