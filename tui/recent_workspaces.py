"""The workspaces that were used on this device, the last one first; kept in the state folder.

The list is a convenience: where it cannot be read or written, work goes on without it.
"""

import logging
import os
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from tui.folders import state_folder

MOST: Final = 30
_log = logging.getLogger(__name__)


class KnownWorkspace(Struct, frozen=True):
    """Where it lies, and what it was called and which server it had when it was used last."""

    folder: str
    name: str
    server: str = ""


def known_workspaces() -> list[tuple[Path, str]]:
    """(folder, name) of those that are still there."""
    return [(Path(one.folder), one.name) for one in _read() if _is_there(Path(one.folder))]


def last_workspace() -> Path | None:
    return next((folder for folder, _ in known_workspaces()), None)


def server_of(folder: Path) -> str:
    """The server that a workspace was linked to when it was used last, "" for a local one."""
    return next((one.server for one in _read() if one.folder == str(folder)), "")


def remember(folder: Path, name: str, server: str = "") -> None:
    """Put it at the front of the list."""
    folder = folder.absolute()
    others = [one for one in _read() if one.folder != str(folder)]
    _write([KnownWorkspace(str(folder), name, server), *others][:MOST])


def forget(folder: Path) -> None:
    """Take it off the list; the workspace itself stays as it is."""
    _write([one for one in _read() if one.folder != str(folder.absolute())])


def _is_there(folder: Path) -> bool:
    return (folder / "workspace.json").is_file()


def _file() -> Path:
    return state_folder() / "workspaces.json"


def _read() -> list[KnownWorkspace]:
    try:
        return msgspec.json.decode(_file().read_bytes(), type=list[KnownWorkspace])
    except FileNotFoundError:
        return []
    except (OSError, msgspec.MsgspecError) as error:
        _log.warning("The list of workspaces cannot be read: %s", type(error).__name__)
        return []


def _write(known: list[KnownWorkspace]) -> None:
    file = _file()
    part = file.with_suffix(f".{os.getpid()}.part")
    try:
        file.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        part.write_bytes(msgspec.json.format(msgspec.json.encode(known)))
        os.replace(part, file)
    except OSError as error:
        _log.warning("The list of workspaces cannot be written: %s", type(error).__name__)
