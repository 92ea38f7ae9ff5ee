"""A device at which nothing happens: it learns at once that its server is gone, and that it is back."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from pathlib import Path

import pytest
from msgspec.structs import replace

from engine.api import Acting, Engine
from engine.commands.items import RenameItem
from sync.client.loop import Loop, Mark, Standing
from tests.engine.boards import names, sample_board
from tests.engine.conftest import acting, engine, postgres_url, template_file
from tests.engine.identity.conftest import quick_hashes
from tests.sync.meeting import Desk, Desks, Network, desk, desks, kept_together, listening, network

__all__ = ["acting", "desks", "engine", "network", "postgres_url", "quick_hashes", "template_file"]

LONG = 30
"""Failures after which the next try is minutes away."""


def stands(one: Desk, wanted: Standing) -> Callable[[], Awaitable[bool]]:
    async def is_so() -> bool:
        return one.loop.mark.standing is wanted

    return is_so


async def test_that_the_server_is_gone_is_said_at_once_with_the_time_of_the_last_contact(
    engine: Engine, acting: Acting, tmp_path: Path, template_file: Path
) -> None:
    await sample_board(acting)

    async def on_the_line() -> bool:
        return one.loop._line and one.loop.mark.standing is Standing.SYNCED

    async with AsyncExitStack() as server:
        url = await server.enter_async_context(listening(engine))
        one = await desk(tmp_path, template_file, acting, url)
        async with kept_together(one):
            await one.until(on_the_line)
            before = one.acting.engine.now()
            await server.aclose()
            await one.until(stands(one, Standing.OFFLINE))
        assert 0 < one.loop.mark.since <= before
        assert one.loop.mark.reason
        await one.close()


async def test_the_last_contact_is_known_after_the_app_was_closed(
    acting: Acting, desks: Desks, network: Network
) -> None:
    one = await desks(acting)
    await one.loop.exchange()
    state = await one.device.state()
    assert state is not None
    network.down = True
    marks: list[Mark] = []
    await Loop(one.acting, one.server, marks.append)._turn()
    assert (marks[-1].standing, marks[-1].since) == (Standing.OFFLINE, state.link.last_at)


async def test_since_when_it_is_offline_stays_while_it_is_tried_again(
    acting: Acting, desks: Desks, network: Network
) -> None:
    one = await desks(acting)
    network.down = True
    await one.loop._turn()
    first = one.loop.mark
    one.loop.wake()
    assert one.loop.mark.standing is Standing.SYNCING  # who asks for it sees that something happens
    await one.loop._turn()
    assert replace(one.loop.mark, next_at=0) == replace(first, next_at=0)


async def test_the_line_for_news_ends_the_wait_after_failures_when_it_is_back(
    engine: Engine, acting: Acting, tmp_path: Path, template_file: Path
) -> None:
    board = await sample_board(acting)
    async with listening(engine) as url:
        one = await desk(tmp_path, template_file, acting, url)
        await one.loop.exchange()
        await one.acting.execute(RenameItem(item_id=board.items[0], name="offline"))
        one.loop._failures = LONG
        waits = asyncio.create_task(one.loop._back_off())
        line = asyncio.create_task(one.loop._listen())
        async with asyncio.timeout(LONG):
            await waits
        await one.loop._turn()
        assert (await names(acting, board.board))[0] == "offline"
        line.cancel()
        await asyncio.gather(line, return_exceptions=True)
        await one.close()


async def test_when_the_next_try_begins_is_said(
    acting: Acting, desks: Desks, network: Network
) -> None:
    one = await desks(acting)
    network.down = True
    await one.loop._turn()
    waits = asyncio.create_task(one.loop._back_off())

    async def said() -> bool:
        return one.loop.mark.next_at > 0

    await one.until(said)
    assert one.loop.mark.next_at > one.loop.mark.since
    waits.cancel()
    await asyncio.gather(waits, return_exceptions=True)


@pytest.mark.parametrize(
    ("failures", "chance", "seconds"), [(1, 1.0, 2), (3, 1.0, 8), (3, 0.25, 2), (5_000, 1.0, 300)]
)
async def test_pauses_grow_by_chance_and_have_an_end(
    failures: int, chance: float, seconds: int, acting: Acting, desks: Desks
) -> None:
    one = await desks(acting)
    one.loop._chance, one.loop._failures = lambda: chance, failures
    before = one.acting.engine.now()
    waits = asyncio.create_task(one.loop._back_off())

    async def said() -> bool:
        return one.loop.mark.next_at > 0

    await one.until(said)
    after, pause = one.acting.engine.now(), seconds * 1_000
    assert before + pause <= one.loop.mark.next_at <= after + pause
    waits.cancel()
    await asyncio.gather(waits, return_exceptions=True)
