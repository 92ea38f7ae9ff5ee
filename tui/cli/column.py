"""`conneqtos column`: list, add and rename the columns of a board."""

from argparse import Namespace

from engine.columns.registry import column_type
from engine.commands.columns import AddColumn, EditColumn
from engine.model.column import Column
from tui.cli.choosing import column_named, frame_named, titles
from tui.cli.opening import opened
from tui.cli.output import Rows, say, say_json


async def list_columns(arguments: Namespace) -> None:
    """Under the titles that name them in other commands."""
    async with opened(arguments) as acting:
        frame = await frame_named(acting, arguments.board)
    named = titles(frame.columns)
    if arguments.json:
        for column in frame.columns:
            say_json(_as_data(column) | {"title": named[column.id]})
        return
    rows = Rows(["Title", "Type", "Id"], empty="There is no column on this board.")
    rows.print(
        [
            [named[one.id], column_type(one.type).title.lower(), one.id]
            for one in frame.columns
        ]
    )  # fmt: skip


async def add(arguments: Namespace) -> None:
    async with opened(arguments) as acting:
        board = (await frame_named(acting, arguments.board)).board
        kind = column_type(arguments.type).key
        command = AddColumn(board_id=board.id, type=kind, title=arguments.title)
        await acting.execute(command)
        column = column_named(await frame_named(acting, board.id), command.column_id)
    _report(column, "Added", arguments)


async def rename(arguments: Namespace) -> None:
    async with opened(arguments) as acting:
        frame = await frame_named(acting, arguments.board)
        found = column_named(frame, arguments.column)
        await acting.execute(EditColumn(column_id=found.id, title=arguments.title))
        column = column_named(await frame_named(acting, frame.board.id), found.id)
    _report(column, "Renamed", arguments)


def _report(column: Column, verb: str, arguments: Namespace) -> None:
    if arguments.json:
        say_json(_as_data(column))
    else:
        say(f"{verb}: {column.title}")


def _as_data(column: Column) -> dict[str, str]:
    return {"id": column.id, "title": column.title, "type": column.type}
