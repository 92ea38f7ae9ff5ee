"""The app's budgets on a real pseudo-terminal of 160x48: start, open, keys with their bytes, memory."""

import asyncio
import os
import select
import subprocess
import sys
import time
from pathlib import Path

from bench.figures import Figures
from bench.sample import fill
from engine.api import Engine
from engine.store import keyfile
from tests.tui.pty_session import PtySession

SIZE = (160, 48)
QUIET = 0.06
PRESSES = 60
STARTS = 5
"""The quickest counts; the first also compiles, as installing does."""
BARE = """
from textual.app import App
from textual.widgets import Static
class Bare(App):
    def compose(self):
        yield Static("ready to go")
Bare().run()
"""


def measure(figures: Figures, folder: Path, sizes: tuple[int, ...]) -> None:
    compiled = {"PYTHONDONTWRITEBYTECODE": "", "PYTHONPYCACHEPREFIX": str(folder / "compiled")}
    bare = min(_start([sys.executable, "-c", BARE], compiled, "ready to go") for _ in range(STARTS))
    for size in sizes:
        home = folder / str(size)
        environment = {"CONNEQTOS_HOME": str(home), **compiled}
        workspace = _workspace(home / "work", environment, size)
        command = [sys.executable, "-m", "tui", "--workspace", str(workspace), "open", "Big board"]
        started = min(_start(command, environment, "Group 1") for _ in range(STARTS))
        figures.ratio(
            f"start to a usable board of {size:,} items", f"{started:.2f} s",
            f"a bare Textual app {bare:.2f} s", started / bare, "≤ 2.0",
        )  # fmt: skip
        _inside(figures, command, environment, size)
        _opening(figures, command, environment, size)


def _workspace(folder: Path, environment: dict[str, str], size: int) -> Path:
    subprocess.run(
        [sys.executable, "-m", "tui", "workspace", "create", str(folder), "--name", "Bench",
         "--protection", "clear-beside-the-data"],
        check=True, capture_output=True, env={**os.environ, **environment},
    )  # fmt: skip

    async def make() -> None:
        content = keyfile.read(folder)
        assert content.clear is not None
        engine = await Engine.open_workspace(folder, content.clear)
        acting = engine.acting_as(await engine.owner_of(content.organization_id))
        await fill(acting, size)
        await engine.close()

    asyncio.run(make())
    return folder


def _start(command: list[str], environment: dict[str, str], shown: str) -> float:
    start = time.perf_counter()
    with PtySession(command, size=SIZE, environment=environment) as session:
        session.until(shown)
        return time.perf_counter() - start


def _inside(figures: Figures, command: list[str], environment: dict[str, str], size: int) -> None:
    with PtySession(command, size=SIZE, environment=environment) as session:
        session.until("Group 1").until(f"{size:,} items")
        _settle(session)
        figures.plain(
            f"memory with {size:,} items open", f"{_rss_mib(session):.0f} MiB", "≤ 150 MiB"
        )
        # Down and up between two lines moves nothing but the cursor.
        _keys(
            figures,
            session,
            ("j", "k"),
            f"cursor move, {size:,} items",
            "p50 ≤ 10, p95 ≤ 25 ms; ≤ 1,500 bytes",
        )
        _keys(
            figures,
            session,
            ("\x1b[6~",),
            f"a page down, {size:,} items",
            "≤ 40 ms; ≤ 12,000 bytes",
        )
        session.press("/")
        _settle(session)
        start = time.perf_counter()
        session.type("report 99")
        session.until(lambda text: f"{size:,} items" not in text)
        painted = (
            time.perf_counter()
        )  # the rows that were found; footers follow when they are summed up
        figures.plain(
            f"live filter, {size:,} items", f"{(painted - start) * 1000:.0f} ms", "≤ 400 ms"
        )
        _settle(session)
        session.press("enter", "esc").until(f"{size:,} items")  # the next start would filter again
        _settle(session)


def _opening(figures: Figures, command: list[str], environment: dict[str, str], size: int) -> None:
    """From Enter on the home screen to the painted board."""
    with PtySession(command, size=SIZE, environment=environment) as session:
        session.until("Group 1").until(f"{size:,} items").press("esc").until("BOARDS")
        _settle(session)
        start = time.perf_counter()
        session.press("enter").until("Group 1")
        spent = (time.perf_counter() - start) * 1000
        figures.plain(f"open {size:,} items, Enter to painted", f"{spent:.0f} ms", "≤ 150 ms")


def _keys(
    figures: Figures, session: PtySession, keys: tuple[str, ...], what: str, budget: str
) -> None:
    times: list[float] = []
    sizes: list[int] = []
    for number in range(PRESSES):
        before = len(session.raw)
        start = time.perf_counter()
        session.type(keys[number % len(keys)])
        last = _settle(session, QUIET)
        times.append((last - start) * 1000)
        sizes.append(len(session.raw) - before)
    figures.plain(
        what,
        f"p50 {_share(times, 0.5):.1f} ms, p95 {_share(times, 0.95):.1f} ms, {_share(sizes, 0.5):,.0f} bytes",
        budget,
    )


def _settle(session: PtySession, quiet: float = 0.4) -> float:
    """Read until nothing came for `quiet` seconds; the moment of the last byte."""
    last = time.perf_counter()
    while select.select([session.master], [], [], quiet)[0]:
        data = os.read(session.master, 1 << 16)
        last = time.perf_counter()
        session.raw += data
        session.feed(data)
    return last


def _share(values: list[float] | list[int], share: float) -> float:
    return sorted(values)[min(len(values) - 1, int(len(values) * share))]


def _rss_mib(session: PtySession) -> float:
    status = Path(f"/proc/{session.process.pid}/status").read_text()
    line = next(line for line in status.splitlines() if line.startswith("VmRSS:"))
    return int(line.split()[1]) / 1024
