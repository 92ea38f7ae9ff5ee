"""The whole organization in one ZIP, and back elsewhere without loss; a ZIP that is not whole brings nothing."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from engine import filing
from engine.api import Acting, Engine
from engine.commands.attachments import AttachFile
from engine.commands.boards import ArchiveBoard
from engine.errors import Forbidden, UnreadableFile
from engine.model.record import State
from engine.queries.audit import AuditChain
from engine.queries.board_contents import AttachmentPage
from engine.queries.home import Boards, People
from engine.transfer.organization_archive import export_organization, import_organization
from tests.engine.boards import sample_board
from tests.engine.conftest import new_organization
from tests.engine.members import colleague
from tests.engine.transfer.test_exporting import comparable, exported, rich_board


async def full(acting: Acting, folder: Path) -> None:
    """A rich board with a file on two items, a plain one, and one in the archive."""
    board = await rich_board(acting)
    (folder / "plan.bin").write_bytes(bytes(range(256)) * 9_000)
    stored = await filing.add_file(acting, folder / "plan.bin")
    for item in board.items[:2]:
        await acting.execute(
            AttachFile(item_id=item, name="plan.bin", digest=stored.digest, size=stored.size)
        )
    await sample_board(acting, items=2, name="Plain")
    away = await sample_board(acting, items=1, name="Away")
    await acting.execute(ArchiveBoard(board_id=away.board))


async def boards(acting: Acting, state: State = State.LIVE) -> dict[str, str]:
    return {one.board.name: one.board.id for one in await acting.query(Boards(state=state))}


async def test_everything_comes_back_elsewhere_without_loss(engine: Engine, tmp_path: Path) -> None:
    here, there = await new_organization(engine), await new_organization(engine, name="Elsewhere")
    await full(here, tmp_path)
    manifest = await export_organization(here, tmp_path / "all.zip", at=1)
    assert [entry.archived for entry in manifest.boards] == [False, False, True]
    assert sum(file.path.startswith("files/") for file in manifest.files) == 1
    told: list[tuple[int, int]] = []
    reports = await import_organization(
        there, tmp_path / "all.zip", progress=lambda done, whole: told.append((done, whole))
    )
    assert [report.items for report in reports] == [4, 2, 1] and told[-1] == (3, 3)
    for state in (State.LIVE, State.ARCHIVED):
        mine, theirs = await boards(here, state), await boards(there, state)
        assert mine.keys() == theirs.keys()
        for name, id in mine.items():
            once = await exported(here, id, "json")
            again = await exported(there, theirs[name], "json")
            assert comparable(again) == comparable(once), name
    names = [member.name for member in await there.query(People())]
    assert len(names) == len(set(names))


async def test_files_come_along_with_their_bytes(engine: Engine, tmp_path: Path) -> None:
    here = await new_organization(engine)
    await full(here, tmp_path)
    await export_organization(here, tmp_path / "all.zip", at=1)
    for encrypted in list(engine.files.place.workroom.glob("*/??/*")):
        encrypted.unlink()
    there = await new_organization(engine, name="Elsewhere")
    await import_organization(there, tmp_path / "all.zip")
    board = (await boards(there))["Plan"]
    page = await there.query(AttachmentPage(board_id=board))
    files = [one for one in page if one.digest]
    assert len(files) == 2
    content = b"".join([piece async for piece in await there.read_attachment(files[0].id)])
    assert content == (tmp_path / "plan.bin").read_bytes()


async def test_only_owners_export_it_and_it_is_in_the_audit_trail(
    acting: Acting, tmp_path: Path
) -> None:
    member = await colleague(acting)
    with pytest.raises(Forbidden):
        await export_organization(member, tmp_path / "all.zip", at=1)
    assert not list(tmp_path.glob("*.zip")) and not list(tmp_path.glob(".*.part"))
    await export_organization(acting, tmp_path / "all.zip", at=1)
    assert (await acting.query(AuditChain()))[-1].name == "organization.exported"


def without(name: str) -> Callable[[dict[str, bytes]], None]:
    def harm(files: dict[str, bytes]) -> None:
        del files[name]

    return harm


def with_other_words(files: dict[str, bytes]) -> None:
    files["boards/0001.json"] = files["boards/0001.json"].replace(b"Item 1", b"Item 9")


def of_another_program(files: dict[str, bytes]) -> None:
    files["manifest.json"] = files["manifest.json"].replace(b"conneqtos-org", b"another-org")


def with_a_stranger(files: dict[str, bytes]) -> None:
    files["../../evil"] = b"x"


def unnamed_board(files: dict[str, bytes]) -> None:
    manifest = json.loads(files["manifest.json"])
    manifest["boards"].append({"path": "boards/0099.json", "name": "x"})
    files["manifest.json"] = json.dumps(manifest).encode()


HARMS: dict[str, Callable[[dict[str, bytes]], None]] = {
    "without its manifest": without("manifest.json"), "without a board": without("boards/0002.json"),
    "a changed board": with_other_words, "of another program": of_another_program,
    "a file too many": with_a_stranger, "a board that is not there": unnamed_board,
}  # fmt: skip


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS.keys())
async def test_a_zip_that_is_not_whole_brings_nothing(
    local: Acting, tmp_path: Path, harm: Callable[[dict[str, bytes]], None]
) -> None:
    await full(local, tmp_path)
    await export_organization(local, tmp_path / "all.zip", at=1)
    with zipfile.ZipFile(tmp_path / "all.zip") as archive:
        files = {name: archive.read(name) for name in archive.namelist()}
    harm(files)
    with zipfile.ZipFile(tmp_path / "other.zip", "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    before = await boards(local)
    with pytest.raises(UnreadableFile, match=r"other\.zip"):
        await import_organization(local, tmp_path / "other.zip")
    assert await boards(local) == before


async def test_what_is_no_zip_is_a_sentence(local: Acting, tmp_path: Path) -> None:
    (tmp_path / "no.zip").write_bytes(b"nothing of the kind")
    for path in (tmp_path / "no.zip", tmp_path / "nowhere.zip"):
        with pytest.raises(UnreadableFile, match=path.name):
            await import_organization(local, path)
