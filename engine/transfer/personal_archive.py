"""Writes everything about one person into a ZIP that they can read, and checks such a file (GDPR Art. 15, 20).

In it: README.txt, manifest.json (SHA-256, size and rows of each file, and what was left out and why),
json/KIND.ndjson and csv/KIND.csv for each kind of engine.privacy.inventory, attachments/DIGEST, schema/KIND.json, and the names of the
boards, groups and columns on which the records stand.
"""

import asyncio
import csv
import io
import zipfile
from collections.abc import AsyncIterator, Callable, Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any, Final, Protocol

import msgspec
from msgspec import Struct

from engine.clock import iso_time
from engine.commands.privacy import NotePersonalExport
from engine.errors import ConneqtError, NotFound
from engine.model.organization import Member, Organization
from engine.model.record import JSON
from engine.privacy.inventory import KINDS, Kind, exported_fields
from engine.queries.audit import AuditHead
from engine.queries.board_contents import BoardWhole
from engine.queries.home import WhoAmI
from engine.queries.privacy import OwnRecords, WhatIsHeld
from engine.transfer.door import Door
from engine.transfer.formulas import defused
from engine.transfer.personal_readme import readme
from engine.transfer.staging import Omission, Staging
from engine.transfer.whole_file import storage_sentences, whole_file
from engine.transfer.zipped import ArchivedFile, Digesting, write_manifest

FORMAT: Final = "conneqtos-personal-data"
VERSION: Final = 1
BOARDS: Final = "json/boards-and-columns.json"

Progress = Callable[[int, int], None]


class OwnDoor(Door, Protocol):
    """The door, and the bytes of attachments through it."""

    async def read_attachment(self, attachment_id: str) -> AsyncIterator[bytes]: ...


class Manifest(Struct, frozen=True, kw_only=True):
    """`subject` is the person's id, `generated_at` a time in UTC (ISO 8601). `audit_number` and `audit_hash` say where
    the audit chain stood: whoever keeps the file can show later that it was not rewritten."""

    format: str = FORMAT
    version: int = VERSION
    generated_at: str
    subject: str
    organization: str
    program: str = ""
    audit_number: int = 0
    audit_hash: str = ""
    files: tuple[ArchivedFile, ...]
    omitted: tuple[Omission, ...]


async def export_personal_data(
    door: OwnDoor, target: Path, *, at: int, progress: Progress | None = None, server: str = ""
) -> Manifest:
    """Write the actor's own data to `target`, whole or not at all; `at` is the time now, `server` where a linked
    workspace lives. The export is in the
    audit trail before its first byte is written. One that a crash broke off within the last day goes on: what
    was finished then is as of then. Raises UsageError, ReadOnly, DiskFull."""
    organization, member = await door.query(WhoAmI())
    staging = Staging.beside(target, f"{FORMAT} {VERSION} {organization.id} {member.id}", at)
    try:
        if not staging.resumed:
            await door.execute(NotePersonalExport())
            staging.finish("begun")
        with storage_sentences(target):
            manifest = await _Writing(door, staging, progress, server).write(organization, member)
        with (
            whole_file(target) as file,
            zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
        ):
            await asyncio.to_thread(_assemble, archive, staging, manifest)
    finally:
        staging.remove()
    return manifest


def _assemble(archive: zipfile.ZipFile, staging: Staging, manifest: Manifest) -> None:
    for file in manifest.files:
        archive.write(staging.place(file.path), file.path)
    write_manifest(archive, manifest)


class _Writing:
    """One export on its way, part by part."""

    def __init__(
        self, door: OwnDoor, staging: Staging, progress: Progress | None, server: str
    ) -> None:
        self._door = door
        self._staging = staging
        self._progress = progress
        self._server = server
        self._done = 0
        self._whole = 0

    async def write(self, organization: Organization, member: Member) -> Manifest:
        staging = self._staging
        held = await self._door.query(WhatIsHeld())
        counts = {one.kind: one.count for group in held for one in group.holdings}
        self._whole = sum(counts.values())
        for name in KINDS:
            if not staging.has(name):
                await self._write_kind(name)
            else:
                self._report(counts[name])
        await self._write_attachments()
        await self._write_boards()
        self._write_schemas()
        at = staging.finished.began_at
        text = readme(member.name, organization.name, held, at, self._server)
        readme_file = self._write_text("README.txt", text)
        head = await self._door.query(AuditHead())
        return Manifest(
            generated_at=iso_time(at), subject=member.id, organization=organization.id,
            program=f"conneqtos {version('conneqtos')}", audit_number=head.number, audit_hash=head.hash,
            files=(readme_file, *staging.finished.files), omitted=staging.finished.omitted,
        )  # fmt: skip

    async def _write_kind(self, name: str) -> None:
        fields = exported_fields(KINDS[name])
        paths = (f"json/{name}.ndjson", f"csv/{name}.csv")
        places = [self._staging.place(path) for path in paths]
        omitted = rows = 0
        with places[0].open("wb") as json_file, places[1].open("wb") as csv_file:
            lines, table = Digesting(json_file), Digesting(csv_file)
            cells = _CsvWriter(table, fields)
            after: str | None = None
            while after != "":
                page = await self._door.query(OwnRecords(data_kind=name, after=after or ""))
                for record in page.records:
                    lines.write(msgspec.json.encode(record) + b"\n")
                    cells.write(record)
                rows += len(page.records)
                omitted += page.omitted
                after = page.after
                self._report(len(page.records) + page.omitted)
        files = (lines.file(paths[0], rows), table.file(paths[1], rows))
        reason = "they are on boards that you cannot see any more; the organization decides"
        left_out = [Omission(what=name, count=omitted, reason=reason)] if omitted else []
        self._staging.finish(name, files, left_out)

    async def _write_attachments(self) -> None:
        """Once each, however many items have it."""
        with self._staging.place("json/attachments.ndjson").open("rb") as lines:
            for line in lines:
                record = msgspec.json.decode(line)
                path = f"attachments/{record.get('digest')}"
                if record.get("digest") and not self._staging.has(path):
                    await self._write_attachment(path, str(record["id"]))

    async def _write_attachment(self, path: str, attachment_id: str) -> None:
        """A file that cannot be read is named in the manifest; the rest of the export goes on."""
        omitted: list[Omission] = []
        pieces = await self._door.read_attachment(attachment_id)
        with self._staging.place(path).open("wb") as file:
            copied = Digesting(file)
            try:
                async for piece in pieces:
                    copied.write(piece)
            except ConneqtError as error:
                cut = (
                    f"only its first {copied.size:,} bytes: {error}" if copied.size else str(error)
                )
                omitted.append(Omission(what=path, count=1, reason=cut))
        files = [copied.file(path, 0)] if copied.size or not omitted else []
        self._staging.finish(path, files, omitted)

    async def _write_boards(self) -> None:
        """Names of the boards, groups and columns that the records stand on, as far as the person sees them: the
        ids in the records mean nothing without."""
        if self._staging.has(BOARDS):
            return
        wanted = {
            str(record["id"] if name == "boards" else record["board_id"])
            for name in ("boards", "items", "comments", "attachments")
            for record in self._records(name)
        }
        frames = []
        for board_id in sorted(wanted):
            try:
                frame = await self._door.query(BoardWhole(board_id=board_id))
            except NotFound:
                continue
            frames.append({
                "id": board_id, "name": frame.board.name, "item_noun": frame.board.item_noun,
                "groups": [{"id": g.id, "name": g.name, "color": g.color} for g in frame.groups],
                "columns": [
                    {"id": c.id, "title": c.title, "type": c.type, "settings": c.settings, "width": c.width}
                    for c in frame.columns
                ],
            })  # fmt: skip
        text = msgspec.json.format(msgspec.json.encode(frames), indent=2).decode()
        self._staging.finish(BOARDS, [self._write_text(BOARDS, text)])

    def _write_schemas(self) -> None:
        """What the fields of each kind are, as JSON Schema."""
        if self._staging.has("schemas"):
            return
        files = []
        for name, kind in KINDS.items():
            schema = _schema(kind)
            text = msgspec.json.format(msgspec.json.encode(schema), indent=2).decode()
            files.append(self._write_text(f"schema/{name}.json", text))
        self._staging.finish("schemas", files)

    def _records(self, name: str) -> Iterator[dict[str, Any]]:
        with self._staging.place(f"json/{name}.ndjson").open("rb") as lines:
            for line in lines:
                yield msgspec.json.decode(line)

    def _write_text(self, path: str, text: str) -> ArchivedFile:
        with self._staging.place(path).open("wb") as file:
            copied = Digesting(file)
            copied.write(text.encode())
        return copied.file(path, 0)

    def _report(self, more: int) -> None:
        self._done += more
        if self._progress is not None:
            self._progress(self._done, max(self._whole, self._done))


def _schema(kind: Kind) -> dict[str, Any]:
    """Times stand as text in the export (ISO 8601)."""
    (whole,), parts = msgspec.json.schema_components([kind.record], ref_template="#/$defs/{name}")
    name = whole["$ref"].rsplit("/", 1)[-1]
    properties = dict(parts[name]["properties"])
    shown = {
        field: {"type": ["string", "null"], "format": "date-time"}
        if field == "at" or field.endswith("_at")
        else properties[field]
        for field in exported_fields(kind)
    }
    others = {key: value for key, value in parts.items() if key != name}
    return {"title": kind.title, "type": "object", "properties": shown, "$defs": others}


class _CsvWriter:
    """Records as lines that no spreadsheet runs; what is a list or an object stands as JSON."""

    def __init__(self, target: Digesting, fields: tuple[str, ...]) -> None:
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
