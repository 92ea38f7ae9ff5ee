"""`conneqtos backup`: made, read back, and gone back to; a damaged or foreign one changes nothing (C22, C40)."""

import shutil
import time
from collections.abc import Callable
from pathlib import Path

import pytest
import time_machine

from tests.tui.cli.conftest import Run

pytestmark = pytest.mark.usefixtures("workspace")
DAY = 86_400


def items(run: Run) -> set[str]:
    return {item["name"] for item in run("item", "list", "--board", "Launch", "--json").data}


def add(run: Run, name: str) -> None:
    assert run("item", "add", "--board", "Launch", name).status == 0


def backup(run: Run, *words: str) -> str:
    ran = run("backup", *words)
    assert ran.status == 0, ran.err
    return ran.out


def test_a_backup_is_made_listed_and_verified(run: Run, workspace: Path) -> None:
    add(run, "canary before")
    assert "Made and read back" in backup(run, "make")
    (listed,) = run("backup", "list", "--json").data
    assert listed["rows"]["item"] == 1 and listed["until"] > listed["made_at"]
    assert "as it was written" in backup(run, "verify")
    for path in (workspace / "backups").rglob("*"):
        assert path.is_dir() or b"canary" not in path.read_bytes()
    told = [entry["name"] for entry in run("audit", "list", "--json").data]
    assert told.count("backup.made") == 1


def test_going_back_keeps_what_came_since_aside(run: Run, workspace: Path, tmp_path: Path) -> None:
    note = tmp_path / "note.txt"
    note.write_text("the file")
    add(run, "before")
    number = str(run("item", "list", "--board", "Launch", "--json").data[0]["number"])
    assert run("attach", number, str(note)).status == 0
    backup(run, "make")
    add(run, "since")
    shutil.rmtree(workspace / "attachments")
    assert run("backup", "restore", "newest").status == 2  # nobody is there to be asked
    assert "The state before lies in" in backup(run, "restore", "newest", "--yes")
    assert items(run) == {"before"}
    assert run("doctor").status == 0
    assert len(list((workspace / "attachments").glob("*/??/*"))) == 1
    (kept,) = (workspace / "backups").glob("before-restore-*")
    shutil.copy(kept / "workspace.db", workspace / "workspace.db")
    assert items(run) == {"before", "since"}


def cut(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:-4096])


def changed(path: Path) -> None:
    content = bytearray(path.read_bytes())
    content[20_000:20_016] = bytes(16)
    path.write_bytes(content)


HARMS: dict[str, Callable[[Path], object]] = {
    "cut off": cut, "changed": changed, "missing": Path.unlink,
    "another file": lambda path: path.write_bytes(b"x" * 10_000),
}  # fmt: skip


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS.keys())
def test_a_damaged_backup_changes_nothing(
    run: Run, workspace: Path, harm: Callable[[Path], object]
) -> None:
    add(run, "mine")
    backup(run, "make")
    (path,) = (workspace / "backups").glob("*.db")
    harm(path)
    ran = run("backup", "restore", "newest", "--yes")
    assert ran.status == 13 and "damaged" in ran.err
    assert run("backup", "verify").status == 13
    assert items(run) == {"mine"}
    assert not list((workspace / "backups").glob("before-restore-*"))


def test_a_backup_of_another_workspace_is_refused(
    run: Run, workspace: Path, tmp_path: Path
) -> None:
    add(run, "mine")
    other = str(tmp_path / "other")
    call = (
        "workspace",
        "create",
        other,
        "--name",
        "Other",
        "--protection",
        "clear-beside-the-data",
    )
    assert run(*call).status == 0
    assert run("--workspace", other, "backup", "make").status == 0
    shutil.copytree(tmp_path / "other" / "backups", workspace / "backups")
    ran = run("backup", "restore", "newest", "--yes")
    assert ran.status == 13 and "another workspace" in ran.err
    assert items(run) == {"mine"}


def test_backups_of_over_thirty_days_are_let_go(run: Run, workspace: Path) -> None:
    backup(run, "make")
    with time_machine.travel(time.time() + 29 * DAY, tick=False):
        backup(run, "make")
        assert len(run("backup", "list", "--json").data) == 2
    with time_machine.travel(time.time() + 31 * DAY, tick=False):
        backup(run, "make")
        assert len(run("backup", "list", "--json").data) == 2
    assert len(list((workspace / "backups").glob("*.db"))) == 2


def test_what_is_not_there_is_told(run: Run) -> None:
    assert "There is no backup." in run("backup", "list").err or run("backup", "list").out == ""
    ran = run("backup", "restore", "2020", "--yes")
    assert ran.status == 3 and "There is no backup “2020”" in ran.err
