"""Where lanes and cards of the kanban stand on a screen of some size: pure arithmetic.

Lanes stand side by side from a first one on; in a lane, cards stand below each other from a top one on.
Only what is on the screen is ever measured, so a lane of a million cards costs what a lane of ten does.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

GAP = 1
"""Cells right of each lane, where its scroll mark stands."""
COLLAPSED = 5
COMFORTABLE, NARROWEST, WIDEST = 18, 14, 60
"""Cells wide a lane should be at least, may be at least beside another, and is at most."""


class LaneSpan(NamedTuple):
    """A lane on the screen: its index, where it starts, how wide it is."""

    lane: int
    x: int
    width: int


class CardSpan(NamedTuple):
    """A card in its lane: its place from 0, the line of the lane where it starts, and how high it is."""

    place: int
    y: int
    height: int


CardHeight = Callable[[int], int]
"""How many lines the card with this index needs."""


def open_width(screen: int, collapsed: Sequence[bool]) -> int:
    """How wide open lanes are: all alike, as many side by side as are comfortable to read."""
    shut = sum(collapsed)
    lanes = len(collapsed) - shut
    room = max(screen - shut * (COLLAPSED + GAP), screen // 2)
    if lanes == 0 or room < 2 * (NARROWEST + GAP):
        return max(min(screen - GAP, WIDEST), 1)
    beside = min(max(room // (COMFORTABLE + GAP), 2), lanes)
    return min(room // beside - GAP, WIDEST)


def lane_spans(screen: int, collapsed: Sequence[bool], first: int) -> list[LaneSpan]:
    """The lanes from `first` on that fit on the screen, each with its gap; the first always does."""
    width = open_width(screen, collapsed)
    spans: list[LaneSpan] = []
    x = 0
    for lane in range(first, len(collapsed)):
        wide = min(COLLAPSED if collapsed[lane] else width, max(screen - GAP, 1))
        if spans and x + wide + GAP > screen:
            break
        spans.append(LaneSpan(lane, x, wide))
        x += wide + GAP
    return spans


def first_showing(screen: int, collapsed: Sequence[bool], first: int, lane: int) -> int:
    """The first lane to show so that `lane` is on the screen, as near to `first` as can be, and so that no
    room stays empty while lanes are hidden to the left."""
    first = min(first, lane)
    while lane > lane_spans(screen, collapsed, first)[-1].lane:
        first += 1
    last = len(collapsed) - 1
    while first > 0 and lane_spans(screen, collapsed, first - 1)[-1].lane == last:
        first -= 1
    return first


def cards_from(
    top: int, height: int, count: int, card_height: CardHeight, gap: int
) -> list[CardSpan]:
    """The cards on the screen of a lane `height` lines high; the last may be cut off below."""
    spans: list[CardSpan] = []
    y = 0
    for index in range(top, count):
        if y >= height:
            break
        high = card_height(index)
        spans.append(CardSpan(index, y, high))
        y += high + gap
    return spans


def top_showing(
    top: int, index: int, height: int, count: int, card_height: CardHeight, gap: int
) -> int:
    """The top card to show so that card `index` is wholly on the screen, as near to `top` as can be, and so
    that no room stays empty below while cards are hidden above."""
    if not count:
        return 0
    top = max(min(top, index), _top_ending_with(index, height, card_height, gap))
    if top + height < count:
        return top
    return min(top, _top_ending_with(count - 1, height, card_height, gap))


def wholly_shown(spans: Sequence[CardSpan], height: int) -> int:
    """How many of these cards are not cut off: at least one."""
    return max(sum(span.y + span.height <= height for span in spans), 1)


def thumb(top: int, shown: int, count: int, height: int) -> range | None:
    """The lines where a scroll mark stands beside a lane; None where all cards are on the screen."""
    if shown >= count or height < 2:
        return None
    length = max(1, round(height * shown / count))
    start = round((height - length) * top / max(count - shown, 1))
    return range(min(start, height - length), min(start, height - length) + length)


def _top_ending_with(index: int, height: int, card_height: CardHeight, gap: int) -> int:
    """The first top card with which card `index` is still wholly on the screen."""
    used = card_height(index)
    top = index
    while top > 0:
        used += gap + card_height(top - 1)
        if used > height:
            break
        top -= 1
    return top
