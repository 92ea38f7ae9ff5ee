"""Writes a long text in the person's own editor, and takes it back when that ended well."""

import asyncio
import os
import shlex
import subprocess
import tempfile
from pathlib import Path
from typing import Final

from textual.app import App, SuspendNotSupported

from engine.errors import Refused

FALLBACK: Final = "vi"
MEMORY_FOLDERS: Final = ("XDG_RUNTIME_DIR", "/dev/shm")
"""Where a plain text of an encrypted workspace touches no disk, if there is such a place."""


async def edit_outside(app: App[object], text: str) -> str | None:
    """The text as it was saved; None when the editor ended with another status than 0. The app stands still
    meanwhile. Raises Refused when no editor can be started."""
    command = editor_command()
    with tempfile.TemporaryDirectory(prefix="conneqtos-", dir=_folder()) as folder:
        path = Path(folder) / "text.md"
        path.touch(0o600)
        path.write_text(text, encoding="utf-8")
        try:
            with app.suspend():
                status = _run([*command, str(path)])
        except SuspendNotSupported:
            raise Refused("This terminal cannot be handed to an editor.") from None
        except OSError as error:
            raise Refused(
                f"The editor “{command[0]}” cannot be started: {error.strerror}. "
                "Set EDITOR to one that is installed."
            ) from None
        if status != 0:
            return None
        return await asyncio.to_thread(path.read_text, encoding="utf-8", errors="replace")


def editor_command() -> list[str]:
    """The person's editor with its arguments: $VISUAL, $EDITOR, or vi."""
    chosen = os.environ.get("VISUAL") or os.environ.get("EDITOR") or FALLBACK
    try:
        return shlex.split(chosen) or [FALLBACK]
    except ValueError:
        return [FALLBACK]


def _run(command: list[str]) -> int:
    """Blocks on purpose: the terminal belongs to the editor until it ends."""
    return subprocess.run(command, check=False).returncode


def _folder() -> str | None:
    for name in MEMORY_FOLDERS:
        folder = name if name.startswith("/") else os.environ.get(name, "")
        if folder and os.access(folder, os.W_OK):
            return folder
    return None
