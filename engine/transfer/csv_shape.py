"""Finds out how a table of text is written: encoding, delimiter, header, and what its columns hold."""

import csv
import io
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from msgspec import Struct

from engine.columns.registry import COLUMN_TYPES
from engine.commands.columns import MOST_COLUMNS
from engine.errors import UnreadableFile
from engine.model.text import clean_line, folded

SAMPLE_BYTES: Final = 1 << 20
SAMPLE_ROWS: Final = 200
LONGEST_CELL: Final = 1_000_000
DELIMITERS: Final = (",", ";", "\t", "|")
NAME_TITLES: Final = ("name", "item", "title", "task", "summary", "subject", "card", "issue", "titel", "aufgabe")  # fmt: skip
GROUP_TITLES: Final = ("group", "list", "section", "category", "phase", "gruppe", "liste")
SUBITEM_TITLES: Final = ("subitem of", "parent")
CERTAIN: Final = 0.5
NOT_TEXT: Final = (b"PK\x03\x04", b"%PDF", b"\x89PNG", b"\xd0\xcf\x11\xe0", b"\x7fELF", b"\x1f\x8b")
"""How spreadsheets, documents, pictures, programs and archives begin."""

CONTROLS: Final = tuple(bytes([code]) for code in range(32) if code not in b"\t\n\r\f\x1b")
"""Where these are more than a twentieth, it is no text. (A few are taken out of the cells.)"""

csv.field_size_limit(LONGEST_CELL)


class Shape(Struct, frozen=True, kw_only=True):
    """How the file is written. `titles` has one entry a column; `start` is the row where items begin."""

    encoding: str
    delimiter: str
    header: bool
    titles: tuple[str, ...]
    samples: tuple[tuple[str, ...], ...]


def shape_of(path: Path) -> Shape:
    """Look at the start of the file. Raises UnreadableFile."""
    with path.open("rb") as file:
        start = file.read(SAMPLE_BYTES)
    if not start.strip(b"\0 \r\n\t"):
        raise UnreadableFile(path.name, "", "it is empty. Choose a file with at least one row.")
    encoding = _encoding(path, start)
    text = start.decode(encoding, "ignore")
    if len(start) == SAMPLE_BYTES:
        text = text.rpartition("\n")[0] or text
    delimiter = _delimiter(path, text)
    rows = _some_rows(path, text, delimiter)
    header = _has_header(rows)
    width = max(map(len, rows))
    titles = _titles(rows[0] if header else [], width)
    body = rows[1:] if header else rows
    samples = tuple(
        tuple(row[column].strip() for row in body if column < len(row) and row[column].strip())
        for column in range(width)
    )
    return Shape(
        encoding=encoding, delimiter=delimiter, header=header, titles=titles, samples=samples
    )


def rows_of(path: Path, shape: Shape) -> Iterator[tuple[int, list[str]]]:
    """All rows behind the header that hold anything, with their line numbers. Raises UnreadableFile."""
    line = 0
    try:
        with path.open(encoding=shape.encoding, newline="") as file:
            reader = csv.reader(
                (text.replace("\0", "") for text in file), delimiter=shape.delimiter
            )
            skip = shape.header
            for row in reader:
                line = reader.line_num
                if any(cell.strip() for cell in row):
                    if not skip:
                        yield line, row
                    skip = False
    except UnicodeDecodeError:
        raise UnreadableFile(
            path.name, f"after line {line}", f"the text is not {shape.encoding} throughout."
        ) from None
    except csv.Error as error:
        raise UnreadableFile(path.name, f"line {line + 1}", f"{error}.") from None


def guess_types(shape: Shape) -> tuple[str, ...]:
    """For each column `name`, `group`, `subitem of`, or the key of a column type."""
    roles = ["" for _ in shape.titles]
    for column, title in enumerate(map(folded, shape.titles)):
        if title in SUBITEM_TITLES and "subitem of" not in roles:
            roles[column] = "subitem of"
        elif title in NAME_TITLES and "name" not in roles:
            roles[column] = "name"
        elif title in GROUP_TITLES and "group" not in roles:
            roles[column] = "group"
    for column, samples in enumerate(shape.samples):
        roles[column] = roles[column] or best_type(list(samples[:SAMPLE_ROWS]))
    if "name" not in roles:
        texts = [c for c, role in enumerate(roles) if role in ("text", "long_text", "status")]
        roles[texts[0] if texts else 0] = "name"
    return tuple(roles)


def best_type(samples: list[str]) -> str:
    """The type that fits the samples best; text where none surely does."""
    if not samples:
        return "text"
    guesses = {key: kind.guess(samples) for key, kind in COLUMN_TYPES.items()}
    best = max(guesses, key=lambda key: guesses[key])
    return best if guesses[best] >= CERTAIN else "text"


def _encoding(path: Path, start: bytes) -> str:
    if start.startswith(NOT_TEXT):
        raise UnreadableFile(path.name, "", "it is not text. Save it as CSV first.")
    for mark, name in (
        (b"\xef\xbb\xbf", "utf-8-sig"),
        (b"\xff\xfe", "utf-16"),
        (b"\xfe\xff", "utf-16"),
    ):
        if start.startswith(mark):
            return name
    if b"\0" in start[:1000]:
        zeros = start[1:1000:2].count(0), start[0:1000:2].count(0)
        if max(zeros) * 3 > len(start[:1000]):
            return "utf-16-le" if zeros[0] > zeros[1] else "utf-16-be"
    if sum(map(start.count, CONTROLS)) * 20 > len(start):
        raise UnreadableFile(path.name, "", "it is not text. Save it as CSV first.")
    try:
        start[:-4].decode("utf-8")  # the sample may end inside a letter
    except UnicodeDecodeError:
        return _guessed_encoding(start)
    return "utf-8"


def _guessed_encoding(start: bytes) -> str:
    from charset_normalizer import from_bytes

    found = from_bytes(start[:100_000]).best()
    return found.encoding if found is not None else "cp1252"


def _delimiter(path: Path, text: str) -> str:
    """The one that cuts most rows into the same number of cells, more than one."""
    best, best_score = ",", 0.0
    for delimiter in DELIMITERS:
        widths = [len(row) for row in _parsed(path, text[:200_000], delimiter)[:100] if row]
        common = max(set(widths), key=widths.count, default=1)
        score = widths.count(common) / len(widths) if widths and common > 1 else 0.0
        if score > best_score + 0.01:
            best, best_score = delimiter, score
    return best


def _some_rows(path: Path, text: str, delimiter: str) -> list[list[str]]:
    rows = [row for row in _parsed(path, text, delimiter) if any(cell.strip() for cell in row)]
    if not rows:
        raise UnreadableFile(path.name, "", "it is empty. Choose a file with at least one row.")
    widest = max(map(len, rows))
    if widest > MOST_COLUMNS:
        raise UnreadableFile(
            path.name, "line 1", f"it has {widest:,} columns; {MOST_COLUMNS} is the most."
        )
    return rows[: SAMPLE_ROWS * 5]


def _parsed(path: Path, text: str, delimiter: str) -> list[list[str]]:
    try:
        return list(
            csv.reader(io.StringIO(text.replace("\0", ""), newline=""), delimiter=delimiter)
        )
    except csv.Error as error:
        raise UnreadableFile(path.name, "", f"it cannot be cut into cells: {error}.") from None


def _has_header(rows: list[list[str]]) -> bool:
    """The first row names the columns: short, different texts, none of them a number or a date that the
    rows below are."""
    first = [cell.strip() for cell in rows[0]]
    filled = [cell for cell in first if cell]
    known = {folded(cell) for cell in filled} & {*NAME_TITLES, *GROUP_TITLES}
    if known or len(rows) < 2 or not filled:
        return bool(known)
    if len({folded(cell) for cell in filled}) < len(filled):
        return False
    if any(len(cell) > 80 or best_type([cell]) in ("number", "date", "link") for cell in filled):
        return False
    return len(filled) > 1 or all(folded(filled[0]) != folded(row[0].strip()) for row in rows[1:50])


def _titles(first: list[str], width: int) -> tuple[str, ...]:
    """A different title for every column: what stands twice is numbered, what is empty named."""
    titles: list[str] = []
    for column in range(width):
        wanted = clean_line(first[column])[:100] if column < len(first) else ""
        title = wanted or f"Column {column + 1}"
        number = 2
        while folded(title) in map(folded, titles):
            title = f"{wanted or 'Column'} {number}"
            number += 1
        titles.append(title)
    return tuple(titles)
