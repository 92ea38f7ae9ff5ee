"""The labels of status and tags columns: read from the settings, checked, found by name, added
to."""

from collections.abc import Iterable, Mapping
from datetime import date

from msgspec import ValidationError, convert, to_builtins
from msgspec.structs import replace

from engine.clock import derived_id
from engine.columns.column_type import Piece, Surroundings
from engine.columns.sentences import choices, quoted
from engine.errors import Invalid
from engine.model.board import COLORS, Label
from engine.model.column import Column
from engine.model.record import JSON
from engine.model.text import clean_line, folded

MOST_LABELS = 200
LONGEST_NAME = 60
LONGEST_ID = 40
REMOVED = Piece("removed label")
"""Shown for a label that an item still has and the column no longer knows."""


def surroundings_for(
    column: Column, people: Mapping[str, str], today: date, utc_offset: int
) -> Surroundings:
    """What values of this column are read against; its labels are decoded here, once."""
    return Surroundings(
        settings=column.settings, labels=labels_of(column.settings), people=people,
        today=today, utc_offset=utc_offset,
    )  # fmt: skip


def labels_of(settings: Mapping[str, JSON]) -> tuple[Label, ...]:
    """The labels in settings that were validated before; none where the type has no labels."""
    raw = settings.get("labels")
    return convert(raw, tuple[Label, ...]) if raw else ()


def as_setting(labels: Iterable[Label]) -> JSON:
    """Labels as they stand in `settings["labels"]`."""
    plain: list[JSON] = [to_builtins(label) for label in labels]
    return plain


def valid_labels(settings: Mapping[str, JSON]) -> tuple[Label, ...]:
    """The labels in settings from outside, names cleaned; raises Invalid for what breaks a rule."""
    try:
        labels = convert(settings.get("labels", []), tuple[Label, ...])
    except (ValidationError, UnicodeEncodeError):  # the latter for half a surrogate pair
        raise Invalid("Each label needs an id, a name and a colour, all of them text.") from None
    if len(labels) > MOST_LABELS:
        raise Invalid(f"A column can have {MOST_LABELS} labels, and these are {len(labels)}.")
    cleaned = tuple(_valid_label(label) for label in labels)
    _refuse_doubles("id", [label.id for label in cleaned], [label.id for label in cleaned])
    names = [label.name for label in cleaned]
    _refuse_doubles("name", [name_key(name) for name in names], names)
    return cleaned


def label_called(text: str, labels: tuple[Label, ...]) -> Label:
    """The label of this name, or the only one that starts so; raises Invalid naming the choices."""
    wanted = name_key(clean_line(text[: 4 * LONGEST_NAME]))
    starting = []
    for label in labels:
        key = name_key(label.name)
        if key == wanted:
            return label
        if key.startswith(wanted):
            starting.append(label)
    if len(starting) == 1:
        return starting[0]
    if starting and wanted:
        names = choices(label.name for label in starting)
        raise Invalid(
            f"{quoted(text)} fits several labels: {names}. Type more of the one you mean."
        )
    if not labels:
        raise Invalid(f"There is no label {quoted(text)}: this column has none yet. Add it first.")
    names = choices(label.name for label in labels)
    raise Invalid(f"There is no label {quoted(text)} here. Choose one of: {names}.")


def label_with(id: str, labels: tuple[Label, ...]) -> Label | None:
    """The label with this id; None where it was removed from the column."""
    for label in labels:
        if label.id == id:
            return label
    return None


def with_labels(labels: tuple[Label, ...], names: Iterable[str]) -> tuple[Label, ...]:
    """The labels, and behind them new ones for names not there yet, as many as a column can
    have. The same names always give the same ids."""
    known = {name_key(label.name) for label in labels}
    ids = {label.id for label in labels}
    added = list(labels)
    for name in names:
        line = clean_line(name)[:LONGEST_NAME].strip()
        key = name_key(line)
        if not line or key in known or len(added) == MOST_LABELS:
            continue
        label = Label(id=_free_id(key, ids), name=line, color=COLORS[len(added) % len(COLORS)])
        known.add(key)
        ids.add(label.id)
        added.append(label)
    return tuple(added)


def name_key(name: str) -> str:
    """What two names must not share. A name made of nothing but accents folds to nothing: it
    stands as it is."""
    return folded(name) or name


def _valid_label(label: Label) -> Label:
    name = clean_line(label.name)
    if not name or len(name) > LONGEST_NAME:
        raise Invalid(f"The label name {quoted(name)} must have 1 to {LONGEST_NAME} characters.")
    if label.color not in COLORS:
        raise Invalid(f"{quoted(label.color)} is no colour. Choose one of: {', '.join(COLORS)}.")
    if not is_id(label.id):
        raise Invalid(f"The label “{name}” needs an id of letters and digits.")
    return replace(label, name=name)


def is_id(text: str) -> bool:
    """Letters, digits, `-` and `_` only: such ids can be found inside JSON text, and joined by
    commas."""
    plain = text.replace("-", "").replace("_", "")
    return plain.isascii() and plain.isalnum() and len(text) <= LONGEST_ID


def _refuse_doubles(what: str, keys: list[str], shown: list[str]) -> None:
    seen: set[str] = set()
    for key, text in zip(keys, shown, strict=True):
        if key in seen:
            raise Invalid(f"Two labels have the same {what} {quoted(text)}. Change one of them.")
        seen.add(key)


def _free_id(key: str, taken: set[str]) -> str:
    """An id made of the name; another one where that label was given another name since."""
    tries = 0
    while (id := derived_id("label", key, str(tries))[:10]) in taken:
        tries += 1
    return id
