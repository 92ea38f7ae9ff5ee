"""The end of an organization: seven days to think again, then all content and everybody in it are gone (C23)."""

import os
from pathlib import Path

import pytest

from engine import filing
from engine.api import Acting, Engine
from engine.commands.attachments import AttachFile
from engine.commands.closing import CloseOrganization, EndOrganization, KeepOrganization
from engine.commands.comments import AddComment
from engine.commands.items import RenameItem
from engine.commands.members import EditPerson
from engine.errors import ConneqtError, Forbidden, Invalid, NotFound, Refused
from engine.queries.audit import AuditChain
from engine.queries.home import Boards
from engine.queries.rights import MyRights
from engine.retaining import run_retention
from tests.engine.boards import sample_board
from tests.engine.conftest import new_organization
from tests.engine.members import colleague
from tests.policy.bytes_of import stored_bytes
from tests.policy.conftest import later

CANARIES = ("canary board", "canary item", "canary words", "canary person", "canary organization")


async def full(engine: Engine) -> Acting:
    owner = await new_organization(engine, name="canary organization")
    board = await sample_board(owner, items=2, name="canary board")
    await owner.execute(RenameItem(item_id=board.items[0], name="canary item"))
    await owner.execute(AddComment(item_id=board.items[0], body="canary words"))
    await owner.execute(EditPerson(member_id=owner.actor.user_id, name="canary person"))
    return owner


async def test_c23_closing_wants_the_name_typed_and_can_be_cancelled(engine: Engine) -> None:
    owner = await full(engine)
    with pytest.raises(Invalid, match="canary organization"):
        await owner.execute(CloseOrganization(confirm="yes"))
    await owner.execute(CloseOrganization(confirm="Canary Organization"))
    with pytest.raises(Refused, match="already"):
        await owner.execute(CloseOrganization(confirm="canary organization"))
    with pytest.raises(Refused, match="not over"):
        await owner.execute(EndOrganization())
    await owner.execute(KeepOrganization())
    with pytest.raises(NotFound):
        await owner.execute(KeepOrganization())
    later(owner, 30)
    await run_retention(owner)
    assert [one.board.name for one in await owner.query(Boards())] == ["canary board"]


async def test_c23_after_the_grace_no_content_and_nobody_is_left(engine: Engine) -> None:
    others = await new_organization(engine, name="Others")
    await sample_board(others, items=1, name="their board")
    owner = await full(engine)
    await owner.execute(CloseOrganization(confirm="canary organization"))
    later(owner, 7.1)
    await run_retention(owner)
    left = await stored_bytes(owner)
    assert [word for word in CANARIES if word.encode() in left] == []
    with pytest.raises(Forbidden):
        await owner.query(MyRights())
    assert (await owner.verify_audit()).bad_number is None
    assert [one.board.name for one in await others.query(Boards())] == ["their board"]


async def test_c23_files_go_with_the_organization(engine: Engine, tmp_path: Path) -> None:
    owner = await full(engine)
    board = await sample_board(owner, items=1)
    source = tmp_path / "canary.txt"
    source.write_text("canary file")
    stored = await filing.add_file(owner, source)
    await owner.execute(
        AttachFile(item_id=board.items[0], name="x", digest=stored.digest, size=stored.size)
    )
    await owner.execute(CloseOrganization(confirm="canary organization"))
    for encrypted in engine.files.place.workroom.glob("*/??/*"):
        os.utime(encrypted, (0, 0))  # it is not just being attached
    later(owner, 7.1)
    await run_retention(owner)
    assert list(owner.files.digests()) == []


async def test_c11_closing_is_in_the_audit_trail_step_by_step(engine: Engine) -> None:
    owner = await full(engine)
    await owner.execute(CloseOrganization(confirm="canary organization"))
    await owner.execute(KeepOrganization())
    told = [entry.name for entry in await owner.query(AuditChain())]
    assert told[-2:] == ["organization.closing", "organization.kept"]


async def test_only_owners_close(engine: Engine) -> None:
    owner = await full(engine)
    member = await colleague(owner)
    for command in (CloseOrganization(confirm="canary organization"), KeepOrganization()):
        with pytest.raises(ConneqtError):
            await member.execute(command)
