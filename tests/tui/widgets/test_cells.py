"""Cells are exactly as wide as they are asked to be, whatever stands in them."""

from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.style import Style

from engine.columns.column_type import Piece
from engine.model.text import clean_line
from tui.widgets.cells import cell, drawn, filled_chip

texts = st.text(max_size=30).map(clean_line)
pieces = st.lists(st.builds(Piece, texts, st.just("green"), st.booleans()), max_size=4)


def chip(color: str) -> Style:
    return Style(reverse=True)


@given(pieces, st.integers(0, 40), st.booleans())
def test_a_cell_is_exactly_as_wide_as_its_column(shown: list[Piece], width: int, right: bool):
    segments = cell(shown, width, Style(), chip, right=right)
    assert sum(cell_len(segment.text) for segment in segments) == width


@given(texts, st.integers(1, 40))
def test_a_label_fills_its_cell(text: str, width: int):
    assert cell_len(filled_chip(Piece(text, "green", True), width, chip).text) == width


@given(texts, st.integers(1, 40))
def test_text_is_cut_or_filled_to_its_width(text: str, width: int):
    assert cell_len(drawn(text, width)) == width


def test_what_is_cut_says_so():
    assert drawn("a long name", 6) == "a lon…"


@given(pieces)
def test_every_segment_has_a_style(shown: list[Piece]):
    assert all(segment.style is not None for segment in cell(shown, 20, Style(), chip))
