"""The command that imports are made of: a stretch of records of one new board, in any number of parts.

Readers of files (engine.transfer) turn what they find into these; the handler trusts none of it.
"""

from typing import ClassVar

from msgspec.structs import replace

from engine.columns.registry import column_type
from engine.commands import texts
from engine.commands.attachments import valid_url
from engine.commands.boards import new_board
from engine.commands.items import filled_values
from engine.commands.registry import Command, handles
from engine.errors import NotFound
from engine.model.actor import Role
from engine.model.board import Board, BoardKind, Group
from engine.model.column import Column
from engine.model.item import Attachment, Comment, Item
from engine.model.organization import Member
from engine.model.text import clean_line
from engine.model.view import View
from engine.store.placing import Container, places
from engine.store.unit_of_work import UnitOfWork


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
    named by id (groups, items, people) must have come before. Comments keep their author and time."""

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
    _import_groups(unit, board, command.groups)
    _import_columns(unit, board, command.columns)
    _import_items(unit, board, command.items)
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
                created_at=group.created_at or unit.now,
            )
        )  # fmt: skip


def _import_columns(unit: UnitOfWork, board: Board, columns: tuple[Column, ...]) -> None:
    keys = places(unit, Column, {"board_id": board.id}, None, len(columns)) if columns else []
    for column, key in zip(columns, keys, strict=True):
        settings = column_type(column.type).validate_settings(column.settings)
        unit.insert(
            replace(
                column, board_id=board.id, title=texts.name(column.title, "column", 120),
                settings=settings, position=key,
            )
        )  # fmt: skip


def _import_items(unit: UnitOfWork, board: Board, items: tuple[Item, ...]) -> None:
    """Items of one container (a group's top, or one parent) get their keys by one look at its end."""
    containers: dict[tuple[str, str | None], list[Item]] = {}
    for item in items:
        containers.setdefault((item.group_id, item.parent_id), []).append(item)
    rows: list[Item] = []
    groups = {group.id for group in unit.list(Group, board_id=board.id)}
    for (group_id, parent_id), members in containers.items():
        if group_id not in groups:
            raise NotFound(f"The import names a group “{group_id}” that it does not bring.")
        container: Container = (
            {"group_id": group_id, "parent_id": None}
            if parent_id is None
            else {"parent_id": parent_id}
        )
        keys = places(unit, Item, container, None, len(members))
        rows += [_imported(unit, board, item, key) for item, key in zip(members, keys, strict=True)]
    unit.insert_many(Item, rows)


def _imported(unit: UnitOfWork, board: Board, item: Item, key: str) -> Item:
    return Item(
        id=item.id, board_id=board.id, group_id=item.group_id, parent_id=item.parent_id,
        number=unit.next_item_number(), name=texts.name(item.name, "item"),
        values=filled_values(unit, board.id, item.values),
        position=key, state=item.state, state_at=item.state_at,
        created_at=item.created_at or unit.now, created_by=item.created_by or unit.actor.user_id,
        updated_at=item.updated_at or unit.now, updated_by=item.updated_by or unit.actor.user_id,
    )  # fmt: skip


def _import_comments(unit: UnitOfWork, board: Board, comments: tuple[Comment, ...]) -> None:
    rows = [
        replace(
            comment, board_id=board.id, author_id=comment.author_id or unit.actor.user_id,
            body=texts.body(comment.body, "comment"),
            created_at=comment.created_at or unit.now,
        )
        for comment in comments
    ]  # fmt: skip
    unit.insert_many(Comment, rows)


def _import_attachments(
    unit: UnitOfWork, board: Board, attachments: tuple[Attachment, ...]
) -> None:
    rows = [
        replace(
            attachment, board_id=board.id, name=texts.name(attachment.name, "attachment", 255),
            url=valid_url(attachment.url) if attachment.url else "",
            created_at=attachment.created_at or unit.now,
            created_by=attachment.created_by or unit.actor.user_id,
        )
        for attachment in attachments
    ]  # fmt: skip
    unit.insert_many(Attachment, rows)
