"""Status columns: one label, found by a letter, done or open."""

import pytest

from engine.columns.column_type import Piece, Surroundings
from engine.columns.labels import labels_of
from engine.columns.status import Status
from engine.errors import Invalid
from engine.model.record import JSON
from tests.engine.columns.evaluate import evaluate_test, sorted_by

status = Status()
at = Surroundings(labels=labels_of(status.default_settings()))
VALUES: list[JSON] = ["done", None, "todo", "stuck", "doing"]


def passing(operator: str, operand: str = "") -> list[JSON]:
    test = status.test(operator, operand, at)
    return [value for value in VALUES if evaluate_test(test, value)]


def test_a_new_column_has_four_labels_with_fixed_ids_of_which_one_is_done() -> None:
    assert [(label.id, label.color, label.done) for label in at.labels] == [
        ("todo", "grey", False), ("doing", "orange", False), ("stuck", "red", False),
        ("done", "green", True),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("typed", "id"), [("To do", "todo"), ("w", "doing"), ("STUCK", "stuck"), ("d", "done")]
)
def test_a_letter_is_enough_where_it_fits_one_label(typed: str, id: str) -> None:
    assert status.parse(typed, at) == id


def test_a_label_that_is_not_there_is_refused() -> None:
    with pytest.raises(Invalid, match=r"has no label “gone”. It may have been removed"):
        status.validate("gone", at)
    with pytest.raises(Invalid, match=r"must be text, not a list"):
        status.validate(["done"], at)


def test_a_cell_shows_the_name_and_not_only_the_colour() -> None:
    assert status.render("stuck", at) == (Piece("Stuck", "red", chip=True),)


def test_a_label_removed_since_is_shown_as_removed() -> None:
    assert status.render("gone", at) == (Piece("removed label"),)
    assert status.text("gone", at) == ""


def test_filters_by_name_and_by_what_is_done() -> None:
    assert passing("is", "stuck, done") == ["done", "stuck"]
    assert passing("not", "stuck, done") == [None, "todo", "doing"]
    assert passing("done") == ["done"]
    assert passing("open") == [None, "todo", "stuck", "doing"]
    assert passing("empty") == [None]


def test_an_unknown_label_in_a_filter_is_refused() -> None:
    with pytest.raises(Invalid, match=r"There is no label “lost” here"):
        status.test("is", "done, lost", at)


def test_without_done_labels_everything_is_open() -> None:
    bare = Surroundings(labels=at.labels[:1])
    assert not evaluate_test(status.test("done", "", bare), "todo")
    assert evaluate_test(status.test("open", "", bare), "todo")


def test_sorting_follows_the_order_of_the_labels() -> None:
    assert sorted_by(status.order(at), VALUES) == ["todo", "doing", "stuck", "done", None]
    backwards = sorted_by(status.order(at), VALUES, descending=True)
    assert backwards == ["done", "stuck", "doing", "todo", None]


def test_foreign_labels_are_added_and_their_done_is_understood() -> None:
    settings = status.adopt({"labels": []}, ["Doing", "Closed", "doing", "Open"])
    labels = labels_of(settings)
    assert [label.name for label in labels] == ["Doing", "Closed", "Open"]
    assert [label.done for label in labels] == [False, True, False]
    assert labels[1].color == "green"


def test_known_labels_are_not_added_again_and_stay_as_they_are() -> None:
    settings = status.adopt(status.default_settings(), ["DONE", "to do"])
    assert settings == status.default_settings()


def test_few_texts_again_and_again_look_like_a_status() -> None:
    assert status.guess(["a", "b"] * 10) > 0.5
    assert status.guess([str(number) for number in range(30)]) == 0.0
    assert status.guess(["the same"] * 10) == 0.0
