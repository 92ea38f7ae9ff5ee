"""Says what a command of the outbox wanted, and what a value that competed holds, in words."""

import msgspec

from engine.commands.registry import handling_of
from engine.errors import UsageError
from engine.model.audit import AUDIT_NAMES
from engine.model.exchange import Sent
from engine.model.record import JSON
from engine.model.text import clean_line

LONGEST = 200


def said(command: Sent) -> str:
    """A command in words, with what it wanted."""
    try:
        name = handling_of(command.op).audit or command.op
    except UsageError:
        name = command.op
    words = AUDIT_NAMES.get(name, name)
    wanted: JSON = next(
        (one for key in ("name", "body", "title", "description")
         if isinstance(one := command.arguments.get(key), str) and one),
        None,
    )  # fmt: skip
    if wanted is None:
        wanted = _values(command.arguments)
    return f"{words}: {said_value(wanted)}" if wanted else words


def _values(arguments: dict[str, JSON]) -> JSON:
    values, items = arguments.get("values"), arguments.get("items")
    if isinstance(values, dict):
        return ", ".join(said_value(one) for one in values.values())
    if isinstance(items, list):
        return ", ".join(str(one.get("name", "")) for one in items if isinstance(one, dict))
    return None


def said_value(value: JSON) -> str:
    """On one line, and safe to draw: it may be anybody's."""
    if value is None:
        return "(nothing)"
    text = value if isinstance(value, str) else msgspec.json.encode(value).decode()
    return clean_line(text)[:LONGEST]
