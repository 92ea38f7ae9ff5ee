"""`conneqtos board`: list, show, create, rename, duplicate, archive and delete boards."""

from argparse import Namespace
from typing import Any

from engine.api import Acting
from engine.columns.people_names import person_called
from engine.columns.registry import column_type
from engine.commands.boards import (
    ArchiveBoard,
    CreateBoard,
    DuplicateBoard,
    EditBoard,
    ShareBoard,
    TrashBoard,
    UnshareBoard,
)
from engine.model.actor import Role
from engine.model.board import Board, BoardKind
from engine.model.record import State
from engine.queries.board_view import BoardFrame, OpenBoard, RowOrder
from engine.queries.home import Boards, BoardSummary
from engine.queries.members import Members
from tui.cli.choosing import board_named, frame_named, titles
from tui.cli.opening import opened
from tui.cli.output import Rows, say, say_json


async def list_boards(arguments: Namespace) -> None:
    state = State.ARCHIVED if arguments.archived else State.LIVE
    async with opened(arguments) as acting:
        summaries = await acting.query(Boards(state=state))
    if arguments.json:
        for summary in summaries:
            say_json(_as_data(summary.board) | {"items": summary.items})
        return
    empty = "There is no board here. Make one with: conneqtos board create NAME"
    rows = Rows(["Name", "Items", "Id"], right=[1], empty=empty, least={0: 16, 2: 26})
    rows.print([_row(summary) for summary in summaries])


async def show(arguments: Namespace) -> None:
    async with opened(arguments) as acting:
        frame = await frame_named(acting, arguments.board)
        order = await acting.query(RowOrder(board_id=frame.board.id))
    counts = {group.id: len(order.get(group.id, ())) for group in frame.groups}
    if arguments.json:
        say_json(_frame_as_data(frame, counts))
        return
    say(frame.board.name)
    if frame.board.description:
        say(frame.board.description)
    for group in frame.groups:
        say(f"  Group: {group.name} ({counts[group.id]:,})")
    named = titles(frame.columns)
    for column in frame.columns:
        say(f"  Column: {named[column.id]} ({column_type(column.type).title.lower()})")
    for view in frame.views:
        say(f"  View: {view.name} ({view.kind.value})")


async def create(arguments: Namespace) -> None:
    async with opened(arguments) as acting:
        command = CreateBoard(name=arguments.name)
        await acting.execute(command)
        frame = await acting.query(OpenBoard(board_id=command.board_id))
    _report(frame.board, "Created", arguments)


async def rename(arguments: Namespace) -> None:
    async with opened(arguments) as acting:
        board = await board_named(acting, arguments.board)
        await acting.execute(EditBoard(board_id=board.id, name=arguments.name))
        frame = await acting.query(OpenBoard(board_id=board.id))
    _report(frame.board, "Renamed", arguments)


async def set_kind(arguments: Namespace) -> None:
    async with opened(arguments) as acting:
        board = await board_named(acting, arguments.board)
        await acting.execute(EditBoard(board_id=board.id, kind=BoardKind(arguments.kind)))
    say(f"{board.name} is {arguments.kind} now.")


async def share(arguments: Namespace) -> None:
    async with opened(arguments) as acting:
        board, member = await _board_and_person(acting, arguments)
        role = Role(arguments.role)
        await acting.execute(ShareBoard(board_id=board.id, member_id=member, role=role))
    say(f"{board.name} is shared.")


async def unshare(arguments: Namespace) -> None:
    async with opened(arguments) as acting:
        board, member = await _board_and_person(acting, arguments)
        await acting.execute(UnshareBoard(board_id=board.id, member_id=member))
    say(f"{board.name} is not shared with them any more.")


async def _board_and_person(acting: Acting, arguments: Namespace) -> tuple[Board, str]:
    members = (await acting.query(Members())).members
    people = {member.id: member.name for member in members}
    return await board_named(acting, arguments.board), person_called(arguments.person, people)


async def duplicate(arguments: Namespace) -> None:
    async with opened(arguments) as acting:
        board = await board_named(acting, arguments.board)
        command = DuplicateBoard(board_id=board.id)
        await acting.execute(command)
        frame = await acting.query(OpenBoard(board_id=command.copy_id))
    _report(frame.board, "Duplicated", arguments)


async def archive(arguments: Namespace) -> None:
    async with opened(arguments) as acting:
        board = await board_named(acting, arguments.board)
        await acting.execute(ArchiveBoard(board_id=board.id))
    _report(board, "Archived", arguments)


async def delete(arguments: Namespace) -> None:
    async with opened(arguments) as acting:
        board = await board_named(acting, arguments.board)
        await acting.execute(TrashBoard(board_id=board.id))
    _report(board, "Moved to the trash", arguments)


def _report(board: Board, verb: str, arguments: Namespace) -> None:
    if arguments.json:
        say_json(_as_data(board))
    else:
        say(f"{verb}: {board.name}")


def _row(summary: BoardSummary) -> list[str]:
    return [summary.board.name, str(summary.items), summary.board.id]


def _as_data(board: Board) -> dict[str, Any]:
    return {"id": board.id, "name": board.name, "kind": board.kind.value}


def _frame_as_data(frame: BoardFrame, counts: dict[str, int]) -> dict[str, Any]:
    named = titles(frame.columns)
    return {
        **_as_data(frame.board),
        "description": frame.board.description,
        "items": sum(counts.values()),
        "groups": [
            {"id": group.id, "name": group.name, "color": group.color, "items": counts[group.id]}
            for group in frame.groups
        ],
        "columns": [
            {"id": column.id, "title": named[column.id], "type": column.type}
            for column in frame.columns
        ],
        "views": [
            {"id": view.id, "name": view.name, "kind": view.kind.value} for view in frame.views
        ],
        "people": [{"id": person.id, "name": person.name} for person in frame.people],
    }
