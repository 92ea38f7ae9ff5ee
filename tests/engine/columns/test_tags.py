"""Tags columns: any number of labels, kept in the order of the labels."""

import pytest

from engine.columns.column_type import Piece, Surroundings
from engine.columns.labels import as_setting, labels_of
from engine.columns.tags import Tags
from engine.errors import Invalid
from engine.model.board import Label
from engine.model.record import JSON
from tests.engine.columns.evaluate import evaluate_test, sorted_by

tags = Tags()
at = Surroundings(
    labels=(
        Label(id="u", name="urgent", color="red"),
        Label(id="b", name="back, front", color="blue"),
        Label(id="d", name="docs"),
    )
)
VALUES: list[JSON] = [["d"], None, ["u", "d"], ["b"]]


def test_tags_are_read_in_any_order_and_kept_in_that_of_the_labels() -> None:
    assert tags.parse('docs, urgent, "back, front", docs', at) == ["u", "b", "d"]
    assert tags.validate(["d", "u", "d"], at) == ["u", "d"]


def test_text_quotes_a_name_with_a_comma() -> None:
    assert tags.text(["u", "b"], at) == 'urgent, "back, front"'


def test_no_tags_are_no_value() -> None:
    assert tags.validate([], at) is None
    assert tags.parse(" , ", at) is None


@pytest.mark.parametrize("sent", [["gone"], [1], [None], [["u"]], [{}]])
def test_ids_that_are_no_labels_are_refused(sent: list[JSON]) -> None:
    with pytest.raises(Invalid, match=r"This tags column has no label “.+”"):
        tags.validate(sent, at)


def test_what_is_no_list_is_refused() -> None:
    with pytest.raises(Invalid, match=r"must be a list of label ids"):
        tags.validate("u", at)


def test_a_cell_shows_a_chip_for_each() -> None:
    chips = (Piece("urgent", "red", chip=True), Piece(" "), Piece("docs", "grey", chip=True))
    assert tags.render(["u", "d"], at) == chips


def test_labels_removed_since_leave_a_trace() -> None:
    assert tags.render(["gone"], at) == (Piece("removed label"),)
    assert tags.render(["d", "gone"], at)[1:] == (Piece(" "), Piece("removed label"))


def test_filters_look_for_any_or_none_of_the_tags() -> None:
    some = tags.test("any", "urgent, docs", at)
    none = tags.test("none", "urgent", at)
    assert [value for value in VALUES if evaluate_test(some, value)] == [["d"], ["u", "d"]]
    assert [value for value in VALUES if evaluate_test(none, value)] == [["d"], None, ["b"]]


def test_sorting_goes_by_the_first_tag() -> None:
    assert sorted_by(tags.order(at), VALUES) == [["u", "d"], ["b"], ["d"], None]


def test_a_tag_is_never_done() -> None:
    labels = (Label(id="x", name="x", done=True),)
    checked = tags.validate_settings({"labels": as_setting(labels)})
    assert not labels_of(checked)[0].done


def test_foreign_tags_are_added_one_by_one() -> None:
    settings = tags.adopt({"labels": []}, ["red, blue", "blue;green", '"a, b"'])
    assert [label.name for label in labels_of(settings)] == ["red", "blue", "green", "a, b"]


def test_lists_with_names_that_come_again_look_like_tags() -> None:
    assert tags.guess(["a, b", "b, c", "a", "c, a"]) > 0.7
    assert tags.guess(["a", "b", "a"]) == 0.0
    assert tags.guess(["Well, that was it", "Once, long ago"]) == 0.0
