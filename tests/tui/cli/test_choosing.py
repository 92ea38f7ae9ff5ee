"""A word names a board, group or column by id, by its whole name, or by the beginning of one name."""

import pytest

from engine.errors import NotFound, UsageError
from engine.model.column import Column
from tui.cli.choosing import chosen, is_number, titles

BOARDS = [("id1", "Launch plan"), ("id2", "Laundry"), ("id3", "Élan"), ("id4", "Lau")]


@pytest.mark.parametrize(
    ("word", "place"),
    [("id2", 1), ("laundry", 1), ("LAUNCH PLAN", 0), ("Launc", 0), ("elan", 2), ("lau", 3)],
)
def test_a_word_finds_what_it_means(word: str, place: int) -> None:
    assert chosen(word, BOARDS, "board") == place


def test_a_beginning_of_two_names_is_refused_with_both() -> None:
    with pytest.raises(UsageError, match="“La” could be “Launch plan”, “Laundry” or “Lau”"):
        chosen("La", BOARDS, "board")


def test_one_name_twice_asks_for_the_id() -> None:
    twins = [("one", "Plan"), ("two", "plan")]
    with pytest.raises(UsageError, match=r"by its id: one \(“Plan”\), two \(“plan”\)"):
        chosen("Plan", twins, "board")
    assert chosen("two", twins, "board") == 1


def test_what_is_not_there_is_told_with_what_is() -> None:
    with pytest.raises(
        NotFound, match=r"There is no board “x”\. There is “Launch plan”, “Laundry”"
    ):
        chosen("x", BOARDS, "board")
    with pytest.raises(NotFound, match="there is none at all yet"):
        chosen("x", [], "board")


def test_an_empty_word_means_nothing() -> None:
    with pytest.raises(NotFound):
        chosen("", BOARDS, "board")


def test_hostile_words_are_not_repeated_raw() -> None:
    with pytest.raises(NotFound) as caught:
        chosen("a\x1b]0;title\x07b", BOARDS, "board")
    assert "\x1b" not in str(caught.value)


def test_many_candidates_are_not_all_listed() -> None:
    with pytest.raises(NotFound, match="and 88 more"):
        chosen("x", [(str(n), f"Board {n}") for n in range(100)], "board")


def test_columns_with_one_title_are_told_apart_by_a_number() -> None:
    columns = [
        Column(id=id, board_id="b", type="text", title=title)
        for id, title in (("a", "Note"), ("b", "Note"), ("c", "Note (2)"))
    ]
    assert titles(columns) == {"a": "Note", "b": "Note (2)", "c": "Note (2) (2)"}


@pytest.mark.parametrize(
    ("word", "is_one"), [("12", True), ("#12", True), ("", False), ("#", False), ("01m8", False)]
)
def test_items_are_numbers_with_or_without_their_mark(word: str, is_one: bool) -> None:
    assert is_number(word) is is_one
