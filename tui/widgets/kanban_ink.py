"""The styles and signs that the kanban draws with, in one place: made once for each theme."""

from collections.abc import Callable
from dataclasses import dataclass

from rich.style import Style

from tui.widgets.table_drawing import Signs

COMPONENTS = (
    "ground", "empty", "card", "card-dim", "cursor", "cursor-dim", "selected", "selected-dim",
    "mark", "thumb", "drop",
)  # fmt: skip
"""Component classes of the kanban, each styled in the style sheet as `kanban--<name>`."""


@dataclass(frozen=True)
class KanbanSigns(Signs):
    """The table's signs and those of lanes, cards and the item panel; the cursor's card has another bar, for
    eyes and terminals without colour."""

    cursor: str = "█"
    left: str = "‹"
    right: str = "›"
    thumb: str = "▌"
    drop: str = "━"
    empty: str = "–"
    tick: str = "✓"
    untick: str = "○"
    link: str = "↗"
    into: str = "›"
    becomes: str = "→"


@dataclass(frozen=True)
class CardInk:
    """How one card is drawn: its text, and what stands back."""

    text: Style
    dim: Style


@dataclass(frozen=True)
class KanbanInk:
    """`color(name)` is a colour as text, `chip(name)` a filled label."""

    ground: Style
    empty: Style
    card: CardInk
    cursor: CardInk
    selected: CardInk
    mark: Style
    thumb: Style
    drop: Style
    color: Callable[[str], Style]
    chip: Callable[[str], Style]

    @classmethod
    def from_components(
        cls, style: Callable[[str], Style], color: Callable[[str], Style],
        chip: Callable[[str], Style],
    ) -> "KanbanInk":  # fmt: skip
        """`style` gives the style of a component class by its full name."""
        found = {name: style(f"kanban--{name}") for name in COMPONENTS}
        return cls(
            ground=found["ground"], empty=found["empty"],
            card=CardInk(found["card"], found["card-dim"]),
            cursor=CardInk(found["cursor"], found["cursor-dim"]),
            selected=CardInk(found["selected"], found["selected-dim"]),
            mark=found["mark"], thumb=found["thumb"], drop=found["drop"],
            color=color, chip=chip,
        )  # fmt: skip
