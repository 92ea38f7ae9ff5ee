"""An item's history as entries of its panel: who did what when, with old and new values as people read them."""

from collections.abc import Callable, Iterator

from engine.model.audit import AUDIT_NAMES
from engine.model.change import Change, ChangeOp
from engine.model.record import JSON
from engine.queries.item_detail import Happening
from tui.item_source import ItemSource
from tui.spoken_time import spoken_time
from tui.widgets.card_content import Line, Run
from tui.widgets.entry_list import Entry
from tui.widgets.item_fields import AIR, heading
from tui.widgets.kanban_ink import KanbanSigns
from tui.widgets.wrapped_text import wrapped

VALUE_LINES = 3
_STATES = {"live": "in use", "archived": "archived", "trashed": "in the trash"}


def history_entries(source: ItemSource, width: int, signs: KanbanSigns) -> Iterator[Entry]:
    """The newest first."""
    yield heading("History", "" if source.history else "nothing has been changed yet")
    for place, happening in enumerate(source.history):
        if place:
            yield AIR
        yield _entry(source, happening, width, signs)


def _entry(source: ItemSource, happening: Happening, width: int, signs: KanbanSigns) -> Entry:
    deed = happening.deed
    when = spoken_time(deed.at, source.now, source.utc_offset)
    words = AUDIT_NAMES.get(deed.audit_name, deed.op)
    undone = " · undone" if deed.undone_by else ""
    head: Line = (
        Run(source.person(deed.actor_id), "title"),
        Run(f"  {words} · {when}{undone}", "dim"),
    )
    lines = [
        (Run("  ", "dim"), Run(text, "text"))
        for change in happening.changes
        for said in _said(source, change, signs)
        for text in wrapped(said, max(width - 2, 1), VALUE_LINES)
    ]
    return Entry(f"deed:{deed.seq}", (head, *lines))


def _said(source: ItemSource, change: Change, signs: KanbanSigns) -> Iterator[str]:
    """What one change did, a sentence for each field that a person would know."""
    if change.op in (ChangeOp.INSERT, ChangeOp.INSERT_MANY):
        yield from _added_said(source, change)
        return
    before, after = change.before or {}, change.after or {}
    for field in after:
        if field.startswith("values."):
            yield _value_said(
                source, field.removeprefix("values."), before.get(field), after[field], signs
            )
        elif field in _FIELDS:
            title, read = _FIELDS[field]
            old, new = read(source, before.get(field)), read(source, after[field])
            yield f"{title}: {old} {signs.becomes} {new}"
    if "position" in after and "group_id" not in after:
        yield "Place in the group"


def _added_said(source: ItemSource, change: Change) -> Iterator[str]:
    """What was said or attached, if it is still there."""
    for comment in source.whole.comments:
        if comment.id == change.entity_id:
            yield f"“{comment.body}”"
    for attachment in source.whole.attachments:
        if attachment.id == change.entity_id:
            yield attachment.name


def _value_said(
    source: ItemSource, column_id: str, before: JSON, after: JSON, signs: KanbanSigns
) -> str:
    column = source.column(column_id)
    if column is None:
        return "A column that was removed since"
    old, new = (
        "".join(piece.text for piece in source.pieces(column, value)) or signs.empty
        for value in (before, after)
    )
    return f"{column.title}: {old} {signs.becomes} {new}"


def _text(source: ItemSource, value: JSON) -> str:
    return f"“{value}”"


def _group(source: ItemSource, value: JSON) -> str:
    return source.group_name(str(value))


def _state(source: ItemSource, value: JSON) -> str:
    return _STATES.get(str(value), str(value))


_FIELDS: dict[str, tuple[str, Callable[[ItemSource, JSON], str]]] = {
    "name": ("Name", _text),
    "group_id": ("Group", _group),
    "state": ("State", _state),
    "body": ("Comment", _text),
}
"""Fields that a person would know, besides values: their titles and how they are read."""
