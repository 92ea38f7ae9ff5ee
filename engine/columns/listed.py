"""A list of names as one line of text: commas between them, and quotes around a name that has
one itself."""

from collections.abc import Iterable

SEPARATORS = ",;"
QUOTE = '"'


def join_names(names: Iterable[str]) -> str:
    """One line that `split_names` takes apart into the same names."""
    return ", ".join(_protected(name) for name in names)


def split_names(text: str) -> list[str]:
    """The names in a comma or semicolon separated line, trimmed; empty ones are left out. A name
    in double quotes may hold separators, and a quote written twice."""
    if QUOTE not in text:
        parts = text.replace(";", ",").split(",")
        return [name for part in parts if (name := part.strip())]
    names = []
    at = 0
    while at < len(text):
        name, at = _next_name(text, at)
        if name:
            names.append(name)
    return names


def _protected(name: str) -> str:
    if QUOTE in name or any(separator in name for separator in SEPARATORS):
        return QUOTE + name.replace(QUOTE, QUOTE * 2) + QUOTE
    return name


def _next_name(text: str, at: int) -> tuple[str, int]:
    """The name that starts at `at`, and where the next one starts."""
    while at < len(text) and text[at].isspace():
        at += 1
    quoted, at = _quoted_part(text, at) if text.startswith(QUOTE, at) else ("", at)
    end = at
    while end < len(text) and text[end] not in SEPARATORS:
        end += 1
    # Text behind a closing quote is not dropped: `"a" b` is the name `a b`.
    return (quoted + text[at:end].rstrip()).strip(), end + 1


def _quoted_part(text: str, at: int) -> tuple[str, int]:
    """What stands in the quotes that open at `at`, and where they end; an open end reaches to
    the last letter."""
    letters: list[str] = []
    at += 1
    while at < len(text):
        if text[at] == QUOTE:
            if not text.startswith(QUOTE, at + 1):
                return "".join(letters), at + 1
            at += 1
        letters.append(text[at])
        at += 1
    return "".join(letters), at
