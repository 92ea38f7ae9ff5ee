"""Where the columns of the table stand: widths, the frozen name column, and what fits to its right."""

from collections.abc import Collection, Mapping, Sequence
from typing import NamedTuple

from engine.columns.registry import column_type
from engine.model.column import Column

NAME_COLUMN = "name"
GAP = 1
NARROWEST, WIDEST = 4, 100
NAME_SHARE = 0.45
LEAST_BESIDE = 14


class Span(NamedTuple):
    """A column on the screen: from `x`, `width` cells wide (less than it wants where the edge cuts it)."""

    column: Column
    x: int
    width: int


class ColumnPlan:
    """All visible columns in order, and which of them a screen of some width shows from `first` on.

    The cursor's column 0 is the name; column n is `columns[n - 1]`.
    """

    def __init__(
        self, columns: Sequence[Column], hidden: Collection[str], widths: Mapping[str, int],
        name_width: int,
    ) -> None:  # fmt: skip
        self.columns = [column for column in columns if column.id not in hidden]
        self._widths = widths
        self._wanted_name_width = name_width

    def width(self, column: Column) -> int:
        """A person's own width, or the board's, or the type's."""
        own = self._widths.get(column.id) or column.width
        return own or max(column_type(column.type).width, min(len(column.title), 20))

    def name_width(self, screen: int) -> int:
        """The frozen column's width: never so wide that nothing fits beside it."""
        if not self.columns:
            return screen
        most = max(screen - LEAST_BESIDE, screen * 2 // 3)
        wanted = self._wanted_name_width or self._natural_name_width(screen)
        return max(NARROWEST, min(wanted, most, screen - 1))

    def spans(self, screen: int, first: int) -> list[Span]:
        """The columns right of the name, from number `first` on, that are at least partly on the screen."""
        x = self.name_width(screen) + GAP
        found = []
        for column in self.columns[first:]:
            if x >= screen:
                break
            width = self.width(column)
            found.append(Span(column, x, min(width, screen - x)))
            x += width + GAP
        return found

    def first_showing(self, screen: int, first: int, index: int) -> int:
        """The number of the first column to show so that column `index` is wholly on the screen."""
        if index <= first:
            return max(0, index)
        room = screen - self.name_width(screen)
        while first < index:
            needed = sum(GAP + self.width(c) for c in self.columns[first : index + 1])
            if needed <= room:
                break
            first += 1
        return first

    def _natural_name_width(self, screen: int) -> int:
        """What the other columns leave, between a fair share and 48 cells."""
        others = sum(GAP + self.width(column) for column in self.columns)
        fair = min(36, int(screen * NAME_SHARE))
        return max(fair, min(48, screen - others - 1))
