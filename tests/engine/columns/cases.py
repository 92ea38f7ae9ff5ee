"""Hypothesis strategies for every column type: what its values are read against, and valid
values."""

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from engine.columns.column_type import Surroundings
from engine.columns.labels import name_key
from engine.columns.registry import COLUMN_TYPES
from engine.model.board import COLORS, Label
from engine.model.record import JSON
from engine.model.text import clean_line, clean_text

HOSTILE = (
    "\x1b]52;c;aGFja2Vk\x07paste", "\x1b[31mred\x1b[0m", "a\u202egnp.exe", "\x9b2J", "nul\x00l",
    "[@click=app.quit]x[/]", "=HYPERLINK(1)", "zero\u200bwidth", "\ud800", "line\u2028break",
    "\r\n\r\n", "’ OR 1=1 --", "é\u0301\u0301\u0301", "👩‍👩‍👧‍👦", "\ufeffbom", "a" * 5_000,
)  # fmt: skip
"""Texts that other people may send to do harm."""

Case = tuple[Surroundings, JSON]

texts = st.text(max_size=60) | st.sampled_from(HOSTILE)
lines = texts.map(clean_line)
# Names with the letters that lists and ids are written with.
names = st.text(st.sampled_from('ab Éß,;"#<>-12ö'), min_size=1, max_size=8).map(clean_line)
ids = st.text(st.sampled_from("abc019-_"), min_size=1, max_size=6).filter(
    lambda id: id.strip("-_") != ""
)
days = st.dates(date(1000, 1, 1))
offsets = st.sampled_from((0, 60, 120, 345, 840, -60, -210, -300, -720))
todays = st.dates(date(1990, 1, 1), date(2100, 1, 1))


def plain(settings: st.SearchStrategy[Any]) -> st.SearchStrategy[Surroundings]:
    return st.builds(Surroundings, settings=settings, today=todays, utc_offset=offsets)


no_settings: st.SearchStrategy[dict[str, JSON]] = st.just({})


@st.composite
def numbers(draw: st.DrawFn) -> str:
    places = draw(st.integers(0, 15))
    number = draw(st.integers(-(10**15) + 1, 10**15 - 1))
    text = str(abs(number)).rjust(places + 1, "0")
    text = f"{text[:-places]}.{text[-places:]}" if places else text
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return f"-{text}" if number < 0 else text


number_settings = st.fixed_dictionaries(
    {
        "unit": names | st.sampled_from(("", "%", "€", "kg", "m2", "5", "-", ".", ",")),
        "unit_before": st.booleans(), "decimals": st.none() | st.integers(0, 6),
        "thousands": st.booleans(), "decimal_comma": st.booleans(),
    }
)  # fmt: skip


def _moment(day: datetime) -> str:
    return day.isoformat(timespec="minutes") + "Z"


moments = st.datetimes(datetime(1000, 1, 2), datetime(9999, 12, 30)).map(_moment)
dates = days.map(date.isoformat) | moments


@st.composite
def labels(draw: st.DrawFn) -> tuple[Label, ...]:
    named = draw(st.lists(names.filter(bool), min_size=1, max_size=6, unique_by=name_key))
    keys = draw(st.lists(ids, min_size=len(named), max_size=len(named), unique=True))
    return tuple(
        Label(id=id, name=name, color=draw(st.sampled_from(COLORS)), done=draw(st.booleans()))
        for id, name in zip(keys, named, strict=True)
    )


labelled = st.builds(Surroundings, labels=labels())
# Not unique: two people may have the same name.
peopled = st.builds(
    Surroundings, people=st.dictionaries(ids, names.filter(bool), min_size=1, max_size=6)
)


def _with(at: st.SearchStrategy[Surroundings], values: Any) -> st.SearchStrategy[Case]:
    return st.tuples(at, values)


def _some(known: list[str]) -> st.SearchStrategy[JSON]:
    """Some of the ids, in their order."""
    chosen = st.sets(st.sampled_from(known), min_size=1)
    return chosen.map(lambda ids: [id for id in known if id in ids])


def _one_label(at: Surroundings) -> st.SearchStrategy[Case]:
    return _with(st.just(at), st.sampled_from([label.id for label in at.labels]))


def _some_labels(at: Surroundings) -> st.SearchStrategy[Case]:
    return _with(st.just(at), _some([label.id for label in at.labels]))


def _some_people(at: Surroundings) -> st.SearchStrategy[Case]:
    return _with(st.just(at), _some(list(at.people)))


urls = st.builds(
    "{}{}".format,
    st.sampled_from(("https://", "http://localhost:8080/", "mailto:a@", "https://[::1]/")),
    st.text(st.sampled_from("abÉ.:/?#&=()[]%~@,;'"), max_size=12).map(lambda rest: f"h{rest}"),
).map(clean_line)
links = st.fixed_dictionaries({"url": urls, "text": lines.map(lambda line: line[:500].strip())})

_CASES: dict[str, st.SearchStrategy[Case]] = {
    "text": _with(plain(no_settings), lines.map(lambda line: line[:2_000].strip()).filter(bool)),
    "long_text": _with(
        plain(no_settings), texts.map(lambda text: clean_text(text).strip()).filter(bool)
    ),
    "number": _with(plain(number_settings), numbers()),
    "date": _with(plain(no_settings), dates),
    "status": labelled.flatmap(_one_label),
    "people": peopled.flatmap(_some_people),
    "tags": labelled.flatmap(_some_labels),
    "checkbox": _with(plain(no_settings), st.just(True)),
    "link": _with(plain(no_settings), links),
}

json_values: st.SearchStrategy[JSON] = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=4,
)
"""Anything that may come over the wire."""


def cases(key: str) -> st.SearchStrategy[Case]:
    """What a value of this type is read against, and a valid value in canonical form."""
    return _CASES[key]


def surroundings(key: str) -> st.SearchStrategy[Surroundings]:
    return cases(key).map(lambda case: case[0])


def on(today: date, minutes: int = 0) -> Surroundings:
    return Surroundings(today=today, utc_offset=minutes)


def local_day(stored: str, utc_offset: int) -> date:
    """The day that a stored date falls on where clocks are so many minutes ahead of UTC."""
    if len(stored) == len("2026-05-03"):
        return date.fromisoformat(stored)
    return (datetime.fromisoformat(stored[:-1]) + timedelta(minutes=utc_offset)).date()


EVERY_TYPE: list[str] = list(COLUMN_TYPES)
