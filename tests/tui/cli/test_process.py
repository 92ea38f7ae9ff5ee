"""The program as a process of its own: passphrase, pipes that close, Ctrl-C, and a person at a terminal."""

import os
import pty
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.tui.cli.conftest import PASSPHRASE, ROOT, Run

pytestmark = pytest.mark.usefixtures("workspace")
ADD_PIPE = ("item", "add", "--board", "Launch", "-")
LIST = ("item", "list", "--board", "Launch")


@contextmanager
def started(*arguments: str) -> Iterator[subprocess.Popen[bytes]]:
    call = [sys.executable, "-m", "tui", *arguments]
    pipe = subprocess.PIPE
    with subprocess.Popen(call, cwd=ROOT, stdin=pipe, stdout=pipe, stderr=pipe) as process:
        try:
            yield process
        finally:
            process.kill()


def at_terminal(answers: dict[str, str], *arguments: str) -> tuple[int, str]:
    """Run the program on a terminal of its own; type each answer when its prompt is there."""
    pid, terminal = pty.fork()
    if pid == 0:
        os.chdir(ROOT)
        os.environ["COLUMNS"] = "60"
        os.execv(sys.executable, [sys.executable, "-m", "tui", *arguments])
    shown, waiting = "", dict(answers)
    while True:
        try:
            got = os.read(terminal, 65536)
        except OSError:  # the other end is closed: the program has ended
            got = b""
        if not got:
            break
        shown += got.decode()
        for prompt in [prompt for prompt in waiting if prompt in shown]:
            os.write(terminal, waiting.pop(prompt).encode() + b"\n")
    os.close(terminal)
    return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1]), shown


def test_a_workspace_under_a_passphrase_is_used_from_the_shell(
    program: Run, tmp_path: Path
) -> None:
    folder = str(tmp_path / "locked")
    made = program("workspace", "create", folder, "--name", "Work")
    assert (made.status, made.err) == (0, "")
    named = ("--workspace", folder)
    assert program(*named, "board", "create", "Plan").status == 0
    assert program(*named, "item", "add", "--board", "Plan", "-", stdin="eins\nzwölf\n").status == 0
    listed = program(*named, "item", "list", "--board", "Plan", "--json", LC_ALL="POSIX")
    assert [item["name"] for item in listed.data] == ["eins", "zwölf"]
    assert program(*named, "board", "list", CONNEQTOS_PASSPHRASE="wrong").status == 12


def test_a_reader_that_goes_away_ends_it_quietly(run: Run) -> None:
    run(*ADD_PIPE, stdin="\n".join(f"Task {number}" for number in range(3_000)))
    with started(*LIST, "--json") as process:
        assert process.stdout is not None and process.stderr is not None
        assert process.stdout.readline().startswith(b'{"id":')
        process.stdout.close()
        assert process.wait(30) == 141
        assert process.stderr.read() == b""


def test_ctrl_c_ends_it_without_a_trace_and_changes_nothing(run: Run) -> None:
    with started(*ADD_PIPE) as process:
        assert process.stdin is not None and process.stderr is not None
        process.stdin.write(b"a line\n" * 40_000)  # more than a pipe holds: it is reading now
        process.send_signal(signal.SIGINT)
        assert process.wait(30) == 130
        assert process.stderr.read() == b""
    assert run(*LIST).out == ""


def test_a_person_at_a_terminal_is_asked_and_gets_tables(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = str(tmp_path / "asked")
    monkeypatch.delenv("CONNEQTOS_PASSPHRASE")
    answers = {"New passphrase:": PASSPHRASE, "again:": PASSPHRASE}
    call = ("workspace", "create", folder, "--name", "Asked", "--protection", "passphrase")
    assert at_terminal(answers, *call)[0] == 0
    status, shown = at_terminal(
        {f"Passphrase of {folder}:": PASSPHRASE}, "--workspace", folder, "board", "list"
    )
    assert status == 0 and PASSPHRASE not in shown
    assert "There is no board here." in shown
    run("item", "add", "--board", "Launch", "日本語 with a long name that does not fit in sixty")
    status, shown = at_terminal({}, *LIST)
    assert status == 0
    heading, row = shown.splitlines()
    assert heading == "#  Name                           Group  Status  Person  Due"
    assert row.startswith("1  日本語 with a long name") and "…" in row
    run("item", "delete", "1")
    status, shown = at_terminal({"for good? This cannot be undone. [y/N]": "n"}, "trash", "empty")
    assert status == 7 and "conneqtos: Nothing was removed." in shown
