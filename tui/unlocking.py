"""The key of a workspace: where that of a new one goes, and how that of one that is there is found.

Unless a person chose: under a passphrase when one is given by `CONNEQTOS_PASSPHRASE` or a file descriptor; else into the
keyring of the operating system; else under a passphrase that is asked for. In clear beside the data only when that is
asked for in words.
"""

import asyncio
import os
from collections.abc import Callable
from functools import lru_cache
from pathlib import Path
from typing import Final

from msgspec import Struct

from engine.errors import Damaged, Locked, UsageError
from engine.model.text import clean_line
from engine.store import keyfile
from engine.store.keyfile import KeyFile, Protection
from sync.client import credentials
from tui.folders import spoken

__all__ = ["Protection"]

LEAST_PASSPHRASE: Final = 8
Ask = Callable[[str], str]
"""Asks a person for a passphrase, with this prompt."""
_LOST_KEY: Final = (
    "Without the key nobody can read it. Restore the keyring’s entry “conneqtos” of this workspace, or "
    "import a board from a file that you exported."
)


class Unlocked(Struct):
    """A workspace whose key is known. One that is there `to_read` only takes no commands and is not remembered."""

    folder: Path
    content: KeyFile
    key: bytes
    to_read: bool = False


_typed: Final[dict[Path, Unlocked]] = {}
"""What a passphrase was typed for in this process: it is not asked for twice."""


async def unlocked_by_asking(folder: Path, ask: Ask | None) -> Unlocked:
    """The key that is at hand, or the one whose passphrase `ask` asks for. Raises WorkspaceErrors."""
    folder = folder.expanduser().absolute()
    unlocked = await asyncio.to_thread(unlock, folder)
    if unlocked is None:
        if ask is None:
            raise Locked(
                f"{spoken(folder)} is locked by a passphrase, and nobody is there to type it. "
                "Set CONNEQTOS_PASSPHRASE, or name a file descriptor in CONNEQTOS_PASSPHRASE_FD."
            )
        passphrase = ask(f"Passphrase of {spoken(folder)}")
        unlocked = _typed[folder] = await asyncio.to_thread(unlock_by, folder, passphrase)
    return unlocked


def unlock(folder: Path) -> Unlocked | None:
    """The key that is at hand without asking; None when a passphrase must be typed. Takes a moment, so
    call it in a thread. Raises WorkspaceErrors."""
    content = keyfile.read(folder)
    if content.protection is Protection.PASSPHRASE:
        typed = _typed.get(folder)
        if typed is not None and typed.content == content:
            return typed
        given = given_passphrase()
        return None if given is None else unlock_by(folder, given)
    if content.protection is Protection.CLEAR:
        key = content.clear
    else:
        key = credentials.load_key(content.workspace_id)
        if key is None:
            raise Locked(
                f"The key of {spoken(folder)} is kept in the keyring of this computer, and the keyring "
                f"does not give it. Unlock the keyring, or log in to the desktop. {_LOST_KEY}"
            )
    if key is None or len(key) != keyfile.KEY_BYTES:
        raise Damaged(f"The key of {spoken(folder)} is damaged. {_LOST_KEY}")
    return Unlocked(folder, content, key)


def lock(folder: Path) -> bool:
    """Forget the passphrase that was typed for it. False where there is none to type: the key is at hand."""
    guarded = protection_of(folder) is Protection.PASSPHRASE and given_passphrase() is None
    _typed.pop(folder, None)
    return guarded


def unlock_by(folder: Path, passphrase: str) -> Unlocked:
    """The key that the passphrase wraps. Raises Locked for a wrong one."""
    content = keyfile.read(folder)
    return Unlocked(folder, content, keyfile.unwrap(content, passphrase, folder))


def check_new_passphrase(typed: str) -> None:
    """What a person chooses is not to be guessed by whoever has the file. Raises UsageError. A passphrase from
    the environment is a program's own business."""
    if len(typed) < LEAST_PASSPHRASE:
        raise UsageError(
            f"A passphrase needs {LEAST_PASSPHRASE} letters or more: whoever has the file can try as "
            "often as they like. Several words are easy to keep and hard to guess."
        )


async def protected(
    content: KeyFile, key: bytes, wanted: Protection | None, ask_new: Callable[[], str] | None
) -> KeyFile:
    """The key file's content with the key protected as wanted, or in the best way at hand."""
    from msgspec.structs import replace

    protection = wanted or await asyncio.to_thread(best_protection)
    if protection is Protection.CLEAR:
        return replace(content, clear=key)
    if protection is Protection.KEYRING:
        if not await asyncio.to_thread(credentials.save_key, content.workspace_id, key):
            raise Locked(
                "There is no keyring here that keeps the key. Protect the workspace by a passphrase: "
                "set CONNEQTOS_PASSPHRASE, or choose the protection “passphrase”."
            )
        return replace(content, protection=protection)
    passphrase = given_passphrase()
    if passphrase is None:
        if ask_new is None:
            raise Locked(
                "There is no keyring here to keep the key of the workspace, and nobody is there to type a "
                "passphrase. Set CONNEQTOS_PASSPHRASE, or name a file descriptor in CONNEQTOS_PASSPHRASE_FD."
            )
        passphrase = ask_new()
    wrapped = await asyncio.to_thread(keyfile.wrap, key, passphrase, content.workspace_id)
    return replace(content, protection=protection, wrapped=wrapped)


def best_protection() -> Protection:
    """Where the key of a new workspace goes when nobody says. Takes a moment: the keyring is tried."""
    if given_passphrase() is not None or credentials.usable_keyring() is None:
        return Protection.PASSPHRASE
    return Protection.KEYRING


@lru_cache(1)
def _from_descriptor(number: str) -> str:
    """A descriptor can be read only once, so what it gave is kept."""
    try:
        with os.fdopen(int(number), encoding="utf-8") as stream:
            return stream.readline().rstrip("\r\n")
    except (OSError, ValueError):
        raise Locked(
            f"CONNEQTOS_PASSPHRASE_FD names {clean_line(number)[:20]!r}, which cannot be read. "
            "Name an open file descriptor, as in: CONNEQTOS_PASSPHRASE_FD=3 conneqtos … 3<file"
        ) from None


def given_passphrase() -> str | None:
    """The passphrase of the environment, or of a file descriptor named there."""
    given = os.environ.get("CONNEQTOS_PASSPHRASE")
    if given:
        return given
    descriptor = os.environ.get("CONNEQTOS_PASSPHRASE_FD")
    return _from_descriptor(descriptor) if descriptor else None


def has_key(folder: Path) -> bool:
    """Whether a workspace, or a server’s store, was made there."""
    return (folder / keyfile.NAME).is_file()


def protection_of(folder: Path) -> Protection:
    """How the key of a workspace is kept. Raises WorkspaceErrors."""
    return keyfile.read(folder).protection


PROTECTION_WORDS: Final[dict[Protection, str]] = {
    Protection.KEYRING: "in the keyring of this computer",
    Protection.PASSPHRASE: "wrapped by a passphrase (scrypt)",
    Protection.CLEAR: "in clear beside the data: whoever can read the folder can read the boards",
}
