"""Labels: which settings are accepted, and which label a text means."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.columns.labels import (
    as_setting,
    label_called,
    labels_of,
    surroundings_for,
    valid_labels,
    with_labels,
)
from engine.errors import Invalid
from engine.model.board import COLORS, Label
from engine.model.column import Column
from engine.model.record import JSON
from tests.engine.columns.cases import texts

TO_DO = Label(id="a", name="To do")
DONE = Label(id="b", name="Done", color="green", done=True)
DOUBT = Label(id="c", name="Dubious", color="red")
LABELS = (TO_DO, DONE, DOUBT)


def settings_of(*labels: object) -> dict[str, JSON]:
    return {"labels": list(labels)}  # type: ignore[arg-type]


def test_labels_come_back_from_the_settings_they_were_written_to() -> None:
    assert labels_of({"labels": as_setting(LABELS)}) == LABELS
    assert valid_labels({"labels": as_setting(LABELS)}) == LABELS


def test_surroundings_hold_the_decoded_labels_of_a_column() -> None:
    column = Column(
        id="s", board_id="b", type="status", title="State",
        settings={"labels": as_setting(LABELS)},
    )  # fmt: skip
    at = surroundings_for(column, {"p": "Somebody"}, date(2026, 11, 24), 60)
    assert at.labels == LABELS
    assert (at.people, at.today, at.utc_offset) == ({"p": "Somebody"}, date(2026, 11, 24), 60)
    assert at.settings == column.settings


def test_a_column_without_labels_has_none() -> None:
    assert labels_of({}) == () and valid_labels({}) == ()


@pytest.mark.parametrize(
    ("labels", "sentence"),
    [
        (["a"], "Each label needs an id, a name and a colour"),
        ([{"id": "a"}], "Each label needs an id, a name"),
        ([{"id": 1, "name": "x"}], "Each label needs an id, a name"),
        ([{"id": "a", "name": "  "}], "must have 1 to 60 characters"),
        ([{"id": "a", "name": "x" * 61}], "must have 1 to 60 characters"),
        ([{"id": "a", "name": "x", "color": "mauve"}], "“mauve” is no colour. Choose one of: gr"),
        ([{"id": "a,b", "name": "x"}], "The label “x” needs an id of letters and digits"),
        ([{"id": "", "name": "x"}], "The label “x” needs an id of letters and digits"),
        ([{"id": "a", "name": "x"}, {"id": "a", "name": "y"}], "have the same id “a”"),
        ([{"id": "a", "name": "É"}, {"id": "b", "name": "e"}], "have the same name “e”"),
        ([{"id": f"l{i}", "name": f"n{i}"} for i in range(201)], "can have 200 labels, and these"),
    ],
)  # fmt: skip
def test_labels_that_break_a_rule_are_refused(labels: list[object], sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        valid_labels(settings_of(*labels))


def test_label_names_are_cleaned() -> None:
    (label,) = valid_labels(settings_of({"id": "a", "name": " To\x1b[31m \n do "}))
    assert label.name == "To do"


@pytest.mark.parametrize(
    ("typed", "found"),
    [("done", DONE), ("DÓNE", DONE), ("t", TO_DO), ("To d", TO_DO), ("du", DOUBT), ("do", DONE)],
)
def test_a_label_is_found_by_name_or_by_how_it_starts(typed: str, found: Label) -> None:
    assert label_called(typed, LABELS) == found


def test_a_whole_name_wins_over_a_longer_one_that_starts_so() -> None:
    longer = Label(id="x", name="Done and dusted")
    assert label_called("done", (longer, DONE)) == DONE


def test_several_fitting_labels_are_named() -> None:
    with pytest.raises(Invalid, match=r"“d” fits several labels: Done, Dubious. Type more of the"):
        label_called("d", LABELS)


def test_an_unknown_label_is_answered_with_the_choices() -> None:
    with pytest.raises(Invalid, match=r"no label “x” here. Choose one of: To do, Done, Dubious"):
        label_called("x", LABELS)
    with pytest.raises(Invalid, match=r"this column has none yet. Add it first"):
        label_called("x", ())


def test_new_labels_go_behind_the_known_ones_in_the_next_colours() -> None:
    labels = with_labels(LABELS, ["DONE", "New", "new", "", "  Other "])
    assert labels[:3] == LABELS
    assert [(label.name, label.color) for label in labels[3:]] == [
        ("New", COLORS[3]), ("Other", COLORS[4]),
    ]  # fmt: skip


def test_the_same_names_give_the_same_ids() -> None:
    assert with_labels((), ["a", "b"]) == with_labels((), ["a", "b"])


def test_a_renamed_label_keeps_its_id_for_itself() -> None:
    (old,) = with_labels((), ["Old"])
    renamed = Label(id=old.id, name="Renamed")
    assert len({label.id for label in with_labels((renamed,), ["Old"])}) == 2


@given(st.lists(texts))
def test_any_texts_become_valid_labels(names: list[str]) -> None:
    labels = with_labels((), names)
    assert valid_labels({"labels": as_setting(labels)}) == labels


def test_a_column_is_never_given_more_labels_than_it_can_have() -> None:
    labels = with_labels(LABELS, map(str, range(1_000)))
    assert len(labels) == 200
    assert valid_labels({"labels": as_setting(labels)}) == labels
