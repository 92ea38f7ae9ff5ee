"""Text columns keep one clean line, and are found and filtered by it."""

import pytest

from engine.columns.column_type import Surroundings
from engine.columns.text import Text
from engine.errors import Invalid
from tests.engine.columns.evaluate import evaluate_test, sorted_by

text, at = Text(), Surroundings()


def test_white_space_and_controls_are_folded_away() -> None:
    assert text.parse("  one\n\ttwo\x1b[31m red\x07 ", at) == "one two red"


def test_a_text_too_long_is_refused_with_both_numbers() -> None:
    assert text.parse("a" * 2_000, at) == "a" * 2_000
    with pytest.raises(Invalid, match=r"has 2,001 characters, and a text column holds 2,000"):
        text.parse("a" * 2_001, at)


@pytest.mark.parametrize(
    ("sent", "kind"), [(1, "a number"), (True, "true or false"), ([], "a list"), ({}, "an object")]
)
def test_what_is_not_text_is_refused_by_its_kind(sent: object, kind: str) -> None:
    with pytest.raises(Invalid, match=f"must be text, not {kind}"):
        text.validate(sent, at)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("operator", "operand", "found"),
    [
        ("contains", "cafe", ["Café au lait", "the CAFÉ"]),
        ("is", "the CAFÉ", ["the CAFÉ"]),
        ("not", "the CAFÉ", ["Café au lait", "tea", None]),
        ("empty", "", [None]),
    ],
)
def test_filters_find_what_they_say(operator: str, operand: str, found: list[str | None]) -> None:
    values = ["Café au lait", "tea", "the CAFÉ", None]
    test = text.test(operator, operand, at)
    assert [value for value in values if evaluate_test(test, value)] == found


def test_a_filter_without_operand_says_what_is_missing() -> None:
    with pytest.raises(Invalid, match=r"The filter “contains” needs something to compare with"):
        text.test("contains", " ", at)


def test_sorting_ignores_case_and_accents() -> None:
    assert sorted_by(text.order(at), ["b", None, "É", "a", "D"]) == ["a", "b", "D", "É", None]


def test_a_search_finds_the_whole_text() -> None:
    assert text.words("Some words") == "Some words"
