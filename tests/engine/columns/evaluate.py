"""What filters and sorts mean, in plain Python: the reference that the SQL of the store is
checked against."""

import operator
from collections.abc import Callable, Sequence
from typing import Any

from engine.model.predicate import (
    AnyOf,
    Both,
    Compare,
    Contains,
    Filled,
    FilledOrder,
    Not,
    NumberOrder,
    Order,
    Path,
    RankOrder,
    Test,
    TextOrder,
)
from engine.model.record import JSON
from engine.model.text import folded

SortKey = tuple[bool, str | float]


def evaluate_test(test: Test, value: JSON) -> bool:
    """Whether an item with this value passes. `None` is an item without one."""
    match test:
        case Filled(wanted=wanted):
            return (value is not None) is wanted
        case Contains(folded=words, path=path):
            found = text_at(value, path)
            return found is not None and words in folded(found)
        case AnyOf(values=values, many=True):
            return isinstance(value, list) and any(element in values for element in value)
        case AnyOf(values=values):
            return value in values
        case Compare():
            return _compares(test, text_at(value, test.path))
        case Not(test=inner):
            return not evaluate_test(inner, value)
        case Both(first=first, second=second):
            return evaluate_test(first, value) and evaluate_test(second, value)


def sort_key(order: Order, value: JSON) -> SortKey:
    """Items without a value come last, and so do those whose rank nobody knows."""
    match order:
        case TextOrder(path=path):
            text = text_at(value, path)
            return (True, "") if text is None else (False, folded(text))
        case NumberOrder(path=path):
            text = text_at(value, path)
            return (True, 0.0) if text is None else (False, float(text))
        case RankOrder(ranks=ranks, path=path):
            text = text_at(value, path)
            return (False, float(ranks.index(text))) if text in ranks else (True, 0.0)
        case FilledOrder():
            return (value is None, 0.0)


def sorted_by(order: Order, values: Sequence[JSON], *, descending: bool = False) -> list[JSON]:
    """The values as a view shows them: empty ones last, whichever way it sorts."""
    keyed = [(sort_key(order, value), value) for value in values]
    filled = [pair for pair in keyed if not pair[0][0]]
    filled.sort(key=lambda pair: pair[0], reverse=descending)
    return [value for _, value in filled] + [value for key, value in keyed if key[0]]


def text_at(value: JSON, path: Path) -> str | None:
    """The text at `path` inside the value, as the database finds it."""
    for step in path:
        if isinstance(value, dict) and isinstance(step, str):
            value = value.get(step)
        elif isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        else:
            return None
    return value if isinstance(value, str) else None


def _compares(test: Compare, found: str | None) -> bool:
    if found is None:
        return False
    # Text compares bytewise, and UTF-8 sorts as its code points do.
    if isinstance(test.operand, str):
        return _OPERATORS[test.operator](found, test.operand)
    return _OPERATORS[test.operator](float(found), test.operand)


_OPERATORS: dict[str, Callable[[Any, Any], bool]] = {
    "<": operator.lt, "<=": operator.le, "=": operator.eq, ">=": operator.ge, ">": operator.gt,
}  # fmt: skip
