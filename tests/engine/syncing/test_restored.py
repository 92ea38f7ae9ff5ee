"""A server that came back from a backup gets from its devices what it lost, and they get what it has."""

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import msgspec
import pytest
from sqlalchemy import update

from engine import filing, syncing
from engine.api import Acting, Engine
from engine.authority import Authority
from engine.clock import new_id
from engine.commands.attachments import AttachFile
from engine.commands.deletion import EraseMembers
from engine.commands.items import AddItems, NewItem, RenameItem, SetValues
from engine.commands.members import AddPerson
from engine.model.actor import Role
from engine.model.exchange import Turn
from engine.queries.audit import AuditChain
from engine.queries.files import AttachedFiles
from engine.retaining import begin_again
from engine.store.files import StoredFile
from engine.store.tables import journal, outbox
from engine.store.waiting import journalled
from tests.engine.boards import Sample, names, sample_board
from tests.engine.conftest import KEY, new_organization, template_file
from tests.engine.syncing.devices import Clock, Laptop, laptop, rows_of

__all__ = ["template_file"]

DAY = 86_400_000


class Server:
    """A server whose file can be put back to what it was."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.laptops: list[Laptop] = []

    async def start(self) -> None:
        self.engine = await Engine.open_workspace(self.folder, KEY, utc_offset=lambda: 0)

    async def back_up(self) -> None:
        await self.engine.close()
        shutil.copy(self.folder / "workspace.db", self.folder / "copy.db")
        await self.start()
        self.connect()

    async def go_back(self) -> None:
        await self.engine.close()
        for end in ("", "-wal", "-shm"):
            (self.folder / f"workspace.db{end}").unlink(missing_ok=True)
        shutil.copy(self.folder / "copy.db", self.folder / "workspace.db")
        await self.start()
        self.connect()

    def connect(self) -> None:
        for one in self.laptops:
            one.member = self.engine.acting_as(one.member.actor)
            one.remote = Authority(one.member)

    @property
    def owner(self) -> Acting:
        return self.laptops[0].member


@pytest.fixture
async def server(tmp_path: Path, template_file: Path) -> AsyncIterator[tuple[Server, Sample]]:
    """With a board and two devices that have read it."""
    home = tmp_path / "server"
    home.mkdir()
    shutil.copy(template_file, home / "workspace.db")
    made = Server(home)
    await made.start()
    owner = await new_organization(made.engine)
    board = await sample_board(owner)
    for _ in range(2):
        made.laptops.append(await laptop(tmp_path, template_file, owner))
        await made.laptops[-1].sync()
    yield made, board
    for one in made.laptops:
        await one.engine.close()
    await made.engine.close()


async def everything(one: Laptop) -> None:
    """As the loop does it: what a verdict asks for is done, and it is gone on with."""
    for _ in range(4):
        applied = await one.pull()
        if applied.restart:
            await one.device.restart()
    await one.sync()


async def test_what_it_had_taken_since_is_offered_again_and_done_once(
    server: tuple[Server, Sample],
) -> None:
    it, board = server
    one, other = it.laptops
    await one.acting.execute(RenameItem(item_id=board.items[0], name="before the backup"))
    await one.sync()
    await it.back_up()
    added = AddItems(group_id=board.groups[0], items=(NewItem(name="after the backup"),))
    await one.acting.execute(added)
    await one.sync()
    await other.sync()
    await other.acting.execute(RenameItem(item_id=board.items[1], name="after it, too"))
    await other.sync()
    await one.acting.execute(RenameItem(item_id=board.items[2], name="waits still"))
    await it.go_back()
    assert "after the backup" not in await names(it.owner, board.board)
    await everything(one)
    await everything(other)
    await everything(one)
    found = await names(it.owner, board.board)
    assert found.count("after the backup") == 1
    assert {"before the backup", "after it, too", "waits still"} <= set(found)
    for device in it.laptops:
        assert await rows_of(device.acting) == await rows_of(it.owner)
        state = await device.device.state()
        assert state is not None and state.settled
    assert (await it.owner.verify_audit()).bad_number is None
    told = [entry.name for entry in await it.owner.query(AuditChain())]
    assert told.count("system.restored") == 1


async def test_a_device_that_sends_before_it_reads_notices_it_as_well(
    server: tuple[Server, Sample],
) -> None:
    """As a loop does that is running when the server comes back."""
    it, board = server
    one, _ = it.laptops
    await it.back_up()
    added = AddItems(group_id=board.groups[0], items=(NewItem(name="after the backup"),))
    await one.acting.execute(added)
    await one.sync()
    await one.acting.execute(RenameItem(item_id=board.items[2], name="waits still"))
    await it.go_back()
    answer = await one.push()
    assert answer is not None and answer.turn is Turn.EPOCH
    await everything(one)
    assert {"after the backup", "waits still"} <= set(await names(it.owner, board.board))


async def test_what_was_taken_is_offered_also_by_a_device_that_seems_to_be_a_copy(
    server: tuple[Server, Sample],
) -> None:
    """Enough came since from elsewhere to hide that the server went back."""
    it, board = server
    one, _ = it.laptops
    await one.acting.execute(RenameItem(item_id=board.items[0], name="before the backup"))
    await one.sync()
    await it.back_up()
    added = AddItems(group_id=board.groups[0], items=(NewItem(name="after the backup"),))
    await one.acting.execute(added)
    await one.sync()
    await it.go_back()
    for number in range(5):
        await it.owner.execute(RenameItem(item_id=board.items[3], name=f"elsewhere {number}"))
    await one.acting.execute(RenameItem(item_id=board.items[2], name="waits still"))
    answer = await one.push()
    assert answer is not None and answer.turn is Turn.FORK
    gaps: list[str] = []
    for _ in range(3):
        gaps += (await one.pull()).gaps
        await one.push()
    assert gaps == [f"board:{board.board}"]  # what it had read is not so any more: it reads anew
    await one.sync()
    found = await names(it.owner, board.board)
    assert found.count("after the backup") == 1 and "waits still" in found
    assert await rows_of(one.acting) == await rows_of(it.owner)


async def test_what_waited_for_a_month_is_offered_as_long_as_what_was_taken_at_once(
    server: tuple[Server, Sample],
) -> None:
    it, board = server
    one, _ = it.laptops
    added = AddItems(group_id=board.groups[0], items=(NewItem(name="made offline"),))
    await one.acting.execute(added)
    mine = one.acting.actor.organization_id
    long_ago = one.acting.engine.now() - 40 * 86_400_000
    await one.acting.session.database.write(
        mine, lambda connection: connection.execute(update(outbox).values(at=long_ago))
    )
    await it.back_up()
    await one.sync()
    await it.go_back()
    await everything(one)
    assert "made offline" in await names(it.owner, board.board)


@pytest.mark.parametrize("end", ["device", "remote"])
@pytest.mark.parametrize("years", [(0, 1), (-1, 0)])
async def test_a_clock_that_is_far_off_for_one_pull_lets_nothing_go(
    server: tuple[Server, Sample], monkeypatch: pytest.MonkeyPatch, end: str, years: tuple[int, int]
) -> None:
    it, board = server
    one, _ = it.laptops
    await it.back_up()
    await one.acting.execute(RenameItem(item_id=board.items[0], name="after the backup"))
    await one.push()
    wrong, right = getattr(one, end), getattr(one, end)._session
    for off in years:
        with monkeypatch.context() as patched:
            clock = Clock(right.clock, off * 365 * DAY)
            patched.setattr(wrong, "_session", msgspec.structs.replace(right, clock=clock))
            await one.pull()
    await it.go_back()
    await everything(one)
    assert "after the backup" in await names(it.owner, board.board)


async def test_what_was_taken_goes_after_a_month(server: tuple[Server, Sample]) -> None:
    it, board = server
    one, _ = it.laptops
    await one.acting.execute(RenameItem(item_id=board.items[0], name="long ago"))
    await one.sync()
    mine = one.acting.actor.organization_id
    for days, kept in ((30, 1), (32, 0)):
        at = one.engine.now() - days * DAY
        await one.acting.session.database.write(
            mine, lambda connection, at=at: connection.execute(update(journal).values(taken_at=at))
        )
        await one.pull()
        left = await one.acting.session.database.read(
            mine, lambda connection: journalled(connection, mine)
        )
        assert len(left) == kept


async def test_what_was_given_after_an_erasure_outlives_a_backup_from_before_it(
    server: tuple[Server, Sample],
) -> None:
    it, board = server
    one, _ = it.laptops
    grace = new_id()
    await it.owner.execute(AddPerson(member_id=grace, name="Grace"))
    people, text = board.columns["people"], board.columns["text"]
    await it.owner.execute(SetValues(item_ids=(board.items[0],), values={people: [grace]}))
    await one.sync()
    await it.back_up()
    it.engine.ledger.add(it.owner.actor.organization_id, [grace], it.engine.now())
    await it.owner.execute(EraseMembers(member_ids=(grace,), again=True))
    await one.sync()
    beside = [grace, it.owner.actor.user_id]
    values = {people: beside, text: "given after it"}
    await one.acting.execute(SetValues(item_ids=(board.items[0],), values=values))
    await it.go_back()
    await begin_again(it.engine)
    await everything(one)
    assert await one.device.held() == []
    assert (await rows_of(it.owner))[f"item:{board.items[0]}"]["values"][text] == "given after it"


async def test_it_is_noticed_by_whoever_starts_it_where_no_device_can(
    server: tuple[Server, Sample],
) -> None:
    """New commands may have come since that hide how far it had been."""
    it, board = server
    one, _ = it.laptops
    await it.back_up()
    await one.acting.execute(RenameItem(item_id=board.items[0], name="lost and found"))
    await one.sync()
    await it.go_back()
    await begin_again(it.engine)
    for number in range(5):
        await it.owner.execute(RenameItem(item_id=board.items[1], name=f"new {number}"))
    await everything(one)
    assert "lost and found" in await names(it.owner, board.board)
    assert await rows_of(one.acting) == await rows_of(it.owner)


async def test_saying_falsely_that_one_has_read_further_works_once_an_hour(
    server: tuple[Server, Sample],
) -> None:
    it, _ = server
    one, _ = it.laptops
    for _ in range(3):
        pull = await one.device.pulling()
        lies = dict.fromkeys(pull.cursors, 1 << 40)
        epoch = await it.owner.session.read(
            it.owner.actor, Role.GUEST, True, lambda reading: reading.epoch()
        )
        await one.remote.answer(msgspec.structs.replace(pull, cursors=lies, epoch=epoch))
    told = [entry.name for entry in await it.owner.query(AuditChain())]
    assert told.count("system.restored") == 1


async def test_a_device_notices_also_that_it_came_back_twice_within_the_hour(
    server: tuple[Server, Sample],
) -> None:
    """The server begins no second epoch then."""
    it, board = server
    one, _ = it.laptops
    for name in ("first", "second"):
        await it.back_up()
        await it.owner.execute(RenameItem(item_id=board.items[1], name=name))
        await one.sync()
        await it.go_back()
        assert (await one.pull()).restart
        await everything(one)
        assert await rows_of(one.acting) == await rows_of(it.owner)


async def attached_and_lost(it: Server, board: Sample, folder: Path) -> StoredFile:
    """A file that a device attached, and the server lost with its name and its bytes."""
    one = it.laptops[0]
    await one.acting.execute(RenameItem(item_id=board.items[0], name="before the backup"))
    await one.sync()
    await it.back_up()
    (folder / "plan").write_bytes(b"the plan")
    stored = await filing.add_file(one.acting, folder / "plan")
    await one.acting.execute(
        AttachFile(item_id=board.items[0], name="plan", digest=stored.digest, size=stored.size)
    )
    it.owner.files.take(iter([b"the plan"]))
    await it.owner.brought(stored)
    await one.device.file_sent(stored.digest)
    await one.sync()
    await it.go_back()
    it.owner.files.remove(stored.digest)
    return stored


async def test_files_that_it_lost_are_sent_again(
    server: tuple[Server, Sample], tmp_path: Path
) -> None:
    it, board = server
    one, _ = it.laptops
    stored = await attached_and_lost(it, board, tmp_path)
    assert await one.device.unsent_files() == []
    for _ in range(2):
        await one.pull()
    assert await one.device.unsent_files() == [stored]
    it.owner.files.take(iter([b"the plan"]))
    await it.owner.brought(stored)
    await one.device.file_sent(stored.digest)
    await one.sync()
    assert [file.digest for file in await it.owner.query(AttachedFiles())] == [stored.digest]


async def test_a_device_that_forks_sends_its_files_again_too(
    server: tuple[Server, Sample], tmp_path: Path
) -> None:
    it, board = server
    one = it.laptops[0]
    stored = await attached_and_lost(it, board, tmp_path)
    for n in range(8):  # the server has as many changes as the device has read
        await it.owner.execute(RenameItem(item_id=board.items[3], name=f"elsewhere {n}"))
    await one.acting.execute(RenameItem(item_id=board.items[2], name="waits still"))
    assert (await one.push()).turn is Turn.FORK
    assert await one.device.unsent_files() == [stored]


async def test_a_device_that_dies_while_it_restarts_loses_no_file(
    server: tuple[Server, Sample], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    it, board = server
    one = it.laptops[0]
    stored = await attached_and_lost(it, board, tmp_path)

    class Killed(BaseException): ...

    def dies(*_: object) -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(syncing, "note_stored", dies)
        with pytest.raises(Killed):
            for _ in range(2):  # the first tells the server that it came back from a backup
                await one.pull()
    assert (await one.pull()).restart
    assert await one.device.unsent_files() == [stored]
    for _ in range(3):
        await one.pull()
        await one.push()
    await one.pull()
    assert await one.device.held() == []
    waiting = [one.command.op for one in await one.device.waiting()]
    assert waiting == ["attachment.add@1"]
