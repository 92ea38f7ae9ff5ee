"""Devices and servers of different versions: nothing is lost, and nobody is held up for good.

`outboxes/` has what a device of each past release had waiting, with every command that it could give offline:
`CONNEQTOS_RECORD=NAME` writes that of today.
"""

import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec
import pytest
from sqlalchemy import update

from engine.api import Acting
from engine.clock import new_id
from engine.commands import upcasting
from engine.commands.attachments import (
    AttachFile,
    AttachLink,
    RemoveAttachment,
    RenameAttachment,
    RestoreAttachment,
)
from engine.commands.boards import (
    ArchiveBoard,
    CreateBoard,
    DuplicateBoard,
    EditBoard,
    MoveBoard,
    RestoreBoard,
    TrashBoard,
)
from engine.commands.columns import AddColumn, EditColumn, MoveColumn, RestoreColumn, TrashColumn
from engine.commands.comments import AddComment, DeleteComment, EditComment, RestoreComment
from engine.commands.devices import LimitOffline
from engine.commands.everything import ALL_COMMANDS
from engine.commands.exports import NoteBoardExport
from engine.commands.groups import (
    AddGroup,
    ArchiveGroup,
    DuplicateGroup,
    EditGroup,
    MoveGroup,
    RestoreGroup,
    TrashGroup,
)
from engine.commands.history import Redo, Undo
from engine.commands.importing import ImportBoard, ImportPart
from engine.commands.items import (
    AddItems,
    ArchiveItems,
    DuplicateItems,
    MoveItems,
    NewItem,
    RenameItem,
    RestoreItems,
    SetValues,
    TrashItems,
)
from engine.commands.registry import HANDLERS, Command
from engine.commands.views import DeleteView, SaveView, SetPreference
from engine.errors import Refused, UsageError
from engine.model.board import Group
from engine.model.exchange import PROTOCOL, Sent, Status, Turn
from engine.queries.home import WhoAmI
from engine.store.packed_lines import lines_of, packed_lines
from engine.store.tables import organization
from engine.store.waiting import write_link
from tests.engine.boards import names, sample_board
from tests.engine.syncing.conftest import Laptops
from tests.engine.syncing.devices import Laptop, rows_of

OUTBOXES = Path(__file__).parent / "outboxes"
NOT_RECORDED = {"conflict.dismiss@1": "it needs somebody else's edit at the same time"}
CONTENT = b"a file that the recorded outbox names"


async def test_a_command_that_an_older_server_does_not_know_waits_and_nothing_before_it(
    acting: Acting, laptops: Laptops
) -> None:
    board = await sample_board(acting)
    one = await laptops()
    await one.sync()
    for number in (0, 1, 2):
        await one.acting.execute(RenameItem(item_id=board.items[number], name=f"new {number}"))
    push = await one.device.outgoing()
    assert push is not None
    first, second, third = push.commands
    newer = msgspec.structs.replace(second, op="item.fly@3")
    answer = await one.remote.decide(msgspec.structs.replace(push, commands=(first, newer, third)))
    assert (answer.turn, [ack.n for ack in answer.acks]) == (Turn.OUTDATED, [1])
    await one.pull()
    assert len(await one.device.waiting()) == 2
    await one.sync()  # the server was updated
    assert (await names(acting, board.board))[:3] == ["new 0", "new 1", "new 2"]
    assert (await acting.verify_audit()).bad_number is None


async def test_a_command_of_an_older_device_is_made_into_todays(
    acting: Acting, laptops: Laptops, monkeypatch: pytest.MonkeyPatch
) -> None:
    def to_title(fields: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
        return "item.rename@1", {"item_id": fields["item_id"], "name": fields["title"].strip()}

    monkeypatch.setitem(upcasting.UPCASTS, "item.rename@0", to_title)
    board = await sample_board(acting)
    one = await laptops()
    await one.sync()
    await one.acting.execute(RenameItem(item_id=board.items[0], name="x"))
    push = await one.device.outgoing()
    assert push is not None
    older = msgspec.structs.replace(
        push.commands[0],
        op="item.rename@0",
        arguments={"item_id": board.items[0], "title": " old "},
    )
    answer = await one.remote.decide(msgspec.structs.replace(push, commands=(older,)))
    assert answer.acks[0].status is Status.OK
    assert (await names(acting, board.board))[0] == "old"


def test_ways_to_today_that_go_in_a_circle_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(upcasting.UPCASTS, "a@1", lambda fields: ("b@1", fields))
    monkeypatch.setitem(upcasting.UPCASTS, "b@1", lambda fields: ("a@1", fields))
    with pytest.raises(UsageError):
        upcasting.upcast("a@1", {})


def repacked(packed: bytes, change: Any) -> bytes:
    import gzip

    lines = [msgspec.json.decode(line) for line in lines_of([packed])]
    change(lines)
    return gzip.compress(b"".join(msgspec.json.encode(line) + b"\n" for line in lines))


async def test_kinds_and_fields_that_only_a_newer_server_knows_are_passed_over(
    acting: Acting, laptops: Laptops
) -> None:
    await sample_board(acting)
    one = await laptops()

    def newer(lines: list[Any]) -> None:
        for line in lines[1:-1]:
            line[1]["invented_since"] = 7
        lines[1:1] = [["hologram", {"id": "h", "seq": 1}], ["gone", "hologram", "g"]]
        lines[-1]["count"] += 2

    pull = await one.device.pulling()
    await one.device.apply([repacked(await one.remote.answer(pull), newer)])
    assert await rows_of(one.acting) == await rows_of(acting)
    await one.sync()


async def test_a_row_that_cannot_be_understood_is_said_so_and_changes_nothing(
    acting: Acting, laptops: Laptops
) -> None:
    await sample_board(acting)
    one = await laptops()

    def newer(lines: list[Any]) -> None:
        for line in lines[1:-1]:
            if line[0] == "board":
                line[1]["kind"] = "holographic"

    before = await one.device.state()
    pull = await one.device.pulling()
    with pytest.raises(Refused, match="newer version"):
        await one.device.apply([repacked(await one.remote.answer(pull), newer)])
    assert await one.device.state() == before


async def test_after_an_update_everything_is_read_once_more_and_what_waits_stays(
    acting: Acting, laptops: Laptops
) -> None:
    """The version before may not have kept all fields."""
    board = await sample_board(acting)
    await acting.execute(LimitOffline(days=9))
    one = await laptops()
    await one.sync()
    await one.acting.execute(RenameItem(item_id=board.items[0], name="waits"))
    mine = acting.actor.organization_id

    def older(connection: Any) -> None:
        where = organization.c.organization_id == mine
        connection.execute(update(organization).where(where).values(offline_days=0))
        write_link(connection, mine, schema="0008")

    await one.acting.session.database.write(mine, older)
    await one.pull()
    assert (await one.acting.query(WhoAmI()))[0].offline_days == 9
    assert [waiting.command.op for waiting in await one.device.waiting()] == [RenameItem.OP]
    assert (await one.device.pulling()).cursors != {}
    await one.sync()
    assert (await names(acting, board.board))[0] == "waits"


# -- recorded outboxes ----------------------------------------------------------------------------


async def gestures(one: Laptop) -> None:
    """Every command that a device gives by itself, at least once."""
    acting, give = one.acting, one.acting.execute
    create = CreateBoard(name="Recorded", columns=(), column_ids=(), group="First")
    board = create.board_id
    await give(create)
    second, third = AddGroup(board_id=board, name="Second"), AddGroup(board_id=board, name="Third")
    text = AddColumn(board_id=board, type="text", title="Notes")
    number = AddColumn(board_id=board, type="number", title="Points")
    await give(second, third, text, number)
    new = tuple(NewItem(name=f"Item {number}", values={text.column_id: "a"}) for number in range(6))
    add = AddItems(group_id=create.group_id, items=new)
    sub = AddItems(group_id=create.group_id, parent_id=new[0].id, items=(NewItem(name="Below"),))
    await give(add)
    await give(sub)
    ids = tuple(item.id for item in new)
    renamed = await give(RenameItem(item_id=ids[0], name="Renamed"))
    undone = await give(Undo(gesture=renamed.gesture))
    await give(Redo(gesture=undone.gesture))
    await give(SetValues(item_ids=ids[:2], values={number.column_id: "7"}))
    await give(MoveItems(item_ids=ids[1:3], group_id=second.group_id))
    await give(DuplicateItems(item_ids=ids[:1], copy_ids=(new_id(),)))
    await give(ArchiveItems(item_ids=ids[3:4]))
    await give(TrashItems(item_ids=ids[4:5]))
    await give(RestoreItems(item_ids=ids[3:5]))
    comment = AddComment(item_id=ids[0], body="Said")
    await give(comment)
    await give(EditComment(comment_id=comment.comment_id, body="Said better"))
    await give(DeleteComment(comment_id=comment.comment_id))
    await give(RestoreComment(comment_id=comment.comment_id))
    stored = acting.files.take(iter([CONTENT]))
    await acting.brought(stored)
    file = AttachFile(item_id=ids[0], name="a.txt", digest=stored.digest, size=stored.size)
    link = AttachLink(item_id=ids[0], url="https://example.org/")
    await give(file, link)
    await give(RenameAttachment(attachment_id=file.attachment_id, name="b.txt"))
    await give(RemoveAttachment(attachment_id=file.attachment_id))
    await give(RestoreAttachment(attachment_id=file.attachment_id))
    await give(EditColumn(column_id=text.column_id, title="Remarks"))
    await give(MoveColumn(column_id=text.column_id, after=number.column_id))
    await give(TrashColumn(column_id=number.column_id))
    await give(RestoreColumn(column_id=number.column_id))
    await give(EditGroup(group_id=second.group_id, name="Later"))
    await give(MoveGroup(group_id=second.group_id, after=None))
    await give(DuplicateGroup(group_id=second.group_id, copy_id=new_id()))
    await give(ArchiveGroup(group_id=third.group_id))
    await give(RestoreGroup(group_id=third.group_id))
    await give(TrashGroup(group_id=third.group_id))
    view = SaveView(board_id=board, name="Mine", kind="table")
    await give(view)
    await give(DeleteView(view_id=view.view_id))
    await give(SetPreference(name="last:board", value=board))
    await give(NoteBoardExport(board_id=board, format="csv"))
    await give(EditBoard(board_id=board, description="What was recorded"))
    copy = DuplicateBoard(board_id=board, copy_id=new_id(), with_items=True)
    await give(copy)
    await give(MoveBoard(board_id=copy.copy_id, after=None))
    await give(ArchiveBoard(board_id=copy.copy_id))
    await give(RestoreBoard(board_id=copy.copy_id))
    await give(TrashBoard(board_id=copy.copy_id))
    imported = ImportBoard(board_id=new_id(), name="Imported")
    group = Group(id=new_id(), board_id=imported.board_id, name="In", position="")
    await give(imported, ImportPart(board_id=imported.board_id, groups=(group,)))


async def recorded(one: Laptop) -> list[dict[str, Any]]:
    await gestures(one)
    return [msgspec.to_builtins(waiting.command) for waiting in await one.device.waiting()]


@pytest.mark.skipif("CONNEQTOS_RECORD" not in os.environ, reason="nothing is to be recorded")
async def test_todays_outbox_is_recorded(laptops: Laptops) -> None:
    one = await laptops()
    await one.sync()
    said = {"protocol": PROTOCOL, "commands": await recorded(one)}
    path = OUTBOXES / f"{os.environ['CONNEQTOS_RECORD']}.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(said, indent=1, sort_keys=True) + "\n")
    assert path.stat().st_size


def recorded_files() -> list[Path]:
    return sorted(OUTBOXES.glob("*.json"))


def commands_in(path: Path) -> list[Sent]:
    return msgspec.convert(json.loads(path.read_text())["commands"], list[Sent])


def test_what_is_recorded_has_every_command_that_can_wait() -> None:
    given = {sent.op for path in recorded_files() for sent in commands_in(path)}
    known: set[type[Command]] = {kind for kind in ALL_COMMANDS if HANDLERS[kind].offline}
    assert {kind.OP for kind in known} - NOT_RECORDED.keys() <= given


@pytest.mark.parametrize("path", recorded_files(), ids=lambda path: path.stem)
async def test_the_outbox_of_a_past_release_is_taken(
    path: Path, acting: Acting, laptops: Laptops
) -> None:
    await acting.brought(acting.files.take(iter([CONTENT])))
    one = await laptops()
    await one.sync()
    commands = commands_in(path)
    state = await one.device.state()
    assert state is not None
    for start in range(0, len(commands), 50):
        part = tuple(commands[start : start + 50])
        first = part[0].n
        push = msgspec.structs.replace(
            await _empty_push(one), commands=part, after_n=first - 1 if start else 0,
            after_id=commands[start - 1].id if start else "",
        )  # fmt: skip
        answer = await one.remote.decide(push)
        assert answer.turn is None
        assert {(ack.status, ack.reason) for ack in answer.acks} == {(Status.OK, "")}
    assert (await acting.verify_audit()).bad_number is None


async def _empty_push(one: Laptop) -> Any:
    from engine.model.exchange import Push

    state = await one.device.state()
    assert state is not None
    pull = await one.device.pulling()
    return Push(
        replica_id=pull.replica_id, epoch=state.link.epoch, after_n=0, after_id="",
        sent_at=one.acting.engine.now(), commands=(),
    )  # fmt: skip


@pytest.mark.parametrize("scope", ["team:x", "board:x:col:y"])
async def test_a_scope_that_only_a_newer_server_has_is_passed_over(
    scope: str, acting: Acting, laptops: Laptops
) -> None:
    await sample_board(acting)
    one = await laptops()
    await one.sync()
    pull = await one.device.pulling()
    first, *rest = list(lines_of([await one.remote.answer(pull)]))
    head = json.loads(first)
    head["scopes"][scope] = "member"
    head["answered"].append(scope)
    await one.device.apply(packed_lines([json.dumps(head).encode(), *rest]))
    state = await one.device.state()
    assert state is not None and scope not in state.scopes
