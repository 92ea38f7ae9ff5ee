"""Reads numbers as people and programs write them: 1,234.50, 1.234,50, 12 %, -$5, 1 000."""

import unicodedata
from collections.abc import Mapping, Sequence

from engine.columns.sentences import quoted
from engine.errors import Invalid
from engine.model.record import JSON

MOST_DIGITS = 15  # as many as a float holds, which is what databases sort and add by
LONGEST = 80
_SIGNS = str.maketrans({"−": "-", "–": "-", "﹣": "-", "－": "-", "．": ".", "，": ",", "_": None})
_SPACES = str.maketrans(dict.fromkeys(" \u00a0\u202f\u2009'’", " "))


def canonical(text: str) -> str | None:
    """The plain decimal number in its one form (no leading or trailing noughts, no exponent, no
    -0); None for anything else, and for more digits than can be kept."""
    body = text.removeprefix("-")
    whole, dot, fraction = body.partition(".")
    if not (whole.isdigit() and body.isascii()) or (dot and not fraction.isdigit()):
        return None
    whole, fraction = whole.lstrip("0"), fraction.rstrip("0")
    if len(whole) + len(fraction) > MOST_DIGITS:
        return None
    if not whole and not fraction:
        return "0"
    sign = "-" if len(body) < len(text) else ""
    return f"{sign}{whole or '0'}.{fraction}" if fraction else f"{sign}{whole}"


def read_number(line: str, settings: Mapping[str, JSON]) -> str:
    """The number that a non-empty line means, in its canonical form. Raises Invalid where there
    is none.

    A comma or dot that can only be a decimal mark, or only a thousands mark, is taken for it;
    one that can be either (1,234) is what the column's `decimal_comma` says."""
    decimal = "," if settings.get("decimal_comma") else "."
    if decimal == "." and (plain := canonical(line)) is not None:
        return plain
    if len(line) > LONGEST:
        raise Invalid(f"{quoted(line)} is too long for a number.")
    sign, digits, _ = _parts(line, "")
    number = _with_dot(digits, decimal)
    unit = settings.get("unit")
    if number is None and isinstance(unit, str) and unit:
        sign, digits, _ = _parts(line, unit)
        number = _with_dot(digits, decimal)
    if number is None:
        raise Invalid(f"{quoted(line)} is not a number. Type digits, like 1234.5 or -20.")
    found = canonical(sign + number)
    if found is None:
        raise Invalid(
            f"{quoted(line)} has more than {MOST_DIGITS} digits. Round it, or use a text column."
        )
    return found


def writes_decimal_comma(texts: Sequence[str]) -> bool:
    """Some of these numbers have a comma that can only be a decimal mark, and none has such a
    dot."""
    marks = {_sure_mark(_parts(text[:LONGEST], "")[1]) for text in texts}
    return "," in marks and "." not in marks


def common_unit(texts: Sequence[str]) -> str | None:
    """The currency sign or % that all these numbers have; empty where none has one, None where
    they differ."""
    units = {_parts(text[:LONGEST], "")[2] for text in texts}
    return units.pop() if len(units) == 1 else None if units else ""


def _parts(line: str, unit: str) -> tuple[str, str, str]:
    """Sign, digits with their marks, and the unit or currency sign around them."""
    text = _ascii_digits(line).translate(_SIGNS)
    if unit:
        text = _without(text, unit)
    text, sign = _unsigned(text.strip())
    text, symbol = _without_symbol(text)
    if not sign:
        text, sign = _unsigned(text)
    return sign, text.translate(_SPACES), symbol


def _ascii_digits(line: str) -> str:
    if line.isascii():
        return line
    return "".join(
        letter if (digit := unicodedata.decimal(letter, None)) is None else str(digit)
        for letter in line
    )


def _without(text: str, unit: str) -> str:
    """The text without the column's own unit, before or behind it, or between sign and digits."""
    folded, unit = text.casefold(), unit.casefold()
    if len(folded) != len(text):  # a letter that folds to two: places would not be the same
        return text
    if folded.endswith(unit):
        return text[: -len(unit)]
    body, sign = _unsigned(text)
    if body.casefold().startswith(unit):
        return sign + body[len(unit) :].lstrip()
    return text


def _unsigned(text: str) -> tuple[str, str]:
    if text[:1] in ("-", "+"):
        return text[1:].lstrip(), text[0].replace("+", "")
    return text, ""


def _without_symbol(text: str) -> tuple[str, str]:
    if not text:
        return text, ""
    if unicodedata.category(text[0]) == "Sc":
        return text[1:].lstrip(), text[0]
    if text[-1] == "%" or unicodedata.category(text[-1]) == "Sc":
        return text[:-1].rstrip(), text[-1]
    return text, ""


def _with_dot(digits: str, decimal: str) -> str | None:
    """The digits with a dot for the decimal mark and nothing else; None if they are no number."""
    mark = _sure_mark(digits) or (decimal if digits.count(decimal) == 1 else "")
    whole, found, fraction = digits.rpartition(mark) if mark else (digits, "", "")
    if found and not fraction.isdigit():
        return None
    plain = _ungrouped(whole)
    if plain is None and not (found and not whole):
        return None
    return f"{plain or '0'}.{fraction}" if found else plain


def _sure_mark(digits: str) -> str:
    """The decimal mark, where it can only be that: the last of two kinds, or one that groups
    nothing."""
    commas, dots = digits.count(","), digits.count(".")
    if commas and dots:
        return "," if digits.rfind(",") > digits.rfind(".") else "."
    if commas + dots == 1 and _ungrouped(digits) is None:
        return "," if commas else "."
    return ""


def _ungrouped(whole: str) -> str | None:
    """Whole digits without their thousands marks; None if these do not stand at every third
    digit."""
    if whole.isdigit():
        return whole
    for mark in " ,.":
        if mark in whole:
            first, *groups = whole.split(mark)
            right = first.isdigit() and 1 <= len(first) <= 3 and first[0] != "0"
            if right and all(len(group) == 3 and group.isdigit() for group in groups):
                return first + "".join(groups)
            return None
    return None
