"""Reads CSV of any shape into import commands, in two passes and constant memory.

The first pass learns what must be there before the first item: groups, labels, people. Values that do not
fit their column are kept in a comment on the item, and counted.
"""

from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Final

from engine.clock import new_id, short_id
from engine.columns.column_type import ColumnType, Surroundings
from engine.columns.labels import surroundings_for
from engine.columns.listed import split_names
from engine.columns.registry import column_type
from engine.commands.importing import ImportBoard, ImportPart
from engine.commands.registry import Command
from engine.errors import Invalid, UnreadableFile
from engine.model.board import COLORS, Group
from engine.model.column import Column
from engine.model.item import Comment, Item
from engine.model.record import JSON
from engine.model.text import clean_line, folded
from engine.transfer.cast import Cast
from engine.transfer.csv_shape import Shape, rows_of
from engine.transfer.formulas import restored
from engine.transfer.report import Report

CHUNK: Final = 500
MOST_GROUPS: Final = 500
MOST_TEXTS: Final = 5_000
MOST_LABELS: Final = 200
NAME, GROUP, PARENT, SKIP = "name", "group", "subitem of", "skip"


class CsvBoard:
    """One file with the role of each of its columns (`name`, `group`, `subitem of`, `skip`, or a type)."""

    def __init__(
        self, path: Path, shape: Shape, roles: tuple[str, ...], name: str, cast: Cast, report: Report,
        today: date,
    ) -> None:  # fmt: skip
        self._path = path
        self._shape = shape
        self._roles = list(roles)
        self._cast = cast
        self._report = report
        self._today = today
        self._board = new_id()
        self._name = clean_line(name) or clean_line(path.stem) or "Imported board"
        self._groups: dict[str, Group] = {}
        self._columns: dict[int, Column] = {}
        self._readers: dict[int, tuple[ColumnType, Surroundings]] = {}
        self._tops: dict[tuple[str, str], str] = {}
        self.rows = 0

    def commands(self) -> Iterator[Command]:
        self._first_pass()
        yield ImportBoard(
            board_id=self._board, name=self._name, source="CSV", people=tuple(self._cast.newcomers)
        )
        yield ImportPart(
            board_id=self._board,
            groups=tuple(self._groups.values()),
            columns=tuple(self._columns.values()),
        )
        items: list[Item] = []
        notes: list[Comment] = []
        for line, row in rows_of(self._path, self._shape):
            item, note = self._item(line, row)
            items.append(item)
            notes += [note] if note is not None else []
            if len(items) >= CHUNK:
                yield ImportPart(board_id=self._board, items=tuple(items), comments=tuple(notes))
                items, notes = [], []
        if items:
            yield ImportPart(board_id=self._board, items=tuple(items), comments=tuple(notes))
        self._finish()

    # -- the first pass -----------------------------------------------------------------------

    def _first_pass(self) -> None:
        texts: dict[int, dict[str, None]] = {c: {} for c in range(len(self._roles))}
        groups: dict[str, None] = {}
        group_column = self._roles.index(GROUP) if GROUP in self._roles else None
        gathering = [
            c for c, role in enumerate(self._roles) if role not in (NAME, GROUP, PARENT, SKIP)
        ]
        for line, row in rows_of(self._path, self._shape):
            if len(row) > len(self._roles):
                self._report.change("rows with more cells than columns", f"line {line}")
            self.rows += 1
            if group_column is not None and group_column < len(row):
                groups.setdefault(clean_line(restored(row[group_column]))[:500])
            for column in gathering:
                if column < len(row) and row[column] and len(texts[column]) < MOST_TEXTS:
                    texts[column].setdefault(restored(row[column].strip()))
        if self.rows == 0:
            raise UnreadableFile(
                self._path.name, "", "it has titles but no rows. Choose a file with rows."
            )
        self._make_groups(list(groups), group_column)
        for column in gathering:
            self._make_column(column, list(texts[column]))

    def _make_groups(self, names: list[str], group_column: int | None) -> None:
        if len(names) > MOST_GROUPS and group_column is not None:
            self._report.change(f"a column with over {MOST_GROUPS} groups, kept as text", names[0])
            self._roles[group_column] = "text"
            self._make_column(group_column, names)
            names = []
        for number, name in enumerate(names or [""]):
            self._groups[name] = Group(
                id=new_id(), board_id=self._board, name=name or "Items",
                color=COLORS[number % len(COLORS)],
            )  # fmt: skip

    def _make_column(self, column: int, texts: list[str]) -> None:
        role = self._roles[column]
        if role == "status" and len(texts) > MOST_LABELS:
            self._report.change(
                "columns with too many different labels, kept as text", self._title(column)
            )
            role = "text"
        kind = column_type(role)
        if role == "people":
            for text in texts:
                for name in split_names(text):
                    self._cast.named(name)
        settings = kind.adopt(
            kind.default_settings() if role != "status" else {"labels": []}, texts
        )
        self._columns[column] = Column(
            id=short_id(), board_id=self._board, type=role, title=self._title(column),
            settings=settings,
        )  # fmt: skip

    def _title(self, column: int) -> str:
        return self._shape.titles[column]

    # -- items --------------------------------------------------------------------------------

    def _item(self, line: int, row: list[str]) -> tuple[Item, Comment | None]:
        cells = [restored(cell) for cell in row]
        name = clean_line(self._cell(cells, NAME))
        if not name:
            self._report.change("rows without a name", f"line {line}")
        if len(name) > 500:
            self._report.change("names longer than 500 letters, cut", f"line {line}")
        group = self._groups.get(clean_line(self._cell(cells, GROUP))[:500]) or next(
            iter(self._groups.values())
        )
        parent = self._tops.get((group.id, folded(clean_line(self._cell(cells, PARENT)))))
        values, misfits = self._values(cells)
        item = Item(
            id=new_id(), board_id=self._board, group_id=group.id, parent_id=parent,
            name=name[:500] or "Untitled", values=values,
        )  # fmt: skip
        if parent is None:
            self._report.items += 1
            if PARENT in self._roles:
                self._tops[group.id, folded(item.name)] = item.id
        else:
            self._report.subitems += 1
        if not misfits:
            return item, None
        body = "Kept from the import, because it did not fit:\n" + "\n".join(misfits)
        note = Comment(
            id=new_id(), board_id=self._board, item_id=item.id, author_id="", body=body[:100_000]
        )
        self._report.comments += 1
        return item, note

    def _cell(self, cells: list[str], role: str) -> str:
        if role not in self._roles:
            return ""
        column = self._roles.index(role)
        return cells[column] if column < len(cells) else ""

    def _values(self, cells: list[str]) -> tuple[dict[str, JSON], list[str]]:
        values: dict[str, JSON] = {}
        misfits: list[str] = []
        for place, column in self._columns.items():
            text = cells[place].strip() if place < len(cells) else ""
            if not text:
                continue
            kind, at = self._reader(place, column)
            try:
                value = kind.parse(text, at)
            except Invalid as error:
                misfits.append(f"{column.title}: {text}")
                what = f"values of “{column.title}” kept in a comment"
                self._report.change(what, f"{text[:40]} ({error})")
                continue
            if value is not None:
                values[column.id] = value
        misfits += [
            f"Cell {n + 1}: {c}" for n, c in enumerate(cells) if n >= len(self._roles) and c
        ]
        return values, misfits

    def _reader(self, place: int, column: Column) -> tuple[ColumnType, Surroundings]:
        if place not in self._readers:
            at = surroundings_for(column, self._cast.people(), self._today, 0)
            self._readers[place] = (column_type(column.type), at)
        return self._readers[place]

    def _finish(self) -> None:
        report = self._report
        report.board, report.board_id = self._name, self._board
        report.groups, report.columns = len(self._groups), len(self._columns)
        report.people = len(self._cast.newcomers)
        for place, role in enumerate(self._roles):
            if role == SKIP:
                report.skip("columns that were not wanted", self._title(place))


def with_choices(
    shape: Shape, roles: tuple[str, ...], choices: Mapping[str, str] | None
) -> tuple[str, ...]:
    """The guessed roles, corrected by title. Raises Invalid for a title that is not there."""
    corrected = list(roles)
    by_title = {folded(title): place for place, title in enumerate(shape.titles)}
    for title, role in (choices or {}).items():
        place = by_title.get(folded(title))
        if place is None:
            raise Invalid(f"The file has no column “{title}”. It has: {', '.join(shape.titles)}.")
        if role not in (NAME, GROUP, PARENT, SKIP):
            column_type(role)
        elif role != SKIP and role in corrected:
            corrected[corrected.index(role)] = "text"
        corrected[place] = role
    if NAME not in corrected:
        raise Invalid("One column must give the items their names. Set one to “name”.")
    return tuple(corrected)
