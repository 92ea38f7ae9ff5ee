"""The whole first hour on a real pseudo-terminal: bring a board, work on it, leave, come back: all there."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tui.pty_session import PtySession

ROOT = Path(__file__).parents[2]
REAL = ROOT.parent / "shared" / "data" / "imports" / "trello-site-board.json"
BOARD = {
    "name": "Release",
    "lists": [{"id": "l1", "name": "To do", "pos": 1}, {"id": "l2", "name": "Done", "pos": 2}],
    "members": [{"id": "m1", "fullName": "Release manager"}],
    "cards": [
        {"id": "k1", "name": "Write the notes", "idList": "l1", "pos": 1, "due": "2026-03-01T10:00:00Z"},
        {"id": "k2", "name": "Build the wheel", "idList": "l1", "pos": 2, "idMembers": ["m1"]},
        {"id": "k3", "name": "Tag the commit", "idList": "l2", "pos": 1},
    ],
}  # fmt: skip


def run(environment: dict[str, str], *arguments: str) -> str:
    import os

    done = subprocess.run(
        [sys.executable, "-m", "tui", *arguments],
        cwd=ROOT, env={**os.environ, **environment}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    return done.stdout


def app(environment: dict[str, str], *arguments: str) -> PtySession:
    return PtySession([sys.executable, "-m", "tui", *arguments], cwd=ROOT, environment=environment)


def test_the_first_hour(tmp_path: Path) -> None:
    environment = {
        "CONNEQTOS_HOME": str(tmp_path / "home"), "CONNEQTOS_PASSPHRASE": "correct horse",
        "CONNEQTOS_WORKSPACE": str(tmp_path / "work"), "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    (tmp_path / "board.json").write_text(json.dumps(BOARD))
    (tmp_path / "plan.txt").write_text("the plan")

    run(environment, "workspace", "create", str(tmp_path / "work"), "--name", "Work")
    report = json.loads(run(environment, "import", str(tmp_path / "board.json"), "--yes", "--json"))
    assert (report["items"], report["groups"]) == (3, 2)

    with app(environment, "open", "Release") as session:
        # Edit in the table.
        session.until("Write the notes").press("r").until("Name")
        session.type(" today").press("enter").until("Write the notes today")
        # Move in the kanban: to the lane of the other group.
        session.press("t").until("Kanban").until("Write the notes today").press("L")
        session.until(lambda text: _lane_of(text, "Write the notes today") > 20)
        # Undo both, redo one.
        session.press("u").until(lambda text: _lane_of(text, "Write the notes today") < 20)
        session.press("u").until_gone("notes today")
        session.press("ctrl+r").until("Write the notes today")
        # Filter.
        session.press("t").until("Table").press("/").until("words to find").type("wheel")
        session.until("1 card found").until_gone("Tag the commit")
        session.press("enter").press("esc").until_gone("1 card found").until("Tag the commit")
        # Comment and attach on an item.
        session.press("g", "g", "j").press("enter").until("COMMENTS").press("c").until(
            "ctrl+s send"
        )
        session.type("Looks good to me.").press("ctrl+s").until("Looks good to me.")
        session.until_gone("ctrl+s send").press("a")
        session.until(lambda text: text.count("Attach a file") == 2)
        session.type(str(tmp_path / "plan.txt")).until("plan.txt").press("enter")
        session.until("plan.txt").until("8 bytes")
        session.press("esc").until_gone("COMMENTS").press("ctrl+q")
        assert session.end() == 0

    run(
        environment,
        "export",
        "--board",
        "Release",
        "--format",
        "csv",
        "-o",
        str(tmp_path / "out.csv"),
    )
    assert "Write the notes today" in (tmp_path / "out.csv").read_text(encoding="utf-8-sig")

    with app(environment) as session:  # the last workspace, the last board
        session.until("Write the notes today").press("g", "g", "j", "enter")
        session.until("Looks good to me.")
        session.until("plan.txt").press("esc").until_gone("COMMENTS").press("ctrl+q")
        assert session.end() == 0
    assert "entries" in run(environment, "audit", "verify")


@pytest.mark.skipif(not REAL.exists(), reason="the real exports lie beside the project, not in it")
def test_a_real_board_is_there_after_its_import(tmp_path: Path) -> None:
    environment = {
        "CONNEQTOS_HOME": str(tmp_path / "home"), "CONNEQTOS_PASSPHRASE": "correct horse",
        "CONNEQTOS_WORKSPACE": str(tmp_path / "work"), "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    run(environment, "workspace", "create", str(tmp_path / "work"), "--name", "Work")
    report = json.loads(run(environment, "import", str(REAL), "--board", "Site", "--yes", "--json"))
    assert report["items"] == 20
    lines = run(environment, "item", "list", "--board", "Site", "--json").splitlines()
    live = [json.loads(line) for line in lines]
    assert {"id", "name", "group", "values"} <= live[0].keys()
    with app(environment, "open", "Site") as session:
        session.until(live[0]["name"][:20]).press("ctrl+q")
        assert session.end() == 0


def _lane_of(text: str, name: str) -> int:
    """How far to the right the card stands; -1 where it is not shown."""
    return max((line.find(name[:12]) for line in text.splitlines()), default=-1)
