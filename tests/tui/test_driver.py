"""The terminal goes to the shell and back, and is given up even when the app itself hangs."""

import os
import shlex
import signal
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.tui.pty_session import PtySession

ROOT = Path(__file__).parents[2]
APP = """
import sys
from textual.widgets import Static
from tui.terminal import TerminalApp

class Small(TerminalApp[None]):
    BINDINGS = [("q", "quit", "Quit"), ("b", "block", "Block")]
    def compose(self):
        yield Static("ready to go", markup=False)
    def action_block(self):
        self._driver.write("\\x1b[5;1Hblocked now")
        while True:
            pass

app = Small()
app.run()
sys.exit(app.return_code)
"""
PROMPT = b"PROMPT>"


@pytest.fixture
def command(tmp_path: Path) -> list[str]:
    (tmp_path / "app.py").write_text(APP)
    return ["env", f"PYTHONPATH={ROOT}", sys.executable, str(tmp_path / "app.py")]


@pytest.fixture
def session(command: list[str]) -> Iterator[PtySession]:
    with PtySession(command, cwd=ROOT, size=(80, 24)) as session:
        yield session.until("ready to go")


@pytest.fixture
def shell() -> Iterator[PtySession]:
    """A shell with job control, as a person has it."""
    with PtySession(
        ["sh", "-i", "-m"], cwd=ROOT, size=(80, 24), environment={"PS1": "PROMPT> ", "ENV": ""}
    ) as shell:
        yield shell.until_raw(PROMPT)


def after(session: PtySession, *wanted: bytes, type: str = "", press: str = "") -> bytes:
    """What the terminal got since the keys were sent, up to all that is wanted."""
    sent = len(session.raw)
    session.type(type).press(*([press] if press else []))
    session.until(lambda _: all(word in session.raw[sent:] for word in wanted))
    return bytes(session.raw[sent:])


@pytest.mark.parametrize("wrapper", ["{}", "sh -c '{}; exit $?'"], ids=["alone", "as make does"])
def test_ctrl_z_brings_the_shell_back_and_fg_the_app(
    shell: PtySession, command: list[str], wrapper: str
) -> None:
    started = wrapper.format(shlex.join(command))
    after(shell, b"ready to go", type=f"{started}\r")
    assert b"\x1b[?1049l" in after(shell, PROMPT, press="ctrl+z")
    after(shell, b"stays 2", type="echo stays $((1+1))\r")
    assert b"\x1b[?1049h" in after(shell, b"ready to go", type="fg\r")
    after(shell, b"\x1b[?1049l", PROMPT, press="q")
    after(shell, b"ended 0", type="echo ended $?\r")


def test_in_the_background_the_app_stays_stopped(shell: PtySession, command: list[str]) -> None:
    after(shell, b"ready to go", type=f"{shlex.join(command)}\r")
    after(shell, PROMPT, press="ctrl+z")
    after(shell, PROMPT, type="bg\r")
    assert b"ready to go" not in after(shell, b"stays 2", type="echo stays $((1+1))\r")
    after(shell, b"ready to go", type="fg\r")
    after(shell, b"\x1b[?1049l", PROMPT, press="q")


def test_without_a_shell_to_come_back_from_ctrl_z_only_draws_anew(session: PtySession) -> None:
    after(session, b"\x1b[?1049l", b"ready to go", press="ctrl+z")
    session.press("q")
    assert session.end() == 0
    assert session.modes == session.modes_before


@pytest.mark.parametrize("stop", [True, False], ids=["after SIGSTOP", "out of the blue"])
def test_sigcont_draws_anew_and_the_end_still_restores(session: PtySession, stop: bool) -> None:
    sent = len(session.raw)
    if stop:
        session.signal(signal.SIGSTOP)
        os.waitpid(session.process.pid, os.WUNTRACED)
    session.signal(signal.SIGCONT)
    session.until(lambda _: b"ready to go" in session.raw[sent:])
    session.press("q")
    assert session.end() == 0
    assert session.modes == session.modes_before


def test_sigterm_ends_an_app_that_hangs_and_restores_the_terminal(session: PtySession) -> None:
    session.press("b").until("blocked now").signal(signal.SIGTERM)
    assert session.end() == 128 + signal.SIGTERM
    assert session.raw.rfind(b"\x1b[?1049l") > session.raw.rfind(b"\x1b[?1049h")
    assert session.modes == session.modes_before


def test_a_terminal_that_vanishes_ends_the_app(session: PtySession) -> None:
    os.dup2(os.open(os.devnull, os.O_RDWR), session.master)
    assert session.process.wait(30) == 128 + signal.SIGHUP


@pytest.mark.parametrize(
    "typed", [b"caf\xe9", b"\x1b[200~caf\xe9\x1b[201~", b"\x1b[999999999999u", b"\x1b[99999999u"]
)
def test_input_that_is_no_text_and_no_key_is_passed_over(session: PtySession, typed: bytes) -> None:
    os.write(session.master, typed)
    session.press("q")
    assert session.end() == 0
    assert "Error" not in session.text
