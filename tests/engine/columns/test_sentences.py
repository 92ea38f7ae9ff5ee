"""Refusals quote what was typed, safely and shortly."""

from engine.columns.sentences import choices, quoted


def test_a_quote_is_short_and_harmless() -> None:
    assert quoted("\x1b[31mred\u202e\n text") == "“red text”"
    assert quoted("a" * 1_000_000) == "“" + "a" * 39 + "…”"


def test_of_many_choices_the_first_are_named_and_the_rest_counted() -> None:
    assert choices(["a", "b"]) == "a, b"
    assert choices(map(str, range(100))) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11 and 88 more"
