"""The engine's budgets: a command and an import against the same rows by plain SQL, and the views."""

import gc
import shutil
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from sqlalchemy import event

from bench.figures import Figures
from bench.sample import KEY, Big, grow, prepared, workspace
from engine.api import Acting
from engine.commands.items import SetValues
from engine.model.view import Filter, Sort
from engine.queries.board_view import LaneTotals, OpenBoard, RowOrder, RowWindow
from engine.store.sqlite import _connect

COMMANDS = 200
MOST_IMPORTED = 100_000  # a larger board is grown from one of this size
Statement = tuple[str, Any, bool]


class Recorder:
    """Notes the writing statements that SQLAlchemy sends, transaction by transaction."""

    def __init__(self, acting: Acting) -> None:
        self._engine = acting._session.database._store._writer._engine  # type: ignore[union-attr]
        self.transactions: list[list[Statement]] = []

    def __enter__(self) -> "Recorder":
        event.listen(self._engine, "begin", self._begin)
        event.listen(self._engine, "before_cursor_execute", self._note)
        return self

    def __exit__(self, *_: object) -> None:
        event.remove(self._engine, "begin", self._begin)
        event.remove(self._engine, "before_cursor_execute", self._note)

    def _begin(self, _: object) -> None:
        self.transactions.append([])

    def _note(
        self, _: object, __: object, statement: str, parameters: Any, ___: object, many: bool
    ) -> None:
        if statement.startswith(("INSERT", "UPDATE", "DELETE")):
            self.transactions[-1].append((statement, parameters, many))


async def measure(figures: Figures, folder: Path, sizes: tuple[int, ...]) -> None:
    for size in sizes:
        acting = await workspace(folder / str(size))
        big = await _import(figures, acting, folder / str(size), min(size, MOST_IMPORTED))
        if size > MOST_IMPORTED:
            grow(folder / str(size), acting.actor.organization_id, size // MOST_IMPORTED)
        await _command(figures, acting, big, folder / str(size), size)
        await _views(figures, acting, big, size)
        await acting.engine.close()


async def _import(figures: Figures, acting: Acting, folder: Path, size: int) -> Big:
    plain = _copy(acting, folder, "plain-import.db")
    big, made = await prepared(
        acting, size
    )  # the plain rows are there before the clock starts, too
    gc.freeze()  # an import streams; that all items are held here must not slow the collector down
    with Recorder(acting) as recorder:
        start = time.perf_counter()
        await acting.execute_stream(made)
        ours = time.perf_counter() - start
    gc.unfreeze()
    statements = [s for done in recorder.transactions for s in done]
    items = [s for s in statements if s[0].startswith("INSERT INTO item ")]
    connection = _raw(plain, acting)
    _replay(
        connection, [[s for s in statements if not s[0].startswith("INSERT INTO item ")]]
    )  # what the items refer to
    theirs = _replay(connection, [items])
    connection.close()
    figures.ratio(
        f"import of {size:,} items with 8 values", f"{size / ours:,.0f} rows/s",
        f"plain executemany {size / theirs:,.0f} rows/s", theirs / ours, "≥ 0.40",
    )  # fmt: skip
    return big


async def _command(figures: Figures, acting: Acting, big: Big, folder: Path, size: int) -> None:
    order = await acting.query(RowOrder(board_id=big.board, limit=COMMANDS))
    numbers = [n for rows in order.values() for n in rows][:COMMANDS]
    rows = await acting.query(RowWindow(board_id=big.board, numbers=tuple(numbers)))
    ids = [row.item.id for row in rows.values()]
    await acting.execute(SetValues(item_ids=(ids[0],), values={big.columns[3]: "5"}))
    plain = _copy(acting, folder, "plain-command.db")
    with Recorder(acting) as recorder:
        start = time.perf_counter()
        for number, id in enumerate(ids):
            values = {big.columns[3]: str(number + 1000)}
            await acting.execute(SetValues(item_ids=(id,), values=values))
        ours = (time.perf_counter() - start) / len(ids)
    connection = _raw(plain, acting)
    theirs = _replay(connection, recorder.transactions) / len(ids)
    connection.close()
    figures.ratio(
        f"one command, {size:,} items in the store", f"{ours * 1000:.2f} ms",
        f"the same rows by plain SQL {theirs * 1000:.2f} ms", ours / theirs, "≤ 3",
    )  # fmt: skip


async def _views(figures: Figures, acting: Acting, big: Big, size: int) -> None:
    order = await acting.query(RowOrder(board_id=big.board))
    window = tuple(order[big.groups[2]][:50])
    queries: dict[str, Callable[[], Awaitable[object]]] = {
        "frame of the board": lambda: acting.query(OpenBoard(board_id=big.board)),
        "first 2,000 of the order": lambda: acting.query(RowOrder(board_id=big.board, limit=2_000)),
        "whole order": lambda: acting.query(RowOrder(board_id=big.board)),
        "window of 50 rows": lambda: acting.query(RowWindow(board_id=big.board, numbers=window)),
        "order sorted by a number": lambda: acting.query(
            RowOrder(board_id=big.board, sorts=(Sort(big.columns[3]),))
        ),
        "filter by two words": lambda: acting.query(
            RowOrder(board_id=big.board, filter=Filter("report 99"))
        ),
        "lanes by status": lambda: acting.query(
            RowOrder(board_id=big.board, lane_by=big.columns[0])
        ),
        "footers of two columns": lambda: acting.query(
            LaneTotals(board_id=big.board, columns=(big.columns[0], big.columns[3]))
        ),
    }
    for name, query in queries.items():
        times = []
        for _ in range(5):
            start = time.perf_counter()
            await query()
            times.append(time.perf_counter() - start)
        figures.plain(f"{name}, {size:,} items", f"{sorted(times)[2] * 1000:.1f} ms")


def _copy(acting: Acting, folder: Path, name: str) -> Path:
    """The file as it is now, with everything of its log in it."""
    connection = _connect(folder / "workspace.db", KEY)
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()
    return Path(shutil.copy(folder / "workspace.db", folder / name))


def _raw(path: Path, acting: Acting) -> Any:
    connection = _connect(path, KEY)
    connection.execute("SELECT set_tenant(?)", (acting.actor.organization_id,))
    return connection


def _replay(connection: Any, transactions: list[list[Statement]]) -> float:
    """Seconds for the same statements with the same rows, without the engine."""
    start = time.perf_counter()
    for statements in transactions:
        connection.execute("BEGIN IMMEDIATE")
        for statement, parameters, many in statements:
            (connection.executemany if many else connection.execute)(statement, parameters)
        connection.execute("COMMIT")
    return time.perf_counter() - start
