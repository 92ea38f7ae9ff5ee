"""What a card shows in each density."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from engine.columns.column_type import Piece
from engine.model.column import Column
from engine.model.item import Item
from engine.queries.board_view import ItemRow
from tui.widgets.card_content import DENSITIES, card_lines
from tui.widgets.table_drawing import Signs


def column(id, type, title):
    return Column(id=id, board_id="b", type=type, title=title)


FIELDS = [
    (column("s", "status", "Status"), (Piece("Stuck", "red", chip=True),)),
    (column("d", "date", "Due"), (Piece("Tomorrow"),)),
    (column("n", "number", "Budget"), (Piece("120 €"),)),
    (column("c", "checkbox", "Paid"), (Piece("✓"),)),
]


def card(density, width=30, *, name="Write the release notes", fields=(), **counts):
    row = ItemRow(item=Item(id="i", board_id="b", group_id="g", number=7, name=name), **counts)
    lines = card_lines(row, fields, width, DENSITIES[density], Signs())
    return ["".join(run.text for run in line) for line in lines]


def test_a_card_with_nothing_set_is_its_title():
    assert card("normal") == ["Write the release notes"]


def test_a_compact_card_is_one_line_whatever_is_set():
    assert card("compact", fields=FIELDS, comments=2) == ["Write the release notes"]


def test_a_normal_card_shows_labels_then_the_rest():
    assert card("normal", fields=FIELDS, subitems=3, comments=2) == [
        "Write the release notes",
        " Stuck ",
        "Tomorrow · Budget 120 €",
        "✓ Paid · └3 ❞2",
    ]


def test_a_full_card_names_every_field_that_is_set():
    assert card("full", fields=FIELDS, attachments=1) == [
        "Write the release notes",
        "Status  Stuck ",
        "Due    Tomorrow",
        "Budget 120 €",
        "Paid   ✓",
        "#7 ↧1",
    ]


def test_labels_that_do_not_fit_are_counted():
    tags = tuple(Piece(name, "blue", chip=True) for name in ("urgent", "client", "web", "print"))
    shown = card("normal", 18, fields=[(column("t", "tags", "Tags"), tags)])
    assert shown[-1] == " urgent  +3"


def test_words_that_do_not_fit_are_told_of():
    people = (column("p", "people", "Person"), (Piece("Somebody, Somebody else"),))
    shown = card("normal", 16, fields=[people, *FIELDS[1:]])
    assert len(shown) == 4
    assert shown[-1].endswith("…")


names = st.text(st.characters(exclude_categories=("Cs",)), min_size=1, max_size=80)
shown_pieces = st.lists(
    st.builds(Piece, names, st.just("red"), st.booleans()), min_size=1, max_size=4
)


@given(
    names,
    st.lists(shown_pieces, max_size=5),
    st.integers(6, 60),
    st.sampled_from(list(DENSITIES)),
)
def test_no_line_is_wider_than_the_card(name, values, width, density):
    fields = [(column(f"c{i}", "text", "Column"), tuple(value)) for i, value in enumerate(values)]
    row = ItemRow(item=Item(id="i", board_id="b", group_id="g", number=7, name=name), comments=3)
    for line in card_lines(row, fields, width, DENSITIES[density], Signs()):
        assert sum(cell_len(run.text) for run in line) <= width
