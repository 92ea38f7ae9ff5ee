"""Says when something happened, as short as it is still clear."""

from datetime import datetime, timedelta

from engine.clock import as_datetime

_MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def spoken_time(at: int, now: int, utc_offset: int) -> str:
    """In local time: “14:30” today, “Yesterday 14:30”, “24 Nov 14:30”, “24 Nov 2025” in other years."""
    when, today = _local(at, utc_offset), _local(now, utc_offset)
    clock = f"{when.hour:02}:{when.minute:02}"
    if when.date() == today.date():
        return clock
    if when.date() == today.date() - timedelta(days=1):
        return f"Yesterday {clock}"
    if when.year == today.year:
        return f"{spoken_day(at, now, utc_offset)} {clock}"
    return spoken_day(at, now, utc_offset)


def spoken_second(at: int, utc_offset: int) -> str:
    """In local time, of something that is near: “14:30:05”."""
    return f"{_local(at, utc_offset):%H:%M:%S}"


def spoken_day(at: int, now: int, utc_offset: int) -> str:
    """In local time: “24 Nov”, “24 Nov 2025” in other years."""
    when, today = _local(at, utc_offset), _local(now, utc_offset)
    day = f"{when.day} {_MONTHS[when.month - 1]}"
    return day if when.year == today.year else f"{day} {when.year}"


def _local(at: int, utc_offset: int) -> datetime:
    return as_datetime(at + utc_offset * 60_000)
