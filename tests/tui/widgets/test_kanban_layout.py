"""Lanes and cards of the kanban on screens of every size."""

from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tui.widgets.kanban_layout import (
    COLLAPSED,
    GAP,
    NARROWEST,
    WIDEST,
    cards_from,
    first_showing,
    lane_spans,
    open_width,
    thumb,
    top_showing,
    wholly_shown,
)

screens = st.integers(1, 300)
boards = st.lists(st.booleans(), min_size=1, max_size=30)


def test_four_lanes_share_an_ordinary_screen():
    spans = lane_spans(80, [False] * 4, 0)
    assert [(span.x, span.width) for span in spans] == [(0, 19), (20, 19), (40, 19), (60, 19)]


def test_lanes_never_grow_wider_than_a_line_is_read():
    assert open_width(250, [False, False]) == WIDEST


def test_a_very_narrow_screen_shows_one_lane():
    assert len(lane_spans(2 * NARROWEST + GAP, [False] * 3, 1)) == 1
    assert len(lane_spans(2 * (NARROWEST + GAP), [False] * 3, 1)) == 2


def test_a_collapsed_lane_leaves_its_room_to_the_others():
    assert open_width(120, [True, False, False]) > open_width(120, [False, False, False])
    assert lane_spans(120, [True, False], 0)[0].width == COLLAPSED


@given(screens, boards, st.data())
def test_lanes_stand_on_the_screen_side_by_side(screen, board, data):
    first = data.draw(st.integers(0, len(board) - 1))
    spans = lane_spans(screen, board, first)
    assert [span.lane for span in spans] == list(range(first, first + len(spans)))
    assert all(b.x == a.x + a.width + GAP for a, b in pairwise(spans))
    assert all(span.width >= 1 and span.x + span.width <= screen for span in spans)


@given(screens, boards, st.data())
def test_the_wanted_lane_is_shown_from_wherever_one_comes(screen, board, data):
    first = data.draw(st.integers(0, len(board) - 1))
    lane = data.draw(st.integers(0, len(board) - 1))
    shown = lane_spans(screen, board, first_showing(screen, board, first, lane))
    assert lane in [span.lane for span in shown]


def test_lanes_come_back_from_the_left_when_there_is_room():
    assert first_showing(120, [False] * 4, 3, 3) == 0


heights = st.lists(st.integers(1, 9), min_size=1, max_size=60)


@given(heights, st.integers(1, 40), st.integers(0, 1), st.data())
def test_the_wanted_card_is_wholly_on_the_screen(cards, height, gap, data):
    top = data.draw(st.integers(0, len(cards) - 1))
    index = data.draw(st.integers(0, len(cards) - 1))
    top = top_showing(top, index, height, len(cards), cards.__getitem__, gap)
    spans = cards_from(top, height, len(cards), cards.__getitem__, gap)
    span = next(span for span in spans if span.place == index)
    assert span.y + span.height <= height or span.y == 0


@given(heights, st.integers(1, 40), st.integers(0, 1), st.data())
def test_moving_to_a_card_on_the_screen_scrolls_nothing(cards, height, gap, data):
    start = data.draw(st.integers(0, len(cards) - 1))
    top = top_showing(0, start, height, len(cards), cards.__getitem__, gap)
    spans = cards_from(top, height, len(cards), cards.__getitem__, gap)
    index = top + data.draw(st.integers(0, wholly_shown(spans, height) - 1))
    assert top_showing(top, index, height, len(cards), cards.__getitem__, gap) == top


def test_only_cards_on_the_screen_are_measured():
    measured = []

    def height(index):
        measured.append(index)
        return 3

    top = top_showing(500_000, 500_010, 40, 1_000_000, height, 1)
    cards_from(top, 40, 1_000_000, height, 1)
    assert len(measured) < 50


@given(st.integers(0, 100), st.integers(1, 100), st.integers(1, 100), st.integers(2, 60))
def test_the_scroll_mark_stays_beside_its_lane(top, shown, count, height):
    top = min(top, max(count - shown, 0))
    mark = thumb(top, shown, count, height)
    assert (mark is None) == (shown >= count)
    if mark is not None:
        assert 0 <= mark.start < mark.stop <= height
