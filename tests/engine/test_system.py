"""Jobs across tenants: each organization is told, with the reason, before anything of it is seen."""

import os
from pathlib import Path

import pytest

from engine import filing
from engine.api import Acting, Engine
from engine.commands.attachments import AttachFile, RemoveAttachment
from engine.commands.history import Redo, Undo
from engine.commands.items import TrashItems
from engine.commands.system import EnterAsSystem
from engine.commands.trash import EmptyTrash
from engine.errors import Forbidden, UsageError
from engine.model.actor import Actor
from engine.queries.audit import AuditChain
from engine.queries.home import Boards
from tests.engine.boards import Sample, sample_board
from tests.engine.conftest import new_organization

TWO_HOURS = 7_200


async def attached(acting: Acting, folder: Path, content: str) -> tuple[Sample, AttachFile]:
    """An item with a file that has been there for two hours."""
    board = await sample_board(acting, items=1)
    (folder / "note.txt").write_text(content)
    stored = await filing.add_file(acting, folder / "note.txt")
    command = AttachFile(
        item_id=board.items[0], name="note.txt", digest=stored.digest, size=stored.size
    )
    await acting.execute(command)
    path = path_of(acting, stored.digest)
    long_ago = path.stat().st_mtime - TWO_HOURS
    os.utime(path, (long_ago, long_ago))
    return board, command


def path_of(acting: Acting, digest: str) -> Path:
    return acting.files.place.workroom / acting.files.path_of(digest)


async def system_entries(acting: Acting) -> list[object]:
    chain = await acting.query(AuditChain())
    return [entry.detail.get("reason") for entry in chain if entry.name == "system.opened"]


async def test_each_organization_is_entered_with_the_reason_in_its_trail(engine: Engine) -> None:
    one, other = await new_organization(engine), await new_organization(engine)
    await sample_board(one, items=1, name="One")
    seen = set()
    async for acting in engine.for_system("counting boards"):
        await acting.query(Boards())
        seen.add(acting.actor.organization_id)
    assert {one.actor.organization_id, other.actor.organization_id} <= seen
    for acting in (one, other):
        assert await system_entries(acting) == ["counting boards"]
        assert (await acting.verify_audit()).bad_number is None


async def test_nobody_else_enters_this_way_and_nobody_without_a_reason(acting: Acting) -> None:
    with pytest.raises(Forbidden):
        await acting.execute(EnterAsSystem(reason="curious"))
    system = acting.engine.acting_as(
        Actor(organization_id=acting.actor.organization_id, user_id="system")
    )
    with pytest.raises(UsageError):
        await system.execute(EnterAsSystem(reason=" "))


async def test_whoever_names_no_organization_sees_only_which_there_are(engine: Engine) -> None:
    acting = await new_organization(engine)
    assert acting.actor.organization_id in await engine.organizations()


async def test_a_file_goes_once_its_attachment_is_gone_for_good(
    acting: Acting, tmp_path: Path
) -> None:
    _, file = await attached(acting, tmp_path, "soon gone")
    await acting.execute(RemoveAttachment(attachment_id=file.attachment_id))
    assert await filing.collect_files(acting) == 0  # it can still be restored
    await acting.execute(EmptyTrash(records=(("attachment", file.attachment_id),)))
    assert await filing.collect_files(acting) == 1
    assert not acting.files.has(file.digest)


async def test_files_go_with_their_item(acting: Acting, tmp_path: Path) -> None:
    board, file = await attached(acting, tmp_path, "goes with the item")
    await acting.execute(TrashItems(item_ids=(board.items[0],)))
    await acting.execute(EmptyTrash(records=(("item", board.items[0]),)))
    await filing.collect_files(acting)
    assert not acting.files.has(file.digest)


async def test_a_file_that_another_organization_has_too_stays(
    engine: Engine, tmp_path: Path
) -> None:
    one, other = await new_organization(engine), await new_organization(engine)
    _, file = await attached(one, tmp_path, "shared")
    await attached(other, tmp_path, "shared")
    await one.execute(RemoveAttachment(attachment_id=file.attachment_id))
    await one.execute(EmptyTrash(records=(("attachment", file.attachment_id),)))
    assert await filing.collect_files(one) == 1
    assert other.files.has(file.digest)
    assert not one.files.has(file.digest)


async def test_an_undone_attachment_keeps_its_file_for_redo(acting: Acting, tmp_path: Path) -> None:
    (tmp_path / "in").mkdir()
    board = await sample_board(acting, items=1)
    (tmp_path / "in" / "note.txt").write_text("comes back")
    stored = await filing.add_file(acting, tmp_path / "in" / "note.txt")
    done = await acting.execute(
        AttachFile(item_id=board.items[0], name="n", digest=stored.digest, size=stored.size)
    )
    undone = await acting.execute(Undo(gesture=done.gesture))
    os.utime(path_of(acting, stored.digest), (0, 0))
    assert await filing.collect_files(acting) == 0
    await acting.execute(Redo(gesture=undone.gesture))
    assert acting.files.has(stored.digest)


async def test_a_file_that_is_just_being_attached_stays(acting: Acting, tmp_path: Path) -> None:
    (tmp_path / "new.txt").write_text("no row yet")
    stored = await filing.add_file(acting, tmp_path / "new.txt")
    assert await filing.collect_files(acting) == 0
    assert acting.files.has(stored.digest)
