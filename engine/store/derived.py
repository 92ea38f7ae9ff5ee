"""Columns that the store fills in itself, from the record that is being written."""

from collections.abc import Callable, Mapping
from functools import cache

from engine.columns.column_type import ColumnType
from engine.columns.registry import column_type
from engine.model.column import Column
from engine.model.item import Item
from engine.model.record import JSON
from engine.model.text import folded

Wordings = list[tuple[str, Callable[[JSON], str]]]
"""The columns of a board whose values have words of their own, and how each gives them."""


def wordings(columns: Mapping[str, Column]) -> Wordings:
    said = ((id, _words_of(column.type)) for id, column in columns.items())
    return [(id, words) for id, words in said if words is not None]


def item_index(item: Item, of_board: Wordings) -> dict[str, str]:
    """`sort_name`, and `words`: everything a search finds in the row itself, folded. Labels and people
    are not in it: they are found by their ids."""
    words = [item.name]
    values = item.values
    for column_id, said in of_board:
        value = values.get(column_id)
        if value is not None:
            words.append(said(value))
    return {
        "sort_name": folded(item.name),
        "words": folded("\n".join(filter(None, words))),
    }


@cache
def _words_of(key: str) -> Callable[[JSON], str] | None:
    """How a column type gives a value's words; None for a type whose values have none of their own."""
    kind = column_type(key)
    return None if type(kind).words is ColumnType.words else kind.words
