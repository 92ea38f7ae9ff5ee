"""Date columns: a day, or a day and a time.

A day is stored as `2026-05-03` and means that day wherever one is; a time is stored in UTC, as
`2026-05-03T12:30Z`. Both compare bytewise.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar

from engine.columns.column_type import ColumnType, FilterMaker, Piece, Surroundings
from engine.columns.operands import bounds, needed
from engine.columns.sentences import expected_text, quoted
from engine.errors import Invalid
from engine.model.predicate import Both, Compare, Filled, Not, Order, Test, TextOrder
from engine.model.record import JSON
from engine.model.text import clean_line

# A day away from the ends of what the calendar can do: so that local time never falls off them.
FIRST_TIME = "1000-01-02T00:00Z"
LAST_TIME = "9999-12-30T23:59Z"
FIRST_DAY = "1000-01-01"
MOST_DAYS_AHEAD = 3_650
_DAY_LENGTH = len("2026-05-03")
_TIME_LENGTH = len("2026-05-03T12:30Z")
_AFTER_ALL = ":"  # sorts behind every digit
_WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_NEAR = {-1: "Yesterday", 0: "Today", 1: "Tomorrow"}


class Date(ColumnType):
    key = "date"
    title = "Date"
    hint = "tomorrow, 3 May, fri 14:30, +3d, 2026-05-03"
    width = 14
    editor = "date"
    totals: ClassVar[tuple[str, ...]] = ("earliest_latest", "filled")

    def default_settings(self) -> dict[str, JSON]:
        """`day_first` says how 5/12/2026 is read; None asks the person who types it."""
        return {"day_first": None}

    def validate_settings(self, settings: dict[str, JSON]) -> dict[str, JSON]:
        day_first = settings.get("day_first")
        if day_first is not None and not isinstance(day_first, bool):
            raise Invalid("The setting “day first” of a date column is on, off, or not set.")
        return {**super().validate_settings(settings), "day_first": day_first}

    def parse(self, text: str, at: Surroundings) -> JSON:
        line = clean_line(text)
        if not line:
            return None
        if _day_in(line):
            return line
        from engine.columns.date_reading import (
            read_date,  # only for what is not plain ISO
        )

        day_first = at.settings.get("day_first")
        found = read_date(line, at.today, day_first if isinstance(day_first, bool) else None)
        try:
            stored = _stored(found, at.utc_offset)
        except OverflowError:
            stored = ""
        if not _is_stored(stored):
            raise Invalid(f"{quoted(text)} is too far away. Dates go from the year 1000 to 9999.")
        return stored

    def validate(self, value: JSON, at: Surroundings) -> JSON:
        if value is None or value == "":
            return None
        stored = expected_text(value, self.title)
        if not _is_stored(stored):
            raise Invalid(
                f"{quoted(stored)} is not a date as it is stored. Write 2026-05-03, or "
                "2026-05-03T12:30Z for a time in UTC."
            )
        return stored

    def render(self, value: JSON, at: Surroundings) -> tuple[Piece, ...]:
        if not isinstance(value, str):
            return ()
        if len(value) == _DAY_LENGTH:
            return (Piece(_spoken(date.fromisoformat(value), at.today)),)
        local = _local(value, at.utc_offset)
        day = _spoken(local.date(), at.today)
        return (Piece(f"{day} {local.hour:02}:{local.minute:02}"),)

    def text(self, value: JSON, at: Surroundings) -> str:
        """A time is local, as people expect of a table: 2026-05-03 14:30."""
        if not isinstance(value, str) or len(value) == _DAY_LENGTH:
            return value if isinstance(value, str) else ""
        return _local(value, at.utc_offset).isoformat(" ", "minutes")

    def order(self, at: Surroundings) -> Order:
        return TextOrder()

    @property
    def filters(self) -> Mapping[str, FilterMaker]:
        return {**super().filters, **_FILTERS}

    def guess(self, samples: list[str]) -> float:
        from engine.columns.date_reading import looks_like_a_date  # only imports guess

        dates = sum(looks_like_a_date(sample) for sample in samples)
        return 0.95 if samples and dates >= 0.95 * len(samples) else 0.0

    def adopt(self, settings: dict[str, JSON], texts: list[str]) -> dict[str, JSON]:
        """Whether days come first, where some of the texts show it: one 25/12 settles what 5/12
        is."""
        from engine.columns.date_reading import writes_day_first

        if settings.get("day_first") is not None:
            return settings
        return {**settings, "day_first": writes_day_first(texts)}


def _stored(found: date, utc_offset: int) -> str:
    if not isinstance(found, datetime):
        return found.isoformat()
    if found.tzinfo is None:
        utc = found - timedelta(minutes=utc_offset)
    else:
        utc = found.astimezone(UTC).replace(tzinfo=None)
    return utc.isoformat(timespec="minutes") + "Z"


def _is_stored(text: str) -> bool:
    if len(text) == _DAY_LENGTH:
        return _day_in(text)
    if len(text) != _TIME_LENGTH or not (FIRST_TIME <= text <= LAST_TIME):
        return False
    hour, minute = text[11:13], text[14:16]
    shaped = text[10] == "T" and text[13] == ":" and text[16] == "Z" and text.isascii()
    in_range = hour.isdigit() and minute.isdigit() and hour < "24" and minute < "60"
    return shaped and in_range and _day_in(text[:_DAY_LENGTH])


def _day_in(text: str) -> bool:
    """The text is a day as it is stored. (`fromisoformat` alone takes more forms, like
    2026-W05-1.)"""
    if len(text) != _DAY_LENGTH or text[4] != "-" or text[7] != "-" or text < FIRST_DAY:
        return False
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _local(value: str, utc_offset: int) -> datetime:
    return datetime.fromisoformat(value[:-1]) + timedelta(minutes=utc_offset)


def _spoken(day: date, today: date) -> str:
    away = day.toordinal() - today.toordinal()
    if away in _NEAR:
        return _NEAR[away]
    short = f"{day.day} {_MONTHS[day.month - 1]}"
    if day.year != today.year:
        return f"{short} {day.year}"
    return f"{_WEEKDAYS[day.weekday()]} {short}"


# Filters compare days. The local day of a time reaches from one instant in UTC to the next, and a
# day without time has to fall on the right side of both.


def _end_of(day: date, at: Surroundings) -> tuple[str, str]:
    """A text that sorts behind everything on or before the local `day`, and before everything
    later — but for one stray day (empty if none), which is later and sorts before it all the
    same."""
    if day >= date.max:
        return _AFTER_ALL, ""
    after = day + timedelta(days=1)
    if at.utc_offset == 0:
        return after.isoformat(), ""
    start = datetime.combine(after, datetime.min.time()) - timedelta(minutes=at.utc_offset)
    # West of Greenwich the next day starts after 00:00 UTC, and its bare text sorts before that.
    return f"{start.isoformat(timespec='minutes')}Z", after.isoformat() if at.utc_offset < 0 else ""


def _up_to(day: date, at: Surroundings) -> Test:
    bound, stray = _end_of(day, at)
    test = Compare("<", bound)
    return Both(test, Not(Compare("=", stray))) if stray else test


def _after(day: date, at: Surroundings) -> Test:
    bound, stray = _end_of(day, at)
    return Both(Filled(), Not(_up_to(day, at))) if stray else Compare(">=", bound)


def _from_to(first: date, last: date, at: Surroundings) -> Test:
    return Both(_after(first - timedelta(days=1), at), _up_to(last, at))


def _day(operand: str, operator: str, at: Surroundings) -> date:
    stored = Date().parse(needed(operand, operator), at)
    if not isinstance(stored, str) or len(stored) > _DAY_LENGTH:
        raise Invalid(f"A filter compares whole days: leave the time out of {quoted(operand)}.")
    return date.fromisoformat(stored)


def _between(operand: str, at: Surroundings) -> Test:
    first, last = bounds(operand)
    return _from_to(_day(first, "between", at), _day(last, "between", at), at)


def _on(operand: str, at: Surroundings) -> Test:
    day = _day(operand, "on", at)
    return _from_to(day, day, at)


def _before(day: date, at: Surroundings) -> Test:
    return _up_to(day - timedelta(days=1), at)


def _this_week(at: Surroundings) -> Test:
    """From Monday to Sunday."""
    monday = at.today - timedelta(days=at.today.weekday())
    return _from_to(monday, monday + timedelta(days=6), at)


def _next_days(operand: str, at: Surroundings) -> Test:
    """From today to so many days ahead."""
    days = needed(operand, "next_days")
    if not (days.isascii() and days.isdigit() and len(days) <= 4 and int(days) <= MOST_DAYS_AHEAD):
        raise Invalid(f"{quoted(operand)} is not a number of days. Type one up to 3650, like 7.")
    return _from_to(at.today, at.today + timedelta(days=int(days)), at)


_FILTERS: dict[str, Callable[[str, Surroundings], Test]] = {
    "on": _on,
    "before": lambda operand, at: _before(_day(operand, "before", at), at),
    "after": lambda operand, at: _after(_day(operand, "after", at), at),
    "between": _between,
    "today": lambda operand, at: _from_to(at.today, at.today, at),
    "overdue": lambda operand, at: _before(at.today, at),
    "this_week": lambda operand, at: _this_week(at),
    "next_days": _next_days,
}
