"""A server and devices in one process: what goes between them can be lost, doubled, cut, or kept for later."""

import shutil
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from engine.api import Acting, Engine
from engine.authority import Authority
from engine.clock import new_id
from engine.model.actor import Actor, Role
from engine.model.exchange import Pushed, Turn
from engine.model.organization import Member
from engine.store.packed_lines import lines_of
from engine.store.reading import Reading
from engine.store.rebasing import Applied
from engine.store.scopes import KINDS_OF
from engine.store.tables import ENTITY_NAMES
from engine.syncing import Device
from tests.engine.conftest import KEY
from tests.engine.members import add_account

SYNCED = (*KINDS_OF["org"], *KINDS_OF["user"], *KINDS_OF["board"])


class Clock:
    """A device's clock, which may be wrong by `skew` milliseconds; `true` is everybody's."""

    def __init__(self, true: Any, skew: int = 0) -> None:
        self.true, self.skew = true, skew

    def __call__(self) -> int:
        return int(self.true()) + self.skew


class Laptop(Struct, kw_only=True):
    """A linked device, the member whose it is on the server, and the folder that it lies in."""

    engine: Engine
    device: Device
    acting: Acting
    remote: Authority
    member: Acting
    home: Path = Path()

    async def push(self) -> Pushed | None:
        """One push; its answer is looked at for its turn only: verdicts come with the pull."""
        push = await self.device.outgoing()
        if push is None:
            return None
        answer = await self.remote.decide(push)
        await self.turn(answer)
        return answer

    async def turn(self, answer: Pushed) -> None:
        if answer.turn in (Turn.FORK, Turn.GAP):
            await self.device.fork()
        elif answer.turn is Turn.EPOCH:
            await self.device.restart()

    async def pull(self) -> Applied:
        """With the digests of all scopes, whatever day it is."""
        pull = msgspec.structs.replace(await self.device.pulling(), digests=True)
        packed = await self.remote.answer(pull)
        applied = await self.device.apply([packed])
        if applied.fork:
            await self.device.fork()
        elif applied.restart:
            await self.device.restart()
        return applied

    async def sync(self) -> None:
        """Until nothing waits, and no pull finds other rows here than there."""
        assert not (await self.pull()).gaps
        for _ in range(20):
            if await self.push() is None:
                return
            assert not (await self.pull()).gaps
        raise AssertionError("the outbox does not empty")


async def laptop(
    folder: Path, template: Path, server: Acting, *, name: str = "Owner", skew: int = 0,
    role: Role | None = None,
) -> Laptop:  # fmt: skip
    """A device of the server's own actor, or (with a role) of a new member."""
    if role is None:
        member = server
    else:
        person = Member(id=new_id(), name=name, role=role, created_at=server.engine.now())
        await add_account(server, person)
        member = server.engine.acting_as(
            Actor(organization_id=server.actor.organization_id, user_id=person.id, device=name)
        )
    home = folder / new_id()
    home.mkdir()
    shutil.copy(template, home / "workspace.db")
    clock = Clock(server.engine.now, skew)
    engine = await Engine.open_workspace(home, KEY, clock=clock, utc_offset=lambda: 0)
    device = await Device.join(
        engine, organization_id=server.actor.organization_id, member_id=member.actor.user_id,
        server="http://server", device=name,
    )  # fmt: skip
    acting = engine.acting_as(member.actor)
    return Laptop(
        engine=engine, device=device, acting=acting, remote=Authority(member), member=member,
        home=home,
    )  # fmt: skip


async def rows_of(acting: Acting) -> dict[str, dict[str, Any]]:
    """All that a device of this member holds, byte for byte, by `entity:id`."""

    def read(reading: Reading) -> dict[str, dict[str, Any]]:
        found: dict[str, dict[str, Any]] = {}
        boards = {}
        from engine.model.board import Board

        for board in reading.list(Board):
            boards[f"board:{board.id}"] = msgspec.to_builtins(board)
        for kind in SYNCED:
            for record in reading.list(kind):
                if getattr(record, "member_id", reading.member.id) != reading.member.id and (
                    kind in KINDS_OF["user"] or ENTITY_NAMES[kind] == "conflict"
                ):
                    continue
                found[f"{ENTITY_NAMES[kind]}:{record.id}"] = msgspec.to_builtins(record)
        return found | boards

    return await acting.session.read(acting.actor, Role.GUEST, True, read)


async def told(laptop: Laptop) -> list[bytes]:
    """The lines of a pull, unread."""
    return list(lines_of([await laptop.remote.answer(await laptop.device.pulling())]))
