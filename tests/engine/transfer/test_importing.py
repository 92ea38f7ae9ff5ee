"""Imports of real and of bad files: all of it or nothing, and a report of what became of everything."""

import asyncio
import json
from pathlib import Path
from typing import Any

import pytest

from engine.api import Acting
from engine.errors import Invalid, Refused, UnreadableFile
from engine.model.record import State
from engine.queries.board_view import OpenBoard, RowOrder, RowWindow
from engine.queries.home import Boards
from engine.queries.item_detail import ItemDetail, ItemWhole
from engine.queries.trash import Trash
from engine.transfer.importing import import_file, plan_file
from tests.engine.state import state_of

REAL = Path(__file__).parents[4] / "shared" / "data" / "imports"


async def details(acting: Acting, board_id: str) -> dict[str, ItemWhole]:
    order = await acting.query(RowOrder(board_id=board_id))
    numbers = tuple(n for rows in order.values() for n in rows)
    rows = await acting.query(RowWindow(board_id=board_id, numbers=numbers))
    return {
        rows[n].item.name: await acting.query(ItemDetail(item_id=rows[n].item.id)) for n in numbers
    }


def texts(whole: ItemWhole) -> dict[str, Any]:
    return {c.title: whole.item.values[c.id] for c in whole.columns if c.id in whole.item.values}


def write(path: Path, content: str | bytes, encoding: str = "utf-8") -> Path:
    path.write_bytes(content if isinstance(content, bytes) else content.encode(encoding))
    return path


TRELLO = {
    "name": "Launch", "desc": "the plan",
    "lists": [
        {"id": "l2", "name": "Done", "pos": 20, "closed": False},
        {"id": "l1", "name": "To do", "pos": 10, "closed": False},
        {"id": "l3", "name": "Old", "pos": 30, "closed": True},
    ],
    "labels": [
        {"id": "g", "name": "Urgent", "color": "red"}, {"id": "h", "name": "", "color": "sky"},
    ],
    "members": [{"id": "m1", "fullName": "Product lead", "username": "lead"}],
    "customFields": [
        {"id": "f1", "name": "Effort", "type": "number"},
        {"id": "f2", "name": "Size", "type": "list",
         "options": [{"id": "o1", "value": {"text": "Large"}, "color": "blue"}]},
        {"id": "f3", "name": "Odd", "type": "hologram"},
    ],
    "checklists": [
        {"id": "c1", "idCard": "k1", "name": "Steps", "checkItems": [
            {"name": "second", "pos": 2, "state": "incomplete"},
            {"name": "first", "pos": 1, "state": "complete"}]},
    ],
    "cards": [
        {"id": "5498783273994b053c490d70", "name": "second", "idList": "l1", "pos": 9, "idVoted": []},
        {"id": "k1", "name": "first\u202e \x1b[31mred", "idList": "l1", "pos": 5, "desc": "why\nand how",
         "due": "2026-03-01T10:30:00.000Z", "dueComplete": True, "idMembers": ["m1"],
         "idLabels": ["g", "h"], "idMembersVoted": ["m1"],
         "customFieldItems": [
             {"idCustomField": "f1", "value": {"number": "3.5"}},
             {"idCustomField": "f2", "idValue": "o1"}],
         "attachments": [{"name": "spec", "url": "https://example.org/spec"},
                         {"name": "evil", "url": "javascript:alert(1)"}]},
        {"id": "k3", "name": "put away", "idList": "l2", "pos": 1, "closed": True},
    ],
    "actions": [
        {"type": "commentCard", "date": "2026-02-01T00:00:00.000Z",
         "data": {"text": "looks good", "card": {"id": "k1"}},
         "memberCreator": {"fullName": "Somebody else"}},
        {"type": "updateCard", "data": {}},
    ],
}  # fmt: skip


async def test_a_trello_board_comes_in_whole(acting: Acting, tmp_path: Path) -> None:
    path = write(tmp_path / "board.json", json.dumps(TRELLO))
    report = await import_file(acting, path)
    assert (report.groups, report.items, report.subitems, report.comments) == (3, 3, 2, 1)
    frame = await acting.query(OpenBoard(board_id=report.board_id))
    assert [group.name for group in frame.groups] == ["To do", "Done"]
    found = await details(acting, report.board_id)
    assert list(found) == ["first red", "second"]
    first = found["first red"]
    values = texts(first)
    assert values["Due"] == "2026-03-01T10:30Z"
    assert values["Done"] is True
    assert values["Effort"] == "3.5"
    assert values["Description"] == "why\nand how"
    names = {member.id: member.name for member in frame.people}
    assert [names[id] for id in values["Members"]] == ["Product lead"]
    assert len(values["Labels"]) == 2
    assert [subitem.name for subitem in first.subitems] == ["first", "second"]
    assert [comment.body for comment in first.comments] == ["looks good"]
    assert names[first.comments[0].author_id] == "Somebody else"
    assert [found.url for found in first.attachments] == ["https://example.org/spec"]
    archived = await acting.query(Trash(state=State.ARCHIVED))
    assert {entry.name for entry in archived} == {"put away", "Old"}
    skipped = {entry.what: entry.count for entry in report.skipped}
    assert skipped["votes"] == 1
    assert skipped["attachments without a web address"] == 1
    assert skipped["custom fields of an unknown type"] == 1
    assert skipped["entries of Trello's activity log"] == 1


async def test_what_a_trello_card_names_and_the_file_does_not_hold_is_told(
    acting: Acting, tmp_path: Path
) -> None:
    card = {
        "id": "k", "name": "Odd", "idList": "l1", "due": "2026-02-31T00:00:00.000Z",
        "idMembers": ["m1", "nobody"], "idLabels": ["gone"],
        "customFieldItems": [{"idCustomField": "f2", "idValue": "none of them"}],
    }  # fmt: skip
    path = write(tmp_path / "board.json", json.dumps({**TRELLO, "cards": [card], "actions": []}))
    report = await import_file(acting, path)
    skipped = {entry.what: (entry.count, entry.example) for entry in report.skipped}
    assert skipped["dates that do not exist"] == (1, "Odd: 2026-02-31T00:00:00.000Z")
    assert skipped["members who are not in the file"] == (1, "Odd")
    assert skipped["labels that are not in the file"] == (1, "Odd")
    assert skipped["choices that are not in the file"] == (1, "Odd")


@pytest.mark.skipif(not REAL.exists(), reason="the real exports lie beside the project, not in it")
@pytest.mark.parametrize(
    ("name", "items", "groups", "archived"),
    [("trello-site-board.json", 20, 8, 7), ("trello-small-board.json", 1, 1, 0)],
)
async def test_real_trello_exports_come_in(
    acting: Acting, name: str, items: int, groups: int, archived: int
) -> None:
    report = await import_file(acting, REAL / name)
    assert (report.items, report.groups, report.archived) == (items, groups, archived)
    assert (await acting.verify_audit()).bad_number is None


@pytest.mark.parametrize(
    ("content", "encoding"),
    [
        ("Name,Status,Cost,Due\nÄpfel,Open,12.5,2026-05-03\nBirnen,Done,7,2026-06-01\n", "utf-8"),
        ("Name,Status,Cost,Due\nÄpfel,Open,12.5,2026-05-03\nBirnen,Done,7,2026-06-01\n", "utf-8-sig"),
        ("Name;Status;Cost;Due\r\nÄpfel;Open;12.5;2026-05-03\r\nBirnen;Done;7;2026-06-01", "utf-16"),
        ("Name\tStatus\tCost\tDue\nÄpfel\tOpen\t12.5\t2026-05-03\nBirnen\tDone\t7\t2026-06-01\n", "cp1252"),
        ("Name|Status|Cost|Due\n\nÄpfel|Open|12.5|2026-05-03\nBirnen|Done|7|2026-06-01\n", "utf-8"),
    ],
)  # fmt: skip
async def test_csv_of_any_shape_comes_in(
    acting: Acting, tmp_path: Path, content: str, encoding: str
) -> None:
    path = write(tmp_path / "table.csv", content, encoding)
    plan = await plan_file(acting, path)
    assert [column.type for column in plan.columns][0::2] == ["name", "number"]
    assert [column.type for column in plan.columns][3] == "date"
    report = await import_file(acting, path, types={"Status": "status"})
    found = await details(acting, report.board_id)
    assert list(found) == ["Äpfel", "Birnen"]
    assert texts(found["Äpfel"])["Cost"] == "12.5"
    assert texts(found["Äpfel"])["Due"] == "2026-05-03"


async def test_what_does_not_fit_is_kept_and_told(acting: Acting, tmp_path: Path) -> None:
    rows = [f"item {n},2026-05-{n:02d},x{n}" for n in range(1, 21)]
    path = write(tmp_path / "t.csv", "\n".join(["Name,Due,Note", *rows, "bad,2026-02-30,y,extra"]))
    report = await import_file(acting, path)
    bad = (await details(acting, report.board_id))["bad"]
    assert "2026-02-30" in bad.comments[0].body
    assert "extra" in texts(bad).values()
    assert any("Due" in entry.what for entry in report.changed)


async def test_groups_and_formulas_and_doubled_titles(acting: Acting, tmp_path: Path) -> None:
    content = "Task,Group,Note,Note\n'=1+1,Now,'-5,a\nplain,Later,'quoted,b\n"
    report = await import_file(acting, write(tmp_path / "t.csv", content), types={"Note": "text"})
    frame = await acting.query(OpenBoard(board_id=report.board_id))
    assert [group.name for group in frame.groups] == ["Now", "Later"]
    assert [column.title for column in frame.columns] == ["Note", "Note 2"]
    found = await details(acting, report.board_id)
    assert texts(found["=1+1"])["Note"] == "-5"
    assert texts(found["plain"])["Note"] == "'quoted"


async def test_a_file_without_a_header_has_names_all_the_same(
    acting: Acting, tmp_path: Path
) -> None:
    path = write(tmp_path / "t.csv", "apple,1,2026-01-01\npear,2,2026-01-02\n")
    report = await import_file(acting, path)
    assert list(await details(acting, report.board_id)) == ["apple", "pear"]


async def test_a_wrong_choice_of_columns_is_a_sentence(acting: Acting, tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "Name,Cost\na,1\n")
    with pytest.raises(Invalid, match="no column"):
        await import_file(acting, path, types={"Price": "number"})
    with pytest.raises(Invalid, match="names"):
        await import_file(acting, path, types={"Name": "skip"})


async def test_the_same_file_twice_asks_first(acting: Acting, tmp_path: Path) -> None:
    path = write(tmp_path / "t.csv", "Name,Cost\na,1\n")
    await import_file(acting, path)
    assert "imported on" in (await plan_file(acting, path)).imported_before
    with pytest.raises(Refused, match="imported on"):
        await import_file(acting, path)
    await import_file(acting, path, again=True)
    assert len(await acting.query(Boards())) == 2


DEEP = b"[" * 5_000_000


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("empty.csv", b"", "empty"),
        ("titles.csv", b"Name,Cost\n", "no rows"),
        ("cut.json", json.dumps(TRELLO).encode()[:700], "cut off"),
        ("other.json", b'{"hello": 1}', "neither"),
        ("broken.json", b'{"lists": [}', "line 1, character"),
        ("deep.json", DEEP, "nested"),
        ("deeper.json", b'{"lists":' + DEEP, "nested"),
        ("sheet.csv", b"PK\x03\x04" + bytes(500), "not text"),
        ("wide.csv", b",".join(b"c%d" % n for n in range(100_000)) + b"\n1\n", "columns"),
        ("huge.csv", b'Name\n"' + b"x" * 2_000_000 + b'"\n', "field larger"),
        ("newer.json", b'{"format": "conneqtos-board", "version": 99}', "newer"),
        (
            "wrong.json",
            b'{"format": "conneqtos-board", "version": 1, "board": 5}',
            "not as it should",
        ),
    ],
    ids=lambda value: value if isinstance(value, str) else "content",
)
async def test_a_bad_file_is_a_sentence_and_changes_nothing(
    acting: Acting, tmp_path: Path, name: str, content: bytes, reason: str
) -> None:
    before = await state_of(acting)
    path = write(tmp_path / name, content)
    with pytest.raises(UnreadableFile, match=reason) as told:
        await import_file(acting, path)
    assert str(told.value).startswith(name)
    assert await state_of(acting) == before


async def test_a_folder_and_a_missing_file_are_said_to_be_that(
    acting: Acting, tmp_path: Path
) -> None:
    with pytest.raises(UnreadableFile, match="folder"):
        await import_file(acting, tmp_path)
    with pytest.raises(UnreadableFile, match="no such file"):
        await import_file(acting, tmp_path / "missing.csv")


async def test_a_file_whose_encoding_changes_half_way_leaves_nothing(
    acting: Acting, tmp_path: Path
) -> None:
    good = "\n".join(["Name,Cost", *(f"item {n},{n}" for n in range(120_000))]).encode()
    path = write(tmp_path / "t.csv", good + b"\nbad \xff\xfe,1\n")
    before = await state_of(acting)
    with pytest.raises(UnreadableFile, match="after line"):
        await import_file(acting, path)
    assert await state_of(acting) == before


async def test_cancelling_leaves_nothing(acting: Acting, tmp_path: Path) -> None:
    rows = "\n".join(["Name,Cost", *(f"item {n},{n}" for n in range(5_000))])
    path = write(tmp_path / "t.csv", rows)
    before = await state_of(acting)
    seen: list[int] = []

    def progress(done: int, whole: int) -> None:
        seen.append(done)
        if done >= 1_000:
            task.cancel()

    task = asyncio.create_task(import_file(acting, path, progress=progress))
    with pytest.raises(asyncio.CancelledError):
        await task
    assert seen
    assert await state_of(acting) == before
