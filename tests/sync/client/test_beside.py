"""Two programs on one workspace: what the command line writes beside an open app is sent, and two apps leave it to one."""

from engine.api import Acting
from engine.commands.items import RenameItem, TrashItems
from engine.commands.trash import EmptyTrash
from sync.client.loop import Standing
from tests.engine.boards import names, sample_board
from tests.engine.conftest import acting, engine, postgres_url, template_file
from tests.engine.identity.conftest import quick_hashes
from tests.sync.meeting import Desks, Network, beside, desks, kept_together, network

__all__ = ["acting", "desks", "engine", "network", "postgres_url", "quick_hashes", "template_file"]


async def test_what_another_program_writes_is_counted_and_sent(
    acting: Acting, desks: Desks
) -> None:
    board = await sample_board(acting)
    one = await desks(acting)

    async def synced() -> bool:
        return one.loop.mark.standing is Standing.SYNCED

    async def sent() -> bool:
        return await synced() and (await names(acting, board.board))[0] == "from the shell"

    async with kept_together(one), beside(one) as other:
        await one.until(synced)
        await other.acting.execute(RenameItem(item_id=board.items[0], name="from the shell"))
        await one.until(sent)
    assert max(mark.waiting for mark in one.marks) == 1
    assert one.loop.mark.waiting == 0


async def test_two_apps_do_not_ask_the_server_in_turn(
    acting: Acting, desks: Desks, network: Network
) -> None:
    board = await sample_board(acting)
    one = await desks(acting)
    async with beside(one) as other:
        for each in (one, other):
            await each.loop._turn()
        await one.acting.execute(RenameItem(item_id=board.items[0], name="mine"))
        await other.engine.news.look()
        assert await other.loop._waits_anew()
        await one.loop._turn()
        asked = len(network.sent)
        for each in (other, one, other, one):
            each.loop._wake.clear()
            await each.engine.news.look()
            assert not await each.loop._waits_anew()
            assert each.loop.mark.standing is Standing.SYNCED
        assert len(network.sent) == asked


async def test_the_mark_counts_at_once_what_the_person_has_seen_to(
    acting: Acting, desks: Desks
) -> None:
    board = await sample_board(acting)
    one = await desks(acting)
    await one.loop.exchange()
    await one.acting.execute(RenameItem(item_id=board.items[0], name="too late"))
    await acting.execute(TrashItems(item_ids=(board.items[0],)))
    await acting.execute(EmptyTrash(records=(("item", board.items[0]),)))
    await one.loop._turn()
    assert (one.loop.mark.standing, one.loop.mark.held) == (Standing.NEEDS_YOU, 1)
    (kept,) = await one.device.held()
    await one.device.let_go(kept.command.id)
    await one.loop.recount()
    assert (one.loop.mark.standing, one.loop.mark.held) == (Standing.SYNCED, 0)
