"""Reads dates as people and programs write them: a day, perhaps with a clock before or behind it.

What is frequent is read here and in `day_reading`; only the rest goes to dateparser, which takes
long to load and guesses too freely to be asked first.
"""

import re
from collections.abc import Sequence
from datetime import date, datetime, time

from engine.columns.day_reading import NUMERIC, existing_day, read_day
from engine.columns.sentences import quoted
from engine.errors import Invalid
from engine.model.text import clean_line, folded

LONGEST = 80
SHORTEST_SAMPLE = len("1/1/26")
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})(?:[t ](.+))?")
_CLOCK = r"(\d{1,2})(?:[:.](\d{2})(?::\d{2})?)? ?(am|pm|a\.m\.|p\.m\.|h|uhr)?"
_CLOCK_LAST = re.compile(rf"(?:(.*?)(?:,? at | ?, ?| ))?{_CLOCK}")
_CLOCK_FIRST = re.compile(rf"(?:at )?{_CLOCK}(?:,| on)? (.*)")
_NEEDS_NOW = re.compile(r"\b(?:hours?|hrs?|minutes?|mins?|seconds?|secs?)\b")


def read_date(line: str, today: date, day_first: bool | None) -> date:
    """The day that a non-empty line means: a `datetime` where it has a time, in local time
    unless it names an offset. Raises Invalid. `day_first` says how 5/12/2026 is read; None
    refuses it as ambiguous."""
    text = folded(line).strip()
    if len(text) > LONGEST:
        raise Invalid(f"{quoted(line)} is too long for a date.")
    found = _iso(text) or read_day(text, today, day_first)
    if found is None:
        found = _day_and_clock(text, today, day_first) or _freely(text, today)
    if found is None:
        raise Invalid(
            f"{quoted(line)} is not a date. Type one like 3 May, 2026-05-03, tomorrow, "
            "fri 14:30, or +3d."
        )
    return found


def looks_like_a_date(sample: str) -> bool:
    """The text is a date in one of the usual forms, though perhaps an ambiguous one, or one that
    the calendar has not. A clock alone, or a bare word, is none."""
    text = folded(clean_line(sample[: LONGEST + 1]))
    if not SHORTEST_SAMPLE <= len(text) <= LONGEST or not any(map(str.isdigit, text)):
        return False
    some_day = date(2000, 1, 1)
    try:
        if _iso(text) or read_day(text, some_day, None):
            return True
        rest, _ = _without_clock(text)
        return bool(rest) and read_day(rest, some_day, None) is not None
    except Invalid:
        return True


def writes_day_first(texts: Sequence[str]) -> bool | None:
    """Whether dates like 25/12/2026 among these put the day first; None if none shows it, or
    some each."""
    shown = set()
    for text in texts:
        parts = NUMERIC.match(text.strip()[:LONGEST])
        if parts is None or parts[2] == "." or len(parts[1]) > 2:
            continue
        first_is_day, second_is_day = int(parts[1]) > 12, int(parts[3]) > 12
        if first_is_day != second_is_day:
            shown.add(first_is_day)
    return shown.pop() if len(shown) == 1 else None


def _iso(text: str) -> date | None:
    """2026-05-03, with or without time, seconds and offset."""
    parts = _ISO.fullmatch(text)
    if parts is None:
        return None
    day = existing_day(int(parts[1]), int(parts[2]), int(parts[3]))
    clock = parts[4]
    if clock is None:
        return day
    try:
        found = datetime.fromisoformat(f"{day.isoformat()}T{clock.upper().replace(' ', '')}")
    except ValueError:
        return None
    # Spreadsheets write days as midnights with seconds; nobody types the seconds.
    return day if found.tzinfo is None and clock.startswith("00:00:00") else found


def _day_and_clock(text: str, today: date, day_first: bool | None) -> datetime | None:
    """A day with a clock before or behind it; a clock alone is today's."""
    rest, clock = _without_clock(text)
    if clock is None:
        return None
    day = (_iso(rest) or read_day(rest, today, day_first)) if rest else today
    return None if day is None else datetime.combine(day, clock)


def _without_clock(text: str) -> tuple[str, time | None]:
    """The text before or behind a clock, and the clock; None where there is no clock."""
    last = _CLOCK_LAST.fullmatch(text)
    if last is not None and (last[3] or last[4]):
        return (last[1] or "").strip(), _clock(last[2], last[3], last[4])
    first = _CLOCK_FIRST.fullmatch(text)
    if first is not None and (first[2] or first[3]):
        return first[4].strip(), _clock(first[1], first[2], first[3])
    return text, None


def _clock(hour: str, minute: str | None, half: str | None) -> time:
    hours, minutes = int(hour), int(minute or 0)
    written = f"{hour}:{minute}" if minute else hour
    if half and half[0] in "ap":
        if not 1 <= hours <= 12:
            raise Invalid(f"There is no time {written} {half}. Hours with am and pm go to 12.")
        hours = hours % 12 + (12 if half[0] == "p" else 0)
    if hours > 23 or minutes > 59:
        raise Invalid(f"There is no time {written}. Times go from 00:00 to 23:59.")
    return time(hours, minutes)


def _freely(text: str, today: date) -> date | None:
    """By dateparser, held back: it makes dates of single letters, and of months without a day."""
    if _NEEDS_NOW.search(text) or not any(letter.isalpha() for letter in text):
        return None
    from dateparser.date import DateDataParser

    parser = DateDataParser(
        languages=["en"],
        settings={
            "RELATIVE_BASE": datetime.combine(today, time(12)),
            "PREFER_DATES_FROM": "future",
            "RETURN_TIME_AS_PERIOD": True,
            "PARSERS": ["relative-time", "absolute-time"],
        },
    )
    try:
        data = parser.get_date_data(text)
    except (ValueError, OverflowError):
        return None
    found: datetime | None = data.date_obj
    if found is None or data.period not in ("time", "day", "week"):
        return None
    return found if data.period == "time" else found.date()
