"""Keeps secrets of this device in the keyring of the operating system: for now, the keys of workspaces.

A keyring that is there may still refuse to write (no desktop session, a locked collection), so it is
believed only after a secret was written, read back and deleted. Where there is none, every function says
so by None or False; nothing ever falls back to a file.
"""

import base64
import binascii
import logging
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, TypeVar

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

T = TypeVar("T")

SERVICE: Final = "conneqtos"
_UNSAFE: Final = ("keyring.backends.fail", "keyring.backends.null", "keyrings.alt")
"""Backends that keep nothing, or keep it in a plain file."""
_log = logging.getLogger(__name__)


def usable_keyring() -> str | None:
    """The name of the keyring, when it really keeps secrets; else None."""
    secret = secrets.token_hex(8)
    name = f"probe-{secret}"

    def probe(keyring: "KeyringBackend") -> str | None:
        keyring.set_password(SERVICE, name, secret)
        kept = keyring.get_password(SERVICE, name) == secret
        keyring.delete_password(SERVICE, name)
        return str(keyring.name) if kept else None

    return _attempt(probe)


def save_key(workspace_id: str, key: bytes) -> bool:
    """Keep the key of a workspace; False when the keyring does not give it back as it was."""
    text = base64.b64encode(key).decode()

    def save(keyring: "KeyringBackend") -> bool:
        keyring.set_password(SERVICE, workspace_id, text)
        return bool(keyring.get_password(SERVICE, workspace_id) == text)

    return bool(_attempt(save))


def load_key(workspace_id: str) -> bytes | None:
    """The key of a workspace; None when there is no keyring, or it does not know the workspace."""
    kept = _attempt(lambda keyring: keyring.get_password(SERVICE, workspace_id))
    try:
        return None if kept is None else base64.b64decode(kept, validate=True)
    except binascii.Error:
        return None


def delete_key(workspace_id: str) -> bool:
    """Forget the key of a workspace; False when it was not there."""

    def delete(keyring: "KeyringBackend") -> bool:
        keyring.delete_password(SERVICE, workspace_id)
        return True

    return bool(_attempt(delete))


def _attempt(work: "Callable[[KeyringBackend], T | None]") -> T | None:
    """What `work` gives; None without a keyring, or when it fails. Each backend raises errors of libraries
    of its own, and each of them means the same: it is of no use."""
    try:
        keyring = _safe_keyring()
        return None if keyring is None else work(keyring)
    except Exception as error:
        _log.info("The keyring is of no use: %s", type(error).__name__)
        return None


def _safe_keyring() -> "KeyringBackend | None":
    """The keyring that the operating system offers; of a chain of them the first safe one."""
    import keyring

    found = keyring.get_keyring()
    for backend in getattr(found, "backends", None) or [found]:
        if not type(backend).__module__.startswith(_UNSAFE):
            return backend  # type: ignore[no-any-return]
    return None
