"""The stage of random lives: a server with two tenants, three devices of one of them, and copies of any of these."""

import asyncio
import shutil
import tempfile
from pathlib import Path
from typing import Final

from msgspec import Struct

from engine.api import Acting, Engine
from engine.authority import Authority
from engine.clock import new_id
from engine.commands.deletion import EraseMembers
from engine.model.actor import Actor, Role
from engine.model.exchange import Ack, Push
from engine.retaining import begin_again
from engine.syncing import Device
from tests.engine.boards import Sample, sample_board
from tests.engine.conftest import KEY, START, new_organization
from tests.engine.syncing.devices import Clock, Laptop, laptop

DAY: Final = 86_400_000
SKEWS: Final = (0, -DAY, DAY)
NEEDLE: Final = "Needle Haystack"
FOREIGN: Final = "Foreign secret"
CLOSED: Final = "Closed secret"
"""In the second board, which is taken away now and then."""
LAPTOPS: Final = range(3)
AT_THE_SERVER: Final = 3
ERASED: Final = 2
"""Whose device it is that may be erased."""


class Time:
    """Everybody's true time; it moves when a command is given and when the machine says so."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        self.now += 7
        return self.now


class Stage(Struct, frozen=True, kw_only=True):
    """A world as it begins, lying in a folder: each life plays in a copy of it."""

    folder: Path
    now: int
    owner: Actor
    foreign: Actor
    members: tuple[Actor, ...]
    homes: tuple[str, ...]
    boards: tuple[Sample, Sample]


class Copy(Struct, frozen=True, kw_only=True):
    """Of a device or of the server, and which commands had been given when it was made."""

    folder: Path
    given: frozenset[str]
    at: int


async def set_the_stage(folder: Path, template: Path) -> Stage:
    (folder / "server").mkdir()
    shutil.copy(template, folder / "server" / "workspace.db")
    clock = Time()
    server = await Engine.open_workspace(folder / "server", KEY, clock=clock, utc_offset=lambda: 0)
    foreign = await new_organization(server, FOREIGN)
    await sample_board(foreign, items=2, name=FOREIGN)
    owner = await new_organization(server, "Home")
    boards = await sample_board(owner, items=4), await sample_board(owner, items=2, name=CLOSED)
    roles = ((None, "Owner"), (Role.MEMBER, "Ada"), (Role.MEMBER, NEEDLE))
    laptops = [
        await laptop(folder, template, owner, name=name, role=role, skew=SKEWS[number])
        for number, (role, name) in enumerate(roles)
    ]
    for one in laptops:
        await one.sync()
    stage = Stage(
        folder=folder, now=clock.now, owner=owner.actor, foreign=foreign.actor, boards=boards,
        members=tuple(one.member.actor for one in laptops),
        homes=tuple(_home(one).name for one in laptops),
    )  # fmt: skip
    for one in laptops:
        await one.engine.close()
    await server.close()
    return stage


class World:
    """`given` is who gave which command; `unsure` those that may be lost by no fault of sync: with a device that came
    back from a copy, or because the person let them go."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.folder = Path(tempfile.mkdtemp(prefix="conneqtos-life-"))
        self.clock = Time()
        self.clock.now = stage.now
        self.skews = list(SKEWS)
        self.boards = stage.boards
        self.laptops: list[Laptop] = []
        self.given: dict[str, int] = {}
        self.unsure: set[str] = set()
        self.late: dict[int, bytes] = {}
        self.late_pushes: dict[int, Push] = {}
        self.decided: dict[int, Ack | None] = {}
        self.copies: dict[int, Copy] = {}
        self.erased = False

    async def begin(self) -> None:
        shutil.copytree(self.stage.folder, self.folder, dirs_exist_ok=True)
        await self._start_server()
        for which, (actor, home) in enumerate(
            zip(self.stage.members, self.stage.homes, strict=True)
        ):
            engine = await self._open(self.folder / home, which)
            acting, member = engine.acting_as(actor), self.server.acting_as(actor)
            self.laptops.append(
                Laptop(
                    engine=engine, device=Device(acting), acting=acting, member=member,
                    remote=Authority(member),
                )
            )  # fmt: skip

    async def close(self) -> None:
        for one in self.laptops:
            await one.engine.close()
        if hasattr(self, "server"):
            await self.server.close()
        await asyncio.to_thread(shutil.rmtree, self.folder, True)

    @property
    def alive(self) -> list[Laptop]:
        return [
            one for which, one in enumerate(self.laptops) if not (self.erased and which == ERASED)
        ]

    # -- starting again -----------------------------------------------------------------------

    async def reopen(self, which: int) -> None:
        one = self.laptops[which]
        await one.engine.close()
        one.engine = await self._open(_home(one), which)
        one.acting = one.engine.acting_as(one.acting.actor)
        one.device = Device(one.acting)

    async def restart_server(self) -> None:
        await self.server.close()
        await self._start_server()
        for one in self.laptops:
            one.member = self.server.acting_as(one.member.actor)
            one.remote = Authority(one.member)

    async def _start_server(self) -> None:
        where = self.folder / "server"
        self.server = await Engine.open_workspace(
            where, KEY, clock=self.clock, utc_offset=lambda: 0
        )
        self.owner = self.server.acting_as(self.stage.owner)

    async def _open(self, home: Path, which: int) -> Engine:
        clock = Clock(self.clock, self.skews[which])
        return await Engine.open_workspace(home, KEY, clock=clock, utc_offset=lambda: 0)

    # -- copies ---------------------------------------------------------------------------------

    async def copy(self, which: int) -> None:
        """Of a device as it lies there, or of the server."""
        target = self.folder / f"copy-{new_id()}"
        target.mkdir()
        for path in self._place(which).glob("workspace.db*"):
            shutil.copy(path, target / path.name)
        self.copies[which] = Copy(
            folder=target, given=frozenset(self.given), at=self.clock.now
        )  # fmt: skip

    async def come_back(self, which: int) -> None:
        """What was given to it since, and reached nobody else, is lost with it."""
        copy = self.copies.pop(which, None)
        if copy is None or (which == AT_THE_SERVER and self.clock.now - copy.at > 30 * DAY):
            return  # no backup of a server is older
        engine = self.server if which == AT_THE_SERVER else self.laptops[which].engine
        await engine.close()
        place = self._place(which)
        for path in place.glob("workspace.db*"):
            path.unlink()
        for path in copy.folder.iterdir():
            shutil.copy(path, place / path.name)
        lost = (AT_THE_SERVER, ERASED) if which == AT_THE_SERVER and self.erased else (which,)
        self.unsure |= {
            id for id, who in self.given.items() if who in lost and id not in copy.given
        }
        if which != AT_THE_SERVER:
            await self.reopen(which)
            return
        await self.restart_server()
        if self.erased:  # the list of who was erased lies beside the backups
            who = self.laptops[ERASED].acting.actor.user_id
            system = self.server.as_system(self.stage.owner.organization_id)
            await system.execute(EraseMembers(member_ids=(who,), again=True))
        await begin_again(self.server)

    def _place(self, which: int) -> Path:
        return self.folder / "server" if which == AT_THE_SERVER else _home(self.laptops[which])

    # -- books ----------------------------------------------------------------------------------

    def of(self, acting: Acting) -> int:
        """Whose it is."""
        mine = (which for which in LAPTOPS if self.laptops[which].acting is acting)
        return next(mine, AT_THE_SERVER)


def _home(one: Laptop) -> Path:
    return one.engine.files.place.workroom.parent
