"""Files in a ZIP whose manifest has the SHA-256 of each: how they are written, and how they are checked."""

import hashlib
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Final

import msgspec
from msgspec import Struct

from engine.errors import UnreadableFile

MANIFEST: Final = "manifest.json"
PIECE: Final = 1 << 20
LARGEST_MANIFEST: Final = 64 << 20


class ArchivedFile(Struct, frozen=True, kw_only=True):
    """`rows` is 0 for what is not a list of records."""

    path: str
    bytes: int
    sha256: str
    rows: int = 0


class Digesting:
    """Writes on, and keeps the digest and the size of what went through."""

    def __init__(self, below: IO[bytes]) -> None:
        self._below = below
        self._digest = hashlib.sha256()
        self.size = 0

    def write(self, data: bytes) -> None:
        self._below.write(data)
        self._digest.update(data)
        self.size += len(data)

    def file(self, path: str, rows: int) -> ArchivedFile:
        return ArchivedFile(path=path, bytes=self.size, sha256=self._digest.hexdigest(), rows=rows)


@contextmanager
def opened_archive(path: Path) -> Iterator[zipfile.ZipFile]:
    """A ZIP to read from; its faults become sentences. Raises UnreadableFile."""
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            yield archive
    except FileNotFoundError:
        raise UnreadableFile(path.name, "the folder", "there is no such file there") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise UnreadableFile(path.name, "its structure", f"it is damaged: {error}") from None
    except OSError as error:
        raise UnreadableFile(path.name, "the disk", str(error.strerror)) from None


def manifest_text(path: Path, archive: zipfile.ZipFile, kind: str) -> bytes:
    """The manifest as it stands; `kind` says what the file should be. Raises UnreadableFile."""
    try:
        with archive.open(MANIFEST) as entry:
            return entry.read(LARGEST_MANIFEST + 1)
    except KeyError:
        raise UnreadableFile(path.name, MANIFEST, f"it is missing, so this is no {kind}") from None


def check_files(path: Path, archive: zipfile.ZipFile, files: Sequence[ArchivedFile]) -> int:
    """Read every file once, in constant memory: all of the manifest are there, whole and unchanged, and nothing
    else. Comes back with how many bytes. Raises UnreadableFile naming the first that is wrong."""
    named = [file.path for file in files]
    there = [name for name in archive.namelist() if name != MANIFEST]
    for name in sorted(set(there) - set(named)):
        raise UnreadableFile(path.name, name, "it is in the file, but not in its manifest")
    if len(there) != len(set(there)):
        raise UnreadableFile(path.name, "its list of files", "two have the same name")
    whole = 0
    for file in files:
        if file.path not in there:
            raise UnreadableFile(path.name, file.path, "it is missing")
        with archive.open(file.path) as entry:
            digest, size = _digest(entry, file.bytes)
        if (digest, size) != (file.sha256, file.bytes):
            raise UnreadableFile(path.name, file.path, "it is not as it was exported")
        whole += size
    return whole


def write_manifest(archive: zipfile.ZipFile, manifest: Struct) -> None:
    archive.writestr(MANIFEST, msgspec.json.format(msgspec.json.encode(manifest), indent=2))


def _digest(entry: IO[bytes], expected: int) -> tuple[str, int]:
    """Digest and size; reading ends where there is more than expected, so that no small file fills time."""
    digest, size = hashlib.sha256(), 0
    while size <= expected and (piece := entry.read(PIECE)):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size
