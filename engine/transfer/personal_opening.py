"""Brings a personal export into an empty workspace, to be looked at: portability that can be tried (GDPR Art. 20).

Boards, groups and columns come as the person saw them, with the items, comments and files that are theirs. What
hangs on an item of somebody else hangs on one that says so.
"""

import asyncio
import zipfile
from collections.abc import AsyncIterator, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Struct

from engine.commands.registry import Command
from engine.errors import UnreadableFile
from engine.model.board import Board, Group
from engine.model.column import Column
from engine.model.item import Attachment, Comment, Item
from engine.model.organization import Member
from engine.model.record import Record, State
from engine.queries.home import People
from engine.transfer.archive_check import check_archive
from engine.transfer.board_json import FORMAT, VERSION, BoardFile, OwnBoard
from engine.transfer.cast import Cast
from engine.transfer.organization_archive import take_files
from engine.transfer.personal_archive import BOARDS
from engine.transfer.report import Report
from engine.transfer.zipped import opened_archive

R = TypeVar("R", bound=Record)
ELSEWHERE: Final = "An item of somebody else"
OTHERS: Final = "Not in your export"


class SeenGroup(Struct, kw_only=True):
    id: str
    name: str
    color: str = "blue"


class SeenColumn(Struct, kw_only=True):
    id: str
    title: str
    type: str
    settings: dict[str, Any] = {}
    width: int = 0


class SeenBoard(Struct, kw_only=True):
    id: str
    name: str
    item_noun: str = "item"
    groups: list[SeenGroup] = []
    columns: list[SeenColumn] = []


async def bring_in(door: Any, path: Path) -> list[Report]:
    """After all of it was checked, in one gesture; one report a board. Raises UnreadableFile; then nothing came in."""
    await asyncio.to_thread(check_archive, path)
    with opened_archive(path) as archive:
        boards = await asyncio.to_thread(_boards, path, archive)
        files = await asyncio.to_thread(take_files, archive, "attachments/", door.files)
        await door.brought(*files.values())
        cast, reports = Cast(await door.query(People())), [Report() for _ in boards]

        async def commands() -> AsyncIterator[Command]:
            for board, report in zip(boards, reports, strict=True):
                own = OwnBoard(board, board.board.name, cast, report, files.__contains__)
                for command in own.commands():
                    yield command
                    await asyncio.sleep(0)
                cast.newcomers.clear()

        await door.execute_stream(commands())
    return reports


def _boards(path: Path, archive: zipfile.ZipFile) -> list[BoardFile]:
    try:
        seen = msgspec.json.decode(archive.read(BOARDS), type=list[SeenBoard])
        me = list(_records(archive, "profile", Member))
        items = list(_records(archive, "items", Item))
        comments = list(_records(archive, "comments", Comment))
        attachments = list(_records(archive, "attachments", Attachment))
    except KeyError:
        raise UnreadableFile(
            path.name, BOARDS, "it is missing, so boards cannot be shown"
        ) from None
    except (msgspec.DecodeError, msgspec.ValidationError, ValueError, RecursionError) as error:
        raise UnreadableFile(path.name, "its records", f"they cannot be read: {error}") from None
    return [_board(one, me, items, comments, attachments) for one in seen]


def _board(
    seen: SeenBoard, me: list[Member], items: list[Item], comments: list[Comment],
    attachments: list[Attachment],
) -> BoardFile:  # fmt: skip
    own = {
        item.id: item
        for item in items
        if item.board_id == seen.id and item.state is not State.TRASHED
    }
    said = [one for one in comments if one.board_id == seen.id]
    attached = [one for one in attachments if one.board_id == seen.id]
    hung_on = {one.item_id for one in said} | {one.item_id for one in attached}
    missing = sorted(hung_on - own.keys())
    groups = [Group(id=g.id, board_id=seen.id, name=g.name, color=g.color) for g in seen.groups]
    known = {group.id for group in groups}
    if missing or not known or any(item.group_id not in known for item in own.values()):
        groups.append(Group(id=OTHERS, board_id=seen.id, name=OTHERS))
    placed = [_placed(item, own, known) for item in own.values()]
    placed += [Item(id=id, board_id=seen.id, group_id=OTHERS, name=ELSEWHERE) for id in missing]
    placed.sort(key=lambda item: (item.parent_id is not None, item.number))
    return BoardFile(
        format=FORMAT, version=VERSION, people=me,
        board=Board(id=seen.id, name=seen.name, item_noun=seen.item_noun),
        groups=groups, items=placed,
        columns=[
            Column(id=c.id, board_id=seen.id, type=c.type, title=c.title, settings=c.settings, width=c.width)
            for c in seen.columns
        ],
        comments=said, attachments=attached,
    )  # fmt: skip


def _placed(item: Item, own: dict[str, Item], groups: set[str]) -> Item:
    """In its group, or in the one for the rest; below its parent, where that is the person's too."""
    parent = own.get(item.parent_id or "")
    group = item.group_id if item.group_id in groups else OTHERS
    if parent is not None:
        group = parent.group_id if parent.group_id in groups else OTHERS
    return msgspec.structs.replace(
        item, parent_id=None if parent is None else parent.id, group_id=group
    )


def _records(archive: zipfile.ZipFile, name: str, kind: type[R]) -> Iterator[R]:
    with archive.open(f"json/{name}.ndjson") as lines:
        for line in lines:
            fields = msgspec.json.decode(line)
            read = {key: _read(key, value) for key, value in fields.items()}
            yield msgspec.convert({k: v for k, v in read.items() if v is not None}, kind)


def _read(field: str, value: Any) -> Any:
    """Times are milliseconds again."""
    if not (field == "at" or field.endswith("_at")):
        return value
    return int(datetime.fromisoformat(value).timestamp() * 1000) if isinstance(value, str) else None
