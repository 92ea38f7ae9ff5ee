"""The item panel's name, fields and subitems as entries of its list."""

from collections.abc import Iterator, Sequence
from typing import Final

from rich.cells import cell_len

from engine.columns.column_type import Piece
from engine.model.column import Column
from engine.model.item import Item
from tui.item_source import ItemSource
from tui.widgets.card_content import Line, Run, drawn_to
from tui.widgets.cells import drawn
from tui.widgets.entry_list import Entry
from tui.widgets.kanban_ink import KanbanSigns
from tui.widgets.wrapped_text import wrapped, wrapped_paragraphs

LABEL_WIDTH: Final = 16
LONG_TEXT_LINES: Final = 14
SHORT_TEXT_LINES: Final = 5
AIR: Final = Entry("", ((),))


def heading(text: str, note: str = "") -> Entry:
    """A section's title, with what is to be known of it at a glance."""
    return Entry("", ((Run(text.upper(), "heading"), Run(f"  {note}" if note else "", "dim")),))


def adding(key: str, text: str) -> Entry:
    """The last entry of a section, which adds to it."""
    return Entry(f"add:{key}", ((Run(f"+ {text}", "dim"),),))


def beside(
    before: Line, text: str, look: tuple[str, ...], width: int, most: int = 4
) -> tuple[Line, ...]:
    """A text behind what stands before it; what has no room there goes on below, so that nothing has to be guessed."""
    left = sum(cell_len(run.text) for run in before)
    first, *rest = wrapped(text, max(width - left, 8), most)
    below = ((Run(" " * left, "text"), Run(line, *look)) for line in rest)
    return (*before, Run(first, *look)), *below


def name_entry(source: ItemSource, width: int) -> Entry:
    lines = wrapped(source.item.name, width, 4)
    return Entry("name", tuple((Run(line, "title"),) for line in lines))


def field_entries(source: ItemSource, width: int, signs: KanbanSigns) -> Iterator[Entry]:
    """A line for each column, set or not: here is where values are given. Long texts follow below."""
    short = [column for column in source.frame.columns if column.type != "long_text"]
    longest = max((cell_len(column.title) for column in short), default=0)
    label = min(longest, LABEL_WIDTH, max(width // 3, 4)) + 2
    for column in short:
        yield _field(source, column, label, width, signs)
    for column in source.frame.columns:
        if column.type == "long_text":
            yield AIR
            yield _long_text(source, column, width, signs)


def subitem_entries(source: ItemSource, width: int, signs: KanbanSigns) -> Iterator[Entry]:
    """Subitems with a tick before those that are done; none for a subitem, which has none."""
    if source.item.parent_id is not None:
        return
    subitems = source.whole.subitems
    done = sum(source.is_done(item) for item in subitems)
    yield heading("Subitems", f"{done} of {len(subitems)} done" if subitems else "")
    for item in subitems:
        yield _subitem(source, item, width, signs)
    if source.can_edit:
        yield adding("subitem", "Add subitem")


def _field(source: ItemSource, column: Column, label: int, width: int, signs: KanbanSigns) -> Entry:
    title = f"{drawn(column.title, label - 2)}  "
    room = max(width - label, 1)
    pieces = source.pieces(column, source.item.values.get(column.id))
    lines = _value_lines(column, pieces, room, signs)
    first: Line = (Run(title, "label"), *lines[0])
    rest = tuple((Run(" " * label, "label"), *line) for line in lines[1:])
    return Entry(f"column:{column.id}", (first, *rest), edit_at=label)


def _value_lines(
    column: Column, pieces: Sequence[Piece], room: int, signs: KanbanSigns
) -> list[Line]:
    if not pieces:
        return [(Run(signs.empty, "dim"),)]
    if any(piece.chip for piece in pieces):
        return chip_lines([piece for piece in pieces if piece.text.strip()], room)
    text = "".join(piece.text for piece in pieces)
    role = "link" if column.type == "link" else "text"
    return [(Run(line, role),) for line in wrapped(text, room, SHORT_TEXT_LINES)]


def chip_lines(pieces: Sequence[Piece], room: int) -> list[Line]:
    """All labels, on as many lines as they need."""
    lines: list[list[Run]] = [[]]
    left = room
    for piece in pieces:
        text = f" {drawn_to(piece.text, max(room - 2, 1))} "
        if lines[-1] and cell_len(text) > left:
            lines.append([])
            left = room
        lines[-1] += [Run(text, "chip" if piece.chip else "text", piece.color), Run(" ", "text")]
        left -= cell_len(text) + 1
    return [tuple(line[:-1]) for line in lines]


def _long_text(source: ItemSource, column: Column, width: int, signs: KanbanSigns) -> Entry:
    value = source.item.values.get(column.id)
    text = wrapped_paragraphs(value, width) if isinstance(value, str) else []
    lines: list[Line] = [(Run(drawn_to(column.title, width), "label"),)]
    lines += [(Run(line, "text"),) for line in text[:LONG_TEXT_LINES]]
    if len(text) > LONG_TEXT_LINES:
        more = len(text) - LONG_TEXT_LINES
        lines.append((Run(drawn_to(f"{signs.ellipsis} {more:,} more lines", width), "dim"),))
    if not text:
        lines.append((Run(signs.empty, "dim"),))
    return Entry(f"column:{column.id}", tuple(lines))


def _subitem(source: ItemSource, item: Item, width: int, signs: KanbanSigns) -> Entry:
    done = source.is_done(item)
    mark = Run(f"{signs.tick if done else signs.untick} ", "text" if done else "dim")
    chip = _status_chip(source, item)
    room = max(width - 3 - cell_len(chip.text), 4)
    name = Run(drawn(item.name, room), "dim" if done else "text")
    return Entry(f"subitem:{item.id}", ((mark, name, Run(" ", "text"), chip),), edit_at=2)


def _status_chip(source: ItemSource, item: Item) -> Run:
    for column in source.frame.columns:
        if column.type == "status":
            for piece in source.pieces(column, item.values.get(column.id)):
                return Run(f" {drawn_to(piece.text, 14)} ", "chip", piece.color)
    return Run("", "dim")
