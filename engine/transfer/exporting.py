"""Exports a board or a view: CSV, ConneqtOS's JSON, a Markdown table. By windows, whole or not at all."""

import csv
import io
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import BinaryIO, Final

from msgspec import Struct

from engine.clock import as_datetime, system_clock
from engine.columns.column_type import Surroundings
from engine.columns.labels import surroundings_for
from engine.columns.registry import column_type
from engine.commands.exports import FORMATS, NoteBoardExport
from engine.errors import UsageError
from engine.model.board import Group
from engine.model.column import Column
from engine.model.item import Item
from engine.model.view import Filter, Sort
from engine.queries.board_view import BoardFrame, OpenBoard, RowOrder, RowWindow, Subitems
from engine.transfer import board_json
from engine.transfer.door import Door
from engine.transfer.formulas import defused
from engine.transfer.whole_file import whole_file

WINDOW: Final = 500
Progress = Callable[[int, int], None]


class View(Struct, frozen=True, kw_only=True):
    """Which rows and columns of a board, in which order."""

    filter: Filter = Filter()
    sorts: tuple[Sort, ...] = ()
    hidden: tuple[str, ...] = ()


async def export_board(
    door: Door, board_id: str, format: str, target: Path | BinaryIO, *, filter: Filter = Filter(),
    sorts: tuple[Sort, ...] = (), hidden: tuple[str, ...] = (), progress: Progress | None = None,
) -> int:  # fmt: skip
    """Write the board; comes back with how many items. JSON always holds the whole board. A file is put
    in place at the end, so that a fault leaves the old one. Raises UsageError, DiskFull, ReadOnly."""
    view = View(filter=filter, sorts=sorts, hidden=hidden)
    count = Count(progress)
    writers = {"csv": _csv, "json": _json, "md": _markdown}
    if format not in writers:
        raise UsageError(f"There is no format “{format}”. Choose one of: {', '.join(FORMATS)}.")
    pieces = writers[format](door, board_id, view, count)
    noted = NoteBoardExport(board_id=board_id, format=format)
    if isinstance(target, Path):
        with whole_file(target) as file:
            await door.execute(noted)
            async for piece in pieces:
                file.write(piece)
    else:
        await door.execute(noted)
        async for piece in pieces:
            target.write(piece)
    return count.done


class Count:
    """How far an export is."""

    def __init__(self, progress: Progress | None) -> None:
        self.done = 0
        self.whole = 0
        self._progress = progress

    def add(self, items: int) -> None:
        self.done += items
        if self._progress is not None:
            self._progress(self.done, max(self.whole, self.done))


class _Row(Struct, frozen=True):
    item: Item
    group: Group
    parent: str


async def _rows(
    door: Door, board_id: str, frame: BoardFrame, view: View, count: Count
) -> AsyncIterator[_Row]:
    order = await door.query(RowOrder(board_id=board_id, filter=view.filter, sorts=view.sorts))
    count.whole = sum(map(len, order.values()))
    for group in frame.groups:
        numbers = order.get(group.id, ())
        for start in range(0, len(numbers), WINDOW):
            window = tuple(numbers[start : start + WINDOW])
            rows = await door.query(RowWindow(board_id=board_id, numbers=window))
            for number in window:
                row = rows.get(number)
                if row is None:
                    continue
                yield _Row(row.item, group, "")
                subs = await door.query(Subitems(parent_id=row.item.id)) if row.subitems else []
                for sub in subs:
                    yield _Row(sub.item, group, row.item.name)
            count.add(len(window))


async def _csv(door: Door, board_id: str, view: View, count: Count) -> AsyncIterator[bytes]:
    frame = await door.query(OpenBoard(board_id=board_id))
    columns = [column for column in frame.columns if column.id not in view.hidden]
    at = _surroundings(frame, columns)
    yield b"\xef\xbb\xbf"  # spreadsheets take a file without it for the local code page
    yield _line(["Name", "Group", "Subitem of", *(column.title for column in columns)])
    async for row in _rows(door, board_id, frame, view, count):
        values = [_cell(column, row.item, at[column.id]) for column in columns]
        yield _line(
            [defused(row.item.name), defused(row.group.name), defused(row.parent), *values],
            raw=True,
        )


def _cell(column: Column, item: Item, at: Surroundings) -> str:
    value = item.values.get(column.id)
    if value is None:
        return ""
    text = column_type(column.type).text(value, at)
    return text if column.type == "number" else defused(text)


def _line(cells: list[str], *, raw: bool = False) -> bytes:
    buffer = io.StringIO()
    csv.writer(buffer).writerow(cells if raw else [defused(cell) for cell in cells])
    return buffer.getvalue().encode("utf-8", "replace")


async def _markdown(door: Door, board_id: str, view: View, count: Count) -> AsyncIterator[bytes]:
    frame = await door.query(OpenBoard(board_id=board_id))
    columns = [column for column in frame.columns if column.id not in view.hidden]
    at = _surroundings(frame, columns)
    titles = ["Group", frame.board.item_noun.capitalize(), *(column.title for column in columns)]
    yield f"# {_escaped(frame.board.name)}\n\n{_table_line(titles)}".encode()
    marks = ["---:" if column_type(c.type).align_right else "---" for c in columns]
    yield f"| --- | --- {''.join(f'| {mark} ' for mark in marks)}|\n".encode()
    async for row in _rows(door, board_id, frame, view, count):
        cells = [
            "" if (value := row.item.values.get(column.id)) is None
            else column_type(column.type).text(value, at[column.id])
            for column in columns
        ]  # fmt: skip
        name = f"↳ {row.item.name}" if row.parent else row.item.name
        yield _table_line([row.group.name, name, *cells]).encode("utf-8", "replace")


def _table_line(cells: list[str]) -> str:
    return "| " + " | ".join(map(_escaped, cells)) + " |\n"


def _escaped(text: str) -> str:
    """Text inside a Markdown table: a bar or a newline would end the cell, a `<` begin HTML."""
    safe = text.replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")
    return safe.replace("\n", "<br>")


async def _json(door: Door, board_id: str, view: View, count: Count) -> AsyncIterator[bytes]:
    seen = 0

    def progress(done: int) -> None:
        nonlocal seen
        count.add(done - seen)
        seen = done

    async for piece in board_json.written(door, board_id, progress):
        yield piece


def _surroundings(frame: BoardFrame, columns: list[Column]) -> dict[str, Surroundings]:
    today = as_datetime(system_clock()).date()
    people = {member.id: member.name for member in frame.people}
    return {column.id: surroundings_for(column, people, today, 0) for column in columns}
