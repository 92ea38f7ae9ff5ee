"""The process killed at random moments, 200 times: no acknowledged command is lost, none is half there."""

import asyncio
import os
import random
import select
import shutil
import signal
import subprocess
import sys
from pathlib import Path

from engine.api import Acting, Engine
from engine.commands.boards import CreateBoard
from engine.queries.board_view import OpenBoard, RowOrder, RowWindow
from tests.engine.conftest import KEY, new_organization

KILLS = 200
FAR = 1_000_000

# Writes pairs of items for ever, each pair by one command, and says so after each acknowledgement.
WRITER = """
import asyncio, sys
from pathlib import Path
from engine.api import Engine
from engine.commands.items import AddItems, NewItem
from engine.model.actor import Actor

async def run(folder, organization, user, group, start):
    engine = await Engine.open_workspace(Path(folder), bytes(range(32)))
    acting = engine.acting_as(Actor(organization_id=organization, user_id=user))
    number = int(start)
    while True:
        pair = (NewItem(name=f"{number} a"), NewItem(name=f"{number} b"))
        await acting.execute(AddItems(group_id=group, items=pair))
        sys.stdout.write(f"{number}\\n")
        sys.stdout.flush()
        number += 1

asyncio.run(run(*sys.argv[1:]))
"""


def test_a_killed_process_loses_nothing_acknowledged(tmp_path: Path, template_file: Path) -> None:
    seed = int.from_bytes(os.urandom(4))
    print(f"seed {seed}")
    chance = random.Random(seed)
    shutil.copy(template_file, tmp_path / "workspace.db")
    organization, user, group, board = asyncio.run(_prepare(tmp_path))
    acknowledged: list[int] = []
    kills = 0
    while kills < KILLS:
        start = kills * FAR  # what was written and not acknowledged is never written again
        lines = _write_and_kill([str(tmp_path), organization, user, group, str(start)], chance)
        acknowledged += lines
        kills += 1
        if kills % 25 == 0:
            asyncio.run(_check(tmp_path, organization, user, board, acknowledged))
    asyncio.run(_check(tmp_path, organization, user, board, acknowledged))
    assert acknowledged


def _write_and_kill(arguments: list[str], chance: random.Random) -> list[int]:
    """Start the writer, kill it somewhere within its first few commands, and read what it acknowledged."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, *arguments], stdout=subprocess.PIPE, bufsize=0
    )
    assert process.stdout is not None
    wait = chance.choice([0, 1, 2, 3])
    said = b""
    while said.count(b"\n") < wait:
        said += os.read(process.stdout.fileno(), 4096)
    select.select([], [], [], chance.random() * (0.4 if wait == 0 else 0.01))
    process.send_signal(signal.SIGKILL)
    said += process.stdout.read()
    process.wait()
    return [int(line) for line in said.decode().split("\n")[:-1]]


async def _prepare(folder: Path) -> tuple[str, str, str, str]:
    engine = await Engine.open_workspace(folder, KEY)
    acting = await new_organization(engine)
    create = CreateBoard(name="Crash")
    await acting.execute(create)
    await engine.close()
    actor = acting.actor
    return actor.organization_id, actor.user_id, create.group_id, create.board_id


async def _check(
    folder: Path, organization: str, user: str, board: str, acknowledged: list[int]
) -> None:
    from engine.model.actor import Actor

    engine = await Engine.open_workspace(folder, KEY)
    acting: Acting = engine.acting_as(Actor(organization_id=organization, user_id=user))
    frame = await acting.query(OpenBoard(board_id=board))
    order = await acting.query(RowOrder(board_id=board))
    numbers = list(order.get(frame.groups[0].id, []))
    found: list[str] = []
    for start in range(0, len(numbers), 500):
        window = tuple(numbers[start : start + 500])
        rows = await acting.query(RowWindow(board_id=board, numbers=window))
        found += [rows[number].item.name for number in window]
    written = {name.split()[0] for name in found}
    assert {str(number) for number in acknowledged} <= written
    for number in written:
        assert found.count(f"{number} a") == found.count(f"{number} b") == 1
    assert (await acting.verify_audit()).bad_number is None
    assert await engine.integrity() == []
    await engine.close()
