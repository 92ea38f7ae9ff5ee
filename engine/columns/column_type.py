"""What a column type must give: parse, validate, render, sort, filter, text (and totals, for
footers).

A type is one file with one subclass, and one line in `registry.py`. It never sees SQL: filters
and sorts are answered as data (`engine.model.predicate`).
"""

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from datetime import date
from typing import ClassVar

from msgspec import Struct

from engine.errors import Invalid
from engine.model.board import Label
from engine.model.predicate import Filled, Not, Order, Test
from engine.model.record import JSON


class Surroundings(Struct, frozen=True, kw_only=True):
    """What a value is read against: its column's settings, the people of the organization, and
    today.

    `labels` are the decoded `settings["labels"]`; `people` are names by member id, in the order
    of names.
    """

    settings: Mapping[str, JSON] = {}
    labels: tuple[Label, ...] = ()
    people: Mapping[str, str] = {}
    today: date = date(2000, 1, 1)
    utc_offset: int = 0  # minutes that local time is ahead of UTC, for showing and reading times


class Piece(Struct, frozen=True):
    """A run of a rendered cell. `color` is one of `COLORS` or empty; `chip` draws it as a filled
    label."""

    text: str
    color: str = ""
    chip: bool = False


FilterMaker = Callable[[str, Surroundings], Test]


class ColumnType(ABC):
    key: ClassVar[str]
    """The word that stands in `Column.type`."""
    title: ClassVar[str]
    hint: ClassVar[str]
    """What to type, in a few words, shown in the editor ("12.5", "tomorrow, 3 May, 2026-05-03",
    …)."""
    width: ClassVar[int]
    """Cells wide when nobody has resized the column."""
    editor: ClassVar[str]
    """Which editor the app opens: `line`, `text`, `labels`, `people`, `date`, or `toggle`."""
    align_right: ClassVar[bool] = False
    has_lanes: ClassVar[bool] = False
    """True where a kanban can have a lane for each value."""
    many: ClassVar[bool] = False
    """True where a value is a list of ids."""
    totals: ClassVar[tuple[str, ...]] = ("filled",)
    """Which totals a group footer can show: `filled`, `sum`, `average`, `min`, `max`, `spread`
    (count by label), `checked`, `earliest_latest`; the first is shown unless settings say
    another."""

    def default_settings(self) -> dict[str, JSON]:
        """The settings of a new column of this type."""
        return {}

    def validate_settings(self, settings: dict[str, JSON]) -> dict[str, JSON]:
        """The settings in canonical form; raises Invalid. Every type knows `total`, one of its
        `totals`; a type with settings of its own adds them, and what nobody knows is left out."""
        total = settings.get("total")
        if total is None:
            return {}
        if total not in self.totals:
            known = ", ".join(self.totals)
            raise Invalid(f"A {self.title} column has no such total. It has: {known}.")
        return {"total": total}

    @abstractmethod
    def parse(self, text: str, at: Surroundings) -> JSON:
        """The value that a person's text means; None for empty text. Raises Invalid with a
        sentence."""

    @abstractmethod
    def validate(self, value: JSON, at: Surroundings) -> JSON:
        """The value in canonical form (None for an empty one); raises Invalid. Never trusts its
        input."""

    @abstractmethod
    def render(self, value: JSON, at: Surroundings) -> tuple[Piece, ...]:
        """What a cell shows, on one line."""

    @abstractmethod
    def text(self, value: JSON, at: Surroundings) -> str:
        """Plain text for export and copying. Law: `parse(text(value)) == value` for every valid
        value."""

    @abstractmethod
    def order(self, at: Surroundings) -> Order:
        """What sorting by this column means."""

    def words(self, value: JSON) -> str:
        """The text that lies in the value itself and that a search should find. Labels and
        people are found by their names without this, so that renaming one needs no new index."""
        return ""

    @property
    def filters(self) -> Mapping[str, FilterMaker]:
        """Operators by name. Every type has `empty` and `filled`."""
        return {
            "empty": lambda operand, at: Not(Filled()),
            "filled": lambda operand, at: Filled(),
        }

    def test(self, operator: str, operand: str, at: Surroundings) -> Test:
        """The test that an operator and the user's operand mean; raises Invalid for an unknown
        operator."""
        maker = self.filters.get(operator)
        if maker is None:
            known = ", ".join(self.filters)
            raise Invalid(f"A {self.title} column has no filter “{operator}”. It has: {known}.")
        return maker(operand, at)

    def merge(self, was: JSON, mine: JSON, theirs: JSON) -> tuple[JSON] | None:
        """What is left of two values given at once where `was` stood before; None where only one of them can
        stand. Lists of ids meet as sets: what either took away or put in."""
        if not self.many:
            return None
        old, new, now = (value if isinstance(value, list) else [] for value in (was, mine, theirs))
        kept = [id for id in now if id not in old or id in new]
        return ((kept + [id for id in new if id not in old and id not in kept]) or None,)

    def guess(self, samples: list[str]) -> float:
        """How well this type fits the texts of a foreign column: 0 not at all, 1 surely. For
        imports."""
        return 0.0

    def adopt(self, settings: dict[str, JSON], texts: list[str]) -> dict[str, JSON]:
        """Settings that also know what these foreign texts need (labels that are not there yet).
        For imports."""
        return settings
