"""Reads the days that people write: tomorrow, 3 May, next friday, +3d, 25.12.2026, all by
tables."""

import re
from collections.abc import Callable
from datetime import date, timedelta

from engine.columns.sentences import quoted
from engine.errors import Invalid

_WEEKDAY_NAMES = ("monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday")
_MONTH_NAMES = (
    "january", "february", "march", "april", "may", "june", "july", "august", "september",
    "october", "november", "december",
)  # fmt: skip
_COUNTS = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve",
)  # fmt: skip
_WEEKDAYS = {name[:length]: i for i, name in enumerate(_WEEKDAY_NAMES) for length in (3, 99)}
_WEEKDAYS |= {"tues": 1, "wednes": 2, "thur": 3, "thurs": 3}
_MONTHS = {name[:length]: i + 1 for i, name in enumerate(_MONTH_NAMES) for length in (3, 99)}
_MONTHS |= {"sept": 9}
_COUNT_OF = {word: count for count, word in enumerate(_COUNTS)} | {"a": 1, "an": 1}

NUMERIC = re.compile(r"(\d{1,4})([./-])(\d{1,2})(?:\2(\d{4}|\d{1,2}))?\.?")
_RELATIVE = re.compile(r"(?:in )?(?:([+-]) ?)?(?:(\d+) ?|([a-z]+) )([a-z]+)( ago)?")
_ORDINAL = re.compile(r"(\d{1,2})(?:st|nd|rd|th|\.)")
_LONG_YEAR = 4

Reader = Callable[[str, date, bool | None], date | None]


def read_day(text: str, today: date, day_first: bool | None) -> date | None:
    """The day that a folded text means; None where no table knows it. Raises Invalid for a day
    that the calendar has not, and for one that may be two."""
    for reader in _READERS:
        found = reader(text, today, day_first)
        if found is not None:
            return found
    return None


def existing_day(year: int, month: int, day: int) -> date:
    """The day; raises Invalid where the calendar has none."""
    if _exists(year, month, day):
        return date(year, month, day)
    raise _no_such_day(month, day, f" {year}")


def _worded(text: str, today: date, day_first: bool | None) -> date | None:
    word = _WORDS.get(text)
    return None if word is None else word(today)


def _monday(today: date, weeks: int) -> date:
    return today + timedelta(days=7 * weeks - today.weekday())


def _first_of_month(today: date, months: int) -> date:
    return _months_later(today.replace(day=1), months)


_WORDS: dict[str, Callable[[date], date]] = {
    "today": lambda today: today,
    "tod": lambda today: today,
    "now": lambda today: today,
    "tomorrow": lambda today: today + timedelta(days=1),
    "tom": lambda today: today + timedelta(days=1),
    "tmr": lambda today: today + timedelta(days=1),
    "yesterday": lambda today: today - timedelta(days=1),
    "the day after tomorrow": lambda today: today + timedelta(days=2),
    "day after tomorrow": lambda today: today + timedelta(days=2),
    "next week": lambda today: _monday(today, 1),
    "last week": lambda today: _monday(today, -1),
    "next month": lambda today: _first_of_month(today, 1),
    "last month": lambda today: _first_of_month(today, -1),
    "next year": lambda today: today.replace(year=today.year + 1, month=1, day=1),
    "end of month": lambda today: _first_of_month(today, 1) - timedelta(days=1),
    "eom": lambda today: _first_of_month(today, 1) - timedelta(days=1),
}


def _weekday(text: str, today: date, day_first: bool | None) -> date | None:
    """The first such day after today; with “next” the one of next week, with “last” the one
    before today."""
    which, _, name = text.removeprefix("on ").rpartition(" ")
    weekday = _WEEKDAYS.get(name.rstrip("."))
    if weekday is None or which not in ("", "this", "coming", "next", "last"):
        return None
    if which == "next":
        return _monday(today, 1) + timedelta(days=weekday)
    if which == "last":
        return today - timedelta(days=(today.weekday() - weekday - 1) % 7 + 1)
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _days(unit: int) -> Callable[[date, int], date]:
    return lambda today, count: today + timedelta(days=unit * count)


def _months_later(day: date, months: int) -> date:
    """The same day so many months later, or the last of that month where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    first = date(year, month + 1, 1)
    longest = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - first
    return first.replace(day=min(day.day, longest.days))


_UNITS: dict[str, Callable[[date, int], date]] = {
    **dict.fromkeys(("d", "day", "days"), _days(1)),
    **dict.fromkeys(("w", "wk", "wks", "week", "weeks"), _days(7)),
    **dict.fromkeys(("m", "mo", "month", "months"), _months_later),
    **dict.fromkeys(
        ("y", "yr", "year", "years"), lambda day, years: _months_later(day, 12 * years)
    ),
}


def _relative(text: str, today: date, day_first: bool | None) -> date | None:
    parts = _RELATIVE.fullmatch(text)
    later = _UNITS.get(parts[4]) if parts else None
    if parts is None or later is None:
        return None
    count = int(parts[2]) if parts[2] else _COUNT_OF.get(parts[3])
    if count is None:
        return None
    try:
        return later(today, -count if parts[1] == "-" or parts[5] else count)
    except (OverflowError, ValueError):
        raise Invalid(
            f"{quoted(text)} is too far away. Dates go from the year 1000 to 9999."
        ) from None


def _numeric(text: str, today: date, day_first: bool | None) -> date | None:
    """25.12.2026, 12/25/2026, 2026/12/25, 25.12. — dots always put the day first."""
    parts = NUMERIC.fullmatch(text)
    if parts is None:
        return None
    first, second, last = int(parts[1]), int(parts[3]), parts[4]
    if len(parts[1]) == _LONG_YEAR and last and len(last) < _LONG_YEAR:
        return existing_day(first, second, int(last))
    if len(parts[1]) > 2 or (last and len(last) == 1):
        return None
    if parts[2] == "." or first > 12:
        day, month = first, second
    elif second > 12 or first == second:
        month, day = first, second
    elif day_first is None:
        raise Invalid(_which(text, first, second, _year(last) or today.year))
    else:
        day, month = (first, second) if day_first else (second, first)
    year = _year(last)
    return existing_day(year, month, day) if year else _coming(month, day, None, today)


def _which(text: str, first: int, second: int, year: int) -> str:
    readings = [(year, second, first), (year, first, second)]
    spoken = [f"{day} {_MONTH_NAMES[month - 1].title()}" for _, month, day in readings]
    written = [f"{year}-{month:02}-{day:02}" for year, month, day in readings]
    return (
        f"{quoted(text)} may be {spoken[0]} or {spoken[1]}. Type {written[0]} or {written[1]}, "
        "or settle it for the column by its setting “day first”."
    )


def _named_month(text: str, today: date, day_first: bool | None) -> date | None:
    """3 May, May 3rd 2027, Fri 27 Nov, 27-Nov-26: one month, a day, and perhaps a year and a
    weekday."""
    numbers: list[str] = []
    months, weekdays = [], []
    for word in text.replace(",", " ").replace("-", " ").split():
        ordinal = _ORDINAL.fullmatch(word)
        plain = ordinal[1] if ordinal else word.rstrip(".")
        if plain.isascii() and plain.isdigit() and len(plain) in (1, 2, 4):
            numbers.append(plain)
        elif plain in _MONTHS:
            months.append(_MONTHS[plain])
        elif plain in _WEEKDAYS:
            weekdays.append(_WEEKDAYS[plain])
        elif plain not in ("of", "the", "on"):
            return None
    if len(months) != 1 or len(numbers) not in (1, 2) or len(weekdays) > 1:
        return None
    if len(numbers[0]) == 4:
        numbers.reverse()
    if len(numbers[0]) == 4:
        raise Invalid(f"{quoted(text)} is a whole month. Say which day of it.")
    if len(numbers) == 2 and len(numbers[1]) == 1:
        return None
    year = _year(numbers[1]) if len(numbers) == 2 else None
    weekday = weekdays[0] if weekdays else None
    if year is None:
        return _coming(months[0], int(numbers[0]), weekday, today)
    return _fitting(existing_day(year, months[0], int(numbers[0])), weekday)


def _coming(month: int, day: int, weekday: int | None, today: date) -> date:
    """The next such day, today included. A weekday tells the year: “Fri 6 Nov” may just be over."""
    # From one leap year to the next there may be eight years.
    years = range(max(today.year - 1, 1), min(today.year + 9, date.max.year + 1))
    days = [date(year, month, day) for year in years if _exists(year, month, day)]
    if not days:
        raise _no_such_day(month, day, "")
    if weekday is not None:
        near = [found for found in days if abs(found.year - today.year) <= 1] or days
        near.sort(key=lambda found: abs(found - today))
        fits = (found for found in near if found.weekday() == weekday)
        return _fitting(next(fits, near[0]), weekday)
    return next((found for found in days if found >= today), days[-1])


def _fitting(day: date, weekday: int | None) -> date:
    if weekday is not None and day.weekday() != weekday:
        real, claimed = (_WEEKDAY_NAMES[i].title() for i in (day.weekday(), weekday))
        spoken = _spoken(day.year, day.month, day.day)
        raise Invalid(f"{spoken} is a {real}, not a {claimed}. Correct one of the two.")
    return day


def _year(text: str | None) -> int | None:
    if text is None:
        return None
    return int(text) + 2000 if len(text) == 2 else int(text)


def _exists(year: int, month: int, day: int) -> bool:
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def _no_such_day(month: int, day: int, year: str) -> Invalid:
    if not 1 <= month <= len(_MONTH_NAMES):
        return Invalid(f"There is no month {month}. Months go from 1 to 12; write 2026-05-03.")
    spoken = f"{day} {_MONTH_NAMES[month - 1].title()}{year}"
    return Invalid(f"There is no {spoken}. Choose a day that the month has.")


def _spoken(year: int, month: int, day: int) -> str:
    return f"{day} {_MONTH_NAMES[month - 1].title()} {year}"


_READERS: tuple[Reader, ...] = (_worded, _weekday, _relative, _numeric, _named_month)
