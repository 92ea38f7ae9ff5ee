"""Checkbox columns read every usual yes and no."""

import pytest

from engine.columns.checkbox import CHECKED, UNCHECKED, Checkbox
from engine.columns.column_type import Piece, Surroundings
from engine.errors import Invalid
from engine.model.text import folded
from tests.engine.columns.evaluate import evaluate_test, sorted_by

checkbox, at = Checkbox(), Surroundings()


@pytest.mark.parametrize("word", ["yes", "Y", "TRUE", "x", "✓", "1", "done", " Yes ", "ｘ", "[X]"])
def test_a_yes_is_checked(word: str) -> None:
    assert checkbox.parse(word, at) is True


@pytest.mark.parametrize("word", ["no", "N", "False", "0", "-", "[ ]", "off"])
def test_a_no_is_empty(word: str) -> None:
    assert checkbox.parse(word, at) is None


def test_no_word_means_both_and_all_are_spelt_as_they_are_looked_up() -> None:
    assert not CHECKED & UNCHECKED
    assert {folded(word) for word in CHECKED | UNCHECKED} == CHECKED | UNCHECKED


def test_anything_else_is_refused_with_what_to_type() -> None:
    with pytest.raises(Invalid, match=r"“perhaps” is neither yes nor no. Type yes, no, x, or noth"):
        checkbox.parse("perhaps", at)


def test_false_is_no_value_and_a_number_none_at_all() -> None:
    assert checkbox.validate(False, at) is None
    assert checkbox.validate(True, at) is True
    with pytest.raises(Invalid, match=r"must be true or false"):
        checkbox.validate(1, at)


def test_a_checked_cell_shows_a_tick_without_needing_colour() -> None:
    assert checkbox.render(True, at) == (Piece("✓"),)


def test_filters_and_sorting_know_checked_from_unchecked() -> None:
    checked, unchecked = (checkbox.test(name, "", at) for name in ("checked", "unchecked"))
    assert [evaluate_test(checked, value) for value in (True, None)] == [True, False]
    assert [evaluate_test(unchecked, value) for value in (True, None)] == [False, True]
    assert sorted_by(checkbox.order(at), [None, True, None]) == [True, None, None]


def test_bare_ones_and_noughts_may_as_well_be_numbers() -> None:
    assert checkbox.guess(["yes", "no"]) > 0.9
    assert checkbox.guess(["1", "0"]) < 0.9
    assert checkbox.guess(["yes", "maybe"]) == 0.0
    assert checkbox.guess(["Done", "Open", "Done"]) == 0.0  # a status, though a box would take them
