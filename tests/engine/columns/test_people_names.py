"""Names are found from the surest way to the loosest, and never guessed between two."""

import pytest

from engine.columns.people_names import person_called
from engine.errors import Invalid

PEOPLE = {
    "p1": "Alpha One",
    "p2": "Bêta Two",
    "p3": "Beta Three",
    "p4": "Gamma Four-Five",
    "p5": "Gamma",
    "p6": "Twin",
    "p7": "Twin",
}


@pytest.mark.parametrize(
    ("typed", "id"),
    [
        ("Alpha One", "p1"),
        ("ALPHA ONE", "p1"),
        ("beta two", "p2"),
        ("al", "p1"),
        ("gamma", "p5"),
        ("gamma f", "p4"),
        ("three", "p3"),
        ("th be", "p3"),
        ("alhpa", "p1"),
        ("gamma fuor-five", "p4"),
        ("Twin #p7", "p7"),
        ("#p6", "p6"),
    ],
)
def test_a_name_is_found(typed: str, id: str) -> None:
    assert person_called(typed, PEOPLE) == id


@pytest.mark.parametrize(
    ("typed", "named"),
    [("beta", "Bêta Two, Beta Three"), ("twin", "Twin #p6, Twin #p7"), ("bet", "Bêta Two, Beta")],
)
def test_two_fitting_people_are_named_to_choose_from(typed: str, named: str) -> None:
    with pytest.raises(Invalid, match=f"may be {named}.*Type more of the name"):
        person_called(typed, PEOPLE)


@pytest.mark.parametrize("typed", ["x", "zzzz", "nobody at all", "#p9", "a" * 100_000])
def test_nobody_is_made_up(typed: str) -> None:
    with pytest.raises(Invalid, match=r"Nobody here is called “.+”. Add the person first"):
        person_called(typed, PEOPLE)


def test_without_people_nobody_is_found() -> None:
    with pytest.raises(Invalid, match=r"Nobody here is called"):
        person_called("anybody", {})
