"""Lines of the table and what they show, for lanes of every shape."""

from hypothesis import given
from hypothesis import strategies as st

from tui.widgets.table_layout import REACHABLE, Kind, LaneShape, Place, TableLayout


@st.composite
def shapes(draw: st.DrawFn) -> LaneShape:
    length = draw(st.integers(0, 8))
    rows = draw(st.sets(st.integers(0, length - 1))) if length else set()
    expanded = tuple((row, draw(st.integers(1, 3))) for row in sorted(rows))
    return LaneShape(length, draw(st.booleans()), expanded, left_out=draw(st.booleans()))


layouts = st.builds(
    TableLayout, st.lists(shapes(), max_size=6), compact=st.booleans(), footers=st.booleans(),
    adding=st.booleans(),
)  # fmt: skip


@given(layouts)
def test_every_line_shows_one_place_and_every_place_has_that_line(layout: TableLayout):
    places = [layout.at(line) for line in range(layout.height)]
    assert None not in places
    assert len(set(places)) == layout.height
    assert [layout.line_of(place) for place in places if place] == list(range(layout.height))


@given(layouts)
def test_above_and_below_the_lines_there_is_nothing(layout: TableLayout):
    assert layout.at(-1) is None
    assert layout.at(layout.height) is None


@given(layouts, st.integers(0, 60), st.integers(-9, 9))
def test_the_cursor_only_ever_steps_where_it_can_stand(layout: TableLayout, line: int, by: int):
    start = layout.nearest(min(line, max(layout.height - 1, 0)), -1)
    if start is not None:
        place = layout.at(layout.step(start, by))
        assert place is not None
        assert place.kind in REACHABLE


@given(layouts)
def test_stepping_down_and_up_again_comes_back(layout: TableLayout):
    start = layout.nearest(0, 1)
    if start is not None:
        down = layout.step(start, 1)
        assert down == start or layout.step(down, -1) == start


def test_subitems_stand_below_their_row():
    layout = TableLayout([LaneShape(3, expanded=((1, 2),))])
    kinds = [place and (place.kind, place.row, place.sub) for place in map(layout.at, range(6))]
    assert kinds == [
        (Kind.TITLE, -1, -1),
        (Kind.ROW, 0, -1),
        (Kind.ROW, 1, -1),
        (Kind.SUBITEM, 1, 0),
        (Kind.SUBITEM, 1, 1),
        (Kind.ROW, 2, -1),
    ]


def test_a_collapsed_lane_is_its_title_alone():
    layout = TableLayout([LaneShape(5, collapsed=True), LaneShape(1)], compact=True)
    assert layout.at(0) == Place(Kind.TITLE, 0)
    assert layout.at(1) == Place(Kind.TITLE, 1)


def test_a_lane_that_is_left_out_has_no_line():
    layout = TableLayout([LaneShape(2), LaneShape(0, left_out=True), LaneShape(1)])
    lanes = {place.lane for line in range(layout.height) if (place := layout.at(line))}
    assert lanes == {0, 2}


def test_a_million_rows_cost_no_more_than_ten():
    layout = TableLayout([LaneShape(1_000_000), LaneShape(1_000_000)])
    far = Place(Kind.ROW, 1, 999_999)
    assert layout.at(layout.line_of(far)) == far
