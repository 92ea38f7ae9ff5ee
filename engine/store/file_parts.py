"""A file that comes in parts, perhaps over days and to one process after another: what is there lies encrypted beside
the files, and it becomes a file when all of it is there and is what its digest says."""

from collections.abc import Iterator
from typing import Final

from engine.errors import Invalid, Refused
from engine.store.files import CHUNK, FileStore, StoredFile, is_digest

PART: Final = 4 * CHUNK
"""Bytes of every part but the last."""
FOLDER: Final = "coming"
LEAVING: Final = "leaving-"
"""Before the id of an owner for whom the organization lies packed there (engine.relocating)."""
AT_ONCE: Final = 20
"""Files of one member that have begun to come."""
KEPT_SECONDS: Final = 7 * 86_400.0
"""How long the parts of a file that does not come to its end are kept."""


class FileParts:
    """One member's part by part way to one file; nobody else's parts count for it."""

    def __init__(self, files: FileStore, member_id: str, digest: str, size: int) -> None:
        """Raises Invalid where this can be no file."""
        if not is_digest(digest) or size < 0:
            raise Invalid(
                "A file is named by the SHA-256 of its bytes in hex, and by their number."
            )
        self._files = files.of(FOLDER).of(member_id)
        self._into = files
        self.file = StoredFile(digest, size)
        self._under = f"{digest}-{size}/"

    def received(self) -> int:
        """How many bytes from the beginning are there."""
        there = {name.rpartition("/")[2] for name in self._names()}
        at = 0
        while at < self.file.size and str(at) in there:
            at += self._length(at)
        return at

    def take(self, start: int, content: bytes) -> int:
        """One part, in its turn or once more; comes back with `received`. One that comes too early is passed over: what
        came before it has gone. Raises Invalid for one of another length, Refused where too many are on their way."""
        if start < 0 or start % PART or len(content) != self._length(start):
            raise Invalid(f"A part has {PART:,} bytes, but for the last.")
        if not start and not self.received() and len(self.others()) >= AT_ONCE:
            raise Refused(
                f"{AT_ONCE} of your files are on their way already. Let one of them come to its end."
            )
        if start > self.received():
            return self.received()
        pieces = (content[at : at + CHUNK] for at in range(0, len(content), CHUNK))
        self._files.take_as(self._name(start), pieces)
        return self.received()

    def finish(self) -> StoredFile:
        """Make it a file. Raises Refused where something is missing, and Invalid where it is not what its digest
        says; then it has to come anew."""
        if self.received() != self.file.size:
            raise Refused("Not all of this file is there.")
        try:
            return self._into.take(self._content(), only=self.file)
        finally:
            self.drop()

    def others(self) -> list[StoredFile]:
        """This member's other files that have begun to come, and not come to their end."""
        under = self._files.under
        begun = {name.removeprefix(under).split("/")[0] for name in self._files.place.names(under)}
        named = (name.rpartition("-") for name in begun - {self._under.rstrip("/")})
        return [StoredFile(digest, int(size)) for digest, _, size in named]

    def drop(self) -> None:
        for name in list(self._names()):
            self._files.place.remove(name)

    def _names(self) -> Iterator[str]:
        yield from self._files.place.names(self._files.under + self._under)

    def _name(self, start: int) -> str:
        return f"{self._files.under}{self._under}{start}"

    def _length(self, start: int) -> int:
        return min(PART, self.file.size - start)

    def _content(self) -> Iterator[bytes]:
        for start in range(0, self.file.size, PART):
            yield from self._files.chunks_of(self._name(start), self.file.digest)


def drop_old_parts(files: FileStore) -> None:
    """Of the organization: what has not come to its end in a week."""
    place = files.place
    for name in list(place.names(files.of(FOLDER).under, KEPT_SECONDS)):
        place.remove(name)


def drop_parts(files: FileStore, digest: str) -> None:
    """Of the organization: what has come of one file, to whomever."""
    place = files.place
    for name in list(place.names(files.of(FOLDER).under)):
        if f"/{digest}-" in name:
            place.remove(name)


def drop_packed(files: FileStore) -> None:
    """Of the organization: what was packed for owners goes, since somebody was erased who is in it."""
    place, under = files.place, files.of(FOLDER).under
    for name in list(place.names(under)):
        if name.startswith(f"{under}{LEAVING}"):
            place.remove(name)
