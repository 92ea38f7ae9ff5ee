"""Attachments as they lay before each organization had a folder of its own: `DIGEST[:2]/DIGEST` for all of them."""

import os
from pathlib import Path

from engine.store.file_places import Folder, Place
from engine.store.files import FileStore, is_digest


def old_digests(place: Place) -> set[str]:
    """Of files that still lie so."""
    if not isinstance(place, Folder):
        return set()
    found = (path.name for path in place.workroom.glob("[0-9a-f][0-9a-f]/*"))
    return {name for name in found if is_digest(name)}


def settle(files: FileStore, digest: str, owners: list[FileStore]) -> None:
    """Give each of the owners the file, and take the old one away. Another process may be doing the same."""
    room = files.place.workroom
    old = room / files.path_of(digest)
    for owner in owners:
        new = room / owner.path_of(digest)
        new.parent.mkdir(parents=True, exist_ok=True)
        _link(old, new)
    old.unlink(missing_ok=True)
    try:
        old.parent.rmdir()
    except OSError:  # another file is in it, or another process was first
        return


def _link(old: Path, new: Path) -> None:
    try:
        os.link(old, new)
    except (FileExistsError, FileNotFoundError):
        return
