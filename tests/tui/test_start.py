"""The program on a real terminal, from its first start: made, locked, unlocked, left, started again."""

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.tui.pty_session import PtySession

ROOT = Path(__file__).parents[2]
PROGRAM = (sys.executable, "-m", "tui")


@pytest.fixture
def home(tmp_path: Path) -> dict[str, str]:
    null = "keyring.backends.null.Keyring"  # a computer without a keyring, whatever this one has
    return {"CONNEQTOS_HOME": str(tmp_path), "PYTHON_KEYRING_BACKEND": null, "NO_COLOR": ""}


def start(home: dict[str, str], *arguments: str, size: tuple[int, int] = (100, 30)) -> PtySession:
    return PtySession([*PROGRAM, *arguments], size=size, environment=home, cwd=ROOT)


def test_a_workspace_is_made_left_unlocked_and_its_board_is_there_again(
    home: dict[str, str],
) -> None:
    with start(home) as terminal:
        terminal.until("Create a workspace").press("c").until("Passphrase")
        terminal.type("Acme").press("enter").type("secret words").press("enter").type(
            "secret words"
        )
        terminal.press("enter").until("There is no board here yet.")
        terminal.press("o").until("New board").type("Launch").press("enter").until("Add item")
        terminal.press("esc").until("1 board").press("enter").until("Add item")
        terminal.press("\x11")  # ctrl+q
        assert terminal.end() == 0
    with start(home) as terminal:
        terminal.until("Unlock “Acme”").type("wrong").press("enter").until("does not open")
        terminal.press(*["backspace"] * 5).type("secret words").press("enter")
        terminal.until("Launch").until("Add item")
        terminal.signal(signal.SIGTERM)
        assert terminal.end() == 128 + signal.SIGTERM
        assert b"\x1b[?1049l" in terminal.raw and b"\x1b[?25h" in terminal.raw


def test_the_demo_starts_with_its_boards_and_opens_one_by_name(home: dict[str, str]) -> None:
    with start(home, "demo", "--key-beside-data") as terminal:
        terminal.until("Product roadmap").press("q")
        assert terminal.end() == 0
    with start(home, "open", "hiring", "--view", "kanban", "--filter", "B-0") as terminal:
        terminal.until("Candidate B-02").until_gone("Candidate A-01")
        terminal.press("\x11")
        assert terminal.end() == 0


def test_without_a_keyring_the_demo_goes_on_with_the_passphrase_just_chosen(
    home: dict[str, str],
) -> None:
    with start(home, "demo") as terminal:
        terminal.until("New passphrase").type("secret words").press("enter")
        terminal.until("The same again").type("secret words").press("enter")
        terminal.until("Product roadmap").press("q")
        assert terminal.end() == 0
    assert b"Unlock" not in terminal.raw


def test_errors_can_go_into_a_file_while_the_screen_is_drawn(
    home: dict[str, str], tmp_path: Path
) -> None:
    errors = tmp_path / "errors.txt"
    command = f"exec {sys.executable} -m tui demo --key-beside-data 2>{errors}"
    with PtySession(["/bin/sh", "-c", command], environment=home, cwd=ROOT) as terminal:
        terminal.until("Product roadmap").press("\x11")
        assert terminal.end() == 0
    assert errors.read_text() == ""


def run(home: dict[str, str], *arguments: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [*PROGRAM, *arguments], cwd=ROOT, env={**os.environ, **home}, capture_output=True,
        text=True, timeout=60, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip


def test_without_a_terminal_the_app_is_a_sentence_and_a_status(home: dict[str, str]) -> None:
    ran = run(home)
    assert ran.returncode == 2
    assert ran.stderr.startswith("conneqtos: The app needs a terminal") and not ran.stdout


def test_a_damaged_workspace_is_a_sentence_and_a_status(home: dict[str, str]) -> None:
    with start(home, "demo", "--key-beside-data") as terminal:
        terminal.until("Product roadmap").press("q")
        assert terminal.end() == 0
    (Path(home["CONNEQTOS_HOME"]) / "data" / "demo" / "workspace.db").write_bytes(b"x" * 9000)
    with start(home) as terminal:
        terminal.until("damaged")
        assert terminal.end() == 13


def test_the_version_needs_neither_screens_nor_a_database(home: dict[str, str]) -> None:
    script = (
        "import sys, tui.__main__\n"
        "status = tui.__main__.main(['--version'])\n"
        "print(status, sorted({'textual', 'sqlalchemy', 'rich', 'keyring'} & set(sys.modules)))"
    )
    ran = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env={**os.environ, **home},
        capture_output=True, text=True, timeout=60, check=True,
    )  # fmt: skip
    assert ran.stdout.splitlines()[1] == "0 []"
