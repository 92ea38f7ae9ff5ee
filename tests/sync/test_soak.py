"""Three devices work through a bad network with two servers on one PostgreSQL, which are killed now and then.

`CONNEQTOS_SOAK=1800` makes it last as many seconds, and prints what happened (docs/sync-model.md).
"""

import asyncio
import os
import random
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from msgspec import Struct
from sqlalchemy import select

from engine import filing
from engine.api import Acting, Engine
from engine.commands.attachments import AttachFile
from engine.commands.comments import AddComment
from engine.commands.items import (
    AddItems,
    MoveItems,
    NewItem,
    RenameItem,
    RestoreItems,
    SetValues,
    TrashItems,
)
from engine.commands.registry import Command
from engine.errors import ConneqtError
from engine.model.actor import Role
from engine.store.tables import audit
from tests.engine.boards import Sample, sample_board
from tests.engine.conftest import new_database, new_organization, template_file
from tests.engine.identity.conftest import quick_hashes
from tests.engine.members import colleague
from tests.engine.syncing.devices import rows_of
from tests.sync.meeting import Desk, desk
from tests.sync.proxy import Proxy, Weather
from tests.sync.server.process import ServerProcess
from tui import server_store

__all__ = ["quick_hashes", "template_file"]

SECONDS = float(os.environ.get("CONNEQTOS_SOAK", "60"))
SEED = int(os.environ.get("CONNEQTOS_SEED", "0")) or random.randrange(1 << 30)
KILLED_EVERY = 8.0
PAUSE = 0.12
"""Seconds between two commands of a person, in the mean."""


class Stage(Struct):
    engine: Engine
    owner: Acting
    board: Sample
    servers: list[ServerProcess]
    proxy: Proxy
    desks: list[Desk]


@pytest.fixture
async def stage(
    tmp_path: Path, template_file: Path, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Stage]:
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("CONNEQTOS_HOME", str(home))
    url = new_database()
    engine = await server_store.open_server(url, key_beside_data=True, ask=None, ask_new=None)
    owner = await new_organization(engine)
    board = await sample_board(owner, items=12)
    servers = [ServerProcess(home, url) for _ in range(2)]
    for server in servers:
        await server.start()
    proxy = Proxy([server.port for server in servers], SEED)
    url = await proxy.start()
    proxy.weather = Weather(0, 0, 0, 0)
    people = [owner, await colleague(owner, "Ada"), await colleague(owner, "Viewer", Role.MEMBER)]
    desks = [await desk(tmp_path, template_file, person, url) for person in people]
    made = Stage(engine=engine, owner=owner, board=board, servers=servers, proxy=proxy, desks=desks)
    yield made
    for one in desks:
        await one.close()
    await proxy.stop()
    for server in servers:
        server.end(signal.SIGTERM)
    await engine.close()


def some_command(chance: random.Random, board: Sample, known: list[str]) -> Command:
    items = [*board.items, *known]
    item = chance.choice(items)
    match chance.randrange(8):
        case 0:
            new = NewItem(name=f"new {chance.randrange(1_000)}")
            known.append(new.id)
            return AddItems(group_id=chance.choice(board.groups), items=(new,))
        case 1 | 2:
            return RenameItem(item_id=item, name=f"name {chance.randrange(1_000)}")
        case 3 | 4:
            return SetValues(
                item_ids=(item,), values={board.columns["number"]: str(chance.randrange(100))}
            )
        case 5:
            after = chance.choice(["", None])
            return MoveItems(item_ids=(item,), group_id=chance.choice(board.groups), after=after)
        case 6:
            return AddComment(item_id=item, body=f"said {chance.randrange(1_000)}")
        case _:
            away = chance.random() < 0.5
            return TrashItems(item_ids=(item,)) if away else RestoreItems(item_ids=(item,))


async def person(one: Desk, board: Sample, seed: int, until: float, folder: Path) -> set[str]:
    """Works until a time; comes back with the commands that this device took."""
    chance, given, known = random.Random(seed), set(), []
    while time.monotonic() < until:
        await asyncio.sleep(chance.expovariate(1 / PAUSE))
        try:
            if chance.random() < 0.02:
                file = folder / f"{seed}-{len(given)}"
                file.write_bytes(chance.randbytes(chance.randrange(1, 200_000)))
                stored = await filing.add_file(one.acting, file)
                done = await one.acting.execute(
                    AttachFile(
                        item_id=board.items[0],
                        name=file.name,
                        digest=stored.digest,
                        size=stored.size,
                    )
                )
            else:
                done = await one.acting.execute(some_command(chance, board, known))
        except ConneqtError:
            continue
        given.add(done.gesture)
    return given


async def killer(stage: Stage, seed: int, until: float) -> int:
    """Ends one of the servers at once, and starts it again."""
    chance, killed = random.Random(seed), 0
    while time.monotonic() + KILLED_EVERY < until:
        await asyncio.sleep(KILLED_EVERY * (0.5 + chance.random()))
        server = chance.choice(stage.servers)
        server.end(signal.SIGKILL)
        await server.start()
        killed += 1
    return killed


async def in_the_trail(stage: Stage) -> list[str]:
    mine = stage.owner.actor.organization_id
    statement = select(audit.c.command_id).where(audit.c.organization_id == mine)
    return await stage.engine._session.database.read(
        mine, lambda connection: list(connection.execute(statement).scalars())
    )


@pytest.mark.timeout(300 + 2 * SECONDS)
@pytest.mark.xdist_group("soak")
async def test_through_a_bad_network_and_killed_servers_all_meet_and_nothing_is_lost(
    stage: Stage, tmp_path: Path
) -> None:
    for one in stage.desks:
        one.loop._chance = lambda: 0.02  # waits are short, so that more happens
        await one.loop.exchange()
    stage.proxy.weather = Weather()
    loops = [asyncio.create_task(one.loop.run()) for one in stage.desks]
    until = time.monotonic() + SECONDS
    people = [
        person(one, stage.board, SEED + number, until, tmp_path)
        for number, one in enumerate(stage.desks)
    ]
    *given, killed = await asyncio.gather(*people, killer(stage, SEED, until))
    stage.proxy.weather = Weather(0, 0, 0, 0)
    for loop in loops:
        assert not loop.done(), f"a loop ended by itself (seed {SEED})"
        loop.cancel()
    _, running = await asyncio.wait(loops, timeout=30)
    assert not running, f"a loop does not end when it is told to (seed {SEED})"
    began = time.monotonic()
    for _ in range(2):
        for one in stage.desks:
            await one.loop.exchange_all()
    settled = time.monotonic() - began
    entries = await in_the_trail(stage)
    assert len(entries) == len(set(entries)), f"once (seed {SEED})"
    for one, commands in zip(stage.desks, given, strict=True):
        state = await one.device.state()
        assert state is not None and not state.waiting, f"seed {SEED}"
        assert state.link.gaps == 0, f"seed {SEED}"
        assert commands <= set(entries), f"lost (seed {SEED})"
        there = stage.engine.acting_as(one.acting.actor)
        assert await rows_of(one.acting) == await rows_of(there), f"seed {SEED}"
    assert (await stage.owner.verify_audit()).bad_number is None
    for server in stage.servers:
        assert "fault" not in server.said(), server.said()[-2_000:]
    counted = stage.proxy.counted
    assert counted.cut and counted.repeated and killed
    held = sum([len(await one.device.held()) for one in stage.desks])
    print(
        f"seed {SEED}: {SECONDS:.0f} s, {sum(map(len, given)):,} commands, {held:,} held, "
        f"{counted.requests:,} requests, {counted.cut:,} cut, {counted.repeated:,} repeated, "
        f"{killed:,} servers killed; settled in {settled:.1f} s"
    )
