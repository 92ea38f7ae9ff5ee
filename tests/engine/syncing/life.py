"""Random lives of a server and its devices: the machine that tries to break docs/sync-model.md."""

import asyncio
import tempfile
from collections.abc import Coroutine, Mapping
from pathlib import Path
from typing import Any, ClassVar, TypeVar

import msgspec
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from engine import filing
from engine.api import Acting
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
from engine.model.exchange import Ack, Push, Sent
from engine.model.item import Item
from engine.queries.history import UndoState
from engine.retaining import run_retention
from engine.store.waiting import write_link
from engine.storing import FileLimits, Receiving
from tests.engine.syncing.devices import Laptop, rows_of
from tests.engine.syncing.dying import dying
from tests.engine.syncing.ending import check_end, entries, same
from tests.engine.syncing.gestures import seen, some_command
from tests.engine.syncing.seeing import check_seen
from tests.engine.syncing.world import (
    AT_THE_SERVER,
    DAY,
    ERASED,
    NEEDLE,
    Stage,
    World,
    set_the_stage,
)

T = TypeVar("T")
PICK = st.integers(0, 1_000)
WHICH = st.integers(0, 2)
OLDER = 1
OLDER_RENAME = "item.rename@0"


class Life(RuleBasedStateMachine):
    """One server with two tenants, and three devices of three people of one of them."""

    template: Path
    stage: ClassVar[Stage | None] = None

    def __init__(self) -> None:
        super().__init__()
        self.runner = asyncio.Runner()
        self.kept: set[str] = set()  # of the audit trail, before its front was let go

    def run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(coroutine)

    @initialize()
    def begin(self) -> None:
        if Life.stage is None:
            folder = Path(tempfile.mkdtemp(prefix="conneqtos-stage-"))
            Life.stage = self.run(set_the_stage(folder, self.template))
        self.world = World(Life.stage)
        self.run(self.world.begin())

    # -- what people do -----------------------------------------------------------------------

    @rule(which=WHICH, kind=PICK, first=PICK, second=PICK)
    def somebody_works(self, which: int, kind: int, first: int, second: int) -> None:
        one = self.world.laptops[which]
        self.run(self._work(one.acting, kind, first, second))
        self.run(check_seen(one))

    @rule(kind=PICK, first=PICK, second=PICK)
    def somebody_works_on_the_server(self, kind: int, first: int, second: int) -> None:
        self.run(self._work(self.world.owner, kind, first, second))

    async def _work(self, one: Acting, kind: int, first: int, second: int) -> None:
        says = NEEDLE if self.world.of(one) == ERASED else ""
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
            self.world.given[id] = self.world.of(acting)

    @rule(which=WHICH, first=PICK, again=st.integers(0, 2))
    def somebody_attaches_a_file(self, which: int, first: int, again: int) -> None:
        self.run(self._attach(self.world.laptops[which].acting, first, again))

    async def _attach(self, acting: Acting, first: int, again: int) -> None:
        """One of three files, so that several bring the same."""
        items = (await seen(acting)).live[Item]
        if not items:
            return
        path = self.world.folder / f"file-{again}"
        path.write_bytes(b"%d" % again * 100)
        stored = await filing.add_file(acting, path)
        item = items[first % len(items)]
        file = AttachFile(item_id=item.id, name=path.name, digest=stored.digest, size=stored.size)
        await self._give(acting, file)

    @rule(which=WHICH, lost=st.booleans())
    def files_go(self, which: int, lost: bool) -> None:
        self.run(self._send_files(self.world.laptops[which], lost))

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
        self.run(self._take_back(self.world.laptops[which].acting, again))

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
        live = (await seen(self.world.owner)).live
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
            await self.world.owner.execute(trash)
            await self.world.owner.execute(EmptyTrash(records=((entity, id),)))
        except ConneqtError:
            return

    @rule(which=st.integers(1, 2), role=st.sampled_from(["viewer", "member", "admin", "guest"]))
    def a_role_changes(self, which: int, role: str) -> None:
        self.run(self._try(SetRole(member_id=self._id(which), role=Role(role))))

    @rule(which=st.integers(1, 2), share=st.booleans(), private=st.booleans())
    def a_board_is_shared_or_taken_away(self, which: int, share: bool, private: bool) -> None:
        board, member = self.world.boards[1].board, self._id(which)
        kind = BoardKind.PRIVATE if private else BoardKind.MAIN
        self.run(self._try(EditBoard(board_id=board, kind=kind)))
        if share:
            self.run(self._try(ShareBoard(board_id=board, member_id=member)))
        else:
            self.run(self._try(UnshareBoard(board_id=board, member_id=member)))

    @rule(sure=PICK)
    def somebody_is_erased(self, sure: int) -> None:
        if sure % 5 or self.world.erased:
            return
        self.run(self._try(EraseMembers(member_ids=(self._id(2),), again=True)))
        self.world.erased = True

    async def _try(self, command: Command) -> None:
        try:
            await self.world.owner.execute(command)
        except ConneqtError:
            return

    def _id(self, which: int) -> str:
        return self.world.laptops[which].acting.actor.user_id

    # -- the network, and what goes wrong with it ---------------------------------------------

    @rule(
        which=WHICH,
        loss=st.sampled_from(["none", "none", "request", "answer", "doubled", "late", "newer"]),
        behind=st.booleans(),
    )
    def push(self, which: int, loss: str, behind: bool) -> None:
        """`behind` the one before, whose answer came and which no pull has settled yet."""
        self.run(self._push(which, loss, self.world.decided.get(which) if behind else None))

    async def _push(self, which: int, loss: str, behind: Ack | None) -> None:
        one = self.world.laptops[which]
        push = await one.device.outgoing(behind)
        if push is None or loss == "request":
            return
        push = as_told(push, which, loss)
        if loss == "late":
            self.world.late_pushes[which] = push
            return
        try:
            answer = await one.remote.decide(push)
            if loss == "doubled":
                answer = await one.remote.decide(push)
        except ConneqtError:
            return
        if loss != "answer":
            self.world.decided[which] = next(reversed(answer.acks), None)
            await one.turn(answer)

    @rule(which=WHICH)
    def an_old_request_arrives(self, which: int) -> None:
        push = self.world.late_pushes.pop(which, None)
        if push is not None:
            self.run(self._decide_late(self.world.laptops[which], push))

    async def _decide_late(self, one: Laptop, push: Push) -> None:
        """Nobody waits for its answer any more."""
        try:
            await one.remote.decide(push)
        except ConneqtError:
            return

    def _some_scopes(self) -> list[str]:
        return [f"board:{board.board}" for board in self.world.boards[:1]]

    @rule(
        which=WHICH,
        loss=st.sampled_from(["none", "none", "none", "part", "answer", "cut", "late"]),
    )
    def pull(self, which: int, loss: str) -> None:
        self.run(self._pull(which, loss))

    async def _pull(self, which: int, loss: str) -> None:
        one = self.world.laptops[which]
        try:
            asked = await one.device.pulling(
                wanted={"part": tuple(self._some_scopes()), "people": ()}.get(loss)
            )
            asked = msgspec.structs.replace(asked, digests=True)
            packed = await one.remote.answer(asked)
            if loss == "late":
                self.world.late[which] = packed
            elif loss == "cut":
                await one.device.apply([packed[: len(packed) * 2 // 3]])
            elif loss in ("none", "part", "people"):
                before = await one.device.waiting()
                applied = await one.device.apply([packed])
                assert not applied.gaps, "P2"
                in_part = asked.wanted is not None and len(applied.scopes) > 2 + len(asked.wanted)
                if in_part and not (applied.stale or applied.fork):
                    ids = [one.command.id for one in before]
                    assert ids == [one.command.id for one in await one.device.waiting()], "R4"
                if applied.restart:
                    await one.device.restart()
                    return
                if applied.fork:
                    await one.device.fork()
        except ConneqtError:
            return
        state = await one.device.state()
        if loss == "none" and state is not None and not state.waiting:
            await same(one, "P2")

    @rule(which=WHICH)
    def an_old_answer_arrives(self, which: int) -> None:
        packed = self.world.late.pop(which, None)
        if packed is not None:
            self.run(self.world.laptops[which].device.apply([packed]))

    @rule(which=WHICH)
    def a_device_is_started_again(self, which: int) -> None:
        self.run(self.world.reopen(which))

    @rule(which=WHICH, when=PICK)
    def a_device_dies_while_it_takes_rows_in(self, which: int, when: int) -> None:
        self.run(self._die_pulling(which, when))

    async def _die_pulling(self, which: int, when: int) -> None:
        one = self.world.laptops[which]
        try:
            packed = await one.remote.answer(await one.device.pulling())
        except ConneqtError:
            return
        before = await rows_of(one.acting), await one.device.waiting(), await one.device.held()
        async with dying(one.engine, when) as death:
            await one.device.apply([packed])
        await self.world.reopen(which)
        if death.came:
            after = await rows_of(one.acting), await one.device.waiting(), await one.device.held()
            assert before == after, "P5"

    @rule(which=WHICH, when=PICK)
    def the_server_dies_while_it_decides(self, which: int, when: int) -> None:
        self.run(self._die_deciding(which, when))

    async def _die_deciding(self, which: int, when: int) -> None:
        push = await self.world.laptops[which].device.outgoing()
        if push is not None:
            async with dying(self.world.server, when):
                await self.world.laptops[which].remote.decide(as_told(push, which))
        await self.world.restart_server()

    @rule(which=WHICH, cut=st.booleans())
    def a_device_is_updated(self, which: int, cut: bool) -> None:
        """To a version that knows more: it reads everything anew, and what waits stays. The network may go when only people
        have been read."""
        self.run(self._update(self.world.laptops[which], cut))

    async def _update(self, one: Laptop, cut: bool) -> None:
        mine = one.acting.actor.organization_id
        await one.acting.session.database.write(
            mine, lambda connection: write_link(connection, mine, schema="0008")
        )
        which = self.world.laptops.index(one)
        await self.world.reopen(which)
        if cut:
            await self._pull(which, "people")

    @rule(which=st.integers(0, AT_THE_SERVER))
    def one_of_them_is_copied(self, which: int) -> None:
        self.run(self.world.copy(which))

    @rule(which=st.integers(0, AT_THE_SERVER))
    def one_of_them_comes_back_from_its_copy(self, which: int) -> None:
        self.run(self.world.come_back(which))

    @rule(which=WHICH, days=st.integers(-3, 3))
    def a_clock_is_set_wrong(self, which: int, days: int) -> None:
        self.world.skews[which] = days * DAY
        self.run(self.world.reopen(which))

    @rule(which=WHICH, again=st.booleans())
    def somebody_sees_to_what_is_held(self, which: int, again: bool) -> None:
        self.run(self._see_to_held(self.world.laptops[which], again))

    async def _see_to_held(self, one: Laptop, again: bool) -> None:
        for kept in (await one.device.held())[:1]:
            self.world.unsure.add(kept.command.id)  # it is the person who lets it go
            if not again:
                await one.device.let_go(kept.command.id)
                return
            try:
                await one.device.retry(kept.command.id)
            except ConneqtError:
                return

    @rule(minutes=st.integers(1, 60 * 24 * 3))
    def time_passes(self, minutes: int) -> None:
        self.world.clock.now += minutes * 60_000

    @rule(sure=PICK)
    def what_is_old_goes(self, sure: int) -> None:
        """Two years later: what lay in the trash is gone for good, and the front of the audit trail."""
        if sure % 10 == 0:
            self.run(self._let_old_go())

    async def _let_old_go(self) -> None:
        self.kept |= await entries(self.world)
        self.world.clock.now += 750 * DAY
        await run_retention(self.world.owner)

    # -- the end ------------------------------------------------------------------------------

    def teardown(self) -> None:
        try:
            if hasattr(self, "world"):
                self.run(check_end(self.world, self.kept, self._send_files))
        finally:
            if hasattr(self, "world"):
                self.run(self.world.close())
            self.runner.close()


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
