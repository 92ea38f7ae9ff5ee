"""Commands as older versions of the program wrote them, made into today's: a device may have been away for a year.

A command whose fields change their meaning gets the next number behind its `@`, and here the way from the one before
(sync.md, versions). New fields with a default need no number.
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from engine.errors import UsageError

Fields = Mapping[str, Any]
Upcast = Callable[[Fields], tuple[str, Fields]]
"""From the fields of one op to the next op and its fields."""

UPCASTS: Final[dict[str, Upcast]] = {}
MOST_STEPS: Final = 20


def upcast(op: str, fields: Fields) -> tuple[str, Fields]:
    """As today's version of the op has it; one that is of today stays as it is."""
    for _ in range(MOST_STEPS):
        step = UPCASTS.get(op)
        if step is None:
            return op, fields
        op, fields = step(fields)
    raise UsageError(f"The ways to today's {op} go round in a circle.")
