"""Who is no member any more has nothing of the organization left on a device; everybody else keeps what they have."""

import asyncio
import os
import sys
from pathlib import Path

import pytest
from sqlalchemy import delete, update

from engine.api import Acting, Engine
from engine.clock import new_id
from engine.commands.deletion import EraseMembers
from engine.commands.devices import LimitOffline
from engine.commands.items import RenameItem
from engine.commands.membership import RemoveMember, TakeKeysAway
from engine.errors import Forbidden, Invalid, NotFound, NotSignedIn, Removed
from engine.identity.api_keys import make
from engine.identity.tickets import ticket
from engine.model.actor import Role, Scope
from engine.model.exchange import Still
from engine.model.organization import Member
from engine.queries.home import WhoAmI
from engine.store.tables import TABLE_OF
from engine.store.waiting import write_link
from sync.client.loop import Loop, Standing
from sync.client.server import Server
from tests.engine.boards import sample_board
from tests.engine.conftest import acting, engine, postgres_url, template_file
from tests.engine.identity.conftest import quick_hashes
from tests.engine.members import colleague
from tests.engine.syncing.devices import rows_of
from tests.sync.meeting import Desk, Desks, Network, desks, listening, network
from tui.linking import drop_if_too_long_away

__all__ = ["acting", "desks", "engine", "network", "postgres_url", "quick_hashes", "template_file"]

ROOT = Path(__file__).parents[3]
DAY = 86_400_000


async def test_a_removed_member_is_told_so_at_the_next_contact(
    acting: Acting, desks: Desks
) -> None:
    await sample_board(acting)
    member = await colleague(acting)
    one = await desks(member)
    await one.loop.exchange()
    await acting.execute(RemoveMember(member_id=member.actor.user_id))
    with pytest.raises(Removed):
        await one.loop.exchange()
    await one.loop.run()  # ends by itself
    assert one.marks[-1].standing is Standing.REMOVED


async def test_a_key_that_was_revoked_takes_nothing_from_a_member(
    acting: Acting, desks: Desks, network: Network
) -> None:
    one = await desks(acting)
    await one.loop.exchange()
    server = Server("http://server", "cq_wrong", transport=network)
    turned_away = Loop(one.acting, server, lambda mark: None)
    with pytest.raises(NotSignedIn):
        await turned_away.exchange()
    await turned_away.run()
    assert turned_away.mark.standing is Standing.NEEDS_YOU
    await server.close()


async def test_a_server_that_came_from_a_backup_is_not_believed(
    acting: Acting, desks: Desks
) -> None:
    """It may be from before the person came."""
    member = await colleague(acting)
    one = await desks(member)
    await one.loop.exchange()
    await acting.execute(RemoveMember(member_id=member.actor.user_id))
    await set_link(one, epoch="of another life")
    with pytest.raises((NotSignedIn, Forbidden, NotFound)):
        await one.loop.exchange()


@pytest.mark.parametrize(
    "as_of", ["before anybody had written of them", "when they were only a name"]
)
async def test_a_server_from_before_the_person_came_takes_nothing(
    acting: Acting, desks: Desks, as_of: str
) -> None:
    """It came from a backup, and nobody has told it so."""
    who = await colleague(acting)
    one = await desks(who)
    await one.loop.exchange()
    await who.execute(TakeKeysAway())
    mine, people = acting.actor.organization_id, TABLE_OF[Member]
    this = people.c.id == who.actor.user_id
    only_a_name = update(people).where(this).values(account=False, role=Role.VIEWER)
    gone = delete(people).where(this)
    await acting.session.database.write(
        mine, lambda connection: connection.execute(only_a_name if "only" in as_of else gone)
    )
    with pytest.raises((NotSignedIn, Forbidden, NotFound)):
        await one.loop.exchange()


async def test_who_was_erased_since_has_nothing_left_either(acting: Acting, desks: Desks) -> None:
    who = await colleague(acting)
    one = await desks(who)
    await one.loop.exchange()
    system = acting.engine.as_system(acting.actor.organization_id)
    await system.execute(EraseMembers(member_ids=(who.actor.user_id,), again=True))
    with pytest.raises(Removed):
        await one.loop.exchange()


async def test_only_a_ticket_of_this_server_is_answered(acting: Acting, desks: Desks) -> None:
    one = await desks(acting)
    mine, me = acting.actor.organization_id, acting.actor.user_id
    good = ticket(acting.engine, mine, me)
    assert (await one.server.still(Still(organization_id=mine, member_id=me, ticket=good))).member
    for wrong in ("", good[:-1], "é" * 64, ticket(acting.engine, mine, "another")):
        with pytest.raises(NotSignedIn):
            await one.server.still(Still(organization_id=mine, member_id=me, ticket=wrong))


async def set_link(one: Desk, **fields: object) -> None:
    mine = one.acting.actor.organization_id
    await one.acting.session.database.write(
        mine, lambda connection: write_link(connection, mine, **fields)
    )


async def test_without_contact_for_too_long_a_device_drops_what_it_holds(
    acting: Acting, desks: Desks, network: Network
) -> None:
    board = await sample_board(acting)
    await acting.execute(LimitOffline(days=30))
    one = await desks(acting)
    await one.loop.exchange()
    now = one.acting.engine.now()
    network.down = True
    await set_link(one, last_at=now - 29 * DAY)
    await drop_if_too_long_away(one.acting, one.loop)
    await one.acting.execute(RenameItem(item_id=board.items[0], name="offline is normal"))
    await set_link(one, last_at=now - 31 * DAY)
    with pytest.raises(Removed, match="30 days"):
        await drop_if_too_long_away(one.acting, one.loop)
    await set_link(one, taking="on its way")  # there is no other copy of it then
    await drop_if_too_long_away(one.acting, one.loop)
    await set_link(one, taking="")
    network.down = False  # it is asked once more first
    await drop_if_too_long_away(one.acting, one.loop)
    state = await one.device.state()
    assert state is not None and state.settled


async def test_unless_the_organization_says_so_there_is_no_limit(
    acting: Acting, desks: Desks, network: Network
) -> None:
    one = await desks(acting)
    await one.loop.exchange()
    network.down = True
    await set_link(one, last_at=1)
    before = await rows_of(one.acting)
    await drop_if_too_long_away(one.acting, one.loop)
    assert await rows_of(one.acting) == before


async def test_only_owners_set_the_limit_and_only_days_that_are_some(acting: Acting) -> None:
    await acting.execute(LimitOffline(days=7))
    assert (await acting.query(WhoAmI()))[0].offline_days == 7
    for days in (-1, 3_651):
        with pytest.raises(Invalid):
            await acting.execute(LimitOffline(days=days))
    admin = await colleague(acting, "Admin", Role.ADMIN)
    with pytest.raises(Forbidden):
        await admin.execute(LimitOffline(days=1))


async def test_the_command_line_takes_the_workspace_off_the_device(
    engine: Engine, acting: Acting, tmp_path: Path
) -> None:
    await sample_board(acting, name="Roadmap")
    member = await colleague(acting)
    where = tmp_path / new_id()
    home = {**os.environ, "CONNEQTOS_HOME": str(tmp_path / "home")}

    async def conneqtos(*words: str, token: str = "") -> tuple[int | None, str]:
        process = await asyncio.create_subprocess_exec(
            sys.executable, "-m", "tui", *words, cwd=ROOT, stdin=asyncio.subprocess.DEVNULL,
            env={**home, **({"CONNEQTOS_TOKEN": token} if token else {})},
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        said, _ = await process.communicate()
        return process.returncode, said.decode()

    async with listening(engine) as url:
        token = await make(member, "laptop", Scope.WRITE)
        beside = ("--protection", "clear-beside-the-data")
        status, said = await conneqtos("sync", "join", url, str(where), *beside, token=token)
        assert status == 0, said
        (where / "notes.txt").write_text("not of ours")
        await acting.execute(RemoveMember(member_id=member.actor.user_id))
        status, said = await conneqtos("sync", "now")
        assert (status, "no longer a member" in said) == (23, True)
        assert [path.name for path in where.iterdir()] == ["notes.txt"]
