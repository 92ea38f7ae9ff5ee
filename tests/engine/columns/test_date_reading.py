"""Days with clocks, ISO of every kind, and what is left to dateparser."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.columns.date_reading import looks_like_a_date, read_date, writes_day_first
from engine.errors import Invalid

TUESDAY = date(2026, 11, 24)


def read(typed: str) -> date:
    return read_date(typed, TUESDAY, None)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("today 9am", datetime(2026, 11, 24, 9)),
        ("fri 14:30", datetime(2026, 11, 27, 14, 30)),
        ("14:30 fri", datetime(2026, 11, 27, 14, 30)),
        ("9am tomorrow", datetime(2026, 11, 25, 9)),
        ("tomorrow at 9:30 pm", datetime(2026, 11, 25, 21, 30)),
        ("14:30", datetime(2026, 11, 24, 14, 30)),
        ("5pm", datetime(2026, 11, 24, 17)),
        ("12am", datetime(2026, 11, 24)),
        ("12pm", datetime(2026, 11, 24, 12)),
        ("3 May 2027, 14:00", datetime(2027, 5, 3, 14)),
        ("12/25/2026 9:05", datetime(2026, 12, 25, 9, 5)),
        ("2026-5-3 9:30", datetime(2026, 5, 3, 9, 30)),
        ("2026-05-03T14:30", datetime(2026, 5, 3, 14, 30)),
        ("2026-05-03T14:30:00.000Z", datetime(2026, 5, 3, 14, 30, tzinfo=UTC)),
        ("2026-05-03 00:00", datetime(2026, 5, 3)),
    ],
)
def test_days_with_a_clock_are_read(typed: str, found: datetime) -> None:
    assert read(typed) == found


def test_a_midnight_with_seconds_is_how_spreadsheets_write_a_day() -> None:
    found = read("2026-05-03 00:00:00")
    assert found == date(2026, 5, 3) and not isinstance(found, datetime)


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("2026-02-30", "There is no 30 February 2026. Choose a day that the month has"),
        ("2026-13-01", "There is no month 13. Months go from 1 to 12"),
        ("today 25:00", "There is no time 25:00. Times go from 00:00 to 23:59"),
        ("fri 9:70", "There is no time 9:70"),
        ("13pm", "There is no time 13 pm. Hours with am and pm go to 12"),
        ("hello", "“hello” is not a date. Type one like 3 May, 2026-05-03, tomorrow"),
        ("may", "“may” is not a date"),
        ("a", "“a” is not a date"),
        ("10", "“10” is not a date"),
        ("in 3 hours", "“in 3 hours” is not a date"),
        ("2026-05-03T25:00", "is not a date"),
        ("x" * 100_000, "is too long for a date"),
    ],
)
def test_what_is_no_date_is_refused_by_a_sentence(typed: str, sentence: str) -> None:
    with pytest.raises(Invalid, match=sentence):
        read(typed)


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("in a fortnight", date(2026, 12, 8)),
        ("5 dec at noon", datetime(2026, 12, 5, 12)),
        ("Sat, 5 Dec 2026 10:11:12 GMT", datetime(2026, 12, 5, 10, 11, 12, tzinfo=UTC)),
    ],
)
def test_rarer_ways_of_speaking_are_understood(typed: str, found: date) -> None:
    assert read(typed) == found


word = st.sampled_from(
    [
        "may", "3", "31", "2026", "12:30", "9", "am", "pm", "next", "last", "fri", "in", "2",
        "weeks", "ago", "+", "-", "/", ".", ",", ":", "th", "of", "at", "utc", "z", "t",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(word, min_size=1, max_size=6), st.sampled_from((" ", "")))
def test_any_mixture_of_date_words_is_a_date_or_refused(words: list[str], between: str) -> None:
    try:
        found = read(between.join(words))
    except Invalid as refusal:
        assert str(refusal).endswith(".")
    else:
        assert isinstance(found, date)


@pytest.mark.parametrize(
    ("sample", "looks"),
    [
        ("2026-05-03", True), ("5/12/2026", True), ("3 May 2026", True), ("May 3, 2026 9:00", True),
        ("2026-02-30", True), ("31.12.26", True), ("hello", False), ("12", False),
        ("1234.5", False), ("10:30:00", False), ("in May", False), ("tomorrow", False),
        ("room 101", False), ("", False),
    ],
)  # fmt: skip
def test_what_looks_like_a_date_in_a_foreign_column(sample: str, looks: bool) -> None:
    assert looks_like_a_date(sample) is looks


@pytest.mark.parametrize(
    ("texts", "day_first"),
    [
        (["25/12/2026", "1/2/2026"], True), (["12/25/2026 9:00"], False), (["1/2/2026"], None),
        (["25/12/2026", "12/25/2026"], None), (["25.12.2026"], None), (["2026-12-25"], None),
    ],
)  # fmt: skip
def test_which_comes_first_is_seen_in_dates_that_leave_no_choice(
    texts: list[str], day_first: bool | None
) -> None:
    assert writes_day_first(texts) is day_first
