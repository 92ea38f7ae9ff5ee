"""Text columns: one line."""

from collections.abc import Mapping

from engine.columns.column_type import ColumnType, FilterMaker, Piece, Surroundings
from engine.columns.operands import needed
from engine.columns.sentences import expected_text
from engine.errors import Invalid
from engine.model.predicate import Compare, Contains, Not, Order, Test, TextOrder
from engine.model.record import JSON
from engine.model.text import clean_line, folded

LONGEST = 2_000


class Text(ColumnType):
    key = "text"
    title = "Text"
    hint = "a line of text"
    width = 24
    editor = "line"

    def parse(self, text: str, at: Surroundings) -> JSON:
        return _checked(clean_line(text))

    def validate(self, value: JSON, at: Surroundings) -> JSON:
        return None if value is None else _checked(clean_line(expected_text(value, self.title)))

    def render(self, value: JSON, at: Surroundings) -> tuple[Piece, ...]:
        return (Piece(value),) if isinstance(value, str) else ()

    def text(self, value: JSON, at: Surroundings) -> str:
        return value if isinstance(value, str) else ""

    def order(self, at: Surroundings) -> Order:
        return TextOrder()

    def words(self, value: JSON) -> str:
        return value if isinstance(value, str) else ""

    @property
    def filters(self) -> Mapping[str, FilterMaker]:
        return {**super().filters, **TEXT_FILTERS}

    def guess(self, samples: list[str]) -> float:
        """Anything is text; whatever knows more about the samples goes first."""
        return 0.3


def contains(operand: str, at: Surroundings) -> Test:
    return Contains(folded(needed(operand, "contains")))


def _is(operand: str, at: Surroundings) -> Test:
    return Compare("=", needed(operand, "is"))


TEXT_FILTERS: dict[str, FilterMaker] = {
    "contains": contains,
    "is": _is,
    "not": lambda operand, at: Not(_is(operand, at)),
}


def _checked(line: str) -> str | None:
    if len(line) > LONGEST:
        raise Invalid(
            f"This text has {len(line):,} characters, and a text column holds {LONGEST:,}. "
            "Shorten it, or use a long text column."
        )
    return line or None
