"""Sync against plain SQL: a device's first reading, commands pushed by one and by many devices, an edit's way to another
device."""

import asyncio
import gc
import re
import time
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from bench.engine_budgets import Recorder, _copy, _raw, _replay
from bench.figures import Figures
from bench.plain_inserts import on_postgres, on_sqlite
from bench.sample import KEY, Big, fill, prepared, workspace
from bench.sync_latency import linked, to_the_other_store
from engine.api import Acting, Engine
from engine.authority import Authority
from engine.clock import new_id
from engine.commands.items import RenameItem
from engine.model.actor import Role
from engine.model.exchange import Push, Sent
from engine.queries.board_view import RowOrder, RowWindow
from engine.relocating import pack
from engine.store.packed_lines import lines_of
from engine.store.unpacking import Unpacking
from engine.syncing import Device

DEVICES = 50
PUSHES = 10
IN_A_PUSH = 20
PEAK = Path("/proc/self/clear_refs")


async def measure(figures: Figures, folder: Path, sizes: tuple[int, ...], postgres: str) -> None:
    for size in sizes:
        server = await workspace(folder / f"server-{size}")
        big, commands = await prepared(server, size)
        gc.collect()
        started = time.perf_counter()
        await server.execute_stream(commands)
        imported = time.perf_counter() - started
        await _first(figures, server, folder / f"device-{size}", size, imported)
        await _relocation(figures, server, folder / f"home-{size}", size, imported)
        if size == min(sizes):
            await _pushes_on_file(figures, server, big, folder / f"server-{size}")
            await to_the_other_store(figures, server, (await _ids(server, big))[0], folder)
        await server.engine.close()
    if postgres:
        engine = await Engine.open_postgres(postgres, folder / "files", KEY)
        owner = engine.acting_as(
            await engine.create_organization(
                organization_id=new_id(), name="Bench", owner_id=new_id(), owner_name="Owner"
            )
        )
        plain = await on_postgres(postgres, IN_A_PUSH)
        await _pushes(figures, owner, await fill(owner, 1_000), "PostgreSQL", plain, None)
        await engine.close()


async def _first(
    figures: Figures, server: Acting, folder: Path, size: int, imported: float
) -> None:
    device = await linked(server, folder)
    plain = _copy(device, folder, "plain.db")
    started = time.perf_counter()
    packed = await Authority(server).answer(await Device(device).pulling())
    told = time.perf_counter() - started
    gc.collect()
    with Recorder(device) as recorder:
        started = time.perf_counter()
        await Device(device).apply([packed])
        taken = time.perf_counter() - started
    statements = [s for done in recorder.transactions for s in done]
    items = [s for s in statements if s[0].startswith("INSERT INTO item ")]
    connection = _raw(plain, device)
    connection.execute("PRAGMA foreign_keys = OFF")
    theirs = _replay(connection, [items])
    connection.close()
    rate = f"{size / (told + taken):,.0f} rows/s"
    figures.ratio(
        f"first reading of {size:,} items, told and taken in", rate,
        f"their import {size / imported:,.0f} rows/s", imported / (told + taken), "≥ 0.30",
    )  # fmt: skip
    figures.ratio(
        f"the same, {size:,} items", rate, f"plain executemany {size / theirs:,.0f} rows/s",
        theirs / (told + taken), "",
    )  # fmt: skip
    figures.plain(
        f"of it, {size:,} items",
        f"told in {told:.2f} s ({len(packed) / 1e6:.1f} MB), taken in {taken:.2f} s",
    )
    del recorder, statements, items
    await _memory(figures, server, folder, packed, size)
    await device.engine.close()


async def _relocation(
    figures: Figures, server: Acting, folder: Path, size: int, imported: float
) -> None:
    """The organization goes to another store, with its history and audit trail."""
    other = await workspace(folder)
    started = time.perf_counter()
    file, _ = await pack(server)
    packed = time.perf_counter() - started
    lines = lines_of(server.files.chunks(file.digest, file.digest))
    mine = server.actor.organization_id

    def work(connection: Any) -> None:
        Unpacking(connection, other.session.sealing_key, lines).unpack(new_id())

    started = time.perf_counter()
    await other.session.database.write(mine, work)
    unpacked = time.perf_counter() - started
    figures.ratio(
        f"{size:,} items taken to another store, packed and taken in",
        f"{size / (packed + unpacked):,.0f} rows/s", f"their import {size / imported:,.0f} rows/s",
        imported / (packed + unpacked), "",
    )  # fmt: skip
    figures.plain(
        f"of it, {size:,} items in a store of its own",
        f"packed in {packed:.2f} s ({file.size / 1e6:.1f} MB), taken in {unpacked:.2f} s",
    )
    await other.engine.close()


async def _memory(figures: Figures, server: Acting, folder: Path, packed: bytes, size: int) -> None:
    """What the process holds at most beside what it held before, at either end."""
    again = await linked(server, folder / "again")
    for end, work in (
        ("server", lambda: _answered(server, again)),
        ("device", lambda: Device(again).apply([packed])),
    ):
        gc.collect()
        PEAK.write_text("5")  # it begins anew
        before = _status("VmRSS")
        await work()
        more = _status("VmHWM") - before
        figures.plain(f"memory of the {end} for {size:,} items", f"{more / 1024:.0f} MiB more")
    await again.engine.close()


def _status(name: str) -> int:
    """KiB."""
    found = re.search(rf"{name}:\s+(\d+)", Path("/proc/self/status").read_text())
    return int(found[1]) if found else 0


async def _answered(server: Acting, device: Acting) -> None:
    await Authority(server).answer(await Device(device).pulling())


async def _pushes(
    figures: Figures, server: Acting, big: Big, name: str, plain: float, recorder: Recorder | None
) -> None:
    """Against rows that are only inserted, as many a transaction; on SQLite the statements are noted, too."""
    ids = await _ids(server, big)
    epoch = await server.session.read(
        server.actor, Role.GUEST, True, lambda reading: reading.epoch()
    )
    against = f"plain INSERT {plain:,.0f} a second"
    with nullcontext() if recorder is None else recorder:
        started = time.perf_counter()
        await _pushed(server, epoch, ids, "one")
        rate = PUSHES * IN_A_PUSH / (time.perf_counter() - started)
    figures.ratio(f"commands pushed by 1 device, {name}", f"{rate:,.0f} a second", against, rate / plain, "")  # fmt: skip
    started = time.perf_counter()
    await asyncio.gather(
        *(_pushed(server, epoch, ids, f"device{n}", pushes=2) for n in range(DEVICES))
    )
    rate = DEVICES * 2 * IN_A_PUSH / (time.perf_counter() - started)
    figures.ratio(
        f"commands pushed by {DEVICES} devices at once, {name}", f"{rate:,.0f} a second", against,
        rate / plain, "",
    )  # fmt: skip


async def _pushes_on_file(figures: Figures, server: Acting, big: Big, folder: Path) -> None:
    copy = _copy(server, folder, "plain-push.db")
    recorder = Recorder(server)
    await _pushes(figures, server, big, "SQLite", on_sqlite(folder, IN_A_PUSH), recorder)
    connection = _raw(copy, server)
    theirs = PUSHES * IN_A_PUSH / _replay(connection, recorder.transactions)
    connection.close()
    figures.plain("all the statements of a pushed command without the engine, SQLite", f"{theirs:,.0f} commands a second")  # fmt: skip


async def _ids(server: Acting, big: Big) -> list[str]:
    order = await server.query(RowOrder(board_id=big.board, limit=IN_A_PUSH * PUSHES))
    numbers = tuple(number for rows in order.values() for number in rows)[: IN_A_PUSH * PUSHES]
    rows = await server.query(RowWindow(board_id=big.board, numbers=numbers))
    return [row.item.id for row in rows.values()]


async def _pushed(
    server: Acting, epoch: str, ids: list[str], replica: str, pushes: int = PUSHES
) -> None:
    authority, last, now = Authority(server), "", server.engine.now()
    for start in range(0, pushes * IN_A_PUSH, IN_A_PUSH):
        commands = tuple(
            Sent(
                n=start + k + 1, id=f"{replica}-{start + k}", gesture=f"{replica}-{start + k}",
                op=RenameItem.OP, at=now, base=1 << 40,
                arguments={"item_id": ids[(start + k) % len(ids)], "name": f"{replica} {start + k}"},
            )
            for k in range(IN_A_PUSH)
        )  # fmt: skip
        answer = await authority.decide(
            Push(
                replica_id=replica, epoch=epoch, after_n=start, after_id=last, sent_at=now,
                commands=commands,
            )
        )  # fmt: skip
        assert answer.turn is None and answer.acks[-1].status == "ok"
        last = commands[-1].id
