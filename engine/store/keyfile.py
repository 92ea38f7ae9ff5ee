"""The key of a workspace: 32 random bytes, and the ways it is kept where the file lies.

`workspace.json` names the workspace and says how its key is protected: in the OS keyring (the key is
not here), wrapped by a passphrase (scrypt, AES-256-GCM), or, only if asked for in words, in clear.
Nothing in the file is secret but a key in clear.
"""

import hashlib
import os
import secrets
from enum import StrEnum
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from engine.errors import Damaged, Locked, NewerVersion, NoWorkspace, ReadOnly, Refused
from engine.store.faults import storage_faults

NAME: Final = "workspace.json"
FORMAT: Final = 1
KEY_BYTES: Final = 32
# OWASP's equal of N=2^17, p=1, with a quarter of its memory (32 MiB): the client runs on small servers.
SCRYPT_N: Final = 1 << 15
SCRYPT_R: Final = 8
SCRYPT_P: Final = 3


class Protection(StrEnum):
    KEYRING = "keyring"
    PASSPHRASE = "passphrase"
    CLEAR = "clear"


class Wrapped(Struct, frozen=True, kw_only=True):
    """A key closed by a passphrase."""

    n: int
    r: int
    p: int
    salt: bytes
    nonce: bytes
    sealed: bytes


class KeyFile(Struct, frozen=True, kw_only=True):
    """What `workspace.json` holds."""

    format: int = FORMAT
    workspace_id: str
    organization_id: str
    protection: Protection
    wrapped: Wrapped | None = None
    clear: bytes | None = None


def new_key() -> bytes:
    return secrets.token_bytes(KEY_BYTES)


def read(folder: Path) -> KeyFile:
    """Raises NoWorkspace, Damaged, NewerVersion."""
    path = folder / NAME
    with storage_faults(folder):
        try:
            content = path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            raise NoWorkspace(
                f"There is no workspace in {folder}. "
                f"Make one with: conneqtos workspace create {folder} --name NAME"
            ) from None
    try:
        found = msgspec.json.decode(content, type=KeyFile)
    except msgspec.MsgspecError:
        raise Damaged(
            f"{path} is damaged: it is not the key file of a workspace. Restore it from a copy."
        ) from None
    if found.format > FORMAT:
        raise NewerVersion(
            f"{folder} was made by a newer ConneqtOS. Install that version to open it."
        )
    return found


def write(folder: Path, content: KeyFile) -> None:
    """Write it whole or not at all, readable only by its owner."""
    with storage_faults(folder):
        folder.mkdir(parents=True, exist_ok=True)
        part = folder / f"{NAME}.part"
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(msgspec.json.format(msgspec.json.encode(content)))
            file.flush()
            os.fsync(file.fileno())
        os.replace(part, folder / NAME)


def make_room(folder: Path) -> None:
    """Make the folder of a new workspace, open to nobody else. Raises Refused where there is one already."""
    with storage_faults(folder):
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        except FileNotFoundError:
            raise ReadOnly(f"{folder} cannot be made there. Choose another folder.") from None
        except (FileExistsError, NotADirectoryError):
            raise Refused(
                f"{folder} cannot be a folder: a file is there. Choose another."
            ) from None
    if (folder / NAME).exists() or (folder / "workspace.db").exists():
        raise Refused(
            f"There is a workspace in {folder} already. Open it, or choose another folder."
        )


def wrap(key: bytes, passphrase: str, workspace_id: str) -> Wrapped:
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    wrapping = _derive(passphrase, salt, SCRYPT_N, SCRYPT_R, SCRYPT_P)
    sealed = AESGCM(wrapping).encrypt(nonce, key, workspace_id.encode())
    return Wrapped(n=SCRYPT_N, r=SCRYPT_R, p=SCRYPT_P, salt=salt, nonce=nonce, sealed=sealed)


def unwrap(content: KeyFile, passphrase: str, folder: Path) -> bytes:
    """The key; raises Locked for a wrong passphrase."""
    from cryptography.exceptions import InvalidTag
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    wrapped = content.wrapped
    if wrapped is None:
        raise Damaged(
            f"{folder / NAME} is damaged: the wrapped key is missing. Restore it from a copy."
        )
    wrapping = _derive(passphrase, wrapped.salt, wrapped.n, wrapped.r, wrapped.p)
    try:
        return AESGCM(wrapping).decrypt(
            wrapped.nonce, wrapped.sealed, content.workspace_id.encode()
        )
    except InvalidTag:
        raise Locked(
            f"The passphrase does not open {folder}. Try again; there is no other way in without it."
        ) from None


def _derive(passphrase: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    if not passphrase:
        raise Locked("The passphrase is empty. Type one, or set CONNEQTOS_PASSPHRASE.")
    return hashlib.scrypt(
        passphrase.encode(),
        salt=salt,
        n=n,
        r=r,
        p=p,
        maxmem=256 * n * r,
        dklen=KEY_BYTES,
    )
