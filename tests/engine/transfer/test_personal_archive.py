"""A person's export holds all that is theirs and nothing private of others, and can be checked afterwards."""

import csv
import io
import json
import zipfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine import filing
from engine.api import Acting, Engine
from engine.commands.attachments import AttachFile, AttachLink
from engine.commands.boards import CreateBoard
from engine.commands.comments import AddComment
from engine.commands.items import AddItems, NewItem, RenameItem
from engine.commands.members import EditPerson
from engine.errors import ReadOnly, UnreadableFile, UsageError
from engine.model.board import BoardKind
from engine.privacy.inventory import KINDS
from engine.queries.privacy import OwnRecords, WhatIsHeld
from engine.transfer.archive_check import check_archive
from engine.transfer.personal_archive import Manifest, export_personal_data
from tests.engine.boards import sample_board
from tests.engine.conftest import START, new_organization
from tests.engine.members import colleague


async def exported(acting: Acting, folder: Path) -> tuple[Path, Manifest]:
    target = folder / "mine.zip"
    return target, await export_personal_data(acting, target, at=START)


def records(path: Path, kind: str) -> list[dict[str, Any]]:
    with zipfile.ZipFile(path) as archive:
        return [json.loads(line) for line in archive.read(f"json/{kind}.ndjson").splitlines()]


def everything(path: Path) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return b"\n".join(archive.read(name) for name in archive.namelist())


async def test_each_kind_of_data_comes_along_as_json_and_as_csv(
    acting: Acting, tmp_path: Path
) -> None:
    board = await sample_board(acting, items=2, name="canary-board")
    await acting.execute(
        EditPerson(member_id=acting.actor.user_id, name="canary-name", email="canary@example.org"),
        RenameItem(item_id=board.items[0], name="canary-item"),
        AddComment(item_id=board.items[0], body="canary-comment"),
        AttachLink(item_id=board.items[0], url="https://example.org/canary-link"),
    )
    path, manifest = await exported(acting, tmp_path)
    whole = everything(path)
    for canary in ("board", "name", "item", "comment", "link"):
        assert whole.count(f"canary-{canary}".encode()) >= 2, canary
    assert b"canary@example.org" in whole
    for kind in KINDS:
        with zipfile.ZipFile(path) as archive:
            table = archive.read(f"csv/{kind}.csv").decode("utf-8-sig")
        rows = list(csv.DictReader(io.StringIO(table)))
        assert len(rows) == len(records(path, kind)), kind
    counted = {file.path: file.rows for file in manifest.files}
    assert counted["json/items.ndjson"] == 2
    assert records(path, "comments")[0]["created_at"].endswith("Z")


async def test_nothing_private_of_another_person_comes_along(
    engine: Engine, tmp_path: Path
) -> None:
    owner = await new_organization(engine)
    mate = await colleague(owner, "canary-mate")
    shared = await sample_board(owner, items=1)
    await mate.execute(AddComment(item_id=shared.items[0], body="canary-of-mate"))
    private = CreateBoard(name="canary-private", kind=BoardKind.PRIVATE)
    await mate.execute(private)
    await owner.execute(AddComment(item_id=shared.items[0], body="own words"))
    path, _ = await exported(owner, tmp_path)
    assert b"canary" not in everything(path)
    assert b"own words" in everything(path)
    stranger = await new_organization(engine)
    await sample_board(stranger, items=1, name="canary-stranger")
    path, _ = await exported(owner, tmp_path)
    assert b"canary" not in everything(path)


async def test_what_one_made_on_a_board_that_is_closed_now_is_told_but_not_shown(
    engine: Engine, tmp_path: Path
) -> None:
    from engine.commands.boards import EditBoard

    owner = await new_organization(engine)
    mate = await colleague(owner, "Mate")
    board = await sample_board(owner, items=0)
    await mate.execute(AddItems(group_id=board.groups[0], items=(NewItem(name="made by mate"),)))
    await mate.execute(AddComment(item_id=(await _first_item(mate)), body="said by mate"))
    await owner.execute(EditBoard(board_id=board.board, kind=BoardKind.PRIVATE))
    path, manifest = await exported(mate, tmp_path)
    assert [(one.what, one.count) for one in manifest.omitted] == [("items", 1)]
    assert records(path, "items") == []
    assert [record["body"] for record in records(path, "comments")] == ["said by mate"]


async def _first_item(acting: Acting) -> str:
    page = await acting.query(OwnRecords(data_kind="items"))
    return str(page.records[0]["id"])


async def test_no_hash_and_no_salt_is_in_the_export(acting: Acting, tmp_path: Path) -> None:
    await sample_board(acting, items=1)
    path, _ = await exported(acting, tmp_path)
    fields = records(path, "audit")[0].keys()
    assert not fields & {"salt", "sealed_hash", "hash"}
    assert {"name", "at", "detail", "sealed"} <= fields


async def test_the_export_is_in_the_audit_trail_and_in_itself(
    acting: Acting, tmp_path: Path
) -> None:
    path, _ = await exported(acting, tmp_path)
    assert records(path, "audit")[-1]["name"] == "privacy.exported"
    assert (await acting.verify_audit()).bad_number is None


async def test_attached_files_come_along_and_a_lost_one_is_named(
    acting: Acting, tmp_path: Path
) -> None:
    board = await sample_board(acting, items=1)
    for name in ("kept.txt", "lost.txt"):
        (tmp_path / name).write_text(f"canary of {name}")
        stored = await filing.add_file(acting, tmp_path / name)
        await acting.execute(
            AttachFile(item_id=board.items[0], name=name, digest=stored.digest, size=stored.size)
        )
    for file in acting.files.place.workroom.rglob("*"):
        if stored.digest in file.name:
            file.unlink()
    path, manifest = await exported(acting, tmp_path)
    assert b"canary of kept.txt" in everything(path)
    assert [(one.what, one.count) for one in manifest.omitted] == [
        (f"attachments/{stored.digest}", 1)
    ]
    assert check_archive(path).manifest == manifest


async def test_cells_that_spreadsheets_would_run_are_defused(
    acting: Acting, tmp_path: Path
) -> None:
    board = await sample_board(acting, items=1)
    await acting.execute(RenameItem(item_id=board.items[0], name="=1+1"))
    path, _ = await exported(acting, tmp_path)
    with zipfile.ZipFile(path) as archive:
        table = archive.read("csv/items.csv").decode("utf-8-sig")
    assert next(csv.DictReader(io.StringIO(table)))["name"] == "'=1+1"
    assert records(path, "items")[0]["name"] == "=1+1"


async def test_pages_join_without_a_gap(acting: Acting) -> None:
    await sample_board(acting, items=25)
    for kind in ("items", "deeds"):
        whole = (await acting.query(OwnRecords(data_kind=kind))).records
        paged: list[Any] = []
        after = ""
        while True:
            page = await acting.query(OwnRecords(data_kind=kind, after=after, limit=4))
            paged += page.records
            after = page.after
            if not after:
                break
        assert paged == whole


async def test_the_counts_of_the_dashboard_are_those_of_the_export(
    acting: Acting, tmp_path: Path
) -> None:
    await sample_board(acting, items=3)
    path, _ = await exported(acting, tmp_path)
    held = await acting.query(WhatIsHeld())
    for one in held:
        for holding in one.holdings:
            assert holding.count == len(records(path, holding.kind)), holding.kind


async def test_a_place_that_cannot_be_written_is_a_sentence_and_leaves_nothing(
    acting: Acting, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match="folder is not there"):
        await export_personal_data(acting, tmp_path / "no" / "mine.zip", at=START)
    with pytest.raises((ReadOnly, UsageError)):
        await export_personal_data(acting, Path("/proc/mine.zip"), at=START)
    assert list(tmp_path.glob("*.zip")) == []


@pytest.fixture
async def archive(local: Acting, tmp_path: Path) -> Path:
    await sample_board(local, items=2)
    return (await exported(local, tmp_path))[0]


def test_a_whole_archive_passes_its_check(archive: Path) -> None:
    checked = check_archive(archive)
    assert checked.bytes == sum(file.bytes for file in checked.manifest.files)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(data=st.data())
def test_a_changed_archive_never_passes_as_another(archive: Path, data: st.DataObject) -> None:
    """Whatever byte is changed, the check fails, or what it read is what was exported."""
    content = archive.read_bytes()
    where = data.draw(st.integers(0, len(content) - 1))
    changed = archive.with_name("changed.zip")
    changed.write_bytes(
        content[:where] + bytes([content[where] ^ data.draw(st.integers(1, 255))])
        + content[where + 1 :]
    )  # fmt: skip
    try:
        checked = check_archive(changed)
    except UnreadableFile:
        return
    assert [file.sha256 for file in checked.manifest.files] == [
        file.sha256 for file in check_archive(archive).manifest.files
    ]


def test_a_cut_or_foreign_file_is_named_with_its_fault(archive: Path, tmp_path: Path) -> None:
    cut = tmp_path / "cut.zip"
    cut.write_bytes(archive.read_bytes()[:-100])
    with pytest.raises(UnreadableFile, match=r"cut\.zip"):
        check_archive(cut)
    foreign = tmp_path / "foreign.zip"
    with zipfile.ZipFile(foreign, "w") as other:
        other.writestr("hello.txt", "hello")
    with pytest.raises(UnreadableFile, match="no personal export"):
        check_archive(foreign)
    with pytest.raises(UnreadableFile, match="no such file"):
        check_archive(tmp_path / "none.zip")


def test_a_file_that_was_added_is_found(archive: Path) -> None:
    with zipfile.ZipFile(archive, "a") as more:
        more.writestr("json/extra.ndjson", "{}")
    with pytest.raises(UnreadableFile, match="extra"):
        check_archive(archive)


async def test_the_manifest_is_a_witness_of_the_audit_chain_and_every_kind_has_a_schema(
    acting: Acting, tmp_path: Path
) -> None:
    from engine.queries.audit import AuditChain

    path, manifest = await exported(acting, tmp_path)
    links = {link.number: link.hash for link in await acting.query(AuditChain())}
    assert links[manifest.audit_number] == manifest.audit_hash
    assert manifest.program.startswith("conneqtos ")
    with zipfile.ZipFile(path) as archive:
        for kind in KINDS:
            schema = json.loads(archive.read(f"schema/{kind}.json"))
            for record in records(path, kind):
                assert set(record) == set(schema["properties"]), kind


def test_the_readme_says_how_long_everything_is_kept() -> None:
    from engine.privacy.retention import kept_table
    from engine.transfer.personal_readme import readme

    text = readme("Ada", "Home", [], START)
    assert all(f"{title}: {kept}" in text for title, kept in kept_table())
