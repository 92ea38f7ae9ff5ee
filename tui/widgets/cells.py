"""Draws what a cell shows, exactly as wide as the cell: text, chips, people, totals."""

from collections.abc import Callable, Sequence
from functools import lru_cache

from rich.cells import cell_len, set_cell_size
from rich.segment import Segment
from rich.style import Style

from engine.columns.column_type import Piece

ChipStyle = Callable[[str], Style]
"""The style of a filled label by the name of its colour."""


@lru_cache(8192)
def drawn(text: str, width: int) -> str:
    """The text exactly `width` cells wide."""
    return (
        set_cell_size(text, width)
        if cell_len(text) <= width
        else set_cell_size(text, width - 1) + "…"
    )


def cell(
    pieces: Sequence[Piece], width: int, base: Style, chip: ChipStyle, *, right: bool = False
) -> list[Segment]:
    """Segments of together exactly `width` cells. Text keeps one cell of air to its left."""
    if width < 1:
        return []
    if right:
        text = drawn("".join(piece.text for piece in pieces), max(width - 1, 0)).strip()
        return [Segment(" " * (width - 1 - cell_len(text)) + text + " ", base)] if width > 1 else [
            Segment(" ", base)
        ]  # fmt: skip
    return _side_by_side(pieces, width, base, chip)


def filled_chip(piece: Piece, width: int, chip: ChipStyle) -> Segment:
    """A chip as wide as its cell, its text in the middle."""
    text = drawn(piece.text, width).strip() if width < 3 else drawn(piece.text, width - 2).strip()
    left = (width - cell_len(text)) // 2
    return Segment(" " * left + text + " " * (width - left - cell_len(text)), chip(piece.color))


def _side_by_side(
    pieces: Sequence[Piece], width: int, base: Style, chip: ChipStyle
) -> list[Segment]:
    segments = [Segment(" ", base)]
    room = width - 1
    for piece in pieces:
        text = f" {piece.text} " if piece.chip else piece.text
        length = cell_len(text)
        if length > room:
            if room > 0:
                style = chip(piece.color) if piece.chip and room > 2 else base
                segments.append(Segment(drawn(text, room), style))
            room = 0
            break
        segments.append(Segment(drawn(text, length), chip(piece.color) if piece.chip else base))
        room -= length
        if piece.chip and room:
            segments.append(Segment(" ", base))
            room -= 1
    if room:
        segments.append(Segment(" " * room, base))
    return segments
