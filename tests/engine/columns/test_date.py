"""Date columns: what is kept, what is shown, and which days a filter means where the reader
lives."""

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.columns.column_type import Surroundings
from engine.columns.date import Date
from engine.errors import Invalid
from engine.model.record import JSON
from tests.engine.columns.cases import dates, local_day, offsets, on
from tests.engine.columns.evaluate import evaluate_test, sorted_by

column = Date()
TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("typed", "offset", "kept"),
    [
        ("2026-05-03", 60, "2026-05-03"),
        ("2026-05-03 14:30", 0, "2026-05-03T14:30Z"),
        ("2026-05-03 14:30", 120, "2026-05-03T12:30Z"),
        ("2026-05-03 00:30", 120, "2026-05-02T22:30Z"),
        ("2026-05-03 22:00", -300, "2026-05-04T03:00Z"),
        ("2026-05-03T14:30+02:00", -300, "2026-05-03T12:30Z"),
        ("2026-05-03T14:30:59.999Z", 60, "2026-05-03T14:30Z"),
        ("tomorrow", 60, "2026-11-25"),
    ],
)
def test_days_stay_days_and_times_are_kept_in_utc(typed: str, offset: int, kept: str) -> None:
    assert column.parse(typed, on(TUESDAY, offset)) == kept


@pytest.mark.parametrize(
    "sent",
    [
        "2026-02-30", "2026-13-01", "2026-5-3", "0999-12-31", "20260503", "2026-W05-1", "2026-123",
        "2026-05-03T24:00Z", "2026-05-03T12:60Z", "2026-05-03T12:30", "2026-05-03 12:30Z",
        "2026-05-03T12:30:00Z", "2026-05-03T1२:30Z", "9999-12-31T00:00Z", "tomorrow",
        "２０２６-05-03", "2026-05-03\n",
    ],
)  # fmt: skip
def test_what_is_not_a_stored_date_is_refused(sent: str) -> None:
    with pytest.raises(Invalid, match=r"is not a date as it is stored. Write 2026-05-03, or"):
        column.validate(sent, on(TUESDAY))


@pytest.mark.parametrize("sent", [20260503, True, [], {}])
def test_what_is_not_text_is_refused(sent: JSON) -> None:
    with pytest.raises(Invalid, match=r"must be text"):
        column.validate(sent, on(TUESDAY))


@pytest.mark.parametrize("typed", ["0999-12-31", "+8000y", "9999-12-31 23:59", "1000-01-01 00:00"])
def test_dates_beyond_the_calendar_are_refused(typed: str) -> None:
    with pytest.raises(Invalid, match=r"is too far away. Dates go from the year 1000 to 9999"):
        column.parse(typed, on(TUESDAY, 60))


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("2026-11-24", "Today"),
        ("2026-11-25", "Tomorrow"),
        ("2026-11-23", "Yesterday"),
        ("2026-11-27", "Fri 27 Nov"),
        ("2027-05-03", "3 May 2027"),
        ("2026-11-24T13:30Z", "Today 14:30"),
        ("2026-11-24T23:30Z", "Tomorrow 00:30"),
        ("2026-05-03T08:05Z", "Sun 3 May 09:05"),
    ],
)
def test_a_cell_speaks_as_people_do(value: str, shown: str) -> None:
    (piece,) = column.render(value, on(TUESDAY, 60))
    assert piece.text == shown


def test_text_is_local_time_without_the_words_that_change_by_the_day() -> None:
    assert column.text("2026-05-03", on(TUESDAY, 60)) == "2026-05-03"
    assert column.text("2026-05-03T23:30Z", on(TUESDAY, 60)) == "2026-05-04 00:30"


near = st.integers(-3, 3).map(lambda days: TUESDAY + timedelta(days=days))
near_times = st.builds(
    "{}T{:02}:{:02}Z".format, near.map(date.isoformat), st.integers(0, 23), st.sampled_from((0, 30))
)
near_dates = near.map(date.isoformat) | near_times

MEANINGS: dict[str, Callable[[date, date], bool]] = {
    "on": lambda found, day: found == day,
    "before": lambda found, day: found < day,
    "after": lambda found, day: found > day,
}


@pytest.mark.parametrize("operator", sorted(MEANINGS))
@given(value=near_dates | dates, day=near | st.dates(date(1000, 1, 1)), offset=offsets)
def test_a_filter_by_day_means_the_local_day(
    operator: str, value: str, day: date, offset: int
) -> None:
    test = column.test(operator, day.isoformat(), on(TUESDAY, offset))
    assert evaluate_test(test, value) is MEANINGS[operator](local_day(value, offset), day)


@given(value=near_dates, first=near, last=near, offset=offsets)
def test_between_takes_both_days_in(value: str, first: date, last: date, offset: int) -> None:
    test = column.test("between", f"{first}..{last}", on(TUESDAY, offset))
    assert evaluate_test(test, value) is (first <= local_day(value, offset) <= last)


@given(value=near_dates, offset=offsets)
def test_today_overdue_and_the_days_ahead_are_counted_from_today(value: str, offset: int) -> None:
    at, found = on(TUESDAY, offset), local_day(value, offset)
    ahead = (found - TUESDAY).days
    assert evaluate_test(column.test("today", "", at), value) is (ahead == 0)
    assert evaluate_test(column.test("overdue", "", at), value) is (ahead < 0)
    assert evaluate_test(column.test("next_days", "2", at), value) is (0 <= ahead <= 2)
    monday = TUESDAY - timedelta(days=1)
    in_week = monday <= found <= monday + timedelta(days=6)
    assert evaluate_test(column.test("this_week", "", at), value) is in_week


@given(offset=offsets)
def test_no_filter_by_day_finds_an_item_without_a_date(offset: int) -> None:
    at = on(TUESDAY, offset)
    operands = {"between": "today..tomorrow", "next_days": "7"}
    plain = {"empty", "filled"}
    for operator in set(column.filters) - plain:
        assert not evaluate_test(column.test(operator, operands.get(operator, "today"), at), None)


def test_filters_take_words() -> None:
    at = on(TUESDAY)
    assert evaluate_test(column.test("before", "next friday", at), "2026-12-03")
    assert evaluate_test(column.test("between", "today .. in 2 weeks", at), "2026-12-08")


def test_a_filter_refuses_a_time_and_a_strange_number_of_days() -> None:
    with pytest.raises(Invalid, match=r"compares whole days: leave the time out of “today 9am”"):
        column.test("after", "today 9am", on(TUESDAY))
    for operand in ("many", "-1", "3651", "99999999", "²"):
        with pytest.raises(Invalid, match=r"is not a number of days"):
            column.test("next_days", operand, on(TUESDAY))


def test_sorting_goes_by_time_and_a_day_comes_before_its_times() -> None:
    values: list[JSON] = ["2026-05-03T00:00Z", None, "2026-05-03", "2026-05-02T23:59Z"]
    in_order = ["2026-05-02T23:59Z", "2026-05-03", "2026-05-03T00:00Z", None]
    assert sorted_by(column.order(on(TUESDAY)), values) == in_order


def test_the_setting_day_first_settles_what_may_be_two_days() -> None:
    def read(day_first: bool | None) -> JSON:
        settings: dict[str, JSON] = {"day_first": day_first}
        return column.parse("5/12/2026", Surroundings(settings=settings, today=TUESDAY))

    assert read(True) == "2026-12-05"
    assert read(False) == "2026-05-12"
    with pytest.raises(Invalid, match=r"may be 5 December or 12 May"):
        read(None)


def test_day_first_is_on_off_or_open() -> None:
    assert column.validate_settings({"day_first": True}) == {"day_first": True}
    with pytest.raises(Invalid, match=r"is on, off, or not set"):
        column.validate_settings({"day_first": "yes"})


def test_foreign_dates_settle_which_comes_first() -> None:
    first = column.default_settings()
    assert column.adopt(first, ["5/12/2026", "25/12/2026"])["day_first"] is True
    assert column.adopt(first, ["5/12/2026", "12/25/2026"])["day_first"] is False
    assert column.adopt(first, ["5/12/2026"])["day_first"] is None
    assert column.adopt({"day_first": False}, ["25/12/2026"])["day_first"] is False
