"""Checks a personal export: every file of its manifest is there, whole and unchanged, and nothing else."""

import hashlib
import zipfile
import zlib
from pathlib import Path
from typing import IO, Final

import msgspec
from msgspec import Struct

from engine.errors import UnreadableFile
from engine.transfer.personal_archive import FORMAT, MANIFEST, PIECE, VERSION, Manifest

LARGEST_MANIFEST: Final = 64 << 20


class Checked(Struct, frozen=True, kw_only=True):
    manifest: Manifest
    bytes: int


def check_archive(path: Path) -> Checked:
    """Read all of it once, in constant memory. Raises UnreadableFile naming the first file that is wrong."""
    try:
        with path.open("rb") as file, zipfile.ZipFile(file) as archive:
            return _check(path, archive)
    except FileNotFoundError:
        raise UnreadableFile(path.name, "the folder", "there is no such file there") from None
    except (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError) as error:
        raise UnreadableFile(path.name, "its structure", f"it is damaged: {error}") from None
    except OSError as error:
        raise UnreadableFile(path.name, "the disk", str(error.strerror)) from None


def _check(path: Path, archive: zipfile.ZipFile) -> Checked:
    manifest = _manifest(path, archive)
    named = [file.path for file in manifest.files]
    there = [name for name in archive.namelist() if name != MANIFEST]
    for name in sorted(set(there) - set(named)):
        raise UnreadableFile(path.name, name, "it is in the file, but not in its manifest")
    if len(there) != len(set(there)):
        raise UnreadableFile(path.name, "its list of files", "two have the same name")
    whole = 0
    for file in manifest.files:
        if file.path not in there:
            raise UnreadableFile(path.name, file.path, "it is missing")
        with archive.open(file.path) as entry:
            digest, size = _digest(entry, file.bytes)
        if (digest, size) != (file.sha256, file.bytes):
            raise UnreadableFile(path.name, file.path, "it is not as it was exported")
        whole += size
    return Checked(manifest=manifest, bytes=whole)


def _manifest(path: Path, archive: zipfile.ZipFile) -> Manifest:
    try:
        with archive.open(MANIFEST) as entry:
            text = entry.read(LARGEST_MANIFEST + 1)
    except KeyError:
        raise UnreadableFile(
            path.name, MANIFEST, "it is missing, so this is no personal export"
        ) from None
    try:
        manifest = msgspec.json.decode(text, type=Manifest)
    except (msgspec.DecodeError, RecursionError) as error:
        raise UnreadableFile(path.name, MANIFEST, f"it cannot be read: {error}") from None
    if manifest.format != FORMAT or manifest.version > VERSION:
        raise UnreadableFile(path.name, MANIFEST, "another program made it, or a newer version")
    return manifest


def _digest(entry: IO[bytes], expected: int) -> tuple[str, int]:
    """Digest and size; reading ends where there is more than expected, so that no small file fills time."""
    digest, size = hashlib.sha256(), 0
    while size <= expected and (piece := entry.read(PIECE)):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size
