"""What commands print: JSON lines, tab-separated lines in a pipe, an aligned table on a terminal.

Text that other people wrote is cleaned once more here, and measured by the cells it takes.
"""

import shutil
import sys
from collections.abc import Iterable, Sequence
from typing import Any, Final

import msgspec

from engine.model.text import clean_line, clean_text

GAP: Final = "  "
LEAST_WIDTH: Final = 4
ELLIPSIS: Final = "…"


def say(line: str = "") -> None:
    """One line for a person."""
    _write(clean_text(line))


def note(line: str) -> None:
    """A remark beside the output proper: on stderr, so that a pipe stays clean."""
    print(clean_text(line), file=sys.stderr)


def say_json(value: Any) -> None:
    """One JSON value on one line."""
    line = msgspec.json.encode(value).decode()
    _write(clean_text(line) if sys.stdout.isatty() else line)


class Rows:
    """Prints rows as they come; on a terminal, the first batch decides how wide columns are.
    `empty` is the sentence for a terminal when there are none."""

    def __init__(self, titles: Sequence[str], *, empty: str, right: Iterable[int] = ()) -> None:
        self.titles = tuple(titles)
        self.empty = empty
        self.right = frozenset(right)
        self.on_terminal = sys.stdout.isatty()
        self._widths: list[int] = []

    def print(self, rows: Sequence[Sequence[str]]) -> None:
        cleaned = [tuple(map(clean_line, row)) for row in rows]
        if not self.on_terminal:
            for row in cleaned:
                _write("\t".join(row))
            return
        if not self._widths:
            if not rows:
                say(self.empty)
                return
            self._widths = _widths([self.titles, *cleaned], shutil.get_terminal_size().columns)
            self._print_aligned(self.titles)
        for row in cleaned:
            self._print_aligned(row)

    def _print_aligned(self, row: Sequence[str]) -> None:
        cells = [
            fitted(text, width, right=place in self.right)
            for place, (text, width) in enumerate(zip(row, self._widths, strict=True))
        ]
        _write(GAP.join(cells).rstrip())


def fitted(text: str, width: int, *, right: bool = False) -> str:
    """The text in exactly `width` cells: filled with blanks, or cut with an ellipsis."""
    from rich.cells import cell_len, set_cell_size

    missing = width - cell_len(text)
    if missing < 0:
        return set_cell_size(set_cell_size(text, width - 1).rstrip() + ELLIPSIS, width)
    return " " * missing + text if right else text + " " * missing


def _widths(rows: Sequence[Sequence[str]], room: int) -> list[int]:
    """What each column needs; where that is more than there is, the widest give way first."""
    from rich.cells import cell_len

    widths = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
    room -= len(GAP) * (len(widths) - 1)
    while sum(widths) > room and max(widths) > LEAST_WIDTH:
        widths[widths.index(max(widths))] -= 1
    return widths


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
