"""What commands print: JSON lines, tab-separated lines in a pipe, an aligned table on a terminal.

Text that other people wrote is cleaned once more here, and measured by the cells it takes.
"""

import shutil
import sys
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import msgspec

from engine.model.text import clean_line, clean_text

GAP: Final = "  "
LEAST_WIDTH: Final = 8
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

    `empty` is the sentence for a terminal when there are none. `least` is how narrow a column may get, by
    its place; what then does not fit is left out from the right, and a remark names it."""

    def __init__(
        self, titles: Sequence[str], *, empty: str, right: Iterable[int] = (),
        least: Mapping[int, int] | None = None,
    ) -> None:  # fmt: skip
        self.titles = tuple(titles)
        self.empty = empty
        self.right = frozenset(right)
        self.least = least or {}
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
            self._widths = self._fitting([self.titles, *cleaned])
            self._print_aligned(self.titles)
        for row in cleaned:
            self._print_aligned(row)

    def _print_aligned(self, row: Sequence[str]) -> None:
        cells = [
            fitted(text, width, right=place in self.right)
            for place, (text, width) in enumerate(zip(row, self._widths, strict=False))
        ]
        _write(GAP.join(cells).rstrip())

    def _fitting(self, rows: Sequence[Sequence[str]]) -> list[int]:
        from rich.cells import cell_len

        needed = [max(map(cell_len, column)) for column in zip(*rows, strict=True)]
        widths = fitting(needed, self.least, shutil.get_terminal_size().columns)
        if left_out := self.titles[len(widths) :]:
            note(f"Too narrow for: {', '.join(left_out)}")
        return widths


def fitted(text: str, width: int, *, right: bool = False) -> str:
    """The text in exactly `width` cells: filled with blanks, or cut with an ellipsis."""
    from rich.cells import cell_len, set_cell_size

    missing = width - cell_len(text)
    if missing < 0:
        return set_cell_size(set_cell_size(text, width - 1).rstrip() + ELLIPSIS, width)
    return " " * missing + text if right else text + " " * missing


def fitting(needed: Sequence[int], least: Mapping[int, int], room: int) -> list[int]:
    """How wide columns are in so much room: as they need, or the widest give way down to their least,
    and the last ones are left out."""
    lowest = [min(width, least.get(place, LEAST_WIDTH)) for place, width in enumerate(needed)]
    while len(lowest) > 1 and sum(lowest) + len(GAP) * (len(lowest) - 1) > room:
        lowest.pop()
    widths = list(needed[: len(lowest)])
    room -= len(GAP) * (len(widths) - 1)
    while sum(widths) > room:
        spare = [place for place, width in enumerate(widths) if width > lowest[place]]
        if not spare:
            break
        widths[max(spare, key=widths.__getitem__)] -= 1
    return widths


def _write(line: str) -> None:
    sys.stdout.write(f"{line}\n")
