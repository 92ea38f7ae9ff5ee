"""Number columns: decimal numbers, kept as text so that none is ever rounded by storing it."""

from collections.abc import Callable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from math import isfinite
from typing import ClassVar

from engine.columns.column_type import ColumnType, FilterMaker, Piece, Surroundings
from engine.columns.number_reading import (
    MOST_DIGITS,
    canonical,
    common_unit,
    read_number,
    writes_decimal_comma,
)
from engine.columns.operands import bounds, needed
from engine.columns.sentences import quoted
from engine.errors import Invalid
from engine.model.predicate import Both, Compare, NumberOrder, Order, Test
from engine.model.record import JSON
from engine.model.text import clean_line

LONGEST_UNIT = 12
MOST_DECIMALS = 6
NUMERIC_SHARE = 0.95


class Number(ColumnType):
    key = "number"
    title = "Number"
    hint = "12.5"
    width = 12
    editor = "line"
    align_right = True
    totals: ClassVar[tuple[str, ...]] = ("sum", "average", "min", "max", "filled")

    def default_settings(self) -> dict[str, JSON]:
        """`unit` is shown behind the number, or before it; `decimals` None shows as many as
        there are; `decimal_comma` reads and shows 1.234,5 instead of 1,234.5."""
        return {
            "unit": "", "unit_before": False, "decimals": None, "thousands": False,
            "decimal_comma": False,
        }  # fmt: skip

    def validate_settings(self, settings: dict[str, JSON]) -> dict[str, JSON]:
        valid = super().validate_settings(settings)
        for name, first in self.default_settings().items():
            given = settings.get(name, first)
            valid[name] = _SETTINGS[name](given)
        return valid

    def parse(self, text: str, at: Surroundings) -> JSON:
        line = clean_line(text)
        return read_number(line, at.settings) if line else None

    def validate(self, value: JSON, at: Surroundings) -> JSON:
        if value is None or value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, (str, int, float)):
            raise Invalid("A value of a Number column must be a number.")
        number = canonical(value if isinstance(value, str) else _written_out(value))
        if number is None:
            shown = quoted(value) if isinstance(value, str) else "This"
            raise Invalid(f"{shown} is not a number of at most {MOST_DIGITS} digits.")
        return number

    def render(self, value: JSON, at: Surroundings) -> tuple[Piece, ...]:
        if not isinstance(value, str):
            return ()
        shown = _formatted(value, at.settings)
        unit = at.settings.get("unit")
        if not unit:
            return (Piece(shown),)
        if not at.settings.get("unit_before"):
            return (Piece(f"{shown}{unit}" if unit == "%" else f"{shown} {unit}"),)
        sign = "-" if shown.startswith("-") else ""
        return (Piece(f"{sign}{unit}{shown.removeprefix('-')}"),)

    def text(self, value: JSON, at: Surroundings) -> str:
        if not isinstance(value, str):
            return ""
        return value.replace(".", ",") if at.settings.get("decimal_comma") else value

    def order(self, at: Surroundings) -> Order:
        return NumberOrder()

    def words(self, value: JSON) -> str:
        return value if isinstance(value, str) else ""

    @property
    def filters(self) -> Mapping[str, FilterMaker]:
        return {**super().filters, **_COMPARISONS, "between": _between}

    def guess(self, samples: list[str]) -> float:
        """Less for what only looks like numbers (007, phone numbers) or mixes units that would
        be lost."""
        settings: dict[str, JSON] = {"decimal_comma": writes_decimal_comma(samples)}
        numbers = sum(_is_number(sample, settings) for sample in samples)
        share = numbers / max(len(samples), 1)
        if share < NUMERIC_SHARE or common_unit(samples) is None:
            return 0.0
        coded = any(sample[:1] == "0" and sample[1:2].isdigit() for sample in samples)
        return (0.2 if coded else 0.9) * share

    def adopt(self, settings: dict[str, JSON], texts: list[str]) -> dict[str, JSON]:
        """The unit that all the texts have, and whether they write a decimal comma."""
        adopted = {**self.default_settings(), **settings}
        adopted["decimal_comma"] = adopted["decimal_comma"] or writes_decimal_comma(texts)
        unit = common_unit(texts)
        if unit and not adopted["unit"]:
            adopted["unit"] = unit
            adopted["unit_before"] = texts[0].lstrip("+- ").startswith(unit)
        return adopted


def _formatted(value: str, settings: Mapping[str, JSON]) -> str:
    decimals, thousands = settings.get("decimals"), settings.get("thousands")
    if decimals is None and not thousands:
        shown = value
    else:
        number = Decimal(value)
        if isinstance(decimals, int):
            # Halves go up, as people round; the sum makes -0 a 0.
            number = number.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP) + 0
        shown = f"{number:,f}" if thousands else f"{number:f}"
    if settings.get("decimal_comma"):
        return shown.translate(_SWAPPED)
    return shown


_SWAPPED = str.maketrans(",.", ".,")


def _written_out(value: float) -> str:
    """The number without exponent; a float has no more than 15 digits that mean anything."""
    if isinstance(value, int):
        return str(value) if abs(value) < 10**MOST_DIGITS else ""
    return f"{Decimal(f'{value:.{MOST_DIGITS}g}'):f}" if isfinite(value) else ""


def _operand(text: str, operator: str, at: Surroundings) -> float:
    return float(read_number(needed(text, operator), at.settings))


def _comparison(operator: str) -> FilterMaker:
    return lambda operand, at: Compare(operator, _operand(operand, operator, at))


_COMPARISONS: dict[str, FilterMaker] = {
    operator: _comparison(operator) for operator in ("=", "<", "<=", ">", ">=")
}


def _between(operand: str, at: Surroundings) -> Test:
    low, high = (_operand(end, "between", at) for end in bounds(operand))
    return Both(Compare(">=", low), Compare("<=", high))


def _is_number(sample: str, settings: Mapping[str, JSON]) -> bool:
    try:
        read_number(clean_line(sample), settings)
    except Invalid:
        return False
    return True


def _valid_unit(given: JSON) -> JSON:
    unit = clean_line(given) if isinstance(given, str) else None
    if unit is None or len(unit) > LONGEST_UNIT:
        raise Invalid(f"A unit is text of at most {LONGEST_UNIT} characters, like kg or €.")
    return unit


def _valid_decimals(given: JSON) -> JSON:
    if given is None or (type(given) is int and 0 <= given <= MOST_DECIMALS):
        return given
    raise Invalid(f"A number column shows 0 to {MOST_DECIMALS} decimals, or as many as there are.")


def _valid_switch(given: JSON) -> JSON:
    if isinstance(given, bool):
        return given
    raise Invalid("The settings “unit before”, “thousands” and “decimal comma” are on or off.")


_SETTINGS: dict[str, Callable[[JSON], JSON]] = {
    "unit": _valid_unit, "unit_before": _valid_switch, "decimals": _valid_decimals,
    "thousands": _valid_switch, "decimal_comma": _valid_switch,
}  # fmt: skip
