"""A board of any size for the benchmarks, made through the import commands."""

from collections.abc import AsyncIterator
from pathlib import Path

from msgspec import Struct

from engine.api import Acting, Engine
from engine.clock import new_id, short_id
from engine.columns.registry import column_type
from engine.commands.importing import ImportBoard, ImportPart
from engine.commands.registry import Command
from engine.model.board import Group
from engine.model.column import Column
from engine.model.item import Item
from engine.store.sqlite import _connect

KEY = bytes(range(32))
TYPES = ("status", "people", "date", "number", "text", "tags", "link", "number")
CHUNK = 500
VERBS = ("Write", "Review", "Plan", "Fix", "Measure", "Draw", "Test", "Ship")
NOUNS = ("the report", "a release", "the page", "an offer", "the engine", "a form", "the budget")


class Big(Struct, kw_only=True):
    board: str
    groups: list[str]
    columns: list[str]


async def workspace(folder: Path) -> Acting:
    folder.mkdir(parents=True, exist_ok=True)
    engine = await Engine.open_workspace(folder, KEY)
    actor = await engine.create_organization(
        organization_id=new_id(), name="Bench", owner_id=new_id(), owner_name="Owner"
    )
    return engine.acting_as(actor)


async def fill(acting: Acting, items: int, name: str = "Big board") -> Big:
    """A board with 5 groups, 8 columns, and a value in each of them for every item."""
    big = _unfilled()
    await acting.execute_stream(commands(acting, big, items, name))
    return big


async def prepared(acting: Acting, items: int) -> tuple[Big, AsyncIterator[Command]]:
    """The same board, its commands made and held ready; carrying them out makes it."""
    big = _unfilled()
    made = [command async for command in commands(acting, big, items, "Big board")]

    async def ready() -> AsyncIterator[Command]:
        for command in made:
            yield command

    return big, ready()


def grow(folder: Path, organization_id: str, times: int) -> None:
    """So many times the items there are, by plain copies of their rows: an import of a million takes minutes."""
    connection = _connect(folder / "workspace.db", KEY)
    connection.execute("SELECT set_tenant(?)", (organization_id,))
    names = [row[1] for row in connection.execute("PRAGMA table_info(item)")]
    copied = ", ".join(_OF_A_COPY.get(name, f'"{name}"') for name in names)
    (highest,) = connection.execute("SELECT max(number) FROM item").fetchone()
    connection.execute("BEGIN IMMEDIATE")
    for copy in range(1, times):
        connection.execute(
            f"INSERT INTO item SELECT {copied} FROM item WHERE number <= :highest",
            {"copy": copy, "highest": highest},
        )
    connection.execute("UPDATE head SET item_number = item_number * ?", (times,))
    connection.execute("COMMIT")
    connection.close()


_OF_A_COPY = {
    "id": "substr(id, 1, 10) || printf('%04d', :copy) || substr(id, 15)",
    "number": "number + :copy * :highest",
    "position": "position || printf('%02d1', :copy)",
}
"""What differs between an item and its copies."""


def _unfilled() -> Big:
    return Big(
        board=new_id(),
        groups=[new_id() for _ in range(5)],
        columns=[short_id() for _ in TYPES],
    )


async def commands(acting: Acting, big: Big, items: int, name: str) -> AsyncIterator[Command]:
    yield ImportBoard(board_id=big.board, name=name)
    yield ImportPart(
        board_id=big.board,
        groups=tuple(
            Group(id=id, board_id=big.board, name=f"Group {number}", color=color)
            for number, (id, color) in enumerate(
                zip(big.groups, ("green", "blue", "orange", "purple", "red"), strict=True), 1
            )
        ),
        columns=tuple(
            Column(
                id=id, board_id=big.board, type=kind, title=f"{kind.capitalize()} {number}",
                settings=_settings(kind),
            )
            for number, (id, kind) in enumerate(zip(big.columns, TYPES, strict=True), 1)
        ),
    )  # fmt: skip
    for start in range(0, items, CHUNK):
        numbers = range(start, min(items, start + CHUNK))
        yield ImportPart(
            board_id=big.board, items=tuple(_item(acting, big, n, items) for n in numbers)
        )


def _settings(kind: str) -> dict[str, object]:
    if kind == "tags":
        names = ("Red", "Green", "Blue")
        return {"labels": [{"id": n.lower(), "name": n, "color": n.lower()} for n in names]}
    return column_type(kind).default_settings()


def _item(acting: Acting, big: Big, n: int, items: int) -> Item:
    values: tuple[object, ...] = (
        ("todo", "doing", "stuck", "done")[n % 4],
        [acting.actor.user_id],
        f"2026-{n % 12 + 1:02d}-{n % 28 + 1:02d}",
        str(n % 977),
        f"text number {n}",
        [("red", "green", "blue")[n % 3]],
        {"url": f"https://example.org/{n}", "text": ""},
        str(n),
    )
    return Item(
        id=new_id(),
        board_id=big.board,
        group_id=big.groups[n * 5 // items],
        name=f"{VERBS[n % 8]} {NOUNS[n % 7]} {n}",
        values=dict(zip(big.columns, values, strict=True)),
    )
