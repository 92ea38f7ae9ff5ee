"""Who was erased, in a file of its own beside the store and outside its backups: a backup that is restored, in
whatever way, does not bring them back (policy §5; C22).

A line is written, and on the disk, before the first thing is erased. It holds no name and no id, only
an HMAC of the member's id under a key of the workspace. Machines of one server that share their attachments share the
lines too: a backup that is brought back on one of them brings back nobody whom another erased.
"""

import hashlib
import hmac
import os
from collections.abc import Iterable
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from engine.errors import Damaged
from engine.store.shared_erasures import SharedErasures

PURPOSE: Final = b"conneqtos erasure ledger 1"


class Line(Struct, frozen=True, kw_only=True):
    """`at` is in milliseconds; `who` is the HMAC."""

    at: int
    who: str


class ErasureLedger:
    """The file at `path`; it is made with its first line. `key` is that of the workspace or server, `shared` where
    several machines tell each other."""

    def __init__(self, path: Path, key: bytes, shared: SharedErasures | None = None) -> None:
        self.path = path
        self._shared = shared
        self._key = hmac.digest(key, PURPOSE, hashlib.sha256)

    def add(self, organization_id: str, member_ids: Iterable[str], at: int) -> None:
        """Raises OSError, WorkspaceErrors; then nobody may be erased."""
        lines = [
            msgspec.json.encode(Line(at=at, who=self.mark(organization_id, id)))
            for id in member_ids
        ]
        self.path.parent.mkdir(parents=True, exist_ok=True)
        with open(self.path, "ab") as file:
            if self._torn():
                file.write(b"\n")
            file.write(b"".join(line + b"\n" for line in lines))
            file.flush()
            os.fsync(file.fileno())
        if self._shared is not None:
            self._shared.add(lines)

    def hand_over(self) -> None:
        """What only this machine knows yet is told to the others: they have begun to share. Raises as `add`."""
        if self._shared is None:
            return
        told = set(self._shared.lines())
        untold = [line for line in self._own() if line not in told]
        if untold:
            self._shared.add(untold)

    def among(self, organization_id: str, member_ids: Iterable[str]) -> list[str]:
        """Those of these members who were erased. Raises Damaged where the file cannot be read: nobody shall
        come back because of that."""
        erased = {line.who for line in self.lines()}
        if not erased:
            return []
        return [id for id in member_ids if self.mark(organization_id, id) in erased]

    def lines(self) -> list[Line]:
        """All of them, each once. Raises Damaged, WorkspaceErrors."""
        written = self._own() + (self._shared.lines() if self._shared is not None else [])
        try:
            return [msgspec.json.decode(line, type=Line) for line in dict.fromkeys(written)]
        except (msgspec.DecodeError, msgspec.ValidationError, UnicodeDecodeError):
            raise Damaged(
                f"{self.path.name}, the list of who was erased, is damaged. Put back the copy of it that "
                "goes with this workspace: without it, somebody who was erased could come back."
            ) from None

    def _own(self) -> list[bytes]:
        """Of this machine, the oldest first. A last one that a crash cut off is none: nothing was erased yet."""
        try:
            written = self.path.read_bytes().split(b"\n")
        except FileNotFoundError:
            return []
        return [line for line in written[:-1] if line.strip()]

    def _torn(self) -> bool:
        try:
            with open(self.path, "rb") as file:
                file.seek(-1, os.SEEK_END)
                return file.read(1) != b"\n"
        except OSError:  # not there yet, or empty
            return False

    def mark(self, organization_id: str, member_id: str) -> str:
        """What stands for this member here: it tells nothing to who has not the key."""
        message = f"{organization_id}\0{member_id}".encode()
        return hmac.digest(self._key, message, hashlib.sha256).hex()
