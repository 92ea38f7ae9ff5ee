"""A local workspace full of things, and its way to a server and home again, without a network between."""

import shutil
from pathlib import Path

from engine import filing
from engine.api import Acting, Engine
from engine.arriving import Arrivals
from engine.authority import Authority
from engine.commands.attachments import AttachFile, AttachLink
from engine.commands.boards import CreateBoard
from engine.commands.comments import AddComment
from engine.commands.history import Undo
from engine.commands.items import AddItems, NewItem, RenameItem, SetValues, TrashItems
from engine.commands.members import AddPerson
from engine.identity.sessions import Signed, enter
from engine.model.board import BoardKind
from engine.model.relocation import Arrival, Arrived
from engine.relocating import StoredFile, begin_taking, taken
from engine.store.file_parts import PART
from engine.syncing import Device
from tests.engine.boards import Sample, sample_board
from tests.engine.conftest import KEY, Ticking, new_organization
from tests.engine.identity.people import signed_up, somewhere
from tests.engine.syncing.devices import Laptop


async def workspace(folder: Path, template: Path, files: Path) -> tuple[Acting, Sample]:
    """Its owner, and the board on which there is something of each kind."""
    home = folder / "local"
    home.mkdir()
    shutil.copy(template, home / "workspace.db")
    engine = await Engine.open_workspace(home, KEY, clock=Ticking(), utc_offset=lambda: 0)
    acting = await new_organization(engine, "Studio")
    board = await sample_board(acting)
    await fill(acting, board, files)
    return acting, board


async def fill(acting: Acting, board: Sample, files: Path) -> None:
    first, second, third, fourth, _ = board.items
    people, number = board.columns["people"], board.columns["number"]
    grace = AddPerson(name="Grace", email="grace@example.org")
    await acting.execute(grace)
    await acting.execute(
        SetValues(item_ids=(first,), values={number: "12.5", people: [grace.member_id]})
    )
    await acting.execute(RenameItem(item_id=second, name="Was renamed"))
    renamed = await acting.execute(RenameItem(item_id=third, name="Never mind"))
    await acting.execute(Undo(gesture=renamed.gesture))
    sub = NewItem(name="Below")
    await acting.execute(AddItems(group_id=board.groups[0], parent_id=first, items=(sub,)))
    await acting.execute(AddComment(item_id=first, body="Two\nlines"))
    (files / "plan.txt").write_bytes(b"the plan" * 1000)
    stored = await filing.add_file(acting, files / "plan.txt")
    await acting.execute(
        AttachFile(item_id=first, name="plan.txt", digest=stored.digest, size=stored.size),
        AttachLink(item_id=first, url="https://example.org/"),
    )
    await acting.execute(TrashItems(item_ids=(fourth,)))
    await acting.execute(CreateBoard(name="Mine", kind=BoardKind.PRIVATE))


async def at_the_door(engine: Engine) -> tuple[Arrivals, Signed]:
    """An account of the server that has no organization yet."""
    signed, _, account = await signed_up(engine)
    return Arrivals(engine, somewhere(), account), signed


def arrival(acting: Acting, file: StoredFile, epoch: str) -> Arrival:
    return Arrival(
        organization_id=acting.actor.organization_id, epoch=epoch, digest=file.digest, size=file.size
    )  # fmt: skip


async def send(arrivals: Arrivals, acting: Acting, file: StoredFile) -> None:
    """All parts, each in its turn."""
    content = b"".join(acting.files.chunks(file.digest, file.digest))
    for start in range(0, file.size, PART):
        await arrivals.take(file.digest, file.size, start, content[start : start + PART])


async def epoch_of(acting: Acting) -> str:
    state = await Device(acting).state()
    assert state is not None
    return state.link.epoch


async def bring(arrivals: Arrivals, acting: Acting, lines_file: StoredFile, epoch: str) -> Arrived:
    await send(arrivals, acting, lines_file)
    return await arrivals.arrive(arrival(acting, lines_file, epoch))


async def taken_to(engine: Engine, acting: Acting) -> Laptop:
    """Take the workspace to the server; comes back with it as a device."""
    arrivals, signed = await at_the_door(engine)
    file, _ = await begin_taking(acting, "http://server", "")
    await bring(arrivals, acting, file, await epoch_of(acting))
    await taken(acting, file)
    member = await enter(engine, somewhere(), signed, acting.actor.organization_id)
    return Laptop(
        engine=acting.engine, device=Device(acting), acting=acting, remote=Authority(member),
        member=member,
    )  # fmt: skip
