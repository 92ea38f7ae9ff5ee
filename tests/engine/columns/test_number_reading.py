"""Numbers are read as people write them, and marks that may mean two things as the column says."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.columns.number_reading import (
    canonical,
    common_unit,
    read_number,
    writes_decimal_comma,
)
from engine.errors import Invalid
from tests.engine.columns.cases import numbers


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("12.5", "12.5"), ("1,234.50", "1234.5"), ("1.234,50", "1234.5"), ("1,234", "1234"),
        ("1.234", "1.234"), ("1,5", "1.5"), ("0,123", "0.123"), ("1234,567", "1234.567"),
        ("1,234,567", "1234567"), ("1.234.567", "1234567"), ("1.234.567,8", "1234567.8"),
        ("1 234,5", "1234.5"), ("1\u202f234", "1234"), ("1'234.5", "1234.5"), ("1_000", "1000"),
        (".5", "0.5"), (",5", "0.5"), ("-.5", "-0.5"), ("+5", "5"), ("- 5", "-5"), ("−5", "-5"),
        ("-0,0", "0"), ("１２．５", "12.5"), ("٣٤", "34"), ("12%", "12"), ("12 %", "12"),
        ("$5", "5"), ("-$5", "-5"), ("$-5", "-5"), ("5 €", "5"), ("¥1,000", "1000"),
    ],
)  # fmt: skip
def test_usual_spellings_are_read(typed: str, number: str) -> None:
    assert read_number(typed, {}) == number


@pytest.mark.parametrize(
    ("typed", "number"),
    [
        ("1.234", "1234"), ("1,234", "1.234"), ("12.5", "12.5"), ("1,234.5", "1234.5"),
        ("1,234,567", "1234567"), ("1.234,5", "1234.5"), ("15", "15"),
    ],
)  # fmt: skip
def test_with_a_decimal_comma_what_is_open_is_read_the_other_way(typed: str, number: str) -> None:
    assert read_number(typed, {"decimal_comma": True}) == number


@pytest.mark.parametrize(
    ("typed", "unit", "number"),
    [
        ("12 kg", "kg", "12"), ("12KG", "kg", "12"), ("kg 12", "kg", "12"), ("-kg12", "kg", "-12"),
        ("12 m2", "m2", "12"), ("12.5", "5", "12.5"), ("12", "", "12"), ("3 h", "h", "3"),
    ],
)  # fmt: skip
def test_the_columns_own_unit_may_stand_with_the_number(typed: str, unit: str, number: str) -> None:
    assert read_number(typed, {"unit": unit}) == number


@pytest.mark.parametrize(
    "typed",
    [
        "abc", "12 kg", "1.2.3", "1,23,4", "--5", "5-", "5.", "1e5", "∞", "½", "12 34", "$", "-",
        "1,234.567,8", "1..2", "%%5", "0x10", "NaN",
    ],
)  # fmt: skip
def test_what_is_no_number_is_refused_with_an_example(typed: str) -> None:
    with pytest.raises(Invalid, match=r"is not a number. Type digits, like 1234.5 or -20"):
        read_number(typed, {})


def test_too_many_digits_are_refused_and_not_rounded() -> None:
    with pytest.raises(Invalid, match=r"more than 15 digits. Round it, or use a text column"):
        read_number("0.30000000000000004", {})
    with pytest.raises(Invalid, match=r"more than 15 digits"):
        read_number("1,234,567,890,123,456", {})
    with pytest.raises(Invalid, match=r"is too long for a number"):
        read_number("1" * 100_000, {})


@given(numbers())
def test_the_canonical_form_is_its_own(number: str) -> None:
    assert canonical(number) == number
    assert canonical(f"{number}0" if "." in number else f"{number}.0") in (number, None)


@given(st.integers(-(10**15) + 1, 10**15 - 1), st.sampled_from(",. '_"))
def test_grouped_thousands_are_read_back(number: int, mark: str) -> None:
    grouped = f"{number:,}".replace(",", mark)
    settings = {"decimal_comma": mark == "."}
    assert read_number(grouped, {**settings}) == str(number)


@pytest.mark.parametrize(
    ("texts", "comma"),
    [
        (["1,5", "2"], True), (["1.234,5"], True), (["1,234"], False), (["1,5", "1.5"], False),
        (["1.5"], False), (["12"], False), ([], False), (["1,5", "1.234"], True),
    ],
)  # fmt: skip
def test_a_decimal_comma_is_seen_where_it_can_be_nothing_else(
    texts: list[str], comma: bool
) -> None:
    assert writes_decimal_comma(texts) is comma


@pytest.mark.parametrize(
    ("texts", "unit"),
    [
        (["$1", "-$2"], "$"), (["1 €", "€ 2"], "€"), (["1%"], "%"), (["1", "2"], ""),
        (["$1", "2"], None), (["$1", "€2"], None), ([], ""),
    ],
)  # fmt: skip
def test_a_unit_is_seen_where_all_have_it(texts: list[str], unit: str | None) -> None:
    assert common_unit(texts) == unit
