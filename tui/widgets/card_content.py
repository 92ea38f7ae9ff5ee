"""What stands on a card: its title and only those fields that are set, as runs of text; knows no colours."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from typing import Final, NamedTuple

from rich.cells import cell_len

from engine.columns.column_type import Piece
from engine.model.column import Column
from engine.queries.board_view import ItemRow
from tui.widgets.cells import drawn
from tui.widgets.table_drawing import Signs
from tui.widgets.wrapped_text import wrapped

LEAST_CHIP: Final = 4
TITLED: Final = frozenset({"number", "checkbox", "text", "long_text"})
"""Types whose values say too little without their column's title."""


class Run(NamedTuple):
    """A stretch of a line: `role` is `title`, `text`, `dim` or `chip`."""

    text: str
    role: str
    color: str = ""


Line = tuple[Run, ...]
Field = tuple[Column, tuple[Piece, ...]]


class Density(NamedTuple):
    """How many lines the title, the labels and the other fields may take, or (`listed`) a line for each
    field with its title; and how many lines stand empty between two cards."""

    title: int
    chips: int
    words: int
    listed: bool
    gap: int


DENSITIES: Final[Mapping[str, Density]] = {
    "compact": Density(title=1, chips=0, words=0, listed=False, gap=0),
    "normal": Density(title=2, chips=1, words=2, listed=False, gap=1),
    "full": Density(title=4, chips=0, words=1, listed=True, gap=1),
}
"""By name, from low cards to high ones."""


def card_lines(
    row: ItemRow, fields: Sequence[Field], width: int, density: Density, signs: Signs
) -> list[Line]:
    """The lines of a card, each at most `width` cells; `fields` are those with something to show."""
    lines: list[Line] = [
        (Run(text, "title"),) for text in wrapped(row.item.name, width, density.title)
    ]
    tail = " ".join(_counts(row, signs))
    if density.listed:
        lines += _listed(fields, width)
        return [*lines, (Run(drawn_to(f"{row.item.tag} {tail}".strip(), width), "dim"),)]
    if density.chips:
        lines += _chip_line(
            [piece for _, pieces in fields for piece in pieces if piece.chip], width
        )
    words = [word for field in fields if (word := _word(*field))]
    return lines + _word_lines([*words, *([tail] if tail else [])], width, density.words)


def drawn_to(text: str, width: int) -> str:
    """The text, cut if it is wider than so many cells."""
    return text if cell_len(text) <= width else drawn(text, width)


def _counts(row: ItemRow, signs: Signs) -> Iterator[str]:
    for sign, count in (
        (signs.branch, row.subitems),
        (signs.comment, row.comments),
        (signs.attachment, row.attachments),
    ):
        if count:
            yield f"{sign}{count}"


def _listed(fields: Sequence[Field], width: int) -> list[Line]:
    longest = max((cell_len(column.title) for column, _ in fields), default=0)
    label = min(longest, max(width // 3, 4))
    room = width - label - 1
    lines: list[Line] = []
    for column, pieces in fields:
        shown = _chips([p for p in pieces if p.chip], room) or (Run(_plain(pieces, room), "text"),)
        lines.append((Run(f"{drawn(column.title, label)} ", "dim"), *shown))
    return lines


def _plain(pieces: Sequence[Piece], room: int) -> str:
    return wrapped("".join(piece.text for piece in pieces), room, 1)[0]


def _chip_line(chips: Sequence[Piece], width: int) -> list[Line]:
    return [_chips(chips, width)] if chips else []


def _chips(chips: Sequence[Piece], width: int) -> Line:
    """Labels side by side; how many more there are stands behind those that fit."""
    runs: list[Run] = []
    room = width
    for place, piece in enumerate(chips):
        more = len(chips) - place - 1
        rest = f" +{more}" if more else ""
        text = f" {piece.text} "
        wanted = min(cell_len(text), room - cell_len(rest))
        if runs and cell_len(text) > wanted:
            runs.append(Run(f"+{more + 1}", "dim"))
            break
        text = f" {drawn_to(piece.text, max(wanted - 2, 1))} "
        runs += [Run(text, "chip", piece.color), Run(" ", "text")]
        room -= cell_len(text) + 1
        if more and room < LEAST_CHIP + len(rest):
            runs.append(Run(f"+{more}", "dim"))
            break
    while runs and runs[-1].text == " ":
        runs.pop()
    return _cut(runs, width)


def _cut(runs: Sequence[Run], width: int) -> Line:
    """As many of these runs as there is room for; the last is cut."""
    kept: list[Run] = []
    for run in runs:
        room = width - sum(cell_len(one.text) for one in kept)
        if room > 0:
            kept.append(run._replace(text=drawn_to(run.text, room)))
    return tuple(kept)


def _word(column: Column, pieces: tuple[Piece, ...]) -> str:
    """A field among others on a line; labels are shown as chips instead."""
    if any(piece.chip for piece in pieces):
        return ""
    text = "".join(piece.text for piece in pieces)
    if column.type == "checkbox":
        return f"{text} {column.title}"
    return f"{column.title} {text}" if column.type in TITLED else text


def _word_lines(words: Sequence[str], width: int, most: int) -> list[Line]:
    """Words with points between them, broken only there where that is possible."""
    lines: list[str] = []
    for word in words if most else ():
        short = wrapped(word, width, 1)[0]
        joined = f"{lines[-1]} · {short}" if lines else ""
        if lines and cell_len(joined) <= width:
            lines[-1] = joined
        elif len(lines) < most:
            lines.append(short)
        else:
            lines[-1] = drawn_to(f"{lines[-1]} …", width)
            break
    return [tuple(_runs(line)) for line in lines]


def _runs(line: str) -> Iterator[Run]:
    """The points between words stand back."""
    for is_point, letters in groupby(line, key=lambda letter: letter == "·"):
        yield Run("".join(letters), "point" if is_point else "dim")
