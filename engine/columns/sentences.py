"""Words that the refusals of several column types share: what was typed, in quotes, and the
choices there are."""

from collections.abc import Iterable

from engine.errors import Invalid
from engine.model.text import clean_line

LONGEST_QUOTE = 40
MOST_CHOICES = 12


def quoted(text: str) -> str:
    """The text in typographic quotes, safe to draw and cut to what a sentence can bear."""
    # Cut before cleaning: the text may be a pasted megabyte.
    line = clean_line(text[: 4 * LONGEST_QUOTE])
    return f"“{line if len(line) <= LONGEST_QUOTE else line[: LONGEST_QUOTE - 1] + '…'}”"


def choices(names: Iterable[str]) -> str:
    """The names, comma separated; of many only the first, and how many more there are."""
    known = list(names)
    shown = ", ".join(known[:MOST_CHOICES])
    more = len(known) - MOST_CHOICES
    return f"{shown} and {more} more" if more > 0 else shown


def expected_text(value: object, title: str) -> str:
    """The value, which must be text; raises Invalid for anything else that JSON can hold."""
    if isinstance(value, str):
        return value
    kind = _KINDS.get(type(value), "something else")
    raise Invalid(f"A value of a {title} column must be text, not {kind}.")


_KINDS: dict[type, str] = {
    bool: "true or false", int: "a number", float: "a number", list: "a list", dict: "an object",
    type(None): "nothing",
}  # fmt: skip
