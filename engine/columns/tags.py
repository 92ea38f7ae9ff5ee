"""Tags columns: any number of labels."""

from collections.abc import Mapping

from msgspec.structs import replace

from engine.columns.column_type import ColumnType, FilterMaker, Piece, Surroundings
from engine.columns.labels import (
    LONGEST_NAME,
    REMOVED,
    as_setting,
    label_called,
    labels_of,
    valid_labels,
    with_labels,
)
from engine.columns.listed import join_names, split_names
from engine.columns.operands import needed
from engine.columns.sentences import quoted
from engine.errors import Invalid
from engine.model.predicate import AnyOf, Not, Order, RankOrder, Test
from engine.model.record import JSON
from engine.model.text import clean_line, folded

SPACE = Piece(" ")


class Tags(ColumnType):
    key = "tags"
    title = "Tags"
    hint = "labels, comma separated"
    width = 24
    editor = "labels"
    has_lanes = True
    many = True

    def default_settings(self) -> dict[str, JSON]:
        return {"labels": []}

    def validate_settings(self, settings: dict[str, JSON]) -> dict[str, JSON]:
        labels = (replace(label, done=False) for label in valid_labels(settings))
        return {**super().validate_settings(settings), "labels": as_setting(labels)}

    def parse(self, text: str, at: Surroundings) -> JSON:
        wanted = {label_called(name, at.labels).id for name in split_names(clean_line(text))}
        return _in_order(wanted, at)

    def validate(self, value: JSON, at: Surroundings) -> JSON:
        if value is None:
            return None
        if not isinstance(value, list):
            raise Invalid("A value of a Tags column must be a list of label ids.")
        known = {label.id for label in at.labels}
        for id in value:
            if not isinstance(id, str) or id not in known:
                shown = quoted(str(id)[:LONGEST_NAME])
                raise Invalid(f"This tags column has no label {shown}. It may have been removed.")
        return _in_order({str(id) for id in value}, at)

    def render(self, value: JSON, at: Surroundings) -> tuple[Piece, ...]:
        if not isinstance(value, list):
            return ()
        pieces: list[Piece] = []
        for label in at.labels:
            if label.id in value:
                pieces += (SPACE, Piece(label.name, label.color, chip=True))
        if len(pieces) < 2 * len(value):
            pieces += (SPACE, REMOVED)
        return tuple(pieces[1:])

    def text(self, value: JSON, at: Surroundings) -> str:
        if not isinstance(value, list):
            return ""
        return join_names(label.name for label in at.labels if label.id in value)

    def order(self, at: Surroundings) -> Order:
        return RankOrder(tuple(label.id for label in at.labels), (0,))

    @property
    def filters(self) -> Mapping[str, FilterMaker]:
        return {
            **super().filters,
            "any": _any,
            "none": lambda operand, at: Not(_any(operand, at)),
        }

    def guess(self, samples: list[str]) -> float:
        """Lists of short names of which some come again."""
        lists = [split_names(sample) for sample in samples if "\n" not in sample]
        names = [folded(name) for listed in lists for name in listed]
        if len(lists) < len(samples) or not any(len(listed) > 1 for listed in lists):
            return 0.0
        short = all(len(name) <= LONGEST_NAME / 2 for name in names)
        return 0.75 if short and len(names) >= 1.5 * len(set(names)) else 0.0

    def adopt(self, settings: dict[str, JSON], texts: list[str]) -> dict[str, JSON]:
        names = (name for text in texts for name in split_names(clean_line(text)))
        return {**settings, "labels": as_setting(with_labels(labels_of(settings), names))}


def _in_order(wanted: set[str], at: Surroundings) -> JSON:
    ids: list[JSON] = [label.id for label in at.labels if label.id in wanted]
    return ids or None


def _any(operand: str, at: Surroundings) -> Test:
    names = split_names(needed(operand, "any"))
    return AnyOf(tuple(label_called(name, at.labels).id for name in names), many=True)
