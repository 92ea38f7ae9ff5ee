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


@asynccontextmanager
async def opened(arguments: Namespace) -> AsyncIterator[Acting]:
    """The open workspace, as its owner on this device; closed at the end."""
    workspace = await bootstrap.open_workspace(chosen_folder(arguments), asking.passphrase)
    try:
        yield workspace.acting
    finally:
        await workspace.acting.engine.close()


def chosen_folder(arguments: Namespace) -> Path:
    """Raises NoWorkspace when none is named and none was used before."""
    named = arguments.workspace or os.environ.get("CONNEQTOS_WORKSPACE")
    folder = Path(named).expanduser() if named else bootstrap.last_workspace()
    if folder is None:
        raise NoWorkspace(
            "No workspace is named and none was used before. Name one with --workspace DIR, "
            "make one with: conneqtos workspace create DIR --name NAME, or try: conneqtos demo"
        )
    return folder
