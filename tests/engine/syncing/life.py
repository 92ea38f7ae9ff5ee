"""Random lives of a server and its devices: the machine that tries to break docs/sync-model.md."""

import asyncio
import shutil
import tempfile
from collections.abc import Coroutine
from pathlib import Path
from typing import Any, TypeVar

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule
from sqlalchemy import select

from engine.api import Acting, Engine
from engine.clock import new_id
from engine.commands.attachments import AttachFile
from engine.commands.boards import EditBoard, ShareBoard, UnshareBoard
from engine.commands.columns import EditColumn, TrashColumn
from engine.commands.comments import AddComment
from engine.commands.deletion import EraseMembers
from engine.commands.groups import AddGroup, EditGroup, MoveGroup, TrashGroup
from engine.commands.history import Undo
from engine.commands.items import (
    AddItems,
    DuplicateItems,
    MoveItems,
    NewItem,
    RenameItem,
    RestoreItems,
    SetValues,
    TrashItems,
)
from engine.commands.members import SetRole
from engine.commands.registry import Command
from engine.commands.trash import EmptyTrash
from engine.errors import ConneqtError
from engine.model.actor import Role
from engine.model.board import Board, BoardKind, Group
from engine.model.column import Column
from engine.model.item import Item
from engine.model.record import State
from engine.retaining import run_retention
from engine.store.reading import Reading
from engine.store.tables import audit
from engine.storing import FileLimits, Receiving
from engine.syncing import Device
from tests.engine.boards import sample_board
from tests.engine.conftest import KEY, START, new_organization
from tests.engine.syncing.devices import Clock, Laptop, laptop, rows_of
from tests.policy.bytes_of import stored_bytes

T = TypeVar("T")
DAY = 86_400_000
SKEWS = (0, -DAY, DAY)
NEEDLE = "Needle Haystack"
PICK = st.integers(0, 1_000)
WHICH = st.integers(0, 2)


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
        home = self.folder / "server"
        home.mkdir()
        shutil.copy(self.template, home / "workspace.db")
        self.server = await Engine.open_workspace(home, KEY, clock=self.clock, utc_offset=lambda: 0)
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

    # -- what people do -----------------------------------------------------------------------

    @rule(which=WHICH, kind=PICK, first=PICK, second=PICK)
    def somebody_works(self, which: int, kind: int, first: int, second: int) -> None:
        self.run(self._work(self.laptops[which].acting, kind, first, second))

    @rule(kind=PICK, first=PICK, second=PICK)
    def somebody_works_on_the_server(self, kind: int, first: int, second: int) -> None:
        self.run(self._work(self.owner, kind, first, second))

    async def _work(self, acting: Acting, kind: int, first: int, second: int) -> None:
        command = await self._some_command(acting, kind, first, second)
        if command is None:
            return
        id = new_id()
        try:
            await acting.execute(command, command_id=id)
        except ConneqtError:
            return
        self.given.add(id)

    async def _some_command(
        self, acting: Acting, kind: int, first: int, second: int
    ) -> Command | None:
        """One of many kinds, about records that this store has."""
        items, groups, columns = await _seen(acting)
        if not (items and groups and columns):
            return None
        one, other = items[first % len(items)], items[second % len(items)]
        group = groups[second % len(groups)]
        column = columns[second % len(columns)]
        word = f"w{first}"
        new = NewItem(name=word)
        makers: list[Command] = [
            RenameItem(item_id=one.id, name=word),
            SetValues(item_ids=(one.id,), values={column.id: _value(column, first)}),
            SetValues(item_ids=(one.id,), values={column.id: _value(column, second)}),
            SetValues(item_ids=(one.id, other.id), values={column.id: None}),
            AddItems(group_id=group.id, items=(new,), after=("", None, one.id)[first % 3]),
            AddItems(group_id=one.group_id, parent_id=one.id, items=(new,)),
            AddItems(group_id=group.id, items=(new, NewItem(name="block"))),
            MoveItems(item_ids=(one.id,), group_id=group.id, after=other.id),
            MoveItems(item_ids=(one.id, other.id), group_id=group.id, after=""),
            TrashItems(item_ids=(one.id,)),
            RestoreItems(item_ids=(one.id,)),
            DuplicateItems(item_ids=(one.id,), copy_ids=(new_id(),)),
            AddComment(item_id=one.id, body=word),
            EditGroup(group_id=group.id, name=word),
            MoveGroup(group_id=group.id, after=""),
            AddGroup(board_id=group.board_id, name=word),
            EditColumn(column_id=column.id, title=word),
            EditBoard(board_id=group.board_id, name=word),
        ]
        return makers[kind % len(makers)]

    @rule(which=WHICH, first=PICK, again=st.integers(0, 2))
    def somebody_attaches_a_file(self, which: int, first: int, again: int) -> None:
        self.run(self._attach(self.laptops[which].acting, first, again))

    async def _attach(self, acting: Acting, first: int, again: int) -> None:
        """One of three files, so that several bring the same."""
        items, _, _ = await _seen(acting)
        if not items:
            return
        path = self.folder / f"file-{again}"
        path.write_bytes(b"%d" % again * 100)
        id, item = new_id(), items[first % len(items)]
        try:
            stored = await acting.add_file(path)
            command = AttachFile(
                item_id=item.id, name=path.name, digest=stored.digest, size=stored.size
            )
            await acting.execute(command, command_id=id)
        except ConneqtError:
            return
        self.given.add(id)

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

    @rule(which=WHICH)
    def somebody_takes_back(self, which: int) -> None:
        self.run(self._undo(self.laptops[which].acting))

    async def _undo(self, acting: Acting) -> None:
        from engine.queries.history import UndoState

        try:
            gesture = (await acting.query(UndoState())).undo
            if gesture is not None:
                id = new_id()
                await acting.execute(Undo(gesture=gesture.gesture), command_id=id)
                self.given.add(id)
        except ConneqtError:
            return

    @rule(pick=PICK)
    def the_owner_removes_for_good(self, pick: int) -> None:
        self.run(self._remove(pick))

    async def _remove(self, pick: int) -> None:
        items, groups, columns = await _seen(self.owner)
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

    @rule(which=WHICH, loss=st.sampled_from(["none", "none", "request", "answer", "doubled"]))
    def push(self, which: int, loss: str) -> None:
        self.run(self._push(self.laptops[which], loss))

    async def _push(self, one: Laptop, loss: str) -> None:
        push = await one.device.outgoing()
        if push is None or loss == "request":
            return
        try:
            answer = await one.remote.decide(push)
            if loss == "doubled":
                answer = await one.remote.decide(push)
        except ConneqtError:
            return
        if loss != "answer":
            await one.turn(answer)

    @rule(which=WHICH, loss=st.sampled_from(["none", "none", "none", "answer", "cut", "late"]))
    def pull(self, which: int, loss: str) -> None:
        self.run(self._pull(which, loss))

    async def _pull(self, which: int, loss: str) -> None:
        one = self.laptops[which]
        try:
            packed = await one.remote.answer(await one.device.pulling())
            if loss == "late":
                self.late[which] = packed
            elif loss == "cut":
                await one.device.apply([packed[: len(packed) * 2 // 3]])
            elif loss == "none" and (await one.device.apply([packed])).fork:
                await one.device.fork()
        except ConneqtError:
            return
        state = await one.device.state()
        if loss == "none" and state is not None and not state.waiting:
            assert await rows_of(one.acting) == await rows_of(one.member), "P2"

    @rule(which=WHICH)
    def an_old_answer_arrives(self, which: int) -> None:
        packed = self.late.pop(which, None)
        if packed is not None:
            self.run(self.laptops[which].device.apply([packed]))

    @rule(which=WHICH)
    def a_device_is_killed_and_started_again(self, which: int) -> None:
        self.run(self._reopen(which))

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
            assert await rows_of(one.acting) == await rows_of(one.member), "P1"
            assert (b"Foreign secret" in await stored_bytes(one.acting)) is False, "P6"
        assert (await self.owner.verify_audit()).bad_number is None, "P7"
        await self._nothing_lost(alive)
        await self._nothing_of_the_erased(alive)

    async def _nothing_lost(self, alive: list[Laptop]) -> None:
        lost = self.given - await self._entries() - self.entries - getattr(self, "unsure", set())
        lost -= await self._held()
        if self.erased:
            lost -= await self._of_the_erased()
        assert not lost, "P4"

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


async def _seen(acting: Acting) -> tuple[list[Item], list[Group], list[Column]]:
    def read(reading: Reading) -> tuple[list[Item], list[Group], list[Column]]:
        boards = {board.id for board in reading.list(Board, state=State.LIVE.value)}
        return (
            [one for one in reading.list(Item) if one.board_id in boards],
            [one for one in reading.list(Group, state=State.LIVE.value) if one.board_id in boards],
            [one for one in reading.list(Column, state=State.LIVE.value) if one.board_id in boards],
        )

    try:
        return await acting.session.read(acting.actor, Role.GUEST, True, read)
    except ConneqtError:
        return [], [], []


def _value(column: Column, pick: int) -> Any:
    values: dict[str, tuple[Any, ...]] = {
        "number": ("1", "2.5", "-7"), "text": ("a", "b", "c"), "checkbox": (True,),
        "long_text": ("one two three", "one TWO three", "ONE two three", "one two THREE"),
        "tags": (["red"], ["blue"], ["blue", "red"]), "date": ({"from": "2026-05-03"},),
    }  # fmt: skip
    known = values.get(column.type, (None,))
    return known[pick % len(known)]
