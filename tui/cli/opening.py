"""Opens the workspace of a command: --workspace, CONNEQTOS_WORKSPACE, or the one used last."""

import os
from argparse import Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from engine.api import Acting
from engine.errors import NoWorkspace
from tui import bootstrap
from tui.cli import asking
from tui.recent_workspaces import last_workspace


@asynccontextmanager
async def opened(arguments: Namespace) -> AsyncIterator[Acting]:
    """The open workspace, as its owner on this device; closed at the end."""
    ask = asking.passphrase if asking.somebody_is_there() else None
    workspace = await bootstrap.open_workspace(chosen_folder(arguments), ask)
    try:
        yield workspace.acting
    finally:
        await workspace.acting.engine.close()


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
