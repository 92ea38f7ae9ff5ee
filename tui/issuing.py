"""Has API keys and invitations made where they will be checked: on this device for a local workspace, else at its server."""

from typing import Any, Final

from engine.api import Acting
from engine.errors import NotSignedIn, Refused
from engine.model.actor import Role, Scope
from engine.syncing import Device
from tui.linking import server_of

ON_ITS_WAY: Final = "This workspace is still on its way to the server, which makes its keys and invitations. Try again when it is there."


async def new_key(acting: Acting, name: str, scope: Scope, *, days: int = 0) -> str:
    """Comes back with the key, which is shown this once; it ends after `days`, 0 for never. In its hash is a secret of
    whoever checks it, so nobody else can make one. Raises ConneqtErrors, Unreachable among them."""
    from engine.identity.api_keys import make

    made = await _by_server(acting, "/api/keys", {"name": name, "scope": scope, "days": days})
    return str(made["key"]) if made else await make(acting, name, scope, days=days)


async def new_invitation(acting: Acting, email: str, role: Role) -> str:
    """Comes back with the code, which is in the mail too; whoever makes it counts how many are sent. Raises
    ConneqtErrors, Unreachable among them."""
    from engine.identity.organizations import invite

    made = await _by_server(acting, "/api/invitations", {"email": email, "role": role})
    return str(made["code"]) if made else await invite(acting, email, role)


async def _by_server(acting: Acting, path: str, wanted: dict[str, object]) -> dict[str, Any] | None:
    """What the server of a linked workspace made; None for a local one."""
    state = await Device(acting).state()
    if state is None:
        return None
    if state.link.taking:
        raise Refused(ON_ITS_WAY)
    from sync.client.exchange import SIGNED_OUT

    server = server_of(acting, state)
    try:
        if not server.signed_in:
            raise NotSignedIn(server.unfit or SIGNED_OUT)
        made: dict[str, Any] = await server.call("POST", path, wanted)
    finally:
        await server.close()
    return made
