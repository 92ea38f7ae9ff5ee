"""Days in words and figures, counted from a Tuesday."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.columns.day_reading import existing_day, read_day
from engine.errors import Invalid

TUESDAY = date(2026, 11, 24)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("today", "2026-11-24"), ("tomorrow", "2026-11-25"), ("yesterday", "2026-11-23"),
        ("day after tomorrow", "2026-11-26"), ("fri", "2026-11-27"), ("friday", "2026-11-27"),
        ("tue", "2026-12-01"), ("this mon", "2026-11-30"), ("next friday", "2026-12-04"),
        ("next mon", "2026-11-30"), ("last friday", "2026-11-20"), ("last tue", "2026-11-17"),
        ("next week", "2026-11-30"), ("next month", "2026-12-01"), ("next year", "2027-01-01"),
        ("eom", "2026-11-30"), ("+3d", "2026-11-27"), ("-1w", "2026-11-17"), ("2d", "2026-11-26"),
        ("in 2 weeks", "2026-12-08"), ("in two weeks", "2026-12-08"), ("a week ago", "2026-11-17"),
        ("3 days ago", "2026-11-21"), ("in 3 months", "2027-02-24"), ("1y", "2027-11-24"),
        ("3 may", "2027-05-03"), ("may 3rd", "2027-05-03"), ("24 nov", "2026-11-24"),
        ("3rd of may, 2027", "2027-05-03"), ("27-nov-26", "2026-11-27"),
        ("2027 may 3", "2027-05-03"),
        ("fri 27 nov", "2026-11-27"), ("fri 6 nov", "2026-11-06"), ("29 feb", "2028-02-29"),
        ("sat dec 05 2026", "2026-12-05"), ("2026/05/03", "2026-05-03"), ("25.12.", "2026-12-25"),
        ("5.12.2026", "2026-12-05"), ("25/12/26", "2026-12-25"), ("12/25/2026", "2026-12-25"),
        ("5/5/2027", "2027-05-05"), ("12-31", "2026-12-31"),
    ],
)  # fmt: skip
def test_usual_ways_of_naming_a_day(typed: str, found: str) -> None:
    assert read_day(typed, TUESDAY, None) == date.fromisoformat(found)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("5/12/2026", "may be 5 December or 12 May. Type 2026-12-05 or 2026-05-12"),
        ("5/12", "may be 5 December or 12 May. Type 2026-12-05"),
        ("30 feb", "There is no 30 February. Choose a day that the month has"),
        ("29 feb 2027", "There is no 29 February 2027"),
        ("31.4.2027", "There is no 31 April 2027"),
        ("25/13/2026", "There is no month 13"),
        ("may 2027", "is a whole month. Say which day of it"),
        ("mon 27 nov", "27 November 2026 is a Friday, not a Monday. Correct one of the two"),
        ("mon 27 nov 2026", "27 November 2026 is a Friday, not a Monday"),
        ("+99999999999d", "is too far away"),
        ("in 9000 years", "is too far away"),
    ],
)
def test_days_that_are_none_or_two_are_refused(typed: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        read_day(typed, TUESDAY, None)


@pytest.mark.parametrize(
    "typed", ["", "ad", "aw", "march", "m", "5", "3 may 9", "1/2/3", "soon", "2026-05"]
)
def test_what_no_table_knows_is_left_to_others(typed: str) -> None:
    assert read_day(typed, TUESDAY, None) is None


@given(st.dates(date(1000, 1, 1)), st.booleans())
def test_any_day_is_read_back_however_it_is_spelt(day: date, day_first: bool) -> None:
    month = f"{date(2000, day.month, 1):%B}".lower()
    figures = (day.day, day.month) if day_first else (day.month, day.day)
    for typed in (
        f"{day.day} {month} {day.year}",
        f"{month[:3]} {day.day}, {day.year}",
        f"{day.day}.{day.month}.{day.year}",
        f"{figures[0]}/{figures[1]}/{day.year}",
        f"{day.year}/{day.month}/{day.day}",
    ):
        # Where the first figure can only be a day, the setting does not matter.
        if figures[0] <= 12 or day_first or "/" not in typed:
            assert read_day(typed, TUESDAY, day_first) == day


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.integers(0, 6))
def test_a_weekday_is_always_within_the_week_ahead(today: date, weekday: int) -> None:
    name = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")[weekday]
    coming, last = read_day(name, today, None), read_day(f"last {name}", today, None)
    assert coming is not None and last is not None
    assert coming.weekday() == last.weekday() == weekday
    assert timedelta(0) < coming - today <= timedelta(7)
    assert timedelta(0) < today - last <= timedelta(7)


@given(st.dates(date(1900, 1, 1), date(2200, 1, 1)), st.integers(0, 500))
def test_months_later_is_the_same_day_or_the_last_of_the_month(today: date, months: int) -> None:
    later = read_day(f"in {months} months", today, None)
    assert later is not None
    assert (later.year * 12 + later.month) - (today.year * 12 + today.month) == months
    assert later.day == today.day or (later + timedelta(days=1)).day == 1


def test_only_real_days_exist() -> None:
    assert existing_day(2028, 2, 29) == date(2028, 2, 29)
    with pytest.raises(Invalid, match=r"There is no 29 February 2027"):
        existing_day(2027, 2, 29)
