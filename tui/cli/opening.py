"""Opens the workspace of a command: --workspace, CONNEQTOS_WORKSPACE, or the one used last."""

import os
from argparse import Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

from engine.api import Acting
from engine.errors import NoWorkspace, Removed
from tui import bootstrap
from tui.cli import asking
from tui.linking import drop_if_too_long_away, loop_of
from tui.recent_workspaces import last_workspace

TOKEN: Final = "CONNEQTOS_TOKEN"


@asynccontextmanager
async def opened(arguments: Namespace, *, as_owner: bool = False) -> AsyncIterator[Acting]:
    """The open workspace, closed at the end: as its owner on this device, or as whom CONNEQTOS_TOKEN says (the
    token of a session, or an API key), unless that is for a server (`as_owner`)."""
    ask = asking.passphrase if asking.somebody_is_there() else None
    workspace = await bootstrap.open_workspace(chosen_folder(arguments), ask)
    loop, taken_off = None, False
    try:
        token = "" if as_owner else os.environ.get(TOKEN, "")
        loop = await loop_of(workspace.acting, lambda mark: None)
        if loop is not None:
            await drop_if_too_long_away(workspace.acting, loop)
        here = token and loop is None  # else it is the server's
        yield await _by_token(workspace.acting, token) if here else workspace.acting
    except Removed:
        taken_off = True
        raise
    finally:
        if loop is not None:
            await loop.server.close()
        await workspace.acting.engine.close()
        if taken_off:
            bootstrap.remove_workspace(workspace.folder)


async def _by_token(owner: Acting, token: str) -> Acting:
    """Raises NotSignedIn, NotFound, Refused."""
    from engine.identity.api_keys import START, KeyCheck
    from engine.identity.caller import Caller
    from engine.identity.sessions import by_token, enter

    engine, caller = owner.engine, Caller(device="command line")
    if token.startswith(START):
        return await KeyCheck(engine).actor(caller, token)
    signed = await by_token(engine, caller, token)
    return await enter(engine, caller, signed, owner.actor.organization_id)


def named_folder(arguments: Namespace) -> Path | None:
    """The folder that the call or the environment names."""
    named = arguments.workspace or os.environ.get("CONNEQTOS_WORKSPACE")
    return Path(named).expanduser().absolute() if named else None


def chosen_folder(arguments: Namespace) -> Path:
    """Raises NoWorkspace when none is named and none was used before."""
    folder = named_folder(arguments) or last_workspace()
    if folder is None:
        raise NoWorkspace(
            "No workspace is named and none was used before. Name one with --workspace DIR, "
            "make one with: conneqtos workspace create DIR --name NAME, or try: conneqtos demo"
        )
    return folder
