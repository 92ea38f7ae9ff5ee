"""Breaks a text into lines of at most so many cells, at spaces where there are any."""

from functools import lru_cache

from rich.cells import cell_len, chop_cells, set_cell_size

from engine.model.text import clean_line, clean_text


@lru_cache(8192)
def wrapped(text: str, width: int, most: int) -> tuple[str, ...]:
    """At least one line and at most `most`; what does not fit ends in “…”. Cleaned, since the text may be
    anybody's."""
    width = max(width, 1)
    lines: list[str] = []
    line = ""
    for word in clean_line(text).split(" "):
        joined = f"{line} {word}" if line else word
        if cell_len(joined) <= width:
            line = joined
            continue
        if line:
            lines.append(line)
        *whole, line = chop_cells(word, width) or [""]
        lines += whole
        if len(lines) > most:
            break
    lines.append(line)
    if len(lines) <= most:
        return tuple(lines)
    return (*lines[: most - 1], _cut(lines[most - 1], width))


def wrapped_paragraphs(text: str, width: int) -> list[str]:
    """A text of several lines: each is wrapped by itself and keeps its indentation, as far as that leaves
    room to read."""
    lines: list[str] = []
    for line in clean_text(text).expandtabs(4).split("\n"):
        indent = min(len(line) - len(line.lstrip(" ")), width // 3)
        room = max(width - indent, 1)
        lines += [" " * indent + part for part in wrapped(line, room, max(len(line), 1))]
    return lines


def _cut(line: str, width: int) -> str:
    if cell_len(line) < width:
        return f"{line}…"
    return set_cell_size(line, width - 1).rstrip() + "…"
