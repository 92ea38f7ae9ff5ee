"""Checkbox columns: checked, or empty."""

from collections.abc import Mapping
from typing import ClassVar

from engine.columns.column_type import ColumnType, FilterMaker, Piece, Surroundings
from engine.columns.sentences import quoted
from engine.errors import Invalid
from engine.model.predicate import Filled, FilledOrder, Not, Order
from engine.model.record import JSON
from engine.model.text import clean_line, folded

CHECKED = frozenset(
    {"yes", "y", "true", "t", "on", "1", "x", "v", "✓", "✔", "☑", "☒", "[x]", "done", "checked"}
)
UNCHECKED = frozenset(
    {"no", "n", "false", "f", "off", "0", "-", "–", "✗", "✘", "☐", "[ ]", "[]", "open", "unchecked"}
)

STATES = frozenset({"done", "open"})
"""Understood where they are typed; but a foreign column of them says how things stand, and may say more later."""


class Checkbox(ColumnType):
    key = "checkbox"
    title = "Checkbox"
    hint = "yes or no"
    width = 6
    editor = "toggle"
    totals: ClassVar[tuple[str, ...]] = ("checked",)

    def parse(self, text: str, at: Surroundings) -> JSON:
        word = _word(text)
        if word in CHECKED:
            return True
        if word and word not in UNCHECKED:
            raise Invalid(f"{quoted(text)} is neither yes nor no. Type yes, no, x, or nothing.")
        return None

    def validate(self, value: JSON, at: Surroundings) -> JSON:
        if value is None or isinstance(value, bool):
            return value or None
        raise Invalid("A value of a Checkbox column must be true or false.")

    def render(self, value: JSON, at: Surroundings) -> tuple[Piece, ...]:
        return (Piece("✓"),) if value else ()

    def text(self, value: JSON, at: Surroundings) -> str:
        return "yes" if value else ""

    def order(self, at: Surroundings) -> Order:
        return FilledOrder()

    @property
    def filters(self) -> Mapping[str, FilterMaker]:
        return {
            **super().filters,
            "checked": lambda operand, at: Filled(),
            "unchecked": lambda operand, at: Not(Filled()),
        }

    def guess(self, samples: list[str]) -> float:
        """Sure for words; unsure for a column of bare ones and noughts, which may as well be
        numbers."""
        words = {_word(sample) for sample in samples}
        if not words or not words <= (CHECKED | UNCHECKED) - STATES:
            return 0.0
        return 0.6 if words <= {"0", "1", "-"} else 0.95


def _word(text: str) -> str:
    """The text as the tables above spell it."""
    return folded(clean_line(text))
