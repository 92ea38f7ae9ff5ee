"""Takes words that may not stay out of everything a linked device keeps beside the rows: what undo remembers, and
commands that wait, were refused or were taken (sync.md R5, R12; docs/decisions/006-gone-for-good.md)."""

from collections.abc import Collection, Iterable, Iterator
from typing import Any, Final

from sqlalchemy import Connection, Text, case, cast, delete, or_, select, update

from engine.store.scopes import KINDS_OF
from engine.store.tables import TABLE_OF, change, held, journal, outbox

BATCH: Final = 500
COLUMN: Final = "column"
GONE: Final = "What this was about was removed for good, or you may not see it any more."
Named = Iterable[tuple[str, str]]
"""Records as their entity and id."""


def forget_everywhere(
    connection: Connection, organization_id: str, erased: tuple[str, ...]
) -> None:
    """`erased` are `entity:id`. What undo remembers of them is emptied; commands that name one of them go: those
    that wait would be refused, and neither they nor those decided already may keep a word of it."""
    ids = {name.split(":", 1)[1] for name in erased}
    _forget_changes(connection, organization_id, ids)
    for table in (outbox, held, journal):
        for command_id in _naming(connection, organization_id, table, ids):
            _blank(connection, organization_id, table, command_id)


def forget_removed(connection: Connection, organization_id: str, removed: Named) -> None:
    """What was removed for good. Commands that were taken go; of those that wait or were refused, which are the
    person's own words, only what others had written there before, and the reason."""
    found = list(removed)
    ids = {id for _, id in found}
    _forget_changes(connection, organization_id, ids)
    for entity, id in found:
        if entity == COLUMN:
            said = f"values.{id}"
            _empty(connection, organization_id, or_(*(
                cast(part, Text).contains(said, autoescape=True) for part in (change.c.before, change.c.after)
            )))  # fmt: skip
    _forget_commands(connection, organization_id, ids)


def forget_board(connection: Connection, organization_id: str, board_id: str) -> None:
    """What may not be read any more, while its rows are still here: they say which commands were about it."""
    _empty(connection, organization_id, change.c.board_id == board_id)
    ids = {board_id}
    for kind in KINDS_OF["board"]:
        table = TABLE_OF[kind]
        mine = (table.c.organization_id == organization_id, table.c.board_id == board_id)
        ids.update(connection.execute(select(table.c.id).where(*mine)).scalars())
    _forget_commands(connection, organization_id, ids)


def _forget_changes(connection: Connection, organization_id: str, ids: Collection[str]) -> None:
    listed = sorted(ids)
    for start in range(0, len(listed), BATCH):
        part = listed[start : start + BATCH]
        where = or_(change.c.entity_id.in_(part), change.c.item_id.in_(part))
        _empty(connection, organization_id, where)


def _empty(connection: Connection, organization_id: str, where: Any) -> None:
    mine = change.c.organization_id == organization_id
    connection.execute(update(change).where(mine, where).values(before=None, after=None))


def _forget_commands(connection: Connection, organization_id: str, ids: set[str]) -> None:
    """Why one has no effect, or was refused, may repeat what others wrote: a title, a name."""
    for table, why in ((outbox, outbox.c.trouble), (held, held.c.reason)):
        said = {why: case((why == "", ""), else_=GONE)}
        for command_id in _naming(connection, organization_id, table, ids):
            where = _one(table, organization_id, command_id)
            connection.execute(update(table).where(*where).values({table.c.was: None, **said}))
    for command_id in _naming(connection, organization_id, journal, ids):
        connection.execute(delete(journal).where(*_one(journal, organization_id, command_id)))


def _naming(connection: Connection, organization_id: str, table: Any, ids: set[str]) -> list[str]:
    """The commands in this table that name one of the ids, wherever: an undo does in what it found there only."""
    statement = select(table.c.command_id, table.c.arguments, table.c.was)
    rows = connection.execute(statement.where(table.c.organization_id == organization_id))
    return [
        row.command_id
        for row in rows
        if not ids.isdisjoint(_words(row.arguments)) or not ids.isdisjoint(_parts(row.was))
    ]


def _parts(was: object) -> Iterator[str]:
    """Ids among the words of what a command found: `item:<id>`, `values.<column>`, and those in values."""
    for word in _words(was):
        yield word.rpartition(":")[2].rpartition(".")[2]


def _words(value: object) -> Iterator[str]:
    """All that is said in a command's arguments, names of fields and of columns too."""
    match value:
        case str():
            yield value
        case dict():
            for key, inner in value.items():
                yield key
                yield from _words(inner)
        case list():
            for inner in value:
                yield from _words(inner)


def _one(table: Any, organization_id: str, command_id: str) -> tuple[Any, ...]:
    return (table.c.organization_id == organization_id, table.c.command_id == command_id)


def _blank(connection: Connection, organization_id: str, table: Any, command_id: str) -> None:
    """One that waits keeps its number, so that the server can refuse it; nothing is left of what it said."""
    where = _one(table, organization_id, command_id)
    if table is outbox:
        connection.execute(update(table).where(*where).values(arguments={}, was=None))
    else:
        connection.execute(delete(table).where(*where))
