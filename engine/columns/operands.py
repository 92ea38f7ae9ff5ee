"""Reads what stands behind a filter's operator, where several column types write it alike."""

from engine.columns.sentences import quoted
from engine.errors import Invalid
from engine.model.text import clean_line

BETWEEN = ".."


def bounds(operand: str) -> tuple[str, str]:
    """The two ends of “3..8”; raises Invalid where one is missing."""
    low, found, high = (part.strip() for part in clean_line(operand).partition(BETWEEN))
    if not (low and found and high):
        raise Invalid(f"{quoted(operand)} has no two ends. Write both with dots between: 3..8.")
    return low, high


def needed(operand: str, operator: str) -> str:
    """The operand on one safe line; raises Invalid for an empty one."""
    line = clean_line(operand)
    if not line:
        raise Invalid(f"The filter “{operator}” needs something to compare with.")
    return line
