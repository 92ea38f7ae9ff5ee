"""Files of a workspace from before each organization had its own folder are found by their organizations."""

import os
from pathlib import Path

from engine.api import Acting, Engine
from engine.commands.attachments import AttachFile
from engine.store.old_files import old_digests
from tests.engine.boards import sample_board
from tests.engine.conftest import KEY, local, new_organization, template_file

__all__ = ["local", "template_file"]


async def attached(acting: Acting, content: bytes) -> AttachFile:
    board = await sample_board(acting, items=1)
    stored = acting.files.take(iter([content]))
    await acting.brought(stored)
    command = AttachFile(item_id=board.items[0], name="x", digest=stored.digest, size=stored.size)
    await acting.execute(command)
    return command


def moved_back(acting: Acting, digest: str) -> None:
    """Where it lay before."""
    room = acting.files.place.workroom
    old = room / digest[:2] / digest
    old.parent.mkdir(exist_ok=True)
    os.replace(room / acting.files.path_of(digest), old)


async def test_they_move_to_each_organization_that_names_them(
    local: Acting, tmp_path: Path
) -> None:
    other = await new_organization(local.engine)
    shared = [await attached(acting, b"shared") for acting in (local, other)]
    own = await attached(local, b"own")
    moved_back(local, shared[0].digest)
    moved_back(other, shared[1].digest)
    moved_back(local, own.digest)
    unnamed = local.files.take(iter([b"named by nothing"]))
    moved_back(local, unnamed.digest)
    await local.engine.close()
    again = await Engine.open_workspace(tmp_path, KEY)
    try:
        for acting, commands in ((local, (shared[0], own)), (other, (shared[1],))):
            reader = again.acting_as(acting.actor)
            assert set(reader.files.digests()) == {one.digest for one in commands}
            for one in commands:
                pieces = await reader.read_attachment(one.attachment_id)
                assert len(b"".join([piece async for piece in pieces])) == one.size
        assert old_digests(again.files.place) == set()
    finally:
        await again.close()
