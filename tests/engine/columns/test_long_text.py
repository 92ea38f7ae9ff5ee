"""Long text columns keep lines, and show them as one."""

import pytest

from engine.columns.column_type import Piece, Surroundings
from engine.columns.long_text import LongText
from engine.errors import Invalid
from tests.engine.columns.evaluate import evaluate_test

long_text, at = LongText(), Surroundings()


def test_lines_and_tabs_stay_and_controls_go() -> None:
    assert long_text.parse("one\r\n\ttwo\x1b]0;title\x07\u202e\n\n", at) == "one\n\ttwo"


def test_a_cell_shows_the_lines_as_one() -> None:
    assert long_text.render("one\n\n  two", at) == (Piece("one two"),)


def test_a_cell_of_a_very_long_text_shows_only_its_beginning() -> None:
    (piece,) = long_text.render("word " * 20_000, at)
    assert piece.text.startswith("word word") and len(piece.text) <= 500


def test_a_text_too_long_is_refused_with_a_way_out() -> None:
    with pytest.raises(Invalid, match=r"100,001 characters.*attach it as a file"):
        long_text.parse("a" * 100_001, at)


def test_contains_looks_at_all_lines() -> None:
    test = long_text.test("contains", "TWO", at)
    assert evaluate_test(test, "one\ntwo")
    assert not evaluate_test(test, "one\nthree")


def test_texts_with_lines_or_many_words_look_like_long_text() -> None:
    assert long_text.guess(["a\nb", "c"]) > 0.5
    assert long_text.guess(["many words " * 20]) > 0.5
    assert long_text.guess(["few words"]) < 0.3
