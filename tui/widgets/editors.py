"""Which editor a column opens at its cell, by the type's `editor`: one line each."""

from collections.abc import Callable
from typing import Final

from textual.geometry import Region

from engine.columns.column_type import Surroundings
from engine.columns.registry import column_type
from engine.model.column import Column
from engine.model.record import JSON
from tui.widgets.editor_labels import LabelsEditor
from tui.widgets.editor_people import PeopleEditor
from tui.widgets.editor_text import TextEditor
from tui.widgets.popup import Popup
from tui.widgets.prompt import Answer, Prompt

Editor = Popup[Answer[JSON]]
"""Comes back with the new value (None clears it), or with None when it was left."""

Maker = Callable[[Column, JSON, Surroundings, Region, str], Editor]


def editor_for(column: Column, value: JSON, at: Surroundings, cell: Region, title: str) -> Editor:
    """The editor of the column's type over a cell. `title` says what is edited, and how many items."""
    return _MAKERS[column_type(column.type).editor](column, value, at, cell, title)


def _line(column: Column, value: JSON, at: Surroundings, cell: Region, title: str) -> Editor:
    kind = column_type(column.type)
    text = "" if value is None else kind.text(value, at)
    return Prompt(
        lambda line: kind.parse(line, at), title=title, text=text, hint=kind.hint, at=cell
    )


def _date(column: Column, value: JSON, at: Surroundings, cell: Region, title: str) -> Editor:
    kind = column_type(column.type)

    def preview(parsed: JSON) -> str:
        if parsed is None:
            return ""
        shown = "".join(piece.text for piece in kind.render(parsed, at))
        written = kind.text(parsed, at)
        return f"= {shown}" if shown == written else f"= {shown}  ({written})"

    text = "" if value is None else kind.text(value, at)
    return Prompt(
        lambda line: kind.parse(line, at), title=title, text=text, hint=kind.hint, at=cell,
        preview=preview,
    )  # fmt: skip


_MAKERS: Final[dict[str, Maker]] = {
    "line": _line,
    "date": _date,
    "text": TextEditor,
    "labels": LabelsEditor,
    "people": PeopleEditor,
}
"""`toggle` has no editor: the value is turned over where it stands."""
