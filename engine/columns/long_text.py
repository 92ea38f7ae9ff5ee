"""Long text columns: as many lines as it takes."""

from collections.abc import Mapping

from engine.columns.column_type import ColumnType, FilterMaker, Piece, Surroundings
from engine.columns.sentences import expected_text
from engine.columns.text import contains
from engine.columns.text_merge import merged_text
from engine.errors import Invalid
from engine.model.predicate import Order, TextOrder
from engine.model.record import JSON
from engine.model.text import clean_text

LONGEST = 100_000
SHOWN = 500  # no cell is wider, and a cell must not cost what the whole text would
MANY_WORDS = 100  # characters on average from which a foreign column looks like long text


class LongText(ColumnType):
    key = "long_text"
    title = "Long text"
    hint = "text of several lines"
    width = 32
    editor = "text"

    def parse(self, text: str, at: Surroundings) -> JSON:
        return _checked(clean_text(text).strip())

    def validate(self, value: JSON, at: Surroundings) -> JSON:
        if value is None:
            return None
        return _checked(clean_text(expected_text(value, self.title)).strip())

    def render(self, value: JSON, at: Surroundings) -> tuple[Piece, ...]:
        return (Piece(" ".join(value[:SHOWN].split())),) if isinstance(value, str) else ()

    def text(self, value: JSON, at: Surroundings) -> str:
        return value if isinstance(value, str) else ""

    def order(self, at: Surroundings) -> Order:
        return TextOrder()

    def words(self, value: JSON) -> str:
        return value if isinstance(value, str) else ""

    def merge(self, was: JSON, mine: JSON, theirs: JSON) -> tuple[JSON] | None:
        merged = merged_text(*(one if isinstance(one, str) else "" for one in (was, mine, theirs)))
        return None if merged is None else (merged or None,)

    @property
    def filters(self) -> Mapping[str, FilterMaker]:
        return {**super().filters, "contains": contains}

    def guess(self, samples: list[str]) -> float:
        if any("\n" in sample for sample in samples):
            return 0.8
        average = sum(map(len, samples)) / max(len(samples), 1)
        return 0.6 if average > MANY_WORDS else 0.1


def _checked(text: str) -> str | None:
    if len(text) > LONGEST:
        raise Invalid(
            f"This text has {len(text):,} characters, and a long text column holds {LONGEST:,}. "
            "Shorten it, or attach it as a file."
        )
    return text or None
