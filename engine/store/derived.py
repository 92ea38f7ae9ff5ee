"""Columns that the store fills in itself, from the record that is being written."""

from collections.abc import Mapping

from engine.columns.registry import column_type
from engine.model.column import Column
from engine.model.item import Item
from engine.model.text import folded


def item_index(item: Item, columns: Mapping[str, Column]) -> dict[str, str]:
    """`sort_name`, and `words`: everything a search finds in the row itself, folded. Labels and people
    are not in it: they are found by their ids."""
    words = [item.name]
    for column_id, value in item.values.items():
        column = columns.get(column_id)
        if column is not None and value is not None:
            words.append(column_type(column.type).words(value))
    return {
        "sort_name": folded(item.name),
        "words": folded("\n".join(filter(None, words))),
    }
