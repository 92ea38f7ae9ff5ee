"""Number columns keep decimals exactly, and show them as the column says."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.columns.column_type import Piece, Surroundings
from engine.columns.number import Number
from engine.errors import Invalid
from engine.model.record import JSON
from tests.engine.columns.cases import numbers
from tests.engine.columns.evaluate import evaluate_test, sorted_by

number, at = Number(), Surroundings()


def shown(value: str, **settings: JSON) -> str:
    (piece,) = number.render(value, Surroundings(settings=settings))
    return piece.text


@pytest.mark.parametrize(
    ("sent", "kept"),
    [
        ("12.50", "12.5"), ("-0", "0"), ("-0.0", "0"), ("007", "7"), (12, "12"), (0.1 + 0.2, "0.3"),
        (1e-5, "0.00001"), (-3.0, "-3"), (-0.0, "0"), ("999999999999999", "999999999999999"),
    ],
)  # fmt: skip
def test_a_number_is_kept_in_one_form(sent: JSON, kept: str) -> None:
    assert number.validate(sent, at) == kept


@pytest.mark.parametrize(
    "sent",
    [
        "1e5", "1,5", "NaN", "Infinity", "1_0", " 1", "١", "+1", "1.", ".5", "0x1", "-", "--1",
        "1234567890123456", float("nan"), float("inf"), 1e300, 10**20,
    ],
)  # fmt: skip
def test_what_is_no_plain_number_is_refused(sent: JSON) -> None:
    with pytest.raises(Invalid, match=r"is not a number of at most 15 digits"):
        number.validate(sent, at)


def test_a_number_too_long_to_write_out_is_refused() -> None:
    with pytest.raises(Invalid, match=r"is not a number of at most 15 digits"):
        number.validate(10**5_000, at)


@pytest.mark.parametrize("sent", [True, [], {}, [1]])
def test_what_is_neither_number_nor_text_is_refused(sent: JSON) -> None:
    with pytest.raises(Invalid, match=r"must be a number"):
        number.validate(sent, at)


def test_an_empty_text_is_no_value() -> None:
    assert number.validate("", at) is None


@given(numbers())
def test_floats_hold_every_number_that_can_be_kept(value: str) -> None:
    assert number.validate(float(value), at) == value


@pytest.mark.parametrize(
    ("value", "settings", "text"),
    [
        ("1234.5", {}, "1234.5"),
        ("1234.5", {"thousands": True}, "1,234.5"),
        ("1234.5", {"thousands": True, "decimal_comma": True}, "1.234,5"),
        ("2.5", {"decimals": 0}, "3"),
        ("-2.5", {"decimals": 0}, "-3"),
        ("-0.4", {"decimals": 0}, "0"),
        ("2", {"decimals": 2}, "2.00"),
        ("5", {"unit": "kg"}, "5 kg"),
        ("5", {"unit": "%"}, "5%"),
        ("-5", {"unit": "€", "unit_before": True, "decimals": 2}, "-€5.00"),
    ],
)
def test_a_cell_shows_unit_decimals_and_thousands(
    value: str, settings: dict[str, JSON], text: str
) -> None:
    assert shown(value, **settings) == text


@given(numbers(), st.integers(0, 6), st.booleans())
def test_what_is_shown_is_at_most_half_a_step_off(
    value: str, decimals: int, thousands: bool
) -> None:
    text = shown(value, decimals=decimals, thousands=thousands).replace(",", "")
    assert abs(Decimal(text) - Decimal(value)) <= Decimal(5).scaleb(-decimals - 1)


def test_a_number_stands_on_the_right() -> None:
    assert number.align_right
    assert number.render("1", at) == (Piece("1"),)


@pytest.mark.parametrize(
    ("operator", "operand", "found"),
    [
        ("=", "10.0", ["10"]),
        ("<", "9", ["-3", "8.5"]),
        ("<=", "8.5", ["-3", "8.5"]),
        (">", "8.5", ["10", "100"]),
        (">=", "10", ["10", "100"]),
        ("between", "8..10", ["8.5", "10"]),
        ("between", "-5 .. 0", ["-3"]),
    ],
)
def test_filters_compare_as_numbers(operator: str, operand: str, found: list[str]) -> None:
    test = number.test(operator, operand, at)
    values = ["-3", "8.5", None, "10", "100"]
    assert [value for value in values if evaluate_test(test, value)] == found


def test_a_filter_needs_a_number() -> None:
    with pytest.raises(Invalid, match=r"“many” is not a number"):
        number.test(">", "many", at)
    with pytest.raises(Invalid, match=r"has no two ends"):
        number.test("between", "3", at)
    with pytest.raises(Invalid, match=r"needs something to compare with"):
        number.test("=", "", at)


@given(st.lists(numbers()))
def test_sorting_goes_by_size(values: list[str]) -> None:
    in_order = sorted_by(number.order(at), [None, *values])
    assert in_order[:-1] == sorted(values, key=Decimal)
    assert in_order[-1] is None


@pytest.mark.parametrize(
    "settings",
    [
        {"unit": "x" * 13}, {"unit": 5}, {"decimals": 7}, {"decimals": -1}, {"decimals": True},
        {"decimals": 1.5}, {"thousands": 1}, {"decimal_comma": None}, {"unit_before": "yes"},
    ],
)  # fmt: skip
def test_settings_that_make_no_sense_are_refused(settings: dict[str, JSON]) -> None:
    with pytest.raises(Invalid, match=r"unit|decimals|thousands"):
        number.validate_settings(settings)


def test_settings_left_out_are_the_first_ones() -> None:
    assert number.validate_settings({}) == number.default_settings()
    assert number.validate_settings({"unit": " k\x07g "})["unit"] == "kg"


def test_foreign_numbers_bring_their_unit_and_their_comma() -> None:
    euros = number.adopt(number.default_settings(), ["€ 1,5", "€ 1.234", "-€ 12,25"])
    assert (euros["unit"], euros["unit_before"], euros["decimal_comma"]) == ("€", True, True)
    assert number.parse("€ 1.234", Surroundings(settings=euros)) == "1234"
    percents = number.adopt(number.default_settings(), ["5%", "12.5 %"])
    assert (percents["unit"], percents["unit_before"]) == ("%", False)
    assert not percents["decimal_comma"]


def test_a_unit_that_was_chosen_stays() -> None:
    settings = number.default_settings() | {"unit": "kg"}
    assert number.adopt(settings, ["$1"])["unit"] == "kg"


def test_codes_and_mixed_units_do_not_look_like_numbers() -> None:
    assert number.guess(["1", "2,5", "1_000"]) > 0.8
    assert number.guess(["007", "0815"]) < 0.3
    assert number.guess(["$5", "€5"]) == 0.0
    assert number.guess(["1", "two"]) == 0.0
    assert number.guess([]) == 0.0
