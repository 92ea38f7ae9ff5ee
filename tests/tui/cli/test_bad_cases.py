"""What can go wrong with a workspace, met by the program as its own process: one sentence that says what, where and
what to do next, a status of its own, nothing on stdout, and nothing changed."""

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Final

import pytest

from tests.tui.cli.conftest import ROOT, Ran, Run

LIST: Final = ("item", "list", "--board", "Launch")
NO_KEYRING: Final = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}


def is_one_sentence(ran: Ran, status: int, *words: str) -> bool:
    """Nothing but that sentence came out."""
    assert ran.status == status, ran.err
    assert ran.out == ""
    assert "Traceback" not in ran.err and ran.err.count("\n") == 1, ran.err
    assert ran.err.startswith("conneqtos: ")
    assert all(word in ran.err for word in words), ran.err
    return True


def bytes_of(folder: Path) -> dict[str, bytes]:
    files = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in files}


@pytest.fixture
def locked(program: Run, tmp_path: Path) -> Path:
    """A workspace under the passphrase of the environment."""
    folder = tmp_path / "locked"
    assert program("workspace", "create", str(folder), "--name", "Work").status == 0
    return folder


def test_a_wrong_passphrase(program: Run, locked: Path) -> None:
    before = bytes_of(locked)
    ran = program("--workspace", str(locked), *LIST, CONNEQTOS_PASSPHRASE="wrong")
    assert is_one_sentence(ran, 12, "passphrase", str(locked))
    assert bytes_of(locked) == before


def test_no_passphrase_and_nobody_to_type_one(program: Run, locked: Path) -> None:
    ran = program("--workspace", str(locked), *LIST, CONNEQTOS_PASSPHRASE="", **NO_KEYRING)
    assert is_one_sentence(ran, 12, str(locked), "Set CONNEQTOS_PASSPHRASE")


def test_no_keyring_for_a_new_workspace(program: Run, tmp_path: Path) -> None:
    call = ("workspace", "create", str(tmp_path / "new"), "--name", "New")
    ran = program(*call, CONNEQTOS_PASSPHRASE="", **NO_KEYRING)
    assert is_one_sentence(ran, 12, "no keyring", "CONNEQTOS_PASSPHRASE")
    assert not (tmp_path / "new").exists()


def overwritten(file: Path) -> None:
    content = bytearray(file.read_bytes())
    content[len(content) // 2 : len(content) // 2 + 64] = b"\xff" * 64
    file.write_bytes(content)


HARMS: Final[dict[str, Callable[[Path], object]]] = {
    "not a database": lambda file: file.write_bytes(b"something else entirely" * 1_000),
    "empty": lambda file: file.write_bytes(b""),
    "missing": Path.unlink,
    "its first page overwritten": lambda file: file.write_bytes(b"\0" * 8192 + file.read_bytes()[8192:]),
}  # fmt: skip


@pytest.mark.parametrize("harm", HARMS.values(), ids=HARMS.keys())
def test_a_damaged_workspace(program: Run, workspace: Path, harm: Callable[[Path], object]) -> None:
    harm(workspace / "workspace.db")
    before = bytes_of(workspace)
    ran = program("board", "list")
    assert is_one_sentence(ran, 13, str(workspace), "Restore")
    assert bytes_of(workspace).get("workspace.db") == before.get("workspace.db")


def test_a_page_in_the_middle_that_was_overwritten(program: Run, workspace: Path) -> None:
    """Met when it is read; the doctor, who reads all, finds it in any case."""
    overwritten(workspace / "workspace.db")
    ran = program("doctor")
    assert ran.status != 0 and "Traceback" not in ran.err
    assert "damaged" in ran.out + ran.err


@pytest.mark.parametrize("content", [b"{", b"[]", b"{}", b"\xff\xfe"], ids=repr)
def test_a_damaged_key_file(program: Run, workspace: Path, content: bytes) -> None:
    (workspace / "workspace.json").write_bytes(content)
    assert is_one_sentence(program("board", "list"), 13, "workspace.json", "Restore")


def test_a_key_file_of_a_newer_version(program: Run, workspace: Path) -> None:
    path = workspace / "workspace.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), "format": 99}))
    assert is_one_sentence(program("board", "list"), 14, "newer")


def test_a_workspace_that_is_none(program: Run, home: Path, tmp_path: Path) -> None:
    ran = program("--workspace", str(tmp_path / "nowhere"), "board", "list")
    assert is_one_sentence(ran, 11, "There is no workspace", "workspace create")


def test_a_disk_without_room(workspace: Path, program: Run) -> None:
    """A limit on the size of files stands in for it. What was there before is all there afterwards."""
    before = program(*LIST).out
    room = (workspace / "workspace.db").stat().st_size + 200_000

    def little_room() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (room, room))

    ran = subprocess.run(
        [sys.executable, "-m", "tui", "item", "add", "--board", "Launch", "-"],
        cwd=ROOT, input="\n".join(f"Item {n} {'long ' * 90}" for n in range(4_000)),
        capture_output=True, text=True, timeout=60, check=False, preexec_fn=little_room,
    )  # fmt: skip
    assert is_one_sentence(Ran(ran.returncode, ran.stdout, ran.stderr), ran.returncode, "space")
    assert ran.returncode != 0
    assert program(*LIST).out == before
    assert program("audit", "verify").status == 0


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write into every folder")
def test_a_folder_that_may_only_be_read(program: Run, workspace: Path) -> None:
    for path in (workspace / "workspace.db", workspace):
        path.chmod(path.stat().st_mode & 0o555)
    try:
        assert is_one_sentence(program("board", "create", "New"), 16, str(workspace))
    finally:
        workspace.chmod(0o755)


def test_two_programs_that_write_at_once_lose_nothing(workspace: Path, program: Run) -> None:
    call = [sys.executable, "-m", "tui", "item", "add", "--board", "Launch"]
    started = [
        subprocess.Popen([*call, f"{who} {number}"], cwd=ROOT, stdout=subprocess.DEVNULL)
        for number in range(3)
        for who in ("one", "other")
    ]
    assert [process.wait(60) for process in started] == [0] * 6
    names = {item["name"] for item in program(*LIST, "--json").data}
    assert names >= {f"{who} {number}" for who in ("one", "other") for number in range(3)}
    assert program("audit", "verify").status == 0


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM], ids=["ctrl+c", "terminated"])
def test_an_import_that_is_broken_off_leaves_nothing(
    workspace: Path, program: Run, tmp_path: Path, sent: signal.Signals
) -> None:
    table = tmp_path / "many.csv"
    table.write_text("Name,Amount\n" + "\n".join(f"Row {n},{n}" for n in range(200_000)))
    process = subprocess.Popen(
        [sys.executable, "-m", "tui", "import", str(table), "--yes", "--json"],
        cwd=ROOT, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        # what a shell runs in the background is born deaf to ctrl+c, and so would this process be
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # noqa: PLW1509
    )  # fmt: skip
    journal = workspace / "workspace.db-wal"
    while process.poll() is None and not (journal.exists() and journal.stat().st_size > 100_000):
        pass  # until it is in the midst of writing
    process.send_signal(sent)
    out, err = process.communicate(timeout=60)
    assert process.returncode != 0 and b"Traceback" not in err
    assert out == b""
    assert program("board", "list").out.count("\n") == 1
    assert program("audit", "verify").status == 0
