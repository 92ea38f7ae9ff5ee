"""Exports: JSON that loses nothing, CSV that nothing runs, Markdown that stays a table."""

import asyncio
import csv
import io
import json
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.api import Acting, Engine
from engine.commands.attachments import AttachLink
from engine.commands.comments import AddComment
from engine.commands.groups import ArchiveGroup, EditGroup
from engine.commands.items import AddItems, ArchiveItems, NewItem, SetValues
from engine.commands.views import SaveView
from engine.errors import UsageError
from engine.model.view import Condition, Filter, Sort
from engine.queries.audit import AuditChain
from engine.transfer.exporting import export_board
from engine.transfer.formulas import defused, restored
from engine.transfer.importing import import_file
from tests.engine.boards import Sample, names, sample_board
from tests.engine.columns.cases import lines, texts
from tests.engine.conftest import KEY, Ticking, new_organization


async def exported(acting: Acting, board_id: str, format: str, **options: Any) -> str:
    target = io.BytesIO()
    await export_board(acting, board_id, format, target, **options)
    return target.getvalue().decode("utf-8-sig")


def comparable(content: str) -> dict[str, Any]:
    """A board file with what an import must give anew (ids, places, numbers, times of the row) replaced by
    where it stands."""
    board = json.loads(content)
    place: dict[str, str] = {}
    for kind in ("columns", "groups", "items", "views", "comments"):
        for number, record in enumerate(board[kind]):
            place[record["id"]] = f"{kind} {number}"
    person = {p["id"]: p["name"] for p in board["people"]}

    def plain(value: Any) -> Any:
        if isinstance(value, dict):
            kept = {plain(k): plain(v) for k, v in value.items() if k not in FRESH}
            return dict(sorted(kept.items()))
        if isinstance(value, list):
            return [plain(entry) for entry in value]
        return place.get(value, person.get(value, value)) if isinstance(value, str) else value

    for given_anew in ("id", "created_at", "created_by"):
        board["board"].pop(given_anew)
    board["people"] = sorted(person.values())
    for kind in ("comments", "attachments"):  # in order of ids, which are new
        board[kind].sort(key=lambda record: json.dumps(plain(record), sort_keys=True))
    result = plain(board)
    assert isinstance(result, dict)
    return result


FRESH = ("seq", "position", "number", "stamps", "state_at", "id", "board_id")


async def rich_board(acting: Acting) -> Sample:
    board = await sample_board(acting, items=4)
    values: dict[str, Any] = {
        "status": "done", "people": [acting.actor.user_id], "date": "2026-05-03T10:30Z", "number": "-12.5",
        "text": "=cmd|' /C calc'!A0", "long_text": "a|b\n<script>", "tags": ["red", "blue"],
        "checkbox": True, "link": {"url": "https://example.org", "text": "here"},
    }  # fmt: skip
    await acting.execute(
        SetValues(item_ids=(board.items[0],), values={board.columns[k]: v for k, v in values.items()}),
        AddItems(group_id=board.groups[0], parent_id=board.items[0], items=(NewItem(name="sub"),)),
        AddComment(item_id=board.items[0], body="a word"),
        AttachLink(item_id=board.items[1], url="https://example.org/x", name="spec"),
        ArchiveItems(item_ids=(board.items[3],)),
        EditGroup(group_id=board.groups[1], collapsed=True, color="red"),
        SaveView(
            board_id=board.board, name="mine", sorts=(Sort(board.columns["number"]),),
            filter=Filter("x", (Condition(board.columns["number"], ">", "1"),)),
            lane_by=board.columns["status"],
        ),
    )  # fmt: skip
    return board


async def test_import_of_an_export_is_an_equal_board(acting: Acting, tmp_path: Path) -> None:
    board = await rich_board(acting)
    await acting.execute(ArchiveGroup(group_id=board.groups[1]))
    await export_board(acting, board.board, "json", tmp_path / "board.json")
    report = await import_file(acting, tmp_path / "board.json")
    before = (tmp_path / "board.json").read_text()
    after = await exported(acting, report.board_id, "json")
    assert comparable(after) == comparable(before)
    assert report.items == 4
    assert report.subitems == 1


@settings(
    max_examples=25, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(
    found=st.lists(
        st.tuples(lines.filter(bool), lines, texts, st.integers(-(10**9), 10**9)), max_size=5
    )
)
def test_any_board_survives_the_way_out_and_in(
    template_file: Path, found: list[tuple[str, str, str, int]]
) -> None:
    async def run() -> None:
        with tempfile.TemporaryDirectory() as folder:
            shutil.copy(template_file, Path(folder) / "workspace.db")
            engine = await Engine.open_workspace(Path(folder), KEY, clock=Ticking())
            acting = await new_organization(engine)
            board = await sample_board(acting, items=0)
            columns = board.columns
            items = tuple(
                NewItem(
                    name=name[:500].strip(),
                    values={
                        columns["text"]: text[:2000] or None,
                        columns["long_text"]: long or None,
                        columns["number"]: str(number),
                    },
                )
                for name, text, long, number in found
            )
            if items:
                await acting.execute(AddItems(group_id=board.groups[0], items=items))
            path = Path(folder) / "board.json"
            await export_board(acting, board.board, "json", path)
            report = await import_file(acting, path)
            after = await exported(acting, report.board_id, "json")
            assert comparable(after) == comparable(path.read_text())
            await engine.close()

    asyncio.run(run())


async def test_csv_runs_nothing_and_numbers_stay_numbers(acting: Acting) -> None:
    board = await rich_board(acting)
    rows = list(csv.DictReader(io.StringIO(await exported(acting, board.board, "csv"))))
    assert rows[0]["Text"] == "'=cmd|' /C calc'!A0"
    assert rows[0]["Number"] == "-12.5"
    assert [row["Name"] for row in rows] == ["Item 1", "sub", "Item 2", "Item 3"]
    assert rows[1]["Subitem of"] == "Item 1"


@given(text=st.text(max_size=20))
def test_defusing_is_reversible_and_starts_no_formula(text: str) -> None:
    assert restored(defused(text)) == text
    assert not defused(text).startswith(("=", "+", "-", "@", "\t", "\r"))


async def test_csv_comes_back_as_it_went(acting: Acting, tmp_path: Path) -> None:
    board = await rich_board(acting)
    await export_board(acting, board.board, "csv", tmp_path / "board.csv")
    types = {
        "Text": "text",
        "Long_text": "long_text",
        "Status": "status",
        "Tags": "tags",
        "Link": "link",
    }
    report = await import_file(acting, tmp_path / "board.csv", types=types)
    assert (report.items, report.subitems) == (3, 1)
    assert await names(acting, report.board_id) == ["Item 1", "Item 2", "Item 3"]
    again = list(csv.DictReader(io.StringIO(await exported(acting, report.board_id, "csv"))))
    once = list(csv.DictReader((tmp_path / "board.csv").open(encoding="utf-8-sig")))
    for column in ("Name", "Text", "Number", "Status", "Tags", "Link"):
        assert [row[column] for row in again] == [row[column] for row in once]


async def test_markdown_stays_a_table(acting: Acting) -> None:
    board = await rich_board(acting)
    content = await exported(acting, board.board, "md")
    table = [line for line in content.splitlines() if line.startswith("|")]
    widths = {line.replace("\\|", "").count("|") for line in table}
    assert len(widths) == 1
    assert "a\\|b<br>&lt;script>" in content


async def test_a_view_is_exported_as_it_is_seen(acting: Acting) -> None:
    board = await rich_board(acting)
    content = await exported(
        acting, board.board, "csv", filter=Filter("#2"), hidden=(board.columns["text"],)
    )
    rows = list(csv.DictReader(io.StringIO(content)))
    assert [row["Name"] for row in rows] == ["Item 2"]
    assert "Text" not in rows[0]


async def test_a_failed_export_leaves_the_old_file(acting: Acting, tmp_path: Path) -> None:
    board = await sample_board(acting)
    target = tmp_path / "board.csv"
    target.write_text("the old one")
    with pytest.raises(UsageError, match="no format"):
        await export_board(acting, board.board, "pdf", target)
    with pytest.raises(UsageError, match="folder"):
        await export_board(acting, board.board, "csv", tmp_path / "nowhere" / "x.csv")
    assert target.read_text() == "the old one"
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []


async def test_an_export_is_in_the_audit_trail_with_its_format_and_no_content(
    acting: Acting, tmp_path: Path
) -> None:
    board = await sample_board(acting, items=2, name="Secret plans")
    await export_board(acting, board.board, "md", tmp_path / "plans.md")
    entries = await acting.query(AuditChain())
    entry = entries[-1]
    assert (entry.name, entry.detail["format"], entry.detail["board"]) == (
        "board.exported", "md", board.board,
    )  # fmt: skip
    assert "Secret" not in repr(entries)
