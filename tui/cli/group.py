"""`conneqtos group`: list, add and rename the groups of a board."""

from argparse import Namespace

from engine.commands.groups import AddGroup, EditGroup
from engine.model.board import Group
from tui.cli.choosing import frame_named, group_named
from tui.cli.opening import opened
from tui.cli.output import Rows, say, say_json


async def list_groups(arguments: Namespace) -> None:
    async with opened(arguments) as acting:
        frame = await frame_named(acting, arguments.board)
    if arguments.json:
        for group in frame.groups:
            say_json(_as_data(group))
        return
    rows = Rows(["Name", "Colour", "Id"], empty="There is no group on this board.", least={2: 26})
    rows.print([[group.name, group.color, group.id] for group in frame.groups])


async def add(arguments: Namespace) -> None:
    async with opened(arguments) as acting:
        board = (await frame_named(acting, arguments.board)).board
        command = AddGroup(board_id=board.id, name=arguments.name)
        await acting.execute(command)
        group = group_named(await frame_named(acting, board.id), command.group_id)
    _report(group, "Added", arguments)


async def rename(arguments: Namespace) -> None:
    async with opened(arguments) as acting:
        frame = await frame_named(acting, arguments.board)
        found = group_named(frame, arguments.group)
        await acting.execute(EditGroup(group_id=found.id, name=arguments.name))
        group = group_named(await frame_named(acting, frame.board.id), found.id)
    _report(group, "Renamed", arguments)


def _report(group: Group, verb: str, arguments: Namespace) -> None:
    if arguments.json:
        say_json(_as_data(group))
    else:
        say(f"{verb}: {group.name}")


def _as_data(group: Group) -> dict[str, str]:
    return {"id": group.id, "name": group.name, "color": group.color}
