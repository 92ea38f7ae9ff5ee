"""ConneqtOS's own board file: JSON that loses nothing, written by pages and read back into an equal board.

The file names what it holds: `{"format": "conneqtos-board", "version": 1, "board": …, "people": […],
"columns": […], "groups": […], "views": […], "items": […], "comments": […], "attachments": […]}`. Ids in it
are those of the board it came from; an import gives new ones, so that a board can be imported beside
itself.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Final

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from engine.clock import derived_id, new_id
from engine.commands.importing import ImportBoard, ImportPart
from engine.commands.registry import Command
from engine.model.board import Board, Group
from engine.model.column import Column
from engine.model.item import Attachment, Comment, Item
from engine.model.organization import Member
from engine.model.record import JSON, State
from engine.model.view import View
from engine.queries.board_contents import AttachmentPage, BoardWhole, CommentPage, ItemPage
from engine.transfer.cast import Cast
from engine.transfer.door import Door
from engine.transfer.report import Report

FORMAT: Final = "conneqtos-board"
VERSION: Final = 1
CHUNK: Final = 500


class BoardFile(Struct, kw_only=True):
    format: str
    version: int
    board: Board
    people: list[Member] = []
    columns: list[Column] = []
    groups: list[Group] = []
    views: list[View] = []
    items: list[Item] = []
    comments: list[Comment] = []
    attachments: list[Attachment] = []


# -- writing --------------------------------------------------------------------------------------


async def written(
    door: Door, board_id: str, progress: Callable[[int], None]
) -> AsyncIterator[bytes]:
    """The file in pieces, page by page."""
    frame = await door.query(BoardWhole(board_id=board_id))
    head = {
        "format": FORMAT, "version": VERSION, "board": frame.board,
        "people": [replace(person, account=False) for person in frame.people],
        "columns": frame.columns, "groups": frame.groups, "views": frame.views,
    }  # fmt: skip
    yield msgspec.json.encode(head)[:-1]
    done = 0
    async for piece, count in _array("items", _all_items(door, board_id, frame.groups)):
        done += count
        progress(done)
        yield piece
    async for piece, _ in _array("comments", _all_comments(door, board_id)):
        yield piece
    async for piece, _ in _array("attachments", _all_attachments(door, board_id)):
        yield piece
    yield b"}\n"


async def _array(name: str, pages: AsyncIterator[list[Struct]]) -> AsyncIterator[tuple[bytes, int]]:
    yield b',\n"' + name.encode() + b'":[', 0
    comma = b"\n"
    async for page in pages:
        for record in page:
            yield comma + msgspec.json.encode(record), 1
            comma = b",\n"
    yield b"]", 0


async def _all_items(
    door: Door, board_id: str, groups: tuple[Group, ...]
) -> AsyncIterator[list[Struct]]:
    """All items before all subitems: a reader then knows every parent."""
    for subitems in (False, True):
        for group in groups:
            after: tuple[str, str] | None = None
            while page := await door.query(
                ItemPage(board_id=board_id, group_id=group.id, subitems=subitems, after=after)
            ):
                yield list(page)
                after = (page[-1].parent_id or "", page[-1].position)


async def _all_comments(door: Door, board_id: str) -> AsyncIterator[list[Struct]]:
    after = ""
    while page := await door.query(CommentPage(board_id=board_id, after=after)):
        yield list(page)
        after = page[-1].id


async def _all_attachments(door: Door, board_id: str) -> AsyncIterator[list[Struct]]:
    after = ""
    while page := await door.query(AttachmentPage(board_id=board_id, after=after)):
        yield list(page)
        after = page[-1].id


# -- reading --------------------------------------------------------------------------------------


class OwnBoard:
    """A board file as import commands, with new ids throughout."""

    def __init__(
        self,
        content: BoardFile,
        name: str,
        cast: Cast,
        report: Report,
        has_file: Callable[[str], bool],
    ) -> None:
        self._content = content
        self._board = new_id()
        self._name = name or content.board.name
        self._cast = cast
        self._report = report
        self._has_file = has_file
        self._people = {
            person.id: cast.named(person.name, person.email) or "" for person in content.people
        }
        self._columns = {column.id: self._new(column.id)[-10:] for column in content.columns}
        self._people_columns = {c.id for c in content.columns if c.type == "people"}

    def commands(self) -> Iterator[Command]:
        content = self._content
        yield ImportBoard(
            board_id=self._board, name=self._name, description=content.board.description,
            kind=content.board.kind, item_noun=content.board.item_noun, source="ConneqtOS",
            people=tuple(self._cast.newcomers),
        )  # fmt: skip
        yield ImportPart(
            board_id=self._board,
            groups=tuple(replace(g, id=self._new(g.id), board_id=self._board) for g in content.groups),
            columns=tuple(
                replace(c, id=self._columns[c.id], board_id=self._board) for c in content.columns
            ),
        )  # fmt: skip
        yield from self._in_chunks()
        yield ImportPart(board_id=self._board, views=tuple(map(self._view, content.views)))
        self._finish()

    def _in_chunks(self) -> Iterator[Command]:
        content = self._content
        board = self._board
        for start in range(0, len(content.items), CHUNK):
            chunk = content.items[start : start + CHUNK]
            yield ImportPart(board_id=board, items=tuple(map(self._item, chunk)))
        for start in range(0, len(content.comments), CHUNK):
            comments = content.comments[start : start + CHUNK]
            yield ImportPart(board_id=board, comments=tuple(map(self._comment, comments)))
        kept = [found for found in content.attachments if self._keeps(found)]
        for start in range(0, len(kept), CHUNK):
            yield ImportPart(
                board_id=board,
                attachments=tuple(map(self._attachment, kept[start : start + CHUNK])),
            )
        self._report.attachments = len(kept)

    def _new(self, id: str) -> str:
        return derived_id(self._board, id)

    def _person(self, id: str) -> str:
        return self._people.get(id, "")

    def _item(self, item: Item) -> Item:
        return replace(
            item, id=self._new(item.id), board_id=self._board, group_id=self._new(item.group_id),
            parent_id=None if item.parent_id is None else self._new(item.parent_id),
            values={
                self._columns[id]: self._value(id, value)
                for id, value in item.values.items()
                if id in self._columns
            },
            created_by=self._person(item.created_by), updated_by=self._person(item.updated_by),
        )  # fmt: skip

    def _value(self, column_id: str, value: JSON) -> JSON:
        if column_id in self._people_columns and isinstance(value, list):
            return [self._people[str(id)] for id in value if self._people.get(str(id))] or None
        return value

    def _comment(self, comment: Comment) -> Comment:
        return replace(
            comment, id=self._new(comment.id), item_id=self._new(comment.item_id),
            author_id=self._person(comment.author_id),
        )  # fmt: skip

    def _keeps(self, attachment: Attachment) -> bool:
        if attachment.url or self._has_file(attachment.digest):
            return True
        self._report.skip("attached files, whose bytes are not in the JSON", attachment.name)
        return False

    def _attachment(self, attachment: Attachment) -> Attachment:
        return replace(
            attachment, id=self._new(attachment.id), item_id=self._new(attachment.item_id),
            created_by=self._person(attachment.created_by),
        )  # fmt: skip

    def _view(self, view: View) -> View:
        def new(id: str) -> str:
            return self._columns.get(id, id)

        conditions = tuple(replace(c, column=new(c.column)) for c in view.filter.conditions)
        return replace(
            view, id=self._new(view.id), board_id=self._board, lane_by=new(view.lane_by),
            filter=replace(view.filter, conditions=conditions),
            sorts=tuple(replace(sort, column=new(sort.column)) for sort in view.sorts),
            hidden=tuple(map(new, view.hidden)),
            card_fields=None if view.card_fields is None else tuple(map(new, view.card_fields)),
        )  # fmt: skip

    def _finish(self) -> None:
        content, report = self._content, self._report
        report.board, report.board_id = self._name, self._board
        report.groups, report.columns = len(content.groups), len(content.columns)
        report.subitems = sum(item.parent_id is not None for item in content.items)
        report.items = len(content.items) - report.subitems
        report.comments, report.people = len(content.comments), len(self._cast.newcomers)
        states = [group.state for group in content.groups] + [item.state for item in content.items]
        report.archived = states.count(State.ARCHIVED)
