"""Where columns stand on screens of every width."""

from hypothesis import given
from hypothesis import strategies as st

from engine.model.column import Column
from tui.widgets.table_columns import ColumnPlan

KINDS = ("status", "people", "date", "number", "text", "checkbox")
screens = st.integers(10, 300)


def plan(count: int, hidden: tuple[str, ...] = (), name_width: int = 0) -> ColumnPlan:
    columns = [
        Column(id=f"c{n}", board_id="b", type=KINDS[n % len(KINDS)], title=f"Column {n}")
        for n in range(count)
    ]
    return ColumnPlan(columns, hidden, {}, name_width)


@given(screens, st.integers(0, 12), st.integers(0, 11))
def test_no_column_runs_over_the_edge_or_into_its_neighbour(screen: int, count: int, first: int):
    columns = plan(count)
    end = columns.name_width(screen)
    for span in columns.spans(screen, min(first, count)):
        assert span.x > end - 1
        assert span.width > 0
        end = span.x + span.width
        assert end <= screen


@given(screens, st.integers(1, 12), st.data())
def test_a_column_can_always_be_brought_onto_the_screen(
    screen: int, count: int, data: st.DataObject
):
    columns = plan(count)
    index = data.draw(st.integers(0, count - 1))
    first = columns.first_showing(screen, data.draw(st.integers(0, count - 1)), index)
    shown = [span.column.id for span in columns.spans(screen, first)]
    assert f"c{index}" in shown


def test_hidden_columns_take_no_room():
    assert [span.column.id for span in plan(3, ("c1",)).spans(200, 0)] == ["c0", "c2"]


def test_the_name_is_as_wide_as_it_was_made_but_leaves_room_for_a_column():
    assert plan(3, name_width=50).name_width(120) == 50
    assert plan(3, name_width=90).name_width(40) < 40


def test_a_board_without_columns_gives_the_name_the_whole_width():
    assert plan(0).name_width(80) == 80
