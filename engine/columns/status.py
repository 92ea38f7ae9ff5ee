"""Status columns: one label of a few, some of which mean that the item is done."""

from collections.abc import Mapping
from typing import ClassVar

from msgspec.structs import replace

from engine.columns.column_type import ColumnType, FilterMaker, Piece, Surroundings
from engine.columns.labels import (
    LONGEST_NAME,
    REMOVED,
    as_setting,
    label_called,
    label_with,
    labels_of,
    name_key,
    valid_labels,
    with_labels,
)
from engine.columns.listed import split_names
from engine.columns.operands import needed
from engine.columns.sentences import expected_text, quoted
from engine.errors import Invalid
from engine.model.board import Label
from engine.model.predicate import AnyOf, Not, Order, RankOrder, Test
from engine.model.record import JSON
from engine.model.text import clean_line, folded

FIRST_LABELS = (
    Label(id="todo", name="To do", color="grey"),
    Label(id="doing", name="Working on it", color="orange"),
    Label(id="stuck", name="Stuck", color="red"),
    Label(id="done", name="Done", color="green", done=True),
)
DONE_NAMES = frozenset(
    {"done", "complete", "completed", "closed", "finished", "resolved", "shipped", "merged"}
)
"""Names that mean the work is over in the boards people bring with them."""

MOST_GUESSED = 12


class Status(ColumnType):
    key = "status"
    title = "Status"
    hint = "a label, or the start of its name"
    width = 16
    editor = "labels"
    has_lanes = True
    totals: ClassVar[tuple[str, ...]] = ("spread", "filled")

    def default_settings(self) -> dict[str, JSON]:
        return {"labels": as_setting(FIRST_LABELS)}

    def validate_settings(self, settings: dict[str, JSON]) -> dict[str, JSON]:
        return {**super().validate_settings(settings), "labels": as_setting(valid_labels(settings))}

    def parse(self, text: str, at: Surroundings) -> JSON:
        line = clean_line(text)
        return label_called(line, at.labels).id if line else None

    def validate(self, value: JSON, at: Surroundings) -> JSON:
        if value is None or value == "":
            return None
        id = expected_text(value, self.title)
        if label_with(id, at.labels) is None:
            raise Invalid(
                f"This status column has no label {quoted(id)}. It may have been removed."
            )
        return id

    def render(self, value: JSON, at: Surroundings) -> tuple[Piece, ...]:
        if not isinstance(value, str):
            return ()
        label = label_with(value, at.labels)
        return (REMOVED if label is None else Piece(label.name, label.color, chip=True),)

    def text(self, value: JSON, at: Surroundings) -> str:
        label = label_with(value, at.labels) if isinstance(value, str) else None
        return label.name if label else ""

    def order(self, at: Surroundings) -> Order:
        return RankOrder(tuple(label.id for label in at.labels))

    @property
    def filters(self) -> Mapping[str, FilterMaker]:
        return {
            **super().filters,
            "is": _is,
            "not": lambda operand, at: Not(_is(operand, at)),
            "done": lambda operand, at: _done(at),
            "open": lambda operand, at: Not(_done(at)),
        }

    def guess(self, samples: list[str]) -> float:
        """Few short texts that come again and again."""
        different = {folded(sample) for sample in samples}
        short = all(len(sample) <= LONGEST_NAME / 2 and "\n" not in sample for sample in samples)
        if not short or not 1 < len(different) <= MOST_GUESSED:
            return 0.0
        return 0.7 if len(samples) >= 2 * len(different) else 0.2

    def adopt(self, settings: dict[str, JSON], texts: list[str]) -> dict[str, JSON]:
        before = labels_of(settings)
        labels = with_labels(before, texts)
        new = tuple(_marked(label) for label in labels[len(before) :])
        return {**settings, "labels": as_setting(before + new)}


def _is(operand: str, at: Surroundings) -> Test:
    names = split_names(needed(operand, "is"))
    return AnyOf(tuple(label_called(name, at.labels).id for name in names))


def _done(at: Surroundings) -> Test:
    return AnyOf(tuple(label.id for label in at.labels if label.done))


def _marked(label: Label) -> Label:
    """A label from outside that says done by its name is done, and green."""
    done = name_key(label.name) in DONE_NAMES
    return replace(label, done=True, color="green") if done else label
