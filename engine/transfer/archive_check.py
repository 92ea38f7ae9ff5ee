"""Checks a personal export: every file of its manifest is there, whole and unchanged, and nothing else."""

from pathlib import Path

import msgspec
from msgspec import Struct

from engine.errors import UnreadableFile
from engine.transfer.personal_archive import FORMAT, VERSION, Manifest
from engine.transfer.zipped import MANIFEST, check_files, manifest_text, opened_archive


class Checked(Struct, frozen=True, kw_only=True):
    manifest: Manifest
    bytes: int


def check_archive(path: Path) -> Checked:
    """Read all of it once, in constant memory. Raises UnreadableFile naming the first file that is wrong."""
    with opened_archive(path) as archive:
        text = manifest_text(path, archive, "personal export")
        try:
            manifest = msgspec.json.decode(text, type=Manifest)
        except (msgspec.DecodeError, RecursionError) as error:
            raise UnreadableFile(path.name, MANIFEST, f"it cannot be read: {error}") from None
        if manifest.format != FORMAT or manifest.version > VERSION:
            raise UnreadableFile(path.name, MANIFEST, "another program made it, or a newer version")
        return Checked(manifest=manifest, bytes=check_files(path, archive, manifest.files))
