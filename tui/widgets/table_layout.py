"""Which line of the table shows what: a pure mapping between lines and lanes, rows and subitems.

It costs the same for ten rows and for a million: lanes are found by bisection, rows by arithmetic.
"""

from bisect import bisect_right
from collections.abc import Sequence
from enum import Enum
from itertools import accumulate
from typing import NamedTuple


class Kind(Enum):
    """What a line is. The cursor can stand on a title, a row, a subitem or an add line."""

    TITLE = "title"
    ROW = "row"
    SUBITEM = "subitem"
    ADD = "add"
    FOOTER = "footer"
    GAP = "gap"


REACHABLE = frozenset({Kind.TITLE, Kind.ROW, Kind.SUBITEM, Kind.ADD})


class Place(NamedTuple):
    """A line by its meaning: `row` counts in the lane, `sub` in the row's subitems (-1 where it is none)."""

    kind: Kind
    lane: int
    row: int = -1
    sub: int = -1


class LaneShape(NamedTuple):
    """How long a lane is; `expanded` are (row, number of subitems shown) in order of rows.
    A lane that is `left_out` has no line at all."""

    length: int
    collapsed: bool = False
    expanded: tuple[tuple[int, int], ...] = ()
    left_out: bool = False


class TableLayout:
    """Lines of lanes one below the other: title, rows with their subitems, add line, footer, and a gap.

    A collapsed lane is its title alone. `compact` leaves out gaps, for low screens; `footers` and
    `adding` say whether lanes have those lines.
    """

    def __init__(
        self, lanes: Sequence[LaneShape], *, compact: bool = False, footers: bool = True,
        adding: bool = True,
    ) -> None:  # fmt: skip
        self._lanes = list(lanes)
        self._tail = [
            kind
            for kind, shown in (
                (Kind.ADD, adding),
                (Kind.FOOTER, footers),
                (Kind.GAP, not compact),
            )
            if shown
        ]
        self._starts = [0, *accumulate(self._height(lane) for lane in self._lanes)]

    @property
    def height(self) -> int:
        """How many lines there are in all."""
        return self._starts[-1]

    def at(self, line: int) -> Place | None:
        """What a line shows; None below the last and above the first."""
        if not 0 <= line < self.height:
            return None
        lane = bisect_right(self._starts, line) - 1
        shape = self._lanes[lane]
        inside = line - self._starts[lane]
        if inside == 0:
            return Place(Kind.TITLE, lane)
        body = self._body(shape)
        if inside <= body:
            return self._in_body(lane, shape, inside - 1)
        return Place(self._tail_of(lane)[inside - 1 - body], lane)

    def line_of(self, place: Place) -> int:
        """The line of a place that this layout has."""
        shape = self._lanes[place.lane]
        start = self._starts[place.lane]
        if place.kind is Kind.TITLE or (shape.collapsed and place.kind is not Kind.GAP):
            return start
        if place.kind in (Kind.ROW, Kind.SUBITEM):
            before = sum(count for row, count in shape.expanded if row < place.row)
            return start + 1 + place.row + before + place.sub + 1
        return start + 1 + self._body(shape) + self._tail_of(place.lane).index(place.kind)

    def step(self, line: int, by: int) -> int:
        """The line `by` reachable lines further (back if negative), as far as there are any."""
        direction = 1 if by > 0 else -1
        found = line
        for _ in range(abs(by)):
            nearest = self.nearest(found + direction, direction)
            if nearest is None:
                break
            found = nearest
        return found

    def nearest(self, line: int, direction: int) -> int | None:
        """The first line from `line` on, in that direction, that the cursor can stand on."""
        while (place := self.at(line)) is not None:
            if place.kind in REACHABLE:
                return line
            line += direction
        return None

    def _in_body(self, lane: int, shape: LaneShape, inside: int) -> Place:
        before = 0
        for row, count in shape.expanded:
            if inside <= row + before:
                break
            if inside <= row + before + count:
                return Place(Kind.SUBITEM, lane, row, inside - row - before - 1)
            before += count
        return Place(Kind.ROW, lane, inside - before)

    def _height(self, shape: LaneShape) -> int:
        if shape.left_out:
            return 0
        if shape.collapsed:
            return 1 + (Kind.GAP in self._tail)
        return 1 + self._body(shape) + len(self._tail)

    def _tail_of(self, lane: int) -> list[Kind]:
        return [Kind.GAP] if self._lanes[lane].collapsed else self._tail

    @staticmethod
    def _body(shape: LaneShape) -> int:
        if shape.collapsed:
            return 0
        return shape.length + sum(count for _, count in shape.expanded)
