"""Random lives of a server and its devices: the machine that tries to break docs/sync-model.md."""

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any, TypeVar

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from sqlalchemy import select

from engine.api import Acting, Engine
from engine.clock import new_id
from engine.commands.attachments import AttachFile
from engine.commands.boards import EditBoard, ShareBoard, UnshareBoard
from engine.commands.columns import TrashColumn
from engine.commands.deletion import EraseMembers
from engine.commands.groups import TrashGroup
from engine.commands.history import Redo, Undo
from engine.commands.items import RenameItem, TrashItems
from engine.commands.members import SetRole
from engine.commands.registry import HANDLERS, Command
from engine.commands.trash import EmptyTrash
from engine.errors import ConneqtError
from engine.model.actor import Role
from engine.model.board import BoardKind, Group
from engine.model.column import Column
from engine.model.exchange import Push, Sent
from engine.model.item import Item
from engine.queries.history import UndoState
from engine.retaining import run_retention
from engine.store.tables import audit
from engine.store.waiting import write_link
from engine.storing import FileLimits, Receiving
from engine.syncing import Authority, Device
from tests.engine.boards import sample_board
from tests.engine.conftest import KEY, START, new_organization
from tests.engine.syncing.devices import Clock, Laptop, laptop, rows_of
from tests.engine.syncing.dying import dying
from tests.engine.syncing.gestures import seen, some_command
from tests.policy.bytes_of import stored_bytes

T = TypeVar("T")
DAY = 86_400_000
SKEWS = (0, -DAY, DAY)
NEEDLE = "Needle Haystack"
PICK = st.integers(0, 1_000)
WHICH = st.integers(0, 2)
OLDER = 1
OLDER_RENAME = "item.rename@0"


class Time:
    """Everybody's true time; it moves when a command is given and when the machine says so."""

    def __init__(self) -> None:
        self.now = START

    def __call__(self) -> int:
        self.now += 7
        return self.now


class Life(RuleBasedStateMachine):
    """One server with two tenants, and three devices of three people of one of them."""

    template: Path

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.folder = Path(tempfile.mkdtemp(prefix="conneqtos-life-"))
        self.clock = Time()
        self.given: set[str] = set()
        self.late: dict[int, bytes] = {}
        self.late_pushes: dict[int, Push] = {}
        self.copies: dict[int, Path] = {}
        self.erased = False
        self.entries: set[str] = set()  # of the audit trail, before its front was let go

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(coroutine)

    # -- the stage ----------------------------------------------------------------------------

    @initialize()
    def begin(self) -> None:
        self.run(self._begin())

    async def _begin(self) -> None:
        (self.folder / "server").mkdir()
        shutil.copy(self.template, self.folder / "server" / "workspace.db")
        self.server = await self._open_server()
        self.foreign = await new_organization(self.server, "Foreign secret")
        await sample_board(self.foreign, items=2, name="Foreign secret")
        self.owner = await new_organization(self.server, "Home")
        self.boards = [
            await sample_board(self.owner, items=4), await sample_board(self.owner, items=2, name="B"),
        ]  # fmt: skip
        roles = ((None, "Owner"), (Role.MEMBER, "Ada"), (Role.MEMBER, NEEDLE))
        self.laptops = [
            await laptop(
                self.folder, self.template, self.owner, name=name, role=role, skew=SKEWS[number]
            )
            for number, (role, name) in enumerate(roles)
        ]
        for one in self.laptops:
            await one.sync()

    async def _open_server(self) -> Engine:
        return await Engine.open_workspace(
            self.folder / "server", KEY, clock=self.clock, utc_offset=lambda: 0
        )

    # -- what people do -----------------------------------------------------------------------

    @rule(which=WHICH, kind=PICK, first=PICK, second=PICK)
    def somebody_works(self, which: int, kind: int, first: int, second: int) -> None:
        self.run(self._work(self.laptops[which].acting, kind, first, second))

    @rule(kind=PICK, first=PICK, second=PICK)
    def somebody_works_on_the_server(self, kind: int, first: int, second: int) -> None:
        self.run(self._work(self.owner, kind, first, second))

    async def _work(self, one: Acting, kind: int, first: int, second: int) -> None:
        says = NEEDLE if one is self.laptops[2].acting else ""
        command = some_command(await seen(one), kind, first, second, says)
        if command is not None:
            await self._give(one, command)

    async def _give(self, acting: Acting, command: Command) -> None:
        id = new_id()
        try:
            await acting.execute(command, command_id=id)
        except ConneqtError:
            return
        if HANDLERS[type(command)].audit:
            self.given.add(id)

    @rule(which=WHICH, first=PICK, again=st.integers(0, 2))
    def somebody_attaches_a_file(self, which: int, first: int, again: int) -> None:
        self.run(self._attach(self.laptops[which].acting, first, again))

    async def _attach(self, acting: Acting, first: int, again: int) -> None:
        """One of three files, so that several bring the same."""
        items = (await seen(acting)).live[Item]
        if not items:
            return
        path = self.folder / f"file-{again}"
        path.write_bytes(b"%d" % again * 100)
        stored = await acting.add_file(path)
        item = items[first % len(items)]
        file = AttachFile(item_id=item.id, name=path.name, digest=stored.digest, size=stored.size)
        await self._give(acting, file)

    @rule(which=WHICH, lost=st.booleans())
    def files_go(self, which: int, lost: bool) -> None:
        self.run(self._send_files(self.laptops[which], lost))

    async def _send_files(self, one: Laptop, lost: bool = False) -> None:
        """`lost`: the server has it, and the device does not hear of it."""
        for file in await one.device.unsent_files():
            content = b"".join(one.acting.files.chunks(file.digest, file.digest))
            try:
                await Receiving(one.member, file.digest, file.size, FileLimits()).take(0, content)
            except ConneqtError as error:
                await one.device.file_refused(file.digest, error.code, str(error))
                continue
            if not lost:
                await one.device.file_sent(file.digest)

    @rule(which=WHICH, again=st.booleans())
    def somebody_takes_back(self, which: int, again: bool) -> None:
        self.run(self._take_back(self.laptops[which].acting, again))

    async def _take_back(self, acting: Acting, again: bool) -> None:
        try:
            steps = await acting.query(UndoState())
        except ConneqtError:
            return
        if again and steps.redo is not None:
            await self._give(acting, Redo(gesture=steps.redo.gesture))
        elif steps.undo is not None:
            await self._give(acting, Undo(gesture=steps.undo.gesture))

    @rule(pick=PICK)
    def the_owner_removes_for_good(self, pick: int) -> None:
        self.run(self._remove(pick))

    async def _remove(self, pick: int) -> None:
        live = (await seen(self.owner)).live
        items, groups, columns = live[Item], live[Group], live[Column]
        found: list[tuple[str, str, Command]] = []
        if items:
            item = items[pick % len(items)]
            found.append(("item", item.id, TrashItems(item_ids=(item.id,))))
        if len(groups) > 2:
            group = groups[pick % len(groups)]
            found.append(("group", group.id, TrashGroup(group_id=group.id)))
        if len(columns) > 8:
            column = columns[pick % len(columns)]
            found.append(("column", column.id, TrashColumn(column_id=column.id)))
        if not found:
            return
        entity, id, trash = found[pick % len(found)]
        try:
            await self.owner.execute(trash)
            await self.owner.execute(EmptyTrash(records=((entity, id),)))
        except ConneqtError:
            return

    @rule(which=st.integers(1, 2), role=st.sampled_from(["viewer", "member", "admin", "guest"]))
    def a_role_changes(self, which: int, role: str) -> None:
        self.run(self._try(SetRole(member_id=self._id(which), role=Role(role))))

    @rule(which=st.integers(1, 2), share=st.booleans(), private=st.booleans())
    def a_board_is_shared_or_taken_away(self, which: int, share: bool, private: bool) -> None:
        board, member = self.boards[1].board, self._id(which)
        kind = BoardKind.PRIVATE if private else BoardKind.MAIN
        self.run(self._try(EditBoard(board_id=board, kind=kind)))
        if share:
            self.run(self._try(ShareBoard(board_id=board, member_id=member)))
        else:
            self.run(self._try(UnshareBoard(board_id=board, member_id=member)))

    @rule(sure=PICK)
    def somebody_is_erased(self, sure: int) -> None:
        if sure % 5 or self.erased:
            return
        self.run(self._try(EraseMembers(member_ids=(self._id(2),), again=True)))
        self.erased = True

    async def _try(self, command: Command) -> None:
        try:
            await self.owner.execute(command)
        except ConneqtError:
            return

    def _id(self, which: int) -> str:
        return self.laptops[which].acting.actor.user_id

    # -- the network, and what goes wrong with it ---------------------------------------------

    @rule(
        which=WHICH,
        loss=st.sampled_from(["none", "none", "request", "answer", "doubled", "late", "newer"]),
    )
    def push(self, which: int, loss: str) -> None:
        self.run(self._push(which, loss))

    async def _push(self, which: int, loss: str) -> None:
        one = self.laptops[which]
        push = await one.device.outgoing()
        if push is None or loss == "request":
            return
        push = as_told(push, which, loss)
        if loss == "late":
            self.late_pushes[which] = push
            return
        try:
            answer = await one.remote.decide(push)
            if loss == "doubled":
                answer = await one.remote.decide(push)
        except ConneqtError:
            return
        if loss != "answer":
            await one.turn(answer)

    @rule(which=WHICH)
    def an_old_request_arrives(self, which: int) -> None:
        push = self.late_pushes.pop(which, None)
        if push is not None:
            self.run(self._decide_late(self.laptops[which], push))

    async def _decide_late(self, one: Laptop, push: Push) -> None:
        """Nobody waits for its answer any more."""
        try:
            await one.remote.decide(push)
        except ConneqtError:
            return

    @rule(which=WHICH, loss=st.sampled_from(["none", "none", "none", "answer", "cut", "late"]))
    def pull(self, which: int, loss: str) -> None:
        self.run(self._pull(which, loss))

    async def _pull(self, which: int, loss: str) -> None:
        one = self.laptops[which]
        try:
            asked = msgspec.structs.replace(await one.device.pulling(), digests=True)
            packed = await one.remote.answer(asked)
            if loss == "late":
                self.late[which] = packed
            elif loss == "cut":
                await one.device.apply([packed[: len(packed) * 2 // 3]])
            elif loss == "none":
                applied = await one.device.apply([packed])
                assert not applied.gaps, "P2"
                if applied.fork:
                    await one.device.fork()
        except ConneqtError:
            return
        state = await one.device.state()
        if loss == "none" and state is not None and not state.waiting:
            await self._same(one, "P2")

    @rule(which=WHICH)
    def an_old_answer_arrives(self, which: int) -> None:
        packed = self.late.pop(which, None)
        if packed is not None:
            self.run(self.laptops[which].device.apply([packed]))

    @rule(which=WHICH)
    def a_device_is_started_again(self, which: int) -> None:
        self.run(self._reopen(which))

    @rule(which=WHICH, when=PICK)
    def a_device_dies_while_it_takes_rows_in(self, which: int, when: int) -> None:
        self.run(self._die_pulling(which, when))

    async def _die_pulling(self, which: int, when: int) -> None:
        one = self.laptops[which]
        try:
            packed = await one.remote.answer(await one.device.pulling())
        except ConneqtError:
            return
        before = await rows_of(one.acting), await one.device.waiting(), await one.device.held()
        async with dying(one.engine, when) as death:
            await one.device.apply([packed])
        await self._reopen(which)
        if death.came:
            after = await rows_of(one.acting), await one.device.waiting(), await one.device.held()
            assert before == after, "P5"

    @rule(which=WHICH, when=PICK)
    def the_server_dies_while_it_decides(self, which: int, when: int) -> None:
        self.run(self._die_deciding(which, when))

    async def _die_deciding(self, which: int, when: int) -> None:
        push = await self.laptops[which].device.outgoing()
        if push is not None:
            async with dying(self.server, when):
                await self.laptops[which].remote.decide(as_told(push, which))
        await self._start_server_again()

    async def _start_server_again(self) -> None:
        await self.server.close()
        self.server = await self._open_server()
        self.owner, self.foreign = (
            self.server.acting_as(one.actor) for one in (self.owner, self.foreign)
        )
        for one in self.laptops:
            one.member = self.server.acting_as(one.member.actor)
            one.remote = Authority(one.member)

    @rule(which=WHICH)
    def a_device_is_updated(self, which: int) -> None:
        """To a version that knows more: it reads everything anew, and what waits stays."""
        self.run(self._update(self.laptops[which]))

    async def _update(self, one: Laptop) -> None:
        mine = one.acting.actor.organization_id
        await one.acting.session.database.write(
            mine, lambda connection: write_link(connection, mine, schema="0008")
        )
        await self._reopen(self.laptops.index(one))

    @rule(which=WHICH)
    def a_device_is_copied(self, which: int) -> None:
        self.run(self._copy(which))

    @rule(which=WHICH)
    def a_device_comes_back_from_its_copy(self, which: int) -> None:
        if which in self.copies:
            self.run(self._reopen(which, self.copies.pop(which)))

    async def _copy(self, which: int) -> None:
        one = self.laptops[which]
        home = one.engine.files.place.workroom.parent
        target = self.folder / f"copy-{new_id()}"
        target.mkdir()
        for path in home.glob("workspace.db*"):
            shutil.copy(path, target / path.name)
        self.copies[which] = target
        self.given_then = getattr(self, "given_then", {})
        self.given_then[which] = set(self.given)

    async def _reopen(self, which: int, copy: Path | None = None) -> None:
        one = self.laptops[which]
        home = one.engine.files.place.workroom.parent
        await one.engine.close()
        if copy is not None:
            for path in home.glob("workspace.db*"):
                path.unlink()
            for path in copy.iterdir():
                shutil.copy(path, home / path.name)
            self._forget_unsent(which)
        clock = Clock(self.clock, SKEWS[which])
        one.engine = await Engine.open_workspace(home, KEY, clock=clock, utc_offset=lambda: 0)
        one.acting = one.engine.acting_as(one.acting.actor)
        one.device = Device(one.acting)

    def _forget_unsent(self, which: int) -> None:
        """What the device was given since the copy, and had not sent, is lost with it: that is no fault of sync."""
        self.unsure = getattr(self, "unsure", set()) | (self.given - self.given_then[which])

    @rule(minutes=st.integers(1, 60 * 24 * 3))
    def time_passes(self, minutes: int) -> None:
        self.clock.now += minutes * 60_000

    @rule(sure=PICK)
    def what_is_old_goes(self, sure: int) -> None:
        """Two years later: what lay in the trash is gone for good, and the front of the audit trail."""
        if sure % 10 == 0:
            self.run(self._let_old_go())

    async def _let_old_go(self) -> None:
        self.entries |= await self._entries()
        self.clock.now += 750 * DAY
        await run_retention(self.owner)

    # -- the end ------------------------------------------------------------------------------

    def teardown(self) -> None:
        try:
            if hasattr(self, "laptops"):
                self.run(self._end())
        finally:
            self.run(self._close())
            self.runner.close()
            shutil.rmtree(self.folder, ignore_errors=True)

    async def _end(self) -> None:
        alive = self.laptops[:2] if self.erased else self.laptops
        for _ in range(2):
            for one in alive:
                await self._send_files(one)
                await one.sync()
        for one in alive:
            await one.pull()
            await self._same(one, "P1")
            assert (b"Foreign secret" in await stored_bytes(one.acting)) is False, "P6"
        assert (await self.owner.verify_audit()).bad_number is None, "P7"
        await self._nothing_lost(alive)
        await self._nothing_of_the_erased(alive)

    async def _same(self, one: Laptop, what: str) -> None:
        here, there = await rows_of(one.acting), await rows_of(one.member)
        differ = {
            id: (here.get(id), there.get(id))
            for id in here.keys() | there.keys()
            if here.get(id) != there.get(id)
        }
        assert not differ, f"{what}: {differ}"

    async def _nothing_lost(self, alive: list[Laptop]) -> None:
        lost = self.given - await self._entries() - self.entries - getattr(self, "unsure", set())
        lost -= await self._held()
        if self.erased:
            lost -= await self._of_the_erased()
        assert not lost, f"P4: {lost}"

    async def _entries(self) -> set[str]:
        """The commands in the server's audit trail."""
        mine = self.owner.actor.organization_id
        statement = select(audit.c.command_id).where(audit.c.organization_id == mine)
        entries = await self.server._session.database.read(
            mine, lambda connection: list(connection.execute(statement).scalars())
        )
        assert len(entries) == len(set(entries)), "P4: once"
        return set(entries)

    async def _held(self) -> set[str]:
        """Commands whose file the server would not have are held here, and were never sent."""
        held = [one for laptop in self.laptops for one in await laptop.device.held()]
        return {one.command.id for one in held}

    async def _of_the_erased(self) -> set[str]:
        waiting = await self.laptops[2].device.waiting()
        return {one.command.id for one in waiting}

    async def _nothing_of_the_erased(self, alive: list[Laptop]) -> None:
        if not self.erased:
            return
        for one in alive:
            await one.engine.forget_old_pages()
            assert (NEEDLE.encode() in await stored_bytes(one.acting)) is False, "P8"

    async def _close(self) -> None:
        for one in getattr(self, "laptops", []):
            await one.engine.close()
        if hasattr(self, "server"):
            await self.server.close()


def as_told(push: Push, which: int, loss: str = "none") -> Push:
    """What goes over the wire: the second device is of an older version, whose commands have older names. `newer`:
    of the last one this server has not heard yet."""
    commands = list(push.commands)
    if which == OLDER:
        commands = [older(one) for one in commands]
    if loss == "newer":
        commands[-1] = msgspec.structs.replace(commands[-1], op="item.fly@3")
    return msgspec.structs.replace(push, commands=tuple(commands))


def older(sent: Sent) -> Sent:
    if sent.op != RenameItem.OP:
        return sent
    title = {"item_id": sent.arguments["item_id"], "title": sent.arguments["name"]}
    return msgspec.structs.replace(sent, op=OLDER_RENAME, arguments=title)


def to_todays_rename(fields: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    return RenameItem.OP, {"item_id": fields["item_id"], "name": fields["title"]}
