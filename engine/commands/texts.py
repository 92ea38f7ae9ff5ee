"""Names and texts as commands take them: cleaned, not empty, not endless."""

from typing import Final

from engine.errors import Invalid
from engine.model.board import COLORS
from engine.model.text import clean_line, clean_text

NAME_LIMIT: Final = 500
TEXT_LIMIT: Final = 100_000


def name(text: str, what: str, limit: int = NAME_LIMIT) -> str:
    """A name on one line; raises Invalid when nothing is left of it or it is too long."""
    cleaned = clean_line(text)
    if not cleaned:
        raise Invalid(f"The {what} has no name. Type at least one letter.")
    if len(cleaned) > limit:
        raise Invalid(f"The name of the {what} has {len(cleaned)} letters; {limit} is the most.")
    return cleaned


def body(text: str, what: str) -> str:
    """A text of several lines, possibly empty; raises Invalid when it is too long."""
    cleaned = clean_text(text)
    if len(cleaned) > TEXT_LIMIT:
        raise Invalid(f"The {what} has {len(cleaned):,} letters; {TEXT_LIMIT:,} is the most.")
    return cleaned


def color(word: str) -> str:
    if word not in COLORS:
        raise Invalid(f"There is no colour “{word}”. Choose one of: {', '.join(COLORS)}.")
    return word
