"""Imports a file of any known format: look at it first (`plan_file`), then bring it in whole (`import_file`)."""

import asyncio
import hashlib
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final, Protocol

from msgspec import Struct

from engine.clock import as_datetime, system_clock
from engine.commands.importing import ImportPart
from engine.commands.registry import Command
from engine.commands.views import SetPreference
from engine.errors import Refused, UnreadableFile
from engine.model.record import JSON
from engine.queries.files import NameableFiles
from engine.queries.home import Boards, People, Preferences
from engine.store.faults import storage_faults
from engine.transfer import csv_file, csv_shape
from engine.transfer.board_json import FORMAT, VERSION, BoardFile, OwnBoard
from engine.transfer.cast import Cast
from engine.transfer.door import Door
from engine.transfer.json_file import looks_like_json, read_json, without_bom
from engine.transfer.report import Report
from engine.transfer.trello import TrelloBoard, is_trello

Progress = Callable[[int, int], None]
HasFile = Callable[[str], bool]
REMEMBERED: Final = "import:"


class PlanColumn(Struct, frozen=True, kw_only=True):
    """`type` is a column type's key, or one of `name`, `group`, `subitem of`, `skip`."""

    title: str
    type: str
    samples: tuple[str, ...] = ()

    @property
    def role(self) -> str:
        return self.type if self.type in ("name", "group", "subitem of", "skip") else "value"


class Plan(Struct, frozen=True, kw_only=True):
    """What an import would bring. Only the columns of a CSV can be changed before it."""

    format: str
    board: str
    columns: tuple[PlanColumn, ...] = ()
    rows: int = 0
    imported_before: str = ""


class _Reader(Protocol):
    def commands(self) -> Iterator[Command]: ...


class _Source(Struct):
    """An opened file: its format's name, how many items it has, and what reads it."""

    format: str
    name: str
    rows: int
    make: Callable[[Cast, Report, str], _Reader]
    columns: tuple[PlanColumn, ...] = ()


async def plan_file(door: Door, path: Path) -> Plan:
    """Look at a file without writing anything. Raises UnreadableFile."""
    digest = await asyncio.to_thread(_digest, path)
    source = await asyncio.to_thread(_open, path, None, _no_file)
    return Plan(
        format=source.format, board=source.name, columns=source.columns, rows=source.rows,
        imported_before=await _before(door, digest),
    )  # fmt: skip


async def import_file(
    door: Any, path: Path, *, board_name: str = "", types: Mapping[str, str] | None = None,
    progress: Progress | None = None, again: bool = False,
) -> Report:  # fmt: skip
    """Bring the file in as a new board: all of it, or nothing (also when the task is cancelled). `types`
    corrects the columns of a CSV by title. Raises UnreadableFile, Invalid, and Refused where the same file
    was imported before and not `again`."""
    digest = await asyncio.to_thread(_digest, path)
    before = await _before(door, digest)
    if before and not again:
        raise Refused(f"{before} Import it again only if you want it twice.")
    known = await door.query(NameableFiles())
    source = await asyncio.to_thread(_open, path, types, known.__contains__)
    report = Report()
    cast = Cast(await door.query(People()))
    reader = source.make(cast, report, board_name)
    await door.execute_stream(_told(reader.commands(), source.rows, progress))
    memory: dict[str, JSON] = {"board": report.board_id, "name": report.board, "at": system_clock()}
    await door.execute(SetPreference(name=REMEMBERED + digest, value=memory))
    return report


async def _told(
    commands: Iterator[Command], rows: int, progress: Progress | None
) -> AsyncIterator[Command]:
    done = 0
    for command in commands:
        yield command
        if isinstance(command, ImportPart) and command.items and progress is not None:
            done += len(command.items)
            progress(done, max(rows, done))
        await asyncio.sleep(0)  # lets a cancellation in between two parts


async def _before(door: Door, digest: str) -> str:
    """A sentence where this very file has been imported and its board is still there; else nothing."""
    memory = (await door.query(Preferences())).get(REMEMBERED + digest)
    if not isinstance(memory, dict):
        return ""
    boards = {summary.board.id: summary.board.name for summary in await door.query(Boards())}
    name = boards.get(str(memory.get("board")))
    at = memory.get("at")
    if name is None or not isinstance(at, int):
        return ""
    return f"This file was imported on {as_datetime(at):%-d %b %Y} as “{name}”."


def _digest(path: Path) -> str:
    if path.is_dir():
        raise UnreadableFile(path.name, "", "it is a folder. Choose a file.")
    if not path.exists():
        raise UnreadableFile(path.name or str(path), "", "there is no such file. Check the name.")
    with storage_faults(path), path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _no_file(digest: str) -> bool:
    return False


def _open(path: Path, types: Mapping[str, str] | None, has_file: HasFile) -> _Source:
    with path.open("rb") as file:
        start = file.read(4096)
    if looks_like_json(start):
        return _open_json(path, has_file)
    return _open_csv(path, types)


def _open_json(path: Path, has_file: HasFile) -> _Source:
    content = without_bom(path.read_bytes())
    head = read_json(path, content, Any)
    if not isinstance(head, dict):
        head = {}
    if head.get("format") == FORMAT:
        return _open_own(path, content, head, has_file)
    if is_trello(head):
        cards = len(head["cards"])
        return _Source(
            "Trello", str(head.get("name") or path.stem), cards,
            lambda cast, report, name: TrelloBoard(head, name, cast, report),
        )  # fmt: skip
    raise UnreadableFile(
        path.name, "", "it is JSON, but neither a Trello board nor a board of ConneqtOS."
    )


def _open_own(path: Path, content: bytes, head: dict[str, Any], has_file: HasFile) -> _Source:
    if head.get("version") != VERSION:
        raise UnreadableFile(path.name, "", "it was exported by a newer ConneqtOS. Update first.")
    board: BoardFile = read_json(path, content, BoardFile)
    return _Source(
        "ConneqtOS", board.board.name, len(board.items),
        lambda cast, report, name: OwnBoard(board, name, cast, report, has_file),
    )  # fmt: skip


def _open_csv(path: Path, types: Mapping[str, str] | None) -> _Source:
    shape = csv_shape.shape_of(path)
    roles = csv_file.with_choices(shape, csv_shape.guess_types(shape), types)
    today = as_datetime(system_clock()).date()
    rows = sum(1 for _ in csv_shape.rows_of(path, shape))
    columns = tuple(
        PlanColumn(title=title, type=role, samples=samples[:5])
        for title, role, samples in zip(shape.titles, roles, shape.samples, strict=True)
    )
    return _Source(
        "CSV", path.stem, rows,
        lambda cast, report, name: csv_file.CsvBoard(path, shape, roles, name, cast, report, today),
        columns,
    )  # fmt: skip
