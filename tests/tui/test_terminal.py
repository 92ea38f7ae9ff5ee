"""The terminal is left as it was found, whatever happens, and gets only what it can show."""

import signal
import sys
from pathlib import Path

import pytest

from tests.tui.pty_session import PtySession
from tui.clipboard import osc52
from tui.crash import report
from tui.terminal import UnfitTerminal, check_terminal, speaks_unicode

ROOT = Path(__file__).parents[2]
APP = """
import sys
from pathlib import Path
from rich.segment import Segment
from textual.strip import Strip
from textual.widget import Widget
from textual.widgets import Static
from tui.terminal import TerminalApp, UnfitTerminal, check_terminal
from tui.themes import THEMES

class Lines(Widget):
    def render_line(self, y):
        return Strip([Segment("a line without a style")])

class Small(TerminalApp[None]):
    CSS = "Static { background: $primary; color: $foreground; } Lines { height: 2; }"
    BINDINGS = [("x", "crash", "Crash"), ("q", "quit", "Quit"), ("c", "copy", "Copy")]
    def __init__(self):
        super().__init__(crash_folder=Path(sys.argv[1]))
        for theme in THEMES:
            self.register_theme(theme)
        self.theme = THEMES[0].name
    def compose(self):
        yield Static("ready to go", markup=False)
        yield Lines()
    def action_crash(self):
        secret = "the content of a board"
        raise ValueError(secret)
    def action_copy(self):
        self.copied("copied words")

try:
    check_terminal()
except UnfitTerminal as error:
    print(error, file=sys.stderr)
    sys.exit(2)
app = Small()
app.run()
sys.exit(app.return_code or 0)
"""
LEFT = (
    (b"\x1b[?1049l", b"\x1b[?1049h"),
    (b"\x1b[?25h", b"\x1b[?25l"),
    (b"\x1b[?1000l", b"\x1b[?1000h"),
    (b"\x1b[?2004l", b"\x1b[?2004h"),
)
"""What must come last, and what it takes back."""


def start(tmp_path: Path, **environment: str) -> PtySession:
    command = [sys.executable, "-c", APP, str(tmp_path)]
    return PtySession(command, cwd=ROOT, size=(80, 24), environment=environment)


def assert_restored(session: PtySession) -> None:
    for off, on in LEFT:
        assert session.raw.rfind(off) > session.raw.rfind(on)
    assert session.modes == session.modes_before


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_a_signal_ends_it_and_restores_the_terminal(tmp_path: Path, number: signal.Signals) -> None:
    with start(tmp_path) as session:
        session.until("ready to go").signal(number)
        assert session.end() == 128 + number
        assert_restored(session)


def test_quitting_restores_the_terminal(tmp_path: Path) -> None:
    with start(tmp_path) as session:
        session.until("ready to go").press("q")
        assert session.end() == 0
        assert_restored(session)


def test_a_crash_restores_the_terminal_and_its_report_holds_no_content(tmp_path: Path) -> None:
    with start(tmp_path) as session:
        session.until("ready to go").press("x")
        assert session.end() != 0
        assert_restored(session)
        assert "fault of its own" in session.text
        assert "content of a board" not in session.text
    (path,) = tmp_path.glob("crash-*.txt")
    content = path.read_text()
    assert "ValueError" in content
    assert "action_crash" in content
    assert "content of a board" not in content
    assert str(Path.home()) not in content
    assert path.stat().st_mode & 0o077 == 0


def test_the_mouse_reports_clicks_and_drags_only(tmp_path: Path) -> None:
    with start(tmp_path) as session:
        session.until("ready to go").press("q")
        session.end()
        assert b"\x1b[?1002h" in session.raw
        assert b"\x1b[?1003h" not in session.raw


def test_no_color_sends_no_colour_at_all(tmp_path: Path) -> None:
    with start(tmp_path, NO_COLOR="1") as session:
        session.until("ready to go").until("a line without a style").press("q")
        assert session.end() == 0
        for sequence in (b"38;", b"48;", b"\x1b[3", b"\x1b[4", b"\x1b[9", b"\x1b[10"):
            found = bytes(session.raw).split(sequence)[1:]
            assert not [rest for rest in found if rest.split(b"m")[0].replace(b";", b"").isdigit()]


def test_sixteen_colours_are_all_that_a_plain_terminal_gets(tmp_path: Path) -> None:
    with start(tmp_path, TERM="xterm", COLORTERM="") as session:
        session.until("ready to go").press("q")
        session.end()
        assert b"38;2;" not in session.raw
        assert b"48;2;" not in session.raw


def test_a_dumb_terminal_gets_a_sentence(tmp_path: Path) -> None:
    with start(tmp_path, TERM="dumb") as session:
        assert session.end() == 2
        assert "cannot move its cursor" in session.text
        assert b"\x1b" not in session.raw


def test_copying_sends_the_words_to_the_terminal(tmp_path: Path) -> None:
    with start(tmp_path) as session:
        session.until("ready to go").press("c")
        session.until_raw(b"\x1b]52;c;Y29waWVkIHdvcmRz\x07")
        session.press("q")
        assert session.end() == 0


def test_copying_passes_through_tmux() -> None:
    wrapped = osc52("x", {"TMUX": "/tmp/tmux"})
    assert wrapped == "\x1bPtmux;\x1b\x1b]52;c;eA==\x07\x1b\\"
    assert osc52("x" * 200_000, {}) is None


def test_a_pipe_is_not_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "__stdin__", None)
    with pytest.raises(UnfitTerminal, match="needs a terminal"):
        check_terminal({"TERM": "xterm"})


def test_the_locale_says_whether_unicode_can_be_shown() -> None:
    assert speaks_unicode({"LANG": "en_GB.UTF-8"})
    assert not speaks_unicode({"LC_ALL": "C", "LANG": "en_GB.UTF-8"})
    assert not speaks_unicode({})


def test_a_report_names_the_causes() -> None:
    try:
        try:
            raise KeyError("secret one")
        except KeyError as cause:
            raise RuntimeError("secret two") from cause
    except RuntimeError as error:
        content = report(error)
    assert "builtins.RuntimeError" in content
    assert "builtins.KeyError" in content
    assert "secret" not in content
