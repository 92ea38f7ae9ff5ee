"""Two devices with their loops see who of the others is on which board, over a real socket."""

import asyncio
from pathlib import Path

from engine.api import Acting, Engine
from engine.model.presence import Present
from tests.engine.boards import sample_board
from tests.engine.conftest import acting, engine, postgres_url, template_file
from tests.engine.identity.conftest import quick_hashes
from tests.engine.members import colleague
from tests.sync.meeting import Desk, desk, listening

__all__ = ["acting", "engine", "postgres_url", "quick_hashes", "template_file"]


async def sees(one: Desk, *people: Present) -> bool:
    return one.loop.mark.people == people


async def test_who_comes_to_a_board_moves_and_goes_is_seen_by_the_other(
    engine: Engine, acting: Acting, tmp_path: Path, template_file: Path
) -> None:
    board = await sample_board(acting)
    ada = await colleague(acting)
    async with listening(engine) as url:
        here = await desk(tmp_path, template_file, acting, url)
        there = await desk(tmp_path, template_file, ada, url)
        running = [asyncio.create_task(one.loop.run()) for one in (here, there)]
        spot = Present(member_id=ada.actor.user_id, board_id=board.board, number=2)
        there.loop.whereabouts.be_at(board.board, 2)
        await here.until(lambda: sees(here, spot))
        assert there.loop.mark.people == ()
        running[1].cancel()
        await asyncio.gather(running[1], return_exceptions=True)
        await here.until(lambda: sees(here))
        running[0].cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await here.close()
        await there.close()
