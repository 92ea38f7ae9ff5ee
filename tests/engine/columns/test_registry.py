"""The laws that hold for every column type, tried on each that is registered."""

import subprocess
import sys

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.columns.column_type import Surroundings
from engine.columns.registry import COLUMN_TYPES, column_type
from engine.errors import Invalid
from engine.model.board import COLORS
from engine.model.record import JSON
from engine.model.text import clean_text
from tests.engine.columns.cases import (
    EVERY_TYPE,
    HOSTILE,
    cases,
    json_values,
    surroundings,
    texts,
)
from tests.engine.columns.evaluate import evaluate_test, sort_key, sorted_by

EDITORS = {"line", "text", "labels", "people", "date", "toggle"}
TOTALS = {
    "filled", "sum", "average", "min", "max", "spread", "checked", "earliest_latest",
}  # fmt: skip

every_type = pytest.mark.parametrize("key", EVERY_TYPE)
thorough = settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))


def test_the_nine_types_of_the_first_release_are_there() -> None:
    assert EVERY_TYPE == [
        "text", "long_text", "number", "date", "status", "people", "tags", "checkbox", "link",
    ]  # fmt: skip


def test_an_unknown_type_is_refused_with_the_choices() -> None:
    with pytest.raises(Invalid, match=r"There is no column type “formula”. There are: text, "):
        column_type("formula")


def test_loading_all_types_loads_nothing_heavy() -> None:
    code = "import sys, engine.columns.registry; print(*sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = set(done.stdout.split())
    assert not loaded & {"dateparser", "rapidfuzz", "sqlalchemy", "textual", "rich"}
    assert "engine.columns.date_reading" not in loaded


@every_type
def test_a_type_says_what_the_screens_need_to_know(key: str) -> None:
    kind = column_type(key)
    assert kind.key == key
    assert kind.title and kind.hint and 4 <= kind.width <= 40
    assert kind.editor in EDITORS
    assert kind.totals and set(kind.totals) <= TOTALS


@every_type
def test_default_settings_are_valid_and_canonical(key: str) -> None:
    kind = column_type(key)
    assert kind.validate_settings(kind.default_settings()) == kind.default_settings()


@every_type
@thorough
@given(data=st.data())
def test_reading_the_text_of_a_value_gives_the_value(key: str, data: st.DataObject) -> None:
    at, value = data.draw(cases(key))
    kind = column_type(key)
    assert kind.parse(kind.text(value, at), at) == value


@every_type
@thorough
@given(data=st.data())
def test_validating_leaves_a_valid_value_as_it_is(key: str, data: st.DataObject) -> None:
    at, value = data.draw(cases(key))
    assert column_type(key).validate(value, at) == value


@every_type
@thorough
@given(data=st.data())
def test_a_value_shows_something_on_one_safe_line(key: str, data: st.DataObject) -> None:
    at, value = data.draw(cases(key))
    pieces = column_type(key).render(value, at)
    shown = "".join(piece.text for piece in pieces)
    assert shown.strip()
    assert "\n" not in shown and clean_text(shown) == shown
    assert all(piece.color in (*COLORS, "") for piece in pieces)
    assert all(piece.text for piece in pieces if piece.chip)


@every_type
@thorough
@given(data=st.data())
def test_whatever_people_type_is_a_valid_value_or_refused(key: str, data: st.DataObject) -> None:
    at, text = data.draw(surroundings(key)), data.draw(texts)
    kind = column_type(key)
    value = _value_or_refusal(lambda: kind.parse(text, at))
    assert kind.validate(value, at) == value
    assert kind.parse(kind.text(value, at), at) == value


@every_type
@thorough
@given(data=st.data())
def test_whatever_comes_over_the_wire_is_valid_or_refused(key: str, data: st.DataObject) -> None:
    at, sent = data.draw(surroundings(key)), data.draw(json_values)
    kind = column_type(key)
    value = _value_or_refusal(lambda: kind.validate(sent, at))
    assert kind.validate(value, at) == value
    assert isinstance(kind.render(value, at), tuple)


@every_type
@thorough
@given(data=st.data())
def test_settings_from_the_wire_are_made_canonical_or_refused(
    key: str, data: st.DataObject
) -> None:
    kind = column_type(key)
    known = st.sampled_from(("total", "unit", "day_first", "decimals", *kind.default_settings()))
    sent = data.draw(st.dictionaries(known | texts, json_values, max_size=4))
    checked = _value_or_refusal(lambda: dict(kind.validate_settings(sent)))
    if isinstance(checked, dict):
        assert kind.validate_settings(checked) == checked


@every_type
@pytest.mark.parametrize("hostile", HOSTILE)
def test_hostile_text_never_comes_out_of_a_cell_or_a_refusal(key: str, hostile: str) -> None:
    kind, at = column_type(key), Surroundings()
    try:
        value = kind.parse(hostile, at)
    except Invalid as refusal:
        assert clean_text(str(refusal)) == str(refusal)
        assert len(str(refusal)) < 400
    else:
        shown = "".join(piece.text for piece in kind.render(value, at)) + kind.text(value, at)
        assert clean_text(shown) == shown


@every_type
@pytest.mark.parametrize("nothing", ["", "   ", "\t\n", "\x1b[0m"])
def test_empty_text_is_no_value(key: str, nothing: str) -> None:
    kind, at = column_type(key), Surroundings()
    assert kind.parse(nothing, at) is None
    assert kind.text(None, at) == ""
    assert kind.render(None, at) == ()
    assert kind.validate(None, at) is None
    assert kind.words(None) == ""


@every_type
@thorough
@given(data=st.data())
def test_empty_and_filled_part_the_items(key: str, data: st.DataObject) -> None:
    at, value = data.draw(cases(key))
    kind = column_type(key)
    assert evaluate_test(kind.test("filled", "", at), value)
    assert not evaluate_test(kind.test("filled", "", at), None)
    assert evaluate_test(kind.test("empty", "", at), None)
    assert not evaluate_test(kind.test("empty", "", at), value)


@every_type
@thorough
@given(data=st.data())
def test_sorting_puts_empty_values_last_either_way(key: str, data: st.DataObject) -> None:
    at, value = data.draw(cases(key))
    order = column_type(key).order(at)
    assert sorted_by(order, [None, value]) == [value, None]
    assert sorted_by(order, [None, value], descending=True) == [value, None]
    assert sort_key(order, value) == sort_key(order, value)


@every_type
@thorough
@given(data=st.data())
def test_a_filter_with_any_operand_is_a_test_or_refused(key: str, data: st.DataObject) -> None:
    at, value = data.draw(cases(key))
    kind = column_type(key)
    operator = data.draw(st.sampled_from(sorted(kind.filters)))
    operand = data.draw(texts | st.sampled_from(("1..5", "3", "today", "2026-01-01..2026-02-01")))
    try:
        test = kind.test(operator, operand, at)
    except Invalid as refusal:
        assert str(refusal).endswith((".", "?"))
    else:
        assert evaluate_test(test, value) in (True, False)


@every_type
def test_an_unknown_filter_is_refused_with_the_choices(key: str) -> None:
    with pytest.raises(Invalid, match=r"has no filter “sounds like”. It has: empty, filled"):
        column_type(key).test("sounds like", "", Surroundings())


@every_type
def test_a_total_must_be_one_of_the_types_own(key: str) -> None:
    kind = column_type(key)
    chosen = kind.default_settings() | {"total": kind.totals[-1]}
    assert kind.validate_settings(chosen)["total"] == kind.totals[-1]
    with pytest.raises(Invalid, match=r"has no such total"):
        kind.validate_settings(kind.default_settings() | {"total": "median"})


@every_type
@thorough
@given(samples=st.lists(texts.filter(bool), max_size=8))
def test_a_guess_lies_between_nothing_and_sure(key: str, samples: list[str]) -> None:
    assert 0.0 <= column_type(key).guess(samples) <= 1.0


@every_type
@thorough
@given(samples=st.lists(texts, max_size=8))
def test_adopted_settings_are_valid(key: str, samples: list[str]) -> None:
    kind = column_type(key)
    adopted = kind.adopt(kind.default_settings(), samples)
    assert kind.validate_settings(adopted) == adopted


@pytest.mark.parametrize(
    ("wanted", "samples"),
    [
        ("number", ["1", "2.5", "-3,000", "12"]),
        ("number", ["$5.00", "$12.50"]),
        ("date", ["2026-05-03", "2026-11-24 10:00"]),
        ("date", ["3 May 2026", "Nov 24, 2026"]),
        ("date", ["5/12/2026", "25/12/2026"]),
        ("checkbox", ["yes", "no", "yes"]),
        ("checkbox", ["x"]),
        ("link", ["https://example.org", "http://example.com/x"]),
        ("status", ["Open", "Closed", "Open", "Open", "Closed"]),
        ("tags", ["red, blue", "blue", "red, green", "green, blue"]),
        ("long_text", ["one\ntwo", "three"]),
        ("text", ["a plain title", "another one", "a third"]),
        ("text", ["0049 171 1", "0049 171 2", "0049 172 3"]),
        ("text", ["007", "0815", "0042", "00"]),
    ],
)
def test_foreign_columns_get_the_type_that_fits_them(wanted: str, samples: list[str]) -> None:
    best = max(COLUMN_TYPES.values(), key=lambda kind: kind.guess(samples))
    assert best.key == wanted


def _value_or_refusal(read: object) -> JSON:
    """What it gives; None where it refuses, which must be in a sentence."""
    assert callable(read)
    try:
        value: JSON = read()
    except Invalid as refusal:
        sentence = str(refusal)
        assert sentence.endswith(".") and len(sentence) < 400
        assert clean_text(sentence) == sentence
        return None
    return value
