"""`python -m bench.audit_chain`: how long it takes to check a long audit chain, and in how much memory.

Each size is checked in a process of its own, so that the memory is that of the check."""

import argparse
import asyncio
import resource
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any, Final

from sqlalchemy import Connection, insert, update

from bench.figures import machine
from engine.api import Acting, Engine
from engine.clock import new_id
from engine.model.record import JSON
from engine.store.audit_chain import link
from engine.store.deeds import read_head
from engine.store.tables import audit, head

KEY: Final = bytes(32)
BATCH: Final = 5_000
SIZES: Final = (10_000, 100_000, 1_000_000)


async def _opened(folder: Path) -> Acting:
    engine = await Engine.open_workspace(folder, KEY)
    known = await engine.organizations()
    if known:
        return engine.acting_as(await engine.owner_of(known[0]))
    actor = await engine.create_organization(
        organization_id=new_id(), name="Bench", owner_id=new_id(), owner_name="Bench"
    )
    return engine.acting_as(actor)


async def fill(folder: Path, size: int) -> None:
    """A chain as so many commands would have made it."""
    acting = await _opened(folder)
    actor = acting.actor

    def write(connection: Connection) -> None:
        state = read_head(connection, actor)
        last = state.audit_hash
        targets: dict[str, JSON] = {"targets": ["item:" + "0" * 26], "count": 1}
        for first in range(state.audit_number + 1, size + 1, BATCH):
            rows: list[dict[str, Any]] = []
            for number in range(first, min(first + BATCH, size + 1)):
                entry = link(
                    last, number=number, seq=number, command_id=new_id(), name="item.changed",
                    at=1_780_000_000_000 + number, actor_id=actor.user_id, detail=targets,
                    sealed={"device": "laptop", "address": "203.0.113.7"},
                )  # fmt: skip
                last = entry.hash
                row = {name: getattr(entry, name) for name in entry.__struct_fields__}
                rows.append({"organization_id": actor.organization_id, **row})
            connection.execute(insert(audit), rows)
        mine = head.c.organization_id == actor.organization_id
        connection.execute(update(head).where(mine).values(audit_number=size, audit_hash=last))

    await acting._session.database.write(actor.organization_id, write)
    await acting.engine.close()


async def check(folder: Path) -> None:
    acting = await _opened(folder)
    started = time.perf_counter()
    verdict = await acting.verify_audit()
    seconds = time.perf_counter() - started
    await acting.engine.close()
    assert verdict.bad_number is None, verdict
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    rate = verdict.checked / seconds
    print(f"| {verdict.checked:,} | {seconds:.1f} s | {rate:,.0f} | {peak:.0f} MiB |", flush=True)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--check", type=Path, help="only check this workspace")
    options = parser.parse_args()
    if options.check:
        asyncio.run(check(options.check))
        return
    print(machine())
    print(
        "| entries | to check | entries a second | peak memory |\n| ---: | ---: | ---: | ---: |",
        flush=True,
    )
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            asyncio.run(fill(Path(folder), size))
            call = [sys.executable, "-m", "bench.audit_chain", "--check", folder]
            subprocess.run(call, check=True)


if __name__ == "__main__":
    main()
