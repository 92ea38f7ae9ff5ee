"""Backups: one a day, 30 days of them, and nobody who was erased since comes back with one (C22, C40)."""

import time
from pathlib import Path

import pytest
import time_machine

from engine.api import Acting
from engine.backing_up import back_up, back_up_daily, backups_of
from engine.commands.deletion import AskDeletion
from engine.commands.members import EditPerson
from engine.errors import Refused, WorkspaceError
from engine.queries.audit import AuditChain
from engine.queries.home import People
from engine.relocating import begin_taking
from engine.retaining import run_retention
from engine.store.waiting import write_link
from tests.engine.boards import sample_board
from tests.engine.conftest import KEY
from tests.engine.members import colleague
from tests.policy.bytes_of import stored_bytes
from tui import bootstrap, upkeep
from tui.bootstrap import Opened, Protection

DAY = 86_400
NAME, EMAIL = "Canary Person", "canary@example.org"


@pytest.fixture
async def workspace(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """A local workspace, whose key is that of the other tests."""
    monkeypatch.setenv("CONNEQTOS_HOME", str(tmp_path / "home"))
    monkeypatch.setattr("engine.store.keyfile.new_key", lambda: KEY)
    return await bootstrap.create_workspace(
        tmp_path / "work", name="Work", protection=Protection.CLEAR
    )


async def made(opened: Opened) -> None:
    await back_up(opened.acting, opened.folder, opened.key)


async def test_c40_one_a_day_is_made_by_itself_and_thirty_days_are_kept(workspace: Opened) -> None:
    acting, folder, key = workspace.acting, workspace.folder, workspace.key
    assert await back_up_daily(acting, folder, key) is None  # nothing is a day old yet
    now = time.time()
    for day in range(1, 40):
        with time_machine.travel(now + day * DAY + 60, tick=False):
            assert await back_up_daily(acting, folder, key) is not None
            assert await back_up_daily(acting, folder, key) is None
    kept = backups_of(folder, key).list()
    assert len(kept) == 31
    assert kept[-1].made_at - kept[0].made_at <= 30 * DAY * 1000
    await acting.engine.close()


async def test_of_a_linked_workspace_the_newest_is_kept_no_longer_than_others(
    workspace: Opened,
) -> None:
    """No other comes behind it there."""
    acting, mine = workspace.acting, workspace.acting.actor.organization_id
    await made(workspace)
    await begin_taking(acting, "http://server", "")
    with time_machine.travel(time.time() + 31 * DAY, tick=False):
        await upkeep.look_after(workspace)  # the server does not have it yet
        assert backups_of(workspace.folder, workspace.key).list()
        await acting.session.database.write(
            mine, lambda connection: write_link(connection, mine, taking="")
        )
        await upkeep.look_after(workspace)
    assert not backups_of(workspace.folder, workspace.key).list()
    await acting.engine.close()


async def test_c22_going_back_does_not_bring_back_who_was_erased(workspace: Opened) -> None:
    acting = workspace.acting
    theirs = await colleague(acting)
    me = theirs.actor.user_id
    await theirs.execute(EditPerson(member_id=me, name=NAME, email=EMAIL))
    await sample_board(acting, items=2)
    await made(workspace)
    await theirs.execute(AskDeletion(confirm=NAME))
    with time_machine.travel(time.time() + 8 * DAY, tick=False):
        await run_retention(acting)
        await acting.engine.close()
        await upkeep.restore_backup(workspace.folder, "newest")
        again = (await bootstrap.open_workspace(workspace.folder)).acting
    people = {member.id: member.name for member in await again.query(People())}
    assert people[me].startswith("Former member ")
    left = await stored_bytes(again)
    assert NAME.encode() not in left and EMAIL.encode() not in left
    assert (await again.verify_audit()).bad_number is None
    told = [entry.name for entry in await again.query(AuditChain())]
    assert told[-2:] == ["deletion.done", "backup.restored"]
    await again.engine.close()


async def test_c22_whoever_asked_for_deletion_before_the_backup_still_goes(
    workspace: Opened,
) -> None:
    theirs = await colleague(workspace.acting, NAME)
    await theirs.execute(AskDeletion(confirm=NAME))
    await made(workspace)
    await workspace.acting.engine.close()
    with time_machine.travel(time.time() + 8 * DAY, tick=False):
        await upkeep.restore_backup(workspace.folder, "newest")
        again = (await bootstrap.open_workspace(workspace.folder)).acting
    assert NAME not in repr(await again.query(People()))
    await again.engine.close()


async def test_c40_nothing_is_restored_under_a_program_that_has_the_workspace_open(
    workspace: Opened,
) -> None:
    await made(workspace)
    with pytest.raises(Refused, match="Another program"):
        await upkeep.restore_backup(workspace.folder, "newest")
    assert not list((workspace.folder / "backups").glob("before-*"))
    await still_works(workspace.acting)
    await workspace.acting.engine.close()


async def still_works(acting: Acting) -> None:
    assert (await acting.verify_audit()).bad_number is None


async def test_c40_a_restore_that_fails_half_way_puts_back_what_was_there(
    workspace: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    await made(workspace)
    await sample_board(workspace.acting, items=1, name="Since")
    await workspace.acting.engine.close()

    async def fails(acting: Acting) -> None:
        raise Refused("no")

    with monkeypatch.context() as patch:
        patch.setattr("engine.retaining.run_retention", fails)
        with pytest.raises(Refused, match="no"):
            await upkeep.restore_backup(workspace.folder, "newest")
    again = (await bootstrap.open_workspace(workspace.folder)).acting
    assert [e.name for e in await again.query(AuditChain())].count("board.created") == 1
    await again.engine.close()


async def test_c37_a_backup_is_under_a_key_of_its_own(workspace: Opened) -> None:
    await sample_board(workspace.acting, items=1, name="canary board")
    await made(workspace)
    for path in (workspace.folder / "backups").rglob("*"):
        assert path.is_dir() or b"canary" not in path.read_bytes()
    (database,) = (workspace.folder / "backups").glob("*.db")
    target = workspace.folder / "elsewhere"
    target.mkdir()
    (target / "workspace.db").write_bytes(database.read_bytes())
    (target / "workspace.json").write_bytes((workspace.folder / "workspace.json").read_bytes())
    with pytest.raises(WorkspaceError):
        await bootstrap.open_workspace(target)
    await workspace.acting.engine.close()
