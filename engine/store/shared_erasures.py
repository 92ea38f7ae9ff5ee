"""Who was erased, as the machines of one server tell each other: small files beside the attachments that they share, one
for each time, so that none writes over what another has written."""

import os
import secrets
from contextlib import closing
from typing import Final

from engine.store.file_places import PART, Place

UNDER: Final = "_erasures/"
"""No organization has a folder of this name."""


class SharedErasures:
    """Whole lines, as a ledger writes them. What was written never changes, so each file is read once."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._read: dict[str, list[bytes]] = {}

    def add(self, lines: list[bytes]) -> None:
        """Raises OSError, WorkspaceErrors; then it is not there."""
        room, token = self._place.workroom, secrets.token_hex(16)
        room.mkdir(parents=True, exist_ok=True)
        part = room / f"{token}{PART}"
        try:
            with part.open("xb") as file:
                file.write(b"".join(line + b"\n" for line in lines))
                file.flush()
                os.fsync(file.fileno())
            self._place.keep(part, f"{UNDER}{token}")
        finally:
            part.unlink(missing_ok=True)

    def lines(self) -> list[bytes]:
        """Of all machines. Raises WorkspaceErrors."""
        names = list(self._place.names(UNDER))
        for name in names:
            if name not in self._read:
                with self._place.faults(), closing(self._place.open(name)) as file:
                    self._read[name] = bytes(file.read()).splitlines()
        return [line for name in names for line in self._read[name]]
