"""Everything an organization has in one ZIP, and back: every board as the JSON that loses nothing, every attached
file, and a manifest with the SHA-256 of each (GDPR Art. 20).

In it: manifest.json, boards/NUMBER.json, files/DIGEST. An import makes new boards of it, all or none.
"""

import asyncio
import zipfile
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any, Final

import msgspec
from msgspec import Struct

from engine.clock import iso_time
from engine.commands.boards import ArchiveBoard
from engine.commands.exports import NoteWholeExport
from engine.commands.registry import Command
from engine.errors import ConneqtError, UnreadableFile
from engine.model.record import State
from engine.queries.board_contents import AttachmentPage
from engine.queries.home import Boards, People, WhoAmI
from engine.store.files import FileStore, StoredFile
from engine.transfer.board_json import BoardFile, OwnBoard, written
from engine.transfer.cast import Cast
from engine.transfer.json_file import read_json
from engine.transfer.personal_archive import OwnDoor
from engine.transfer.report import Report
from engine.transfer.staging import Omission
from engine.transfer.whole_file import whole_file
from engine.transfer.zipped import (
    MANIFEST,
    PIECE,
    ArchivedFile,
    Digesting,
    check_files,
    manifest_text,
    opened_archive,
    write_manifest,
)

FORMAT: Final = "conneqtos-organization"
VERSION: Final = 1
Progress = Callable[[int, int], None]


class BoardEntry(Struct, frozen=True, kw_only=True):
    path: str
    name: str
    archived: bool = False


class WholeManifest(Struct, frozen=True, kw_only=True):
    """`generated_at` is a time in UTC (ISO 8601)."""

    format: str = FORMAT
    version: int = VERSION
    generated_at: str
    organization: str
    boards: tuple[BoardEntry, ...]
    files: tuple[ArchivedFile, ...]
    omitted: tuple[Omission, ...] = ()


async def export_organization(
    door: OwnDoor, target: Path, *, at: int, progress: Progress | None = None
) -> WholeManifest:
    """Write it whole or not at all; `at` is the time now. Owners only; it is in the audit trail before its first
    byte is written. Raises UsageError, ReadOnly, DiskFull."""
    with (
        whole_file(target) as file,
        zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive,
    ):
        await door.execute(NoteWholeExport())
        return await _Writing(door, archive, progress).write(at)


class _Writing:
    """One export on its way."""

    def __init__(self, door: OwnDoor, archive: zipfile.ZipFile, progress: Progress | None) -> None:
        self._door = door
        self._archive = archive
        self._progress = progress
        self._files: dict[str, ArchivedFile] = {}
        self._omitted: list[Omission] = []

    async def write(self, at: int) -> WholeManifest:
        organization, _ = await self._door.query(WhoAmI())
        summaries = [
            (state, one)
            for state in (State.LIVE, State.ARCHIVED)
            for one in await self._door.query(Boards(state=state))
        ]
        whole = sum(summary.items for _, summary in summaries)
        entries, done = [], 0
        for number, (state, summary) in enumerate(summaries, 1):
            path = f"boards/{number:04}.json"
            await self._write_board(path, summary.board.id, done, whole)
            done += summary.items
            entries.append(
                BoardEntry(
                    path=path, name=summary.board.name, archived=state is State.ARCHIVED
                )
            )  # fmt: skip
        manifest = WholeManifest(
            generated_at=iso_time(at), organization=organization.name, boards=tuple(entries),
            files=tuple(self._files.values()), omitted=tuple(self._omitted),
        )  # fmt: skip
        write_manifest(self._archive, manifest)
        return manifest

    async def _write_board(self, path: str, board_id: str, before: int, whole: int) -> None:
        def told(items: int) -> None:
            if self._progress is not None:
                self._progress(before + items, max(whole, before + items))

        with self._archive.open(path, "w", force_zip64=True) as entry:
            copied = Digesting(entry)
            async for piece in written(self._door, board_id, told):
                copied.write(piece)
        self._files[path] = copied.file(path, 0)
        after = ""
        while page := await self._door.query(AttachmentPage(board_id=board_id, after=after)):
            for attachment in page:
                if attachment.digest:
                    await self._write_file(attachment.id, attachment.digest)
            after = page[-1].id

    async def _write_file(self, attachment_id: str, digest: str) -> None:
        """Once, however many items have it. One that cannot be read is named in the manifest."""
        path = f"files/{digest}"
        if path in self._files:
            return
        pieces = await self._door.read_attachment(attachment_id)
        try:
            first = await anext(pieces, b"")
        except ConneqtError as error:
            self._omitted.append(Omission(what=path, count=1, reason=str(error)))
            return
        with self._archive.open(path, "w", force_zip64=True) as entry:
            copied = Digesting(entry)
            copied.write(first)
            async for piece in pieces:
                copied.write(piece)
        self._files[path] = copied.file(path, 0)


async def import_organization(
    door: Any, path: Path, *, progress: Progress | None = None
) -> list[Report]:
    """Bring all boards of such a file in, as new boards in one gesture, after all of it was checked. Raises
    UnreadableFile; then nothing came in."""
    with opened_archive(path) as archive:
        manifest = await asyncio.to_thread(_checked, path, archive)
        files = await asyncio.to_thread(take_files, archive, "files/", door.files)
        await door.brought(*files.values())
        cast, reports = Cast(await door.query(People())), [Report() for _ in manifest.boards]

        async def commands() -> AsyncIterator[Command]:
            for number, (entry, report) in enumerate(zip(manifest.boards, reports, strict=True)):
                content = await asyncio.to_thread(archive.read, entry.path)
                board = read_json(path, content, BoardFile)
                own = OwnBoard(board, entry.name, cast, report, files.__contains__)
                for command in own.commands():
                    yield command
                    await asyncio.sleep(0)  # lets a cancellation in between two parts
                cast.newcomers.clear()  # they are here by now
                if entry.archived:
                    yield ArchiveBoard(board_id=report.board_id)
                if progress is not None:
                    progress(number + 1, len(reports))

        await door.execute_stream(commands())
    return reports


def _checked(path: Path, archive: zipfile.ZipFile) -> WholeManifest:
    text = manifest_text(path, archive, "export of a workspace")
    try:
        manifest = msgspec.json.decode(text, type=WholeManifest)
    except (msgspec.DecodeError, RecursionError) as error:
        raise UnreadableFile(path.name, MANIFEST, f"it cannot be read: {error}") from None
    if manifest.format != FORMAT or manifest.version > VERSION:
        raise UnreadableFile(path.name, MANIFEST, "another program made it, or a newer version")
    check_files(path, archive, manifest.files)
    there = {file.path for file in manifest.files}
    for entry in manifest.boards:
        if entry.path not in there:
            raise UnreadableFile(path.name, entry.path, "it is missing")
    return manifest


def take_files(archive: zipfile.ZipFile, folder: str, files: FileStore) -> dict[str, StoredFile]:
    """Attached files in this folder of a checked archive into the store of files; comes back with them by their
    own digests, whatever their names say. What nothing names later is collected."""
    found: dict[str, StoredFile] = {}
    for path in archive.namelist():
        if path.startswith(folder):
            with archive.open(path) as entry:
                stored = files.take(iter(lambda: entry.read(PIECE), b""))
            found[stored.digest] = stored
    return found
