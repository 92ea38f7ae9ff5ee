"""People columns: members by name, in the order of names."""

import pytest

from engine.columns.column_type import Piece, Surroundings
from engine.columns.people import People
from engine.errors import Invalid
from engine.model.record import JSON
from tests.engine.columns.evaluate import evaluate_test, sorted_by

people = People()
at = Surroundings(
    people={"p1": "Alpha One", "p2": "Beta Two", "p3": "Beta Two", "p4": "Four, Gamma", "p5": "C#"}
)
VALUES: list[JSON] = [["p2", "p4"], None, ["p1"], ["p4"]]


def test_people_are_read_in_any_order_and_kept_in_that_of_names() -> None:
    assert people.parse('"Four, Gamma", alpha, one', at) == ["p1", "p4"]
    assert people.validate(["p4", "p1", "p4"], at) == ["p1", "p4"]


def test_people_of_one_name_are_told_apart_in_text() -> None:
    assert people.text(["p2"], at) == "Beta Two #p2"
    assert people.parse("Beta Two #p3", at) == ["p3"]


def test_names_with_commas_and_marks_come_back() -> None:
    assert people.text(["p4", "p5"], at) == '"Four, Gamma", C# #p5'
    assert people.parse('"Four, Gamma", C# #p5', at) == ["p4", "p5"]


@pytest.mark.parametrize("sent", [["p9"], [1], [None], [["p1"]]])
def test_who_is_no_member_is_refused(sent: list[JSON]) -> None:
    with pytest.raises(Invalid, match=r"There is no member “.+” in this organization"):
        people.validate(sent, at)


def test_what_is_no_list_is_refused() -> None:
    with pytest.raises(Invalid, match=r"must be a list of member ids"):
        people.validate("p1", at)


def test_nobody_is_no_value() -> None:
    assert people.validate([], at) is None


def test_too_many_people_are_refused() -> None:
    with pytest.raises(Invalid, match=r"holds 200 people, and these are 201"):
        people.validate([f"p{number}" for number in range(201)], Surroundings())


def test_where_members_are_unknown_ids_stand_and_come_back() -> None:
    nobody = Surroundings()
    assert people.validate(["b", "a", "b"], nobody) == ["a", "b"]
    assert people.text(["a", "b"], nobody) == "#a, #b"
    assert people.parse("#a, #b", nobody) == ["a", "b"]
    with pytest.raises(Invalid, match=r"There is no member"):
        people.validate(["no id, this"], nobody)


def test_a_cell_shows_plain_names() -> None:
    assert people.render(["p1", "p2"], at) == (Piece("Alpha One, Beta Two"),)
    assert people.render(["gone"], at) == (Piece("unknown person"),)


def test_filters_look_for_any_or_none_of_the_people() -> None:
    some, none = (people.test(name, '"four, gamma"', at) for name in ("any", "none"))
    assert [value for value in VALUES if evaluate_test(some, value)] == [["p2", "p4"], ["p4"]]
    assert [value for value in VALUES if evaluate_test(none, value)] == [None, ["p1"]]


def test_sorting_goes_by_the_first_name() -> None:
    assert sorted_by(people.order(at), VALUES) == [["p1"], ["p2", "p4"], ["p4"], None]


def test_capitalized_words_may_be_names() -> None:
    assert people.guess(["Alpha One", "Beta Two, Alpha One"]) > 0.4
    assert people.guess(["alpha", "beta"]) == 0.0
    assert people.guess([]) == 0.0
