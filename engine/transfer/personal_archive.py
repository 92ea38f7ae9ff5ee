"""Writes everything about one person into a ZIP that they can read, and checks such a file (GDPR Art. 15, 20).

In it: README.txt, manifest.json (SHA-256, size and rows of each file, and what was left out and why),
json/KIND.ndjson and csv/KIND.csv for each kind of engine.privacy.inventory, attachments/DIGEST.
"""

import csv
import hashlib
import io
import tempfile
import zipfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import IO, Any, Final, Protocol

import msgspec
from msgspec import Struct

from engine.clock import iso_time
from engine.commands.privacy import NotePersonalExport
from engine.errors import ConneqtError
from engine.model.record import JSON
from engine.privacy.inventory import KINDS, exported_fields
from engine.queries.home import WhoAmI
from engine.queries.privacy import OwnRecords, WhatIsHeld
from engine.transfer.door import Door
from engine.transfer.formulas import defused
from engine.transfer.personal_readme import readme
from engine.transfer.whole_file import whole_file
from engine.transfer.zipped import PIECE, ArchivedFile, Digesting, write_manifest

FORMAT: Final = "conneqtos-personal-data"
VERSION: Final = 1
IN_MEMORY: Final = 4 << 20

Progress = Callable[[int, int], None]


class OwnDoor(Door, Protocol):
    """The door, and the bytes of attachments through it."""

    async def read_attachment(self, attachment_id: str) -> AsyncIterator[bytes]: ...


class Omission(Struct, frozen=True, kw_only=True):
    what: str
    count: int
    reason: str


class Manifest(Struct, frozen=True, kw_only=True):
    """`subject` is the person's id, `generated_at` a time in UTC (ISO 8601)."""

    format: str = FORMAT
    version: int = VERSION
    generated_at: str
    subject: str
    organization: str
    files: tuple[ArchivedFile, ...]
    omitted: tuple[Omission, ...]


async def export_personal_data(
    door: OwnDoor, target: Path, *, at: int, progress: Progress | None = None
) -> Manifest:
    """Write the actor's own data to `target`, whole or not at all; `at` is the time now. The export is in the
    audit trail before its first byte is written. Raises UsageError, ReadOnly, DiskFull."""
    with (
        whole_file(target) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        await door.execute(NotePersonalExport())
        return await _Writing(door, archive, target.parent, progress).write(at)


class _Writing:
    """One export on its way."""

    def __init__(
        self, door: OwnDoor, archive: zipfile.ZipFile, folder: Path, progress: Progress | None
    ) -> None:
        self._door = door
        self._archive = archive
        self._folder = folder
        self._progress = progress
        self._files: list[ArchivedFile] = []
        self._omitted: list[Omission] = []
        self._done = 0
        self._whole = 0

    async def write(self, at: int) -> Manifest:
        held = await self._door.query(WhatIsHeld())
        organization, member = await self._door.query(WhoAmI())
        self._whole = sum(holding.count for one in held for holding in one.holdings)
        self._add_text("README.txt", readme(member.name, organization.name, held, at))
        for name in KINDS:
            await self._write_kind(name)
        manifest = Manifest(
            generated_at=iso_time(at), subject=member.id, organization=organization.id,
            files=tuple(self._files), omitted=tuple(self._omitted),
        )  # fmt: skip
        write_manifest(self._archive, manifest)
        return manifest

    async def _write_kind(self, name: str) -> None:
        """The JSON goes into the archive as it comes; the CSV waits beside it, since a ZIP takes one file at
        a time."""
        fields = exported_fields(KINDS[name])
        attachments: list[dict[str, JSON]] = []
        omitted = rows = 0
        with tempfile.SpooledTemporaryFile(IN_MEMORY, dir=str(self._folder)) as waiting:
            table = _CsvWriter(waiting, fields)
            with self._archive.open(f"json/{name}.ndjson", "w", force_zip64=True) as entry:
                lines = Digesting(entry)
                after: str | None = None
                while after != "":
                    page = await self._door.query(OwnRecords(data_kind=name, after=after or ""))
                    for record in page.records:
                        lines.write(msgspec.json.encode(record) + b"\n")
                        table.write(record)
                        if record.get("digest"):
                            attachments.append(record)
                    rows += len(page.records)
                    omitted += page.omitted
                    after = page.after
                    self._report(len(page.records) + page.omitted)
            self._files.append(lines.file(f"json/{name}.ndjson", rows))
            self._copy(waiting, f"csv/{name}.csv", rows)
        if omitted:
            reason = "they are on boards that you cannot see any more; the organization decides"
            self._omit(name, reason, omitted)
        for record in attachments:
            await self._write_attachment(record)

    def _copy(self, waiting: IO[bytes], path: str, rows: int) -> None:
        waiting.seek(0)
        with self._archive.open(path, "w", force_zip64=True) as entry:
            copied = Digesting(entry)
            while piece := waiting.read(PIECE):
                copied.write(piece)
        self._files.append(copied.file(path, rows))

    async def _write_attachment(self, record: dict[str, JSON]) -> None:
        """A file that cannot be read is named in the manifest; the rest of the export goes on."""
        path = f"attachments/{record['digest']}"
        if any(file.path == path for file in self._files):
            return
        pieces = await self._door.read_attachment(str(record["id"]))
        try:
            first = await anext(pieces, b"")
        except ConneqtError as error:
            self._omit(path, str(error))
            return
        with self._archive.open(path, "w", force_zip64=True) as entry:
            copied = Digesting(entry)
            copied.write(first)
            try:
                async for piece in pieces:
                    copied.write(piece)
            except ConneqtError as error:
                self._omit(path, f"only its first {copied.size:,} bytes: {error}")
        self._files.append(copied.file(path, 0))

    def _omit(self, what: str, reason: str, count: int = 1) -> None:
        self._omitted.append(Omission(what=what, count=count, reason=reason))

    def _add_text(self, path: str, text: str) -> None:
        data = text.encode()
        self._archive.writestr(path, data)
        digest = hashlib.sha256(data).hexdigest()
        self._files.append(ArchivedFile(path=path, bytes=len(data), sha256=digest))

    def _report(self, more: int) -> None:
        self._done += more
        if self._progress is not None:
            self._progress(self._done, max(self._whole, self._done))


class _CsvWriter:
    """Records as lines that no spreadsheet runs; what is a list or an object stands as JSON."""

    def __init__(self, target: IO[bytes], fields: tuple[str, ...]) -> None:
        self._target = target
        self._fields = fields
        target.write(b"\xef\xbb\xbf")  # spreadsheets take a file without it for the local code page
        self._line(list(fields))

    def write(self, record: dict[str, Any]) -> None:
        self._line([_cell(record[field]) for field in self._fields])

    def _line(self, cells: list[str]) -> None:
        line = io.StringIO()
        csv.writer(line).writerow(cells)
        self._target.write(line.getvalue().encode())


def _cell(value: JSON) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return defused(value)
    return msgspec.json.encode(value).decode()
