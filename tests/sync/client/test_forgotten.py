"""A server knows which devices have forgotten what was erased, and which have not been in touch since."""

from sqlalchemy import select

from engine.api import Acting
from engine.clock import new_id
from engine.commands.deletion import EraseMembers
from engine.commands.importing import ImportBoard
from engine.model.organization import Member
from engine.queries.devices import DevicesSeen
from engine.store.tables import link
from tests.engine.boards import sample_board
from tests.engine.conftest import acting, engine, postgres_url, template_file
from tests.engine.identity.conftest import quick_hashes
from tests.engine.members import colleague
from tests.policy.bytes_of import stored_bytes
from tests.sync.meeting import Desk, Desks, desks, network

__all__ = ["acting", "desks", "engine", "network", "postgres_url", "quick_hashes", "template_file"]
NEEDLE = "Needle Haystack"


async def behind(acting: Acting) -> dict[str, bool]:
    """By whose device it is."""
    return {one.member_id: one.behind for one in await acting.query(DevicesSeen())}


async def somebody(acting: Acting) -> str:
    """A person whom an import brought along."""
    person = Member(id=new_id(), name=NEEDLE, email="needle@example.org")
    await acting.execute(ImportBoard(board_id=new_id(), name="Brought", people=(person,)))
    return person.id


async def test_who_was_in_touch_since_an_erasure_has_forgotten_and_says_so(
    acting: Acting, desks: Desks
) -> None:
    await sample_board(acting)
    who = await somebody(acting)
    ada = await colleague(acting)
    one, other = await desks(acting), await desks(ada)
    for device in (one, other):
        await device.loop.exchange()
    mine, hers = acting.actor.user_id, ada.actor.user_id
    assert await behind(acting) == {mine: False, hers: False}
    await acting.execute(EraseMembers(member_ids=(who,), again=True))
    assert await behind(acting) == {mine: True, hers: True}
    await one.loop.exchange()
    assert await behind(acting) == {mine: False, hers: True}
    assert NEEDLE.encode() not in await stored_bytes(one.acting)


async def test_a_device_that_joined_later_never_had_what_was_erased(
    acting: Acting, desks: Desks
) -> None:
    who = await somebody(acting)
    await acting.execute(EraseMembers(member_ids=(who,), again=True))
    one = await desks(acting)
    await one.loop.exchange()
    assert await behind(acting) == {acting.actor.user_id: False}


async def test_a_device_that_died_before_the_bytes_were_gone_says_nothing_until_they_are(
    acting: Acting, desks: Desks
) -> None:
    who = await somebody(acting)
    one = await desks(acting)
    await one.loop.exchange()
    await acting.execute(EraseMembers(member_ids=(who,), again=True))
    await _die_before_the_pages_go(one)
    assert await _forgotten(one) < 0
    assert await behind(acting) == {acting.actor.user_id: True}
    await one.loop.exchange()
    assert await behind(acting) == {acting.actor.user_id: False}
    assert NEEDLE.encode() not in await stored_bytes(one.acting)


async def _die_before_the_pages_go(one: Desk) -> None:
    real, engine = one.engine.forget_old_pages, one.engine

    async def dies() -> None:
        raise SystemError("killed")

    engine.forget_old_pages = dies  # type: ignore[method-assign]
    try:
        await one.loop.exchange()
    except SystemError:
        pass
    finally:
        engine.forget_old_pages = real  # type: ignore[method-assign]


async def _forgotten(one: Desk) -> int:
    found: int = await one.acting.session.database.read(
        one.acting.actor.organization_id,
        lambda connection: connection.execute(select(link.c.forgotten)).scalar_one(),
    )
    return found
