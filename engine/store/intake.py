"""The server's rows on a linked device: what was deleted, went elsewhere or may not be seen any more goes, and then what is
new comes (sync.md R5). What came of it is kept for whoever asked for the pull (engine.store.rebasing)."""

from collections.abc import Callable, Iterable, Iterator, Set
from itertools import groupby, islice
from typing import Any, Final

import msgspec
from sqlalchemy import Connection, delete, select, text

from engine.errors import Refused
from engine.model.column import Column
from engine.model.conflict import Conflict
from engine.model.exchange import PulledHead, PulledTail, board_scope
from engine.model.item import Attachment, Comment, Item
from engine.model.record import Record
from engine.store.derived import Wordings, item_index, wordings
from engine.store.rows import insert_rows, listing, shape_of, to_record, to_row
from engine.store.scopes import KINDS_OF
from engine.store.shadowing import take_shadows
from engine.store.tables import ENTITIES, ENTITY_NAMES, TABLE_OF, attachment, board

BATCH: Final = 500
GONE: Final = "gone"
REMOVED: Final = "removed"
LEFT: Final = "left"
MOVING: Final = frozenset(ENTITY_NAMES[kind] for kind in (Item, Comment, Attachment, Conflict))
"""What can go from one board to another."""
NEWER: Final = (
    "The server keeps something here that this version does not understand. Install the newer version; what waits is "
    "kept until then."
)
CUT: Final = "The server's answer was cut off on the way. Nothing was changed; it is asked again."
Entry = tuple[str, Any]


def _is_known(scope: str) -> bool:
    """A newer server may have scopes that this version does not know: they are passed over."""
    return scope.count(":") < 2 and scope.partition(":")[0] in KINDS_OF


class Intake:
    """Of one pull, in its transaction. `touched` are the records as `entity:id`, `boards` those that they lie on, `files` the
    digests of files whose rows went away; `removed` what was removed for good, `left` what went to another board."""

    def __init__(
        self, connection: Connection, organization_id: str, lines: Callable[[], Iterator[bytes]]
    ) -> None:
        self.touched: set[str] = set()
        self.boards: set[str] = set()
        self.files: set[str] = set()
        self.removed: list[tuple[str, str]] = []
        self.left: list[tuple[str, str]] = []
        self._connection = connection
        self._organization_id = organization_id
        self._lines = lines
        self._wordings: dict[str, Wordings] = {}

    def put_shadows_back(self) -> None:
        """What hangs on what was made here may go after it: keys are checked at the end of the transaction."""
        if self._connection.dialect.name == "sqlite":
            self._connection.execute(text("PRAGMA defer_foreign_keys = ON"))
        images = take_shadows(self._connection, self._organization_id)
        for entity, group in groupby(
            sorted(images, key=lambda one: one[0]), key=lambda one: one[0]
        ):
            self._delete(entity, [id for _, id, _ in group])
        columns_first = sorted(
            (one for one in images if one[2] is not None), key=lambda one: one[0] != "column"
        )
        for entity, group in groupby(columns_first, key=lambda one: one[0]):
            self._insert(entity, [image for _, _, image in group if image is not None])

    def end(self) -> None:
        """All rows are here that the server has: from now on keys are checked at once, so that a command that waits, and
        has nothing to stand on any more, is found out by itself."""
        if self._connection.dialect.name == "sqlite":
            self._connection.execute(text("PRAGMA defer_foreign_keys = OFF"))

    def boards_here(self) -> set[str]:
        """The scopes of all boards that are here, also where it was forgotten how far they were read."""
        mine = board.c.organization_id == self._organization_id
        return {
            board_scope(row.id) for row in self._connection.execute(select(board.c.id).where(mine))
        }

    def drop_scopes(self, scopes: Iterable[str]) -> None:
        """What the member may not see any more does not stay on the device (sync.md R5); what is read anew starts
        from nothing."""
        for scope in scopes:
            kind, _, id = scope.partition(":")
            if kind == "board":
                self._files_go(attachment.c.board_id == id)
            for record in KINDS_OF[kind]:
                table = TABLE_OF[record]
                within = {"user": "member_id", "board": "board_id"}.get(kind)
                where = () if within is None else (table.c[within] == id,)
                self._run(delete(table).where(*where), table)
            if kind == "board":
                self.boards.add(id)
                self._run(delete(board).where(board.c.id == id), board)

    def head(self) -> PulledHead:
        head = msgspec.json.decode(next(self._lines(), b"null"), type=PulledHead | None)
        if head is None:
            raise Refused(CUT)
        known = {scope: role for scope, role in head.scopes.items() if _is_known(scope)}
        answered = tuple(scope for scope in head.answered if _is_known(scope))
        return msgspec.structs.replace(head, scopes=known, answered=answered)

    def take_rows(self, head: PulledHead, stale: Set[str]) -> int:
        """First every old row goes away, then the new ones come in: no two rows claim one place meanwhile. Of
        scopes that are read anew there are no old rows any more, but what came to them from a board that is here and
        has not been read since."""
        anew = not any(head.asked.get(scope) for scope in head.answered)
        if not anew or stale:
            for entity, batch in self._batches():
                self._delete_all(entity, batch)
        moved = MOVING if anew and self.boards_here() - set(head.answered) else frozenset[str]()
        count = 0
        for entity, batch in self._batches():
            count += len(batch)
            if entity in moved:
                self._delete(entity, [row["id"] for row in batch])
            if entity in ENTITIES:  # a newer server has kinds that this version does not know
                self._insert(entity, batch)
        if self._tail is None or self._tail.count != count:
            raise Refused(CUT)
        return count

    _tail: PulledTail | None = None

    def _batches(self) -> Iterator[tuple[str, list[Any]]]:
        entries = self._entries()
        while batch := list(islice(entries, BATCH)):
            for entity, group in groupby(batch, key=lambda one: one[0]):
                yield entity, [row for _, row in group]

    def _entries(self) -> Iterator[Entry]:
        lines = self._lines()
        next(lines, None)
        for line in lines:
            found = msgspec.json.decode(line)
            if isinstance(found, dict):
                self._tail = msgspec.convert(found, PulledTail)
                return
            entity, *rest = found
            yield entity, (rest if entity in (GONE, REMOVED, LEFT) else rest[0])

    def _delete_all(self, entity: str, rows: list[Any]) -> None:
        if entity in ENTITIES:
            self._delete(entity, [row["id"] for row in rows])
            return
        if entity == LEFT:
            self._leave(rows)
        if entity == REMOVED:
            self.removed += [(name, id) for name, id in rows]
        gone = [row for row in rows if row[0] in ENTITIES] if entity == GONE else []
        for name, id in gone:
            if name == ENTITY_NAMES[Attachment]:
                self._files_go(attachment.c.id == id)
            self._delete(name, [id])

    def _leave(self, rows: list[Any]) -> None:
        """What went to another board, which may have brought it here already."""
        for name, id, board_id in rows:
            if name not in ENTITIES:
                continue
            table = TABLE_OF[ENTITIES[name]]
            if name == ENTITY_NAMES[Attachment]:
                self._files_go((attachment.c.id == id) & (attachment.c.board_id == board_id))
            self._run(delete(table).where(table.c.id == id, table.c.board_id == board_id), table)
            self.touched.add(f"{name}:{id}")
            self.left.append((name, id))

    def lost(self) -> Iterator[tuple[str, str]]:
        """Of what went to other boards those that are not here any more."""
        for name, id in self.left:
            table = TABLE_OF[ENTITIES[name]]
            mine = (table.c.organization_id == self._organization_id, table.c.id == id)
            if self._connection.execute(select(table.c.id).where(*mine)).first() is None:
                yield name, id

    def _files_go(self, where: Any) -> None:
        mine = attachment.c.organization_id == self._organization_id
        found = select(attachment.c.digest).where(mine, where, attachment.c.digest != "")
        self.files.update(row.digest for row in self._connection.execute(found))

    def _delete(self, entity: str, ids: list[str]) -> None:
        table = TABLE_OF[ENTITIES[entity]]
        for start in range(0, len(ids), BATCH):
            self._run(delete(table).where(table.c.id.in_(ids[start : start + BATCH])), table)
        self.touched.update(f"{entity}:{id}" for id in ids[:BATCH])

    def _insert(self, entity: str, images: list[dict[str, Any]]) -> None:
        kind = ENTITIES[entity]
        try:
            records = [msgspec.convert(image, kind) for image in images]
        except msgspec.ValidationError:
            raise Refused(NEWER) from None
        if kind is Column:
            self._wordings.clear()
        insert_rows(self._connection, TABLE_OF[kind], [self._row(record) for record in records])

    def _row(self, record: Record) -> dict[str, Any]:
        row = {**to_row(record), "organization_id": self._organization_id}
        board_id = getattr(record, "board_id", "")
        if board_id:
            self.boards.add(board_id)
        if isinstance(record, Item):
            row |= item_index(record, self._wordings_of(record.board_id))
        return row

    def _wordings_of(self, board_id: str) -> Wordings:
        if board_id not in self._wordings:
            by = {"board_id": board_id, "state": "live"}
            found = listing(Column, shape_of(by), ("position",)).rows(
                self._connection, {"organization": self._organization_id, **by}
            )
            columns = [to_record(Column, row) for row in found]
            self._wordings[board_id] = wordings({column.id: column for column in columns})
        return self._wordings[board_id]

    def _run(self, statement: Any, table: Any) -> None:
        self._connection.execute(statement.where(table.c.organization_id == self._organization_id))
