"""The styles that the table draws with, in one place: made once for each theme."""

from collections.abc import Callable
from dataclasses import dataclass

from rich.style import Style

COMPONENTS = (
    "row", "dim", "header", "header-cursor", "cursor-row", "cursor-row-dim", "cursor",
    "selected", "selected-dim", "mark", "rule",
)  # fmt: skip
"""Component classes of the table, each styled in the style sheet as `table--<name>`."""


@dataclass(frozen=True)
class RowInk:
    """How one row is drawn: its text, what stands back, and the cell under the cursor."""

    text: Style
    dim: Style
    cursor: Style


@dataclass(frozen=True)
class Ink:
    """`color(name)` is a colour as text on the row's ground, `chip(name)` a filled label."""

    row: RowInk
    selected: RowInk
    cursor_row: RowInk
    header: Style
    header_cursor: Style
    mark: Style
    rule: Style
    color: Callable[[str], Style]
    chip: Callable[[str], Style]
    bar: str = "▄"

    @classmethod
    def from_components(
        cls, style: Callable[[str], Style], color: Callable[[str], Style],
        chip: Callable[[str], Style],
    ) -> "Ink":  # fmt: skip
        """`style` gives the style of a component class by its full name."""
        found = {name: style(f"table--{name}") for name in COMPONENTS}
        cursor = found["cursor"]
        return cls(
            row=RowInk(found["row"], found["dim"], cursor),
            selected=RowInk(found["selected"], found["selected-dim"], cursor),
            cursor_row=RowInk(found["cursor-row"], found["cursor-row-dim"], cursor),
            header=found["header"], header_cursor=found["header-cursor"], mark=found["mark"],
            rule=found["rule"], color=color, chip=chip,
        )  # fmt: skip
