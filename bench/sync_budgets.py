"""Sync against plain SQL: a device's first reading, commands pushed by one and by many devices, an edit's way to another
device."""

import asyncio
import gc
import statistics
import time
import tracemalloc
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

from bench.engine_budgets import Recorder, _copy, _raw, _replay
from bench.figures import Figures
from bench.sample import KEY, Big, fill, prepared, workspace
from engine.api import Acting, Engine
from engine.authority import Authority
from engine.clock import new_id
from engine.commands.items import RenameItem
from engine.model.actor import Role, Scope
from engine.model.exchange import Push, Sent
from engine.queries.board_view import RowOrder, RowWindow
from engine.relocating import pack
from engine.store.packed_lines import lines_of
from engine.store.unpacking import Unpacking
from engine.syncing import Device

DEVICES = 50
PUSHES = 10
IN_A_PUSH = 20
EDITS = 30


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
            await _pushes(figures, server, big, folder / f"server-{size}", "SQLite")
            await _latency(figures, server, big, folder)
        await server.engine.close()
    if postgres:
        engine = await Engine.open_postgres(postgres, folder / "files", KEY)
        owner = engine.acting_as(
            await engine.create_organization(
                organization_id=new_id(), name="Bench", owner_id=new_id(), owner_name="Owner"
            )
        )
        await _pushes(figures, owner, await fill(owner, 1_000), None, "PostgreSQL")
        await engine.close()


async def _device(server: Acting, folder: Path, url: str = "http://127.0.0.1:9") -> Acting:
    folder.mkdir(parents=True)
    engine = await Engine.open_workspace(folder, KEY)
    await Device.join(
        engine, organization_id=server.actor.organization_id, member_id=server.actor.user_id,
        server=url, device="bench",
    )  # fmt: skip
    return engine.acting_as(server.actor)


async def _first(
    figures: Figures, server: Acting, folder: Path, size: int, imported: float
) -> None:
    device = await _device(server, folder)
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
    """What Python holds at most beside what it held before, at either end."""
    again = await _device(server, folder / "again")
    for end, work in (
        ("server", lambda: _answered(server, again)),
        ("device", lambda: Device(again).apply([packed])),
    ):
        gc.collect()
        tracemalloc.start()
        await work()
        figures.plain(
            f"memory of the {end} for {size:,} items",
            f"{tracemalloc.get_traced_memory()[1] / 2**20:.0f} MiB",
        )
        tracemalloc.stop()
    await again.engine.close()


async def _answered(server: Acting, device: Acting) -> None:
    await Authority(server).answer(await Device(device).pulling())


async def _pushes(
    figures: Figures, server: Acting, big: Big, folder: Path | None, name: str
) -> None:
    ids = await _ids(server, big)
    epoch = await server.session.read(
        server.actor, Role.GUEST, True, lambda reading: reading.epoch()
    )
    plain = None if folder is None else _copy(server, folder, "plain-push.db")
    recorder = None if folder is None else Recorder(server)
    if recorder is not None:
        recorder.__enter__()
    started = time.perf_counter()
    await _pushed(server, epoch, ids, "one")
    ours = time.perf_counter() - started
    count = PUSHES * IN_A_PUSH
    if recorder is not None and plain is not None:
        recorder.__exit__(None, None, None)
        connection = _raw(plain, server)
        theirs = _replay(connection, recorder.transactions)
        connection.close()
        figures.ratio(
            f"commands pushed by 1 device, {name}", f"{count / ours:,.0f} a second",
            f"the same rows by plain SQL {count / theirs:,.0f} a second", ours / theirs, "",
        )  # fmt: skip
    else:
        figures.plain(f"commands pushed by 1 device, {name}", f"{count / ours:,.0f} a second")
    started = time.perf_counter()
    await asyncio.gather(
        *(_pushed(server, epoch, ids, f"device{n}", pushes=2) for n in range(DEVICES))
    )
    took = time.perf_counter() - started
    figures.plain(
        f"commands pushed by {DEVICES} devices at once, {name}",
        f"{DEVICES * 2 * IN_A_PUSH / took:,.0f} a second",
    )


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


async def _latency(figures: Figures, server: Acting, big: Big, folder: Path) -> None:
    """From the edit on one device to the row in another, through HTTP, with both loops running."""
    from engine.identity.api_keys import make
    from sync.client.loop import Loop
    from sync.client.server import Server

    token = await make(server, "bench", Scope.WRITE)
    (item, *_) = await _ids(server, big)
    async with _listening(server.engine) as url:
        loops, tasks, moved = [], [], asyncio.Event()
        for name in ("here", "there"):
            device = await _device(server, folder / name, url)
            loops.append(Loop(device, Server(url, token), lambda mark: None))
            await loops[-1].exchange()
        loops[1]._acting.subscribe(lambda news: moved.set())
        tasks = [asyncio.create_task(loop.run()) for loop in loops]
        took = []
        for number in range(EDITS):
            await asyncio.sleep(0.7)
            moved.clear()
            started = time.perf_counter()
            await loops[0]._acting.execute(RenameItem(item_id=item, name=f"edit {number}"))
            await moved.wait()
            took.append(time.perf_counter() - started)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
        for loop in loops:
            await loop.server.close()
            await loop._acting.engine.close()
    p95 = sorted(took)[int(len(took) * 0.95)]
    figures.plain(
        "an edit's way to another device",
        f"p50 {statistics.median(took):.2f} s, p95 {p95:.2f} s",
        "≤ 1 s",
    )


@asynccontextmanager
async def _listening(engine: Engine) -> AsyncIterator[str]:
    import uvicorn

    from sync.server.app import create_app
    from sync.server.serving import listening_socket
    from sync.server.settings import Settings

    settings = Settings(port=0)
    server = uvicorn.Server(uvicorn.Config(create_app(engine, settings, "1.0"), log_config=None))
    with listening_socket(settings) as listening:
        task = asyncio.create_task(server.serve(sockets=[listening]))
        while not server.started:  # noqa: ASYNC110 (it has no event)
            await asyncio.sleep(0.01)
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        server.should_exit = True
        await task
