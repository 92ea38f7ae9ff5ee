"""A personal export opens as a workspace: one's own items, comments and files on the boards as one saw them."""

import zipfile
from pathlib import Path

import pytest

from engine.api import Acting, Engine
from engine.commands.attachments import AttachFile
from engine.commands.boards import CreateBoard
from engine.commands.comments import AddComment
from engine.commands.items import AddItems, NewItem, SetValues
from engine.errors import Forbidden, UnreadableFile
from engine.queries.home import Boards
from engine.transfer.personal_archive import BOARDS, export_personal_data
from engine.transfer.personal_opening import ELSEWHERE, bring_in
from tests.engine.boards import sample_board
from tests.engine.conftest import START, new_organization
from tests.engine.members import colleague
from tests.engine.state import state_of


async def opened(engine: Engine, path: Path) -> Acting:
    reader = await new_organization(engine, name="Reader")
    await bring_in(reader, path)
    return reader


async def test_items_values_comments_and_files_are_there_again(
    engine: Engine, tmp_path: Path
) -> None:
    owner = await new_organization(engine)
    board = await sample_board(owner, items=2, name="Plan")
    stored = owner.files.take(iter([b"the bytes"]))
    await owner.brought(stored)
    await owner.execute(
        SetValues(item_ids=(board.items[0],), values={board.columns["text"]: "my words"}),
        AddComment(item_id=board.items[0], body="said by me"),
        AttachFile(
            item_id=board.items[0], name="notes.txt", digest=stored.digest, size=stored.size
        ),
    )
    path = tmp_path / "mine.zip"
    await export_personal_data(owner, path, at=START)
    reader = await opened(engine, path)
    assert [one.board.name for one in await reader.query(Boards())] == ["Plan"]
    found = await state_of(reader)
    assert {one["name"] for one in found["item"].values()} == {
        one["name"] for one in (await state_of(owner))["item"].values()
    }
    assert any("my words" in one["values"].values() for one in found["item"].values())
    assert [one["body"] for one in found["comment"].values()] == ["said by me"]
    assert [one["digest"] for one in found["attachment"].values()] == [stored.digest]


async def test_what_hangs_on_an_item_of_somebody_else_says_so(
    engine: Engine, tmp_path: Path
) -> None:
    owner = await new_organization(engine)
    board = await sample_board(owner, items=1, name="Plan")
    mate = await colleague(owner, "Mate")
    await mate.execute(AddComment(item_id=board.items[0], body="said by mate"))
    await mate.execute(AddItems(group_id=board.groups[0], items=(NewItem(name="made by mate"),)))
    path = tmp_path / "mine.zip"
    await export_personal_data(mate, path, at=START)
    found = await state_of(await opened(engine, path))
    assert {one["name"] for one in found["item"].values()} == {ELSEWHERE, "made by mate"}
    assert [one["body"] for one in found["comment"].values()] == ["said by mate"]


async def test_an_export_without_boards_opens_empty(acting: Acting, tmp_path: Path) -> None:
    path = tmp_path / "mine.zip"
    await export_personal_data(acting, path, at=START)
    assert not await (await opened(acting.engine, path)).query(Boards())


async def test_a_damaged_one_brings_nothing_in(acting: Acting, tmp_path: Path) -> None:
    await sample_board(acting, items=1)
    path = tmp_path / "mine.zip"
    await export_personal_data(acting, path, at=START)
    content = bytearray(path.read_bytes())
    content[len(content) // 3] ^= 0xFF
    path.write_bytes(content)
    reader = await new_organization(acting.engine)
    with pytest.raises(UnreadableFile):
        await bring_in(reader, path)
    assert not await reader.query(Boards())


async def test_one_of_an_older_version_says_what_it_lacks(acting: Acting, tmp_path: Path) -> None:
    from engine.transfer.zipped import MANIFEST

    await sample_board(acting, items=1)
    path, old = tmp_path / "mine.zip", tmp_path / "old.zip"
    await export_personal_data(acting, path, at=START)
    import json

    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(old, "w") as less:
        for name in whole.namelist():
            content = whole.read(name)
            if name == MANIFEST:
                manifest = json.loads(content)
                manifest["files"] = [one for one in manifest["files"] if one["path"] != BOARDS]
                content = json.dumps(manifest).encode()
            if name != BOARDS:
                less.writestr(name, content)
    with pytest.raises(UnreadableFile, match="boards cannot be shown"):
        await opened(acting.engine, old)


async def test_it_is_there_to_be_read_only(acting: Acting, tmp_path: Path) -> None:
    from tui.bootstrap import open_export, open_unlocked

    await sample_board(acting, items=1, name="Plan")
    path, folder = tmp_path / "mine.zip", tmp_path / "reading"
    await export_personal_data(acting, path, at=START)
    folder.mkdir()
    workspace = await open_unlocked(await open_export(path, folder))
    try:
        assert [one.board.name for one in await workspace.acting.query(Boards())] == ["Plan"]
        with pytest.raises(Forbidden, match="read only"):
            await workspace.acting.execute(CreateBoard(name="mine"))
        assert not (folder / "workspace.json").exists(), "its key is kept nowhere"
    finally:
        await workspace.acting.engine.close()
