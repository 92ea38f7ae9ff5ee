"""Says what a command of the outbox wanted, on what, and what the values of a conflict are, in words."""

from collections.abc import Callable, Iterator
from typing import Final

from engine.commands.history import Redo, Undo
from engine.commands.items import MoveItems, RenameItem, SetValues
from engine.commands.registry import handling_of
from engine.errors import UsageError
from engine.model.audit import AUDIT_NAMES
from engine.model.change import Change, ChangeOp
from engine.model.conflict import Conflict
from engine.model.exchange import Sent
from engine.model.record import JSON
from engine.model.text import clean_line
from tui.sync_names import Names, subjects
from tui.widgets.card_content import drawn_to

LONGEST: Final = 600
LONGEST_BEFORE: Final = 60
"""Of what stood there before there is so much as leaves room for what comes."""
WORDS: Final = ("name", "body", "title", "description")
"""Arguments that are a person's own words, the most telling first."""
UNSHOWN: Final = ("stamps.", "position", "state_at", "edited_at", "updated_")
"""Fields that say nothing to a person."""


def said(sent: Sent, names: Names) -> str:
    """A command in words: on what, and what it wanted there."""
    wanted = _WANTED.get(sent.op, _plain_wish)(sent, names)
    whole = " · ".join(one for one in (_subject(sent, names), wanted) if one)
    return drawn_to(clean_line(whole), LONGEST)


def where_and_when(sent: Sent, names: Names) -> str:
    """The board, and when the command was given."""
    board = next((names.board_of(id) for id in _about(sent, names)), "")
    return " · ".join(one for one in (board, names.time(sent.at)) if one)


def conflict_subject(one: Conflict, names: Names) -> str:
    """Which field of what."""
    thing = names.called(one.item_id or one.entity_id) or f"{one.entity} that is not here any more"
    return clean_line(f"{thing} · {names.field(one.field)}")


def conflict_values(one: Conflict, names: Names) -> tuple[tuple[str, str], ...]:
    """Whose value it was and what, yours first; or, under no name, what became of an item in a group that somebody had
    put into the trash."""
    lost, won = names.value(one.field, one.lost), names.value(one.field, one.won)
    if _went_elsewhere(one, names):
        return (("", f"“{lost}” is in the trash, so it went to “{won}” instead."),)
    return (("Yours", lost), (names.person(one.won_by), won))


def _went_elsewhere(one: Conflict, names: Names) -> bool:
    """Nobody has moved it then, and the groups stand there by name."""
    known = any(isinstance(id, str) and names.called(id) for id in (one.lost, one.won))
    return one.field == "group_id" and not one.won_by and not known


def _about(sent: Sent, names: Names) -> list[str]:
    """Taking back is about what was done."""
    ids = subjects(sent)[1]
    return ids or [id for change, _ in _taken(sent, names) for id in _ids_of(change)]


def _subject(sent: Sent, names: Names) -> str:
    kind, ids = subjects(sent)
    ids = ids or _about(sent, names)
    if not ids:
        return ""
    called = names.called(ids[0]) or f"{kind or 'something'} that is not here any more"
    return f"{called} and {len(ids) - 1:,} more" if len(ids) > 1 and kind else called


# -- what was wanted ------------------------------------------------------------------------------


def _plain_wish(sent: Sent, names: Names) -> str:
    """As the audit trail says it, with the words of the person."""
    own = (sent.arguments.get(name) for name in WORDS)
    wanted = next((one for one in own if isinstance(one, str) and one), "") or _items(sent)
    return f"{_deed(sent.op)}: {wanted}" if wanted else _deed(sent.op)


def _items(sent: Sent) -> str:
    items = sent.arguments.get("items")
    found = [str(one.get("name", "")) for one in items if isinstance(one, dict)] if isinstance(items, list) else []  # fmt: skip
    more = f" and {len(found) - 3:,} more" if len(found) > 3 else ""
    return ", ".join(found[:3]) + more


def _values(sent: Sent, names: Names) -> str:
    values = sent.arguments.get("values")
    found = values if isinstance(values, dict) else {}
    return ", ".join(_becomes(sent, names, f"values.{id}", new) for id, new in found.items())


def _name(sent: Sent, names: Names) -> str:
    return _becomes(sent, names, "name", sent.arguments.get("name"))


def _place(sent: Sent, names: Names) -> str:
    return f"{_deed(sent.op)}: {names.value('group_id', sent.arguments.get('group_id'))}"


def _take_back(sent: Sent, names: Names) -> str:
    """What was undone: its field, or at least what kind of deed it was."""
    for change, back in _taken(sent, names):
        before, after = (change.after, change.before) if back else (change.before, change.after)
        for field in after or {}:
            if change.op is ChangeOp.UPDATE and not field.startswith(UNSHOWN):
                return f"{_deed(sent.op)}: {_step(names, field, (before or {}).get(field), (after or {})[field])}"
    words = _first_done(names, sent.arguments.get("gesture"))
    return f"{_deed(sent.op)}: {words}" if words else _deed(sent.op)


def _first_done(names: Names, gesture: JSON) -> str:
    """What was taken back may itself be an undo or redo: of what?"""
    for done in names.happened(gesture)[:1]:
        return _first_done(names, done.deed.undoes) or AUDIT_NAMES.get(done.deed.audit_name, "")
    return ""


_WANTED: Final[dict[str, Callable[[Sent, Names], str]]] = {
    SetValues.OP: _values, RenameItem.OP: _name, MoveItems.OP: _place, Undo.OP: _take_back,
    Redo.OP: _take_back,
}  # fmt: skip
"""How commands are said that the words of the audit trail say too little of."""


def _deed(op: str) -> str:
    try:
        name = handling_of(op).audit or op
    except UsageError:
        name = op
    return AUDIT_NAMES.get(name, name)


def _taken(sent: Sent, names: Names) -> Iterator[tuple[Change, bool]]:
    """What taking something back has changed here; where it has no effect, what was to be taken back (True)."""
    target = sent.arguments.get("gesture")
    own = [(one, False) for done in names.happened(sent.gesture) for one in done.changes]
    was = [(one, True) for done in names.happened(target) for one in done.changes]
    yield from (own or was) if target else ()


def _ids_of(change: Change) -> list[str]:
    many = (change.after or {}).get("ids") if change.op is ChangeOp.INSERT_MANY else None
    return (
        [str(id) for id in many] if isinstance(many, list) else [change.item_id or change.entity_id]
    )


def _becomes(sent: Sent, names: Names, field: str, new: JSON) -> str:
    """What a field held before, where it is of one item, and what it shall hold."""
    _, ids = subjects(sent)
    old = _held_before(sent, names, ids[0], field) if len(ids) == 1 else None
    return _step(names, field, old, new)


def _held_before(sent: Sent, names: Names, item_id: str, field: str) -> JSON:
    """What waits has its effect here already; what was refused has none."""
    for done in names.happened(sent.gesture):
        for change in done.changes:
            if change.entity_id == item_id and change.before and field in change.before:
                return change.before[field]
    return names.stands(item_id, field)


def _step(names: Names, field: str, old: JSON, new: JSON) -> str:
    told = names.value(field, new)
    if old is not None and old != new:
        told = f"{drawn_to(names.value(field, old), LONGEST_BEFORE)} → {told}"
    return f"{names.field(field)}: {told}"
