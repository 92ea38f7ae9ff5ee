"""What must hold at the end of a random life, whatever happened in it (docs/sync-model.md)."""

from collections.abc import Awaitable, Callable

from sqlalchemy import select

from engine.store.tables import audit
from tests.engine.syncing.devices import Laptop, rows_of
from tests.engine.syncing.world import CLOSED, ERASED, FOREIGN, NEEDLE, World
from tests.policy.bytes_of import stored_bytes


async def check_end(
    world: World, kept: set[str], send_files: Callable[[Laptop], Awaitable[None]]
) -> None:
    """`kept` are commands that were in the audit trail before its front was let go."""
    for _ in range(2):
        for one in world.alive:
            await send_files(one)
            await one.sync()
    for one in world.alive:
        await one.pull()
        await same(one, "P1")
        await _nothing_foreign(world, one)
    assert (await world.owner.verify_audit()).bad_number is None, "P7"
    await _nothing_lost(world, kept)


async def same(one: Laptop, what: str) -> None:
    """A device has the rows of its server that its member may see, byte for byte."""
    here, there = await rows_of(one.acting), await rows_of(one.member)
    differ = {
        id: (here.get(id), there.get(id))
        for id in here.keys() | there.keys()
        if here.get(id) != there.get(id)
    }
    assert not differ, f"{what}: {differ}"


async def _nothing_foreign(world: World, one: Laptop) -> None:
    """Not of the other tenant, nor of a board that was taken away, nor of who was erased: in no page of the file."""
    content = await stored_bytes(one.acting)
    assert (FOREIGN.encode() in content) is False, "P6"
    visible = str(await rows_of(one.member))
    if world.boards[1].board not in visible and CLOSED not in visible:  # nor in a copy of it
        assert (CLOSED.encode() in content) is False, "P6: a board that was taken away"
    if world.erased:
        assert (NEEDLE.encode() in content) is False, "P8"


async def _nothing_lost(world: World, kept: set[str]) -> None:
    lost = world.given.keys() - await entries(world) - kept - world.unsure
    for one in world.laptops:  # a file that the server would not have was never sent
        lost -= {kept.command.id for kept in await one.device.held()}
    if world.erased:
        waiting = await world.laptops[ERASED].device.waiting()
        lost -= {one.command.id for one in waiting}
    assert not lost, f"P4: {lost}"


async def entries(world: World) -> set[str]:
    """The commands in the server's audit trail, each once."""
    mine = world.stage.owner.organization_id
    statement = select(audit.c.command_id).where(audit.c.organization_id == mine)
    found = await world.server._session.database.read(
        mine, lambda connection: list(connection.execute(statement).scalars())
    )
    assert len(found) == len(set(found)), "P4: once"
    return set(found)
