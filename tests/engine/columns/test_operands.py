"""Operands of filters: two ends, or something at all."""

import pytest

from engine.columns.operands import bounds, needed
from engine.errors import Invalid


@pytest.mark.parametrize("operand", ["3..8", " 3 .. 8 ", "3 ..8"])
def test_two_ends_are_read_with_or_without_spaces(operand: str) -> None:
    assert bounds(operand) == ("3", "8")


@pytest.mark.parametrize("operand", ["", "3", "3..", "..8", ".."])
def test_a_missing_end_is_asked_for(operand: str) -> None:
    with pytest.raises(Invalid, match=r"has no two ends. Write both with dots between: 3..8"):
        bounds(operand)


def test_an_operand_is_cleaned_and_must_be_there() -> None:
    assert needed(" a\x1b[1m b ", "is") == "a b"
    with pytest.raises(Invalid, match=r"The filter “is” needs something"):
        needed("\x07", "is")
