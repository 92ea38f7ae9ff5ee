"""Files that were attached on a device reach the server and other devices, whole, or it is said why not."""

import asyncio
import random
from pathlib import Path
from typing import Any

import httpx
import pytest

from engine import filing
from engine.api import Acting, Engine
from engine.clock import new_id
from engine.commands.attachments import AttachFile, RemoveAttachment
from engine.commands.boards import EditBoard, ShareBoard, UnshareBoard
from engine.commands.groups import DuplicateGroup
from engine.commands.history import Redo, Undo
from engine.commands.importing import ImportBoard, ImportPart
from engine.commands.items import DuplicateItems, RenameItem
from engine.commands.trash import EmptyTrash
from engine.errors import NotFound, Refused, Unreachable
from engine.model.actor import Role
from engine.model.board import BoardKind, Group
from engine.model.item import Attachment, Item
from engine.queries.history import UndoState
from engine.queries.item_detail import ItemDetail
from engine.store.file_parts import PART, FileParts
from engine.store.files import StoredFile
from engine.storing import FileLimits
from sync.client.loop import Loop
from sync.server.app import create_app
from sync.server.settings import Settings
from tests.engine.boards import names, sample_board
from tests.engine.conftest import acting, engine, new_organization, postgres_url, template_file
from tests.engine.identity.conftest import quick_hashes
from tests.engine.members import colleague
from tests.engine.syncing.devices import rows_of
from tests.sync.meeting import Desk, Desks, Network, desks, network

__all__ = ["acting", "desks", "engine", "network", "postgres_url", "quick_hashes", "template_file"]

LARGE = random.Random(3).randbytes(2 * PART + 77)


async def attached(one: Desk, item: str, folder: Path, content: bytes = LARGE) -> AttachFile:
    (folder / "plan.bin").write_bytes(content)
    stored = await filing.add_file(one.acting, folder / "plan.bin")
    command = AttachFile(item_id=item, name="plan.bin", digest=stored.digest, size=stored.size)
    await one.acting.execute(command)
    return command


async def files_of(acting: Acting, item: str) -> list[Attachment]:
    return list((await acting.query(ItemDetail(item_id=item))).attachments)


async def read(acting: Acting, attachment_id: str) -> bytes:
    return b"".join([piece async for piece in await acting.read_attachment(attachment_id)])


async def test_a_file_of_one_device_is_read_on_another(
    acting: Acting, desks: Desks, tmp_path: Path
) -> None:
    board = await sample_board(acting)
    one, other = await desks(acting), await desks(acting)
    await one.loop.exchange()
    command = await attached(one, board.items[0], tmp_path)
    await one.loop.exchange_all()
    assert (await one.device.state()).settled  # type: ignore[union-attr]
    assert await read(acting, command.attachment_id) == LARGE
    await other.loop.exchange()
    assert not other.acting.files.has(command.digest)
    other.acting.engine.fetch = other.loop.files.fetch
    assert await read(other.acting, command.attachment_id) == LARGE
    assert other.acting.files.has(command.digest)
    assert await rows_of(one.acting) == await rows_of(acting)


async def test_an_attachment_whose_bytes_wait_here_says_so_until_they_are_sent(
    acting: Acting, desks: Desks, tmp_path: Path
) -> None:
    board = await sample_board(acting)
    one = await desks(acting)
    await one.loop.exchange()
    command = await attached(one, board.items[0], tmp_path)
    await one.loop.exchange()
    assert (await one.acting.query(ItemDetail(item_id=board.items[0]))).unsent == {command.digest}
    await one.loop.exchange_all()
    for who in (one.acting, acting):
        assert not (await who.query(ItemDetail(item_id=board.items[0]))).unsent


async def test_files_come_ahead_where_the_person_wants_them_here(
    acting: Acting, desks: Desks, tmp_path: Path
) -> None:
    board = await sample_board(acting)
    one, other = await desks(acting), await desks(acting)
    await one.loop.exchange()
    small = [await attached(one, board.items[n], tmp_path, b"%d" % n * 9) for n in range(3)]
    await one.loop.exchange_all()
    lost, _, read_before = small
    acting.files.remove(lost.digest)
    await other.loop.exchange()
    await other.loop._carry()
    assert not any(other.acting.files.has(file.digest) for file in small)
    other.loop.files_ahead = lambda: True
    await other.loop.files.fetch(next(iter(await files_of(other.acting, board.items[2]))))
    await other.loop._carry()
    assert other.loop._carrying is not None
    await other.loop._carrying
    assert [other.acting.files.has(file.digest) for file in small] == [False, True, True]
    assert other.acting.files.has(read_before.digest)


async def test_nothing_else_waits_for_the_bytes(
    acting: Acting, desks: Desks, tmp_path: Path
) -> None:
    board = await sample_board(acting)
    one = await desks(acting)
    await one.loop.exchange()
    command = await attached(one, board.items[0], tmp_path)
    await one.acting.execute(RenameItem(item_id=board.items[1], name="goes first"))
    await one.acting.execute(RemoveAttachment(attachment_id=command.attachment_id))
    await one.loop.exchange()  # without its files
    assert "goes first" in await names(acting, board.board)
    assert [one.command.op for one in await one.device.waiting()] == [
        AttachFile.OP, RemoveAttachment.OP,
    ]  # fmt: skip
    await one.loop.exchange_all()
    assert (await one.device.state()).settled  # type: ignore[union-attr]
    assert await rows_of(one.acting) == await rows_of(acting)
    assert await files_of(acting, board.items[0]) == []  # it lies in the trash


async def test_a_copy_waits_for_the_file_that_it_copies(
    acting: Acting, desks: Desks, tmp_path: Path
) -> None:
    board, copy, copied_group = await sample_board(acting), new_id(), new_id()
    one = await desks(acting)
    await one.loop.exchange()
    await attached(one, board.items[0], tmp_path)
    await one.acting.execute(DuplicateItems(item_ids=(board.items[0],), copy_ids=(copy,)))
    await one.acting.execute(DuplicateGroup(group_id=board.groups[0], copy_id=copied_group))
    await one.acting.execute(DuplicateItems(item_ids=(board.items[1],), copy_ids=(new_id(),)))
    await one.loop.exchange()  # without its files
    assert [one.command.op for one in await one.device.waiting()] == [
        AttachFile.OP, DuplicateItems.OP, DuplicateGroup.OP,
    ]  # fmt: skip
    await one.loop.exchange_all()
    assert len(await files_of(acting, copy)) == 1
    assert await rows_of(one.acting) == await rows_of(acting)


async def test_what_is_done_to_a_board_that_was_imported_with_files_waits_for_them(
    acting: Acting, desks: Desks, tmp_path: Path
) -> None:
    one = await desks(acting)
    await one.loop.exchange()
    (tmp_path / "plan.bin").write_bytes(LARGE)
    stored = await filing.add_file(one.acting, tmp_path / "plan.bin")
    board, group, item, other, file = (new_id() for _ in range(5))
    made: dict[str, Any] = {"board_id": board, "created_at": 1, "created_by": ""}
    of_item = {**made, "group_id": group, "number": 0, "position": ""}
    part = ImportPart(
        board_id=board, groups=(Group(id=group, board_id=board, name="G", position=""),),
        items=(Item(id=item, name="with a file", **of_item), Item(id=other, name="other", **of_item)),
        attachments=(
            Attachment(id=file, item_id=item, name="f", digest=stored.digest, size=stored.size, **made),
        ),
    )  # fmt: skip
    await one.acting.execute(ImportBoard(board_id=board, name="Brought"), part)
    await one.acting.execute(RenameItem(item_id=other, name="edited after it"))
    await one.loop.exchange()  # without its files
    assert [one.command.op for one in await one.device.waiting()] == [ImportPart.OP, RenameItem.OP]
    await one.loop.exchange_all()
    assert "edited after it" in await names(acting, board)
    assert await rows_of(one.acting) == await rows_of(acting)


async def test_taking_an_attachment_back_waits_for_it(
    acting: Acting, desks: Desks, tmp_path: Path
) -> None:
    board = await sample_board(acting)
    one = await desks(acting)
    await one.loop.exchange()
    (tmp_path / "plan.bin").write_bytes(LARGE)
    stored = await filing.add_file(one.acting, tmp_path / "plan.bin")
    done = await one.acting.execute(
        AttachFile(item_id=board.items[0], name="p", digest=stored.digest, size=stored.size)
    )
    await one.acting.execute(Undo(gesture=done.gesture))
    await one.loop.exchange()
    assert len(await one.device.waiting()) == 2
    await one.loop.exchange_all()
    assert await files_of(acting, board.items[0]) == []
    assert (await one.device.state()).settled  # type: ignore[union-attr]


async def test_what_was_cut_goes_on_where_it_was(
    acting: Acting, desks: Desks, network: Network, tmp_path: Path
) -> None:
    board = await sample_board(acting)
    one, other = await desks(acting), await desks(acting)
    await one.loop.exchange()
    await other.loop.exchange()
    command = await attached(one, board.items[0], tmp_path)
    network.fail_after("PUT", 1)
    with pytest.raises(Unreachable):
        await one.loop.exchange_all()
    file = StoredFile(command.digest, len(LARGE))
    assert (await one.server.file_state(file)).received == PART
    network.sent.clear()
    await one.loop.exchange_all()
    assert network.sent.count("PUT") == 2  # of three parts
    await other.loop.exchange()
    (attachment,) = await files_of(other.acting, board.items[0])
    parts = other.device.parts_of(attachment)
    parts.take(0, LARGE[:PART])  # has come before
    await other.loop.files.fetch(attachment)
    assert await read(other.acting, attachment.id) == LARGE


async def test_a_server_that_was_killed_behind_the_last_part_makes_a_file_of_what_came(
    acting: Acting, desks: Desks, tmp_path: Path
) -> None:
    board = await sample_board(acting)
    one = await desks(acting)
    await one.loop.exchange()
    command = await attached(one, board.items[0], tmp_path)
    parts = FileParts(acting.files, acting.actor.user_id, command.digest, command.size)
    for start in range(0, command.size, PART):
        parts.take(start, LARGE[start : start + PART])
    await one.loop.exchange_all()
    assert (await one.device.state()).settled  # type: ignore[union-attr]
    assert await read(acting, command.attachment_id) == LARGE


async def test_a_running_loop_sends_files_by_itself(
    acting: Acting, desks: Desks, tmp_path: Path
) -> None:
    board = await sample_board(acting)
    one = await desks(acting)
    running = asyncio.create_task(one.loop.run())
    try:
        await one.until(lambda: _read(one))
        command = await attached(one, board.items[0], tmp_path)
        await one.until(lambda: _gone(one))
    finally:
        running.cancel()
        await asyncio.gather(running, return_exceptions=True)
    assert await read(acting, command.attachment_id) == LARGE
    assert any(mark.bytes[1] == len(LARGE) for mark in one.marks)


async def _read(one: Desk) -> bool:
    state = await one.device.state()
    return state is not None and len(state.scopes) == 3


async def _gone(one: Desk) -> bool:
    state = await one.device.state()
    return state is not None and state.settled


async def test_who_has_not_the_bytes_cannot_name_a_file_by_its_digest(
    acting: Acting, desks: Desks, tmp_path: Path
) -> None:
    """A digest may be known from elsewhere; a file of a board that one may not read stays closed."""
    hidden = await sample_board(acting, name="Hidden")
    await acting.execute(EditBoard(board_id=hidden.board, kind=BoardKind.PRIVATE))
    open_ = await sample_board(acting, name="Open")
    owner = await desks(acting)
    await owner.loop.exchange()
    command = await attached(owner, hidden.items[0], tmp_path)
    await owner.loop.exchange_all()
    member = await colleague(acting, "Curious", Role.MEMBER)
    one = await desks(member)
    await one.loop.exchange()
    await one.acting.brought(StoredFile(command.digest, len(LARGE)))  # a program that lies
    await one.device.file_sent(command.digest)
    await one.acting.execute(
        AttachFile(item_id=open_.items[0], name="mine", digest=command.digest, size=len(LARGE))
    )
    await one.loop.exchange()
    (held,) = await one.device.held()
    assert held.code == "not_found"
    assert await files_of(member, open_.items[0]) == []
    file = StoredFile(command.digest, len(LARGE))
    assert not (await one.server.file_state(file)).done
    with pytest.raises(NotFound):
        async with one.server.reading(f"/sync/attachments/{command.attachment_id}", 0):
            pass
    stranger = await new_organization(acting.engine)
    assert not stranger.files.has(command.digest)


async def test_what_one_may_read_one_may_attach_elsewhere_without_sending_it(
    acting: Acting, desks: Desks, network: Network, tmp_path: Path
) -> None:
    board = await sample_board(acting)
    one = await desks(acting)
    await one.loop.exchange()
    await attached(one, board.items[0], tmp_path)
    await one.loop.exchange_all()
    network.sent.clear()
    await attached(one, board.items[1], tmp_path)
    await one.loop.exchange_all()
    assert "PUT" not in network.sent
    assert len(await files_of(acting, board.items[1])) == 1


@pytest.mark.parametrize("limits", [FileLimits(one=100), FileLimits(all=100)])
async def test_a_file_that_is_too_large_is_held_with_the_reason(
    engine: Engine,
    acting: Acting,
    desks: Desks,
    network: Network,
    tmp_path: Path,
    limits: FileLimits,
) -> None:
    settings = Settings(largest_file=limits.one, largest_storage=limits.all)
    network.way = httpx.ASGITransport(app=create_app(engine, settings, "1.0"))
    board = await sample_board(acting)
    one = await desks(acting)
    await one.loop.exchange()
    await attached(one, board.items[0], tmp_path)
    await one.acting.execute(RenameItem(item_id=board.items[1], name="goes on"))
    await one.loop.exchange_all()
    (held,) = await one.device.held()
    assert "100 bytes" in held.reason
    assert await files_of(one.acting, board.items[0]) == []
    assert "goes on" in await names(acting, board.board)
    network.way = httpx.ASGITransport(app=create_app(engine, Settings(), "1.0"))
    await one.device.retry(held.command.id)
    await one.loop.exchange_all()
    assert len(await files_of(acting, board.items[0])) == 1
    assert (await one.device.state()).settled  # type: ignore[union-attr]


async def test_a_file_that_was_damaged_here_is_held_not_lost_in_silence(
    acting: Acting, desks: Desks, tmp_path: Path
) -> None:
    board = await sample_board(acting)
    one = await desks(acting)
    await one.loop.exchange()
    command = await attached(one, board.items[0], tmp_path)
    path = one.acting.files.place.workroom / one.acting.files.path_of(command.digest)
    path.write_bytes(path.read_bytes()[:-1])
    await one.loop.exchange_all()
    (held,) = await one.device.held()
    assert held.code == "damaged"


async def test_undo_passes_by_what_was_held_for_its_file(
    acting: Acting, desks: Desks, tmp_path: Path
) -> None:
    board = await sample_board(acting)
    one = await desks(acting)
    await one.loop.exchange()
    await one.acting.execute(RenameItem(item_id=board.items[1], name="wrong"))
    command = await attached(one, board.items[0], tmp_path)
    await one.device.file_refused(command.digest, "quota", "There is no room.")
    await one.loop.exchange()
    steps = await one.acting.query(UndoState())
    assert steps.undo is not None and steps.undo.op == RenameItem.OP
    await one.acting.execute(Undo(gesture=steps.undo.gesture))
    assert "wrong" not in await names(one.acting, board.board)


async def test_redo_of_what_is_held_for_its_file_is_refused_with_the_reason(
    acting: Acting, desks: Desks, tmp_path: Path
) -> None:
    board = await sample_board(acting)
    one = await desks(acting)
    await one.loop.exchange()
    command = await attached(one, board.items[0], tmp_path)
    steps = await one.acting.query(UndoState())
    assert steps.undo is not None
    undone = await one.acting.execute(Undo(gesture=steps.undo.gesture))
    await one.device.file_refused(command.digest, "quota", "There is no room.")
    with pytest.raises(Refused, match="Nothing is kept any more"):
        await one.acting.execute(Redo(gesture=undone.gesture))
    await one.loop.exchange()
    state = await one.device.state()
    assert state is not None and state.waiting == 0


async def with_a_file_soon_out_of_sight(
    acting: Acting, desks: Desks, folder: Path, content: bytes
) -> tuple[Desk, Attachment, UnshareBoard]:
    """A guest's device that has read the board of the file, and what takes it away from them."""
    board = await sample_board(acting)
    await acting.execute(EditBoard(board_id=board.board, kind=BoardKind.SHAREABLE))
    member = await colleague(acting, "Guest", Role.GUEST)
    shared = {"board_id": board.board, "member_id": member.actor.user_id}
    await acting.execute(ShareBoard(**shared, role=Role.VIEWER))
    (folder / "a").write_bytes(content)
    stored = await filing.add_file(acting, folder / "a")
    command = AttachFile(item_id=board.items[0], name="a", digest=stored.digest, size=stored.size)
    await acting.execute(command)
    one = await desks(member)
    await one.loop.exchange()
    one.acting.engine.fetch = one.loop.files.fetch
    (attachment,) = await files_of(one.acting, board.items[0])
    return one, attachment, UnshareBoard(**shared)


async def test_a_file_goes_from_the_device_with_the_board(
    acting: Acting, desks: Desks, tmp_path: Path
) -> None:
    content = b"soon out of sight"
    one, attachment, taking_away = await with_a_file_soon_out_of_sight(
        acting, desks, tmp_path, content
    )
    assert await read(one.acting, attachment.id) == content
    await acting.execute(taking_away)
    await one.loop.exchange()
    assert not one.acting.files.has(attachment.digest)


async def test_what_had_come_of_a_file_goes_with_the_board_too(
    acting: Acting, desks: Desks, tmp_path: Path
) -> None:
    one, attachment, taking_away = await with_a_file_soon_out_of_sight(
        acting, desks, tmp_path, LARGE
    )
    parts = one.device.parts_of(StoredFile(attachment.digest, attachment.size))
    parts.take(0, LARGE[:PART])
    await acting.execute(taking_away)
    await one.loop.exchange()
    assert not list(one.acting.files.place.names(""))


async def test_a_file_that_a_crash_left_behind_goes_at_the_next_start(
    acting: Acting, desks: Desks, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    one, attachment, taking_away = await with_a_file_soon_out_of_sight(
        acting, desks, tmp_path, b"soon out of sight"
    )
    await read(one.acting, attachment.id)
    await acting.execute(taking_away)

    async def crashes(*_: object) -> None:
        raise OSError("no device any more")

    with monkeypatch.context() as meanwhile, pytest.raises(OSError, match="no device"):
        meanwhile.setattr(filing, "let_lost_files_go", crashes)
        await one.loop.exchange()
    monkeypatch.setattr(filing, "HOUR", 0)
    await Loop(one.acting, one.server, lambda mark: None).exchange()
    assert not one.acting.files.has(attachment.digest)


async def test_a_file_that_is_gone_for_good_goes_from_every_device(
    acting: Acting, desks: Desks, tmp_path: Path
) -> None:
    board = await sample_board(acting)
    one = await desks(acting)
    await one.loop.exchange()
    command = await attached(one, board.items[0], tmp_path)
    await one.loop.exchange_all()
    await acting.execute(RemoveAttachment(attachment_id=command.attachment_id))
    await acting.execute(EmptyTrash(records=(("attachment", command.attachment_id),)))
    await one.loop.exchange()
    assert not one.acting.files.has(command.digest)
    assert await filing.let_files_go(acting, {command.digest}) == 1
