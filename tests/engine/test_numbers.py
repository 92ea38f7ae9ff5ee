"""Whole numbers that come in from elsewhere have bounds, so that none is too large for a column."""

from collections.abc import Iterator
from typing import Any

import msgspec
import pytest
from msgspec import Struct, inspect

from engine.commands.everything import ALL_COMMANDS
from engine.commands.registry import HANDLERS, command_from
from engine.model.exchange import Ask, Hello, Pull, Push
from engine.model.presence import Where
from engine.model.record import Record
from engine.queries.everything import ALL_QUERIES
from engine.queries.registry import ANSWERS

COMING_IN: list[type[Struct]] = [
    *(kind for kind in ALL_COMMANDS if not HANDLERS[kind].by_system),
    *(kind for kind in ALL_QUERIES if ANSWERS[kind].on_server),
    Ask, Hello, Pull, Push, Where,
]  # fmt: skip


def unbounded(kind: Any) -> Iterator[str]:
    """Fields in it that take any whole number. Records of imports are the store's to refuse."""
    if isinstance(kind, inspect.StructType) and not issubclass(kind.cls, Record):
        for field in kind.fields:
            yield from (f"{kind.cls.__name__}.{field.name}" for _ in unbounded(field.type))
    elif isinstance(kind, inspect.IntType):
        if kind.ge is None or kind.lt is None:
            yield "int"
    else:
        for inside in ("types", "item_types"):
            for one in getattr(kind, inside, ()):
                yield from unbounded(one)
        for inside in ("item_type", "value_type"):
            if hasattr(kind, inside):
                yield from unbounded(getattr(kind, inside))


@pytest.mark.parametrize("kind", COMING_IN, ids=lambda kind: kind.__name__)
def test_every_number_that_comes_in_has_bounds(kind: type[Struct]) -> None:
    assert list(unbounded(inspect.type_info(kind))) == []


@pytest.mark.parametrize("number", [-1, 1 << 53, 10**20])
def test_what_is_out_of_bounds_is_refused_where_it_comes_in(number: int) -> None:
    with pytest.raises(msgspec.ValidationError):
        command_from("trash.empty@1", {"most": number})
    said = {"replica_id": "r", "epoch": "e", "acked_n": 0, "cursors": {"org": number}}
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert(said, Pull)
