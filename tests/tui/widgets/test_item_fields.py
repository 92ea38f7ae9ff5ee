"""Texts beside their labels: whole, each line behind the label and within the width."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len

from tui.widgets.card_content import Run
from tui.widgets.item_fields import beside

LABEL = (Run("Complain  ", "dim"),)


def test_what_has_no_room_stands_below_behind_the_label():
    lines = beside(LABEL, "one two three", ("text",), 18)
    assert [[run.text for run in line] for line in lines] == [
        ["Complain  ", "one two"],
        [" " * 10, "three"],
    ]


@given(
    st.lists(st.text("abc漢", min_size=1, max_size=8), min_size=1, max_size=12), st.integers(26, 60)
)
def test_no_word_is_lost_and_no_line_too_long(words: list[str], width: int):
    lines = beside(LABEL, " ".join(words), ("text",), width, 12)
    assert " ".join(line[-1].text for line in lines).split() == words
    assert all(sum(cell_len(run.text) for run in line) <= width for line in lines)
