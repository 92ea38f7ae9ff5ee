"""The command that imports are made of: a stretch of records of one new board, in any number of parts.

Readers of files (engine.transfer) turn what they find into these; the handler trusts none of it.
"""

from collections.abc import Collection
from typing import ClassVar, Final

from msgspec.structs import replace

from engine.columns.registry import column_type
from engine.commands import texts
from engine.commands.attachments import named_file, valid_url
from engine.commands.boards import new_board
from engine.commands.columns import MOST_COLUMNS, WIDEST
from engine.commands.items import filled_values
from engine.commands.registry import Command, handles
from engine.errors import Forbidden, Invalid, NotFound, Refused
from engine.model.actor import Role
from engine.model.board import Board, BoardKind, Group
from engine.model.column import Column
from engine.model.item import Attachment, Comment, Item
from engine.model.organization import Member
from engine.model.record import State
from engine.model.text import clean_line
from engine.model.view import View
from engine.store.placing import Container, places
from engine.store.unit_of_work import UnitOfWork

LATEST: Final = 253_402_000_000_000
"""Milliseconds in December 9999: no calendar shows what is later."""


class ImportBoard(Command, frozen=True, kw_only=True):
    """The board itself, and the people its contents mention that are not there yet."""

    OP: ClassVar[str] = "board.import@1"
    board_id: str
    name: str
    description: str = ""
    kind: BoardKind = BoardKind.MAIN
    item_noun: str = "item"
    source: str = ""
    people: tuple[Member, ...] = ()


class ImportPart(Command, frozen=True, kw_only=True):
    """Records for the end of the imported board, in order. Positions and numbers are made here; what is
    named by id (groups, items, people) must have come before, on this board. Comments keep their author
    and time, so only who made the board may."""

    OP: ClassVar[str] = "board.import_part@1"
    board_id: str
    groups: tuple[Group, ...] = ()
    columns: tuple[Column, ...] = ()
    items: tuple[Item, ...] = ()
    comments: tuple[Comment, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    views: tuple[View, ...] = ()


@handles(ImportBoard, role="member", within_board=False, audit="board.imported")
def import_board(unit: UnitOfWork, command: ImportBoard) -> None:
    board = new_board(unit, command.board_id, command.name, command.kind)
    unit.update(
        board,
        description=texts.body(command.description, "description"),
        item_noun=texts.name(command.item_noun, "noun", 40),
    )
    for person in command.people:
        unit.insert(
            Member(
                id=person.id, name=texts.name(person.name, "person", 120),
                email=clean_line(person.email)[:320], color=texts.color(person.color),
                role=Role.VIEWER, account=False, created_at=unit.now,
            )
        )  # fmt: skip


@handles(ImportPart, role="member", audit="board.imported")
def import_part(unit: UnitOfWork, command: ImportPart) -> None:
    board = unit.get(Board, command.board_id)
    if board.created_by != unit.actor.user_id:
        raise Forbidden(
            f"Only who made “{board.name}” can import into it. Import a new board instead."
        )
    _import_groups(unit, board, command.groups)
    _import_columns(unit, board, command.columns)
    _import_items(unit, board, command.items)
    hung_on = {comment.item_id for comment in command.comments}
    hung_on |= {attachment.item_id for attachment in command.attachments}
    _placed_items(unit, board, hung_on - {item.id for item in command.items})
    _import_comments(unit, board, command.comments)
    _import_attachments(unit, board, command.attachments)
    for view in command.views:
        unit.insert(replace(view, board_id=board.id, name=texts.name(view.name, "view", 120)))


def _import_groups(unit: UnitOfWork, board: Board, groups: tuple[Group, ...]) -> None:
    keys = places(unit, Group, {"board_id": board.id}, None, len(groups)) if groups else []
    for group, key in zip(groups, keys, strict=True):
        unit.insert(
            replace(
                group, board_id=board.id, name=texts.name(group.name, "group"),
                color=texts.color(group.color), position=key,
                state_at=_put_away(unit, group.state, group.state_at),
                created_at=_time(unit, group.created_at),
            )
        )  # fmt: skip


def _import_columns(unit: UnitOfWork, board: Board, columns: tuple[Column, ...]) -> None:
    live = sum(column.state is State.LIVE for column in columns)
    if live and len(unit.columns(board.id)) + live > MOST_COLUMNS:
        raise Refused(f"“{board.name}” would get over {MOST_COLUMNS} columns, which is the most.")
    keys = places(unit, Column, {"board_id": board.id}, None, len(columns)) if columns else []
    for column, key in zip(columns, keys, strict=True):
        if not (column.id.isascii() and column.id.isalnum()):
            raise Invalid(f"The id of the column “{column.title}” must be letters and digits.")
        unit.insert(
            replace(
                column, board_id=board.id, title=texts.name(column.title, "column", 120),
                settings=column_type(column.type).validate_settings(column.settings),
                width=min(max(column.width, 0), WIDEST), position=key,
                state_at=_put_away(unit, column.state, column.state_at),
            )
        )  # fmt: skip


def _import_items(unit: UnitOfWork, board: Board, items: tuple[Item, ...]) -> None:
    """Items of one container (a group's top, or one parent) get their keys by one look at its end."""
    containers: dict[tuple[str, str | None], list[Item]] = {}
    for item in items:
        containers.setdefault((item.group_id, item.parent_id), []).append(item)
    rows: list[Item] = []
    groups = {group.id for group in unit.list(Group, board_id=board.id)}
    parents = _parents(unit, board, items)
    for (group_id, parent_id), members in containers.items():
        if group_id not in groups:
            raise NotFound(f"The import names a group “{group_id}” that it does not bring.")
        _check_parent(group_id, None if parent_id is None else parents[parent_id])
        container: Container = (
            {"group_id": group_id, "parent_id": None}
            if parent_id is None
            else {"parent_id": parent_id}
        )
        keys = places(unit, Item, container, None, len(members))
        rows += [_imported(unit, board, item, key) for item, key in zip(members, keys, strict=True)]
    unit.insert_many(Item, rows)


def _parents(unit: UnitOfWork, board: Board, items: tuple[Item, ...]) -> dict[str, Item]:
    """By id: the items below which some of these stand, out of these or of the board."""
    named = {item.parent_id for item in items if item.parent_id is not None}
    brought = {item.id: item for item in items if item.id in named} if named else {}
    return brought | _placed_items(unit, board, named - brought.keys())


def _check_parent(group_id: str, parent: Item | None) -> None:
    if parent is not None and parent.parent_id is not None:
        raise Invalid("The import has a subitem of a subitem. Items have subitems one level deep.")
    if parent is not None and parent.group_id != group_id:
        raise Invalid("The import has a subitem in another group than its item.")


def _placed_items(unit: UnitOfWork, board: Board, ids: Collection[str]) -> dict[str, Item]:
    """These items of the board by id; raises NotFound if one is not there, also where it is on another."""
    if not ids:
        return {}
    found = {item.id: item for item in unit.list(Item, id=list(ids), board_id=board.id)}
    missing = next((id for id in ids if id not in found), None)
    if missing is not None:
        raise NotFound(f"The import names an item “{missing}” that it does not bring.")
    return found


def _imported(unit: UnitOfWork, board: Board, item: Item, key: str) -> Item:
    return Item(
        id=item.id, board_id=board.id, group_id=item.group_id, parent_id=item.parent_id,
        number=unit.next_item_number(), name=texts.name(item.name, "item"),
        values=filled_values(unit, board.id, item.values),
        position=key, state=item.state, state_at=_put_away(unit, item.state, item.state_at),
        created_at=_time(unit, item.created_at), created_by=item.created_by or unit.actor.user_id,
        updated_at=_time(unit, item.updated_at), updated_by=item.updated_by or unit.actor.user_id,
    )  # fmt: skip


def _import_comments(unit: UnitOfWork, board: Board, comments: tuple[Comment, ...]) -> None:
    rows = [
        replace(
            comment, board_id=board.id, author_id=comment.author_id or unit.actor.user_id,
            body=texts.body(comment.body, "comment"), created_at=_time(unit, comment.created_at),
            edited_at=comment.edited_at if 0 < comment.edited_at <= LATEST else 0,
            state_at=_put_away(unit, comment.state, comment.state_at),
        )
        for comment in comments
    ]  # fmt: skip
    unit.insert_many(Comment, rows)


def _import_attachments(
    unit: UnitOfWork, board: Board, attachments: tuple[Attachment, ...]
) -> None:
    names = {one.digest: one.name for one in attachments if not one.url}
    sizes = {digest: named_file(unit, digest, name) for digest, name in names.items()}
    rows = [
        replace(
            attachment, board_id=board.id, name=texts.name(attachment.name, "attachment", 255),
            url=valid_url(attachment.url) if attachment.url else "",
            digest="" if attachment.url else attachment.digest,
            size=0 if attachment.url else sizes[attachment.digest],
            created_at=_time(unit, attachment.created_at),
            created_by=attachment.created_by or unit.actor.user_id,
            state_at=_put_away(unit, attachment.state, attachment.state_at),
        )
        for attachment in attachments
    ]  # fmt: skip
    unit.insert_many(Attachment, rows)


def _time(unit: UnitOfWork, at: int) -> int:
    """The time, or now for one that is missing or that no calendar shows."""
    return at if 0 < at <= LATEST else unit.now


def _put_away(unit: UnitOfWork, state: State, at: int) -> int:
    """When something was archived or put in the trash; 0 for what is in use."""
    return 0 if state is State.LIVE else _time(unit, at)
