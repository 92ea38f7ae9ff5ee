"""Runs a program on a real pseudo-terminal: keys go in, the screen is read, the end is seen.

Nothing sleeps: `until` reads what the program writes until the screen shows what is waited for.
"""

import contextlib
import fcntl
import os
import pty
import select
import signal
import struct
import subprocess
import termios
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pyte

NAMED = {
    "enter": "\r", "tab": "\t", "esc": "\x1b", "space": " ", "backspace": "\x7f",
    "up": "\x1b[A", "down": "\x1b[B", "right": "\x1b[C", "left": "\x1b[D",
    "f12": "\x1b[24~", "pageup": "\x1b[5~", "pagedown": "\x1b[6~",
}  # fmt: skip
PATIENCE = 30.0
"""Seconds before waiting is given up: a fault, not a measure."""


class PtySession:
    """A started program and the terminal it draws on. Use as a context manager."""

    def __init__(
        self, command: Sequence[str], *, size: tuple[int, int] = (120, 40),
        environment: Mapping[str, str] | None = None, cwd: Path | None = None,
    ) -> None:  # fmt: skip
        columns, rows = size
        self.screen = pyte.Screen(columns, rows)
        self._stream = pyte.ByteStream(self.screen)
        self.raw = bytearray()
        self.master, self._slave = pty.openpty()
        fcntl.ioctl(self.master, termios.TIOCSWINSZ, struct.pack("HHHH", rows, columns, 0, 0))
        self.modes_before = termios.tcgetattr(self._slave)
        inherited = {
            "TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8",
            "COLUMNS": str(columns), "LINES": str(rows),
        }  # fmt: skip
        self.process = subprocess.Popen(
            list(command), stdin=self._slave, stdout=self._slave, stderr=self._slave, cwd=cwd,
            start_new_session=True,
            env={**os.environ, **inherited, **(environment or {})},
            preexec_fn=lambda: fcntl.ioctl(0, termios.TIOCSCTTY, 0),  # noqa: PLW1509
        )  # fmt: skip

    def __enter__(self) -> "PtySession":
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
        os.close(self.master)
        os.close(self._slave)

    @property
    def text(self) -> str:
        return "\n".join(line.rstrip() for line in self.screen.display)

    @property
    def modes(self) -> list[object]:
        """The terminal's modes now, to compare with `modes_before`."""
        return termios.tcgetattr(self._slave)

    def press(self, *keys: str) -> "PtySession":
        """Send keys by name (`enter`, `ctrl+p`), or characters as they are."""
        for key in keys:
            if key.startswith("ctrl+"):
                os.write(self.master, bytes([ord(key[5]) & 0x1F]))
            else:
                os.write(self.master, NAMED.get(key, key).encode())
        return self

    def type(self, text: str) -> "PtySession":
        os.write(self.master, text.encode())
        return self

    def paste(self, text: str) -> "PtySession":
        """As terminals send it: between the marks of bracketed paste."""
        return self.type(f"\x1b[200~{text}\x1b[201~")

    def until(self, wanted: str | Callable[[str], bool]) -> "PtySession":
        """Read until the screen shows the text, or the condition holds of it."""
        holds = wanted if callable(wanted) else lambda text: wanted in text
        deadline = time.monotonic() + PATIENCE
        while not holds(self.text):
            if time.monotonic() > deadline or (
                not self._read(0.2) and self.process.poll() is not None
            ):
                if holds(self.text):
                    break
                raise AssertionError(
                    f"never on the screen: {wanted}\n--- the screen ---\n{self.text}"
                )
        return self

    def until_gone(self, text: str) -> "PtySession":
        return self.until(lambda shown: text not in shown)

    def until_quiet(self) -> "PtySession":
        """Read what has come so far."""
        while self._read(0):
            pass
        return self

    def until_raw(self, wanted: bytes, *, after: int = 0) -> "PtySession":
        """Read until these bytes came, whatever they draw; `after` so many others."""
        deadline = time.monotonic() + PATIENCE
        while self.raw.find(wanted, after) < 0:
            assert time.monotonic() < deadline, (
                f"never sent: {wanted!r}, but {bytes(self.raw[after:])!r}"
            )
            self._read(0.2)
        return self

    def until_stopped(self) -> "PtySession":
        """Wait until the program has stopped itself (Ctrl+Z)."""
        os.waitid(os.P_PID, self.process.pid, os.WSTOPPED | os.WNOWAIT)
        return self

    def signal(self, number: signal.Signals) -> "PtySession":
        os.kill(self.process.pid, number)
        return self

    def end(self) -> int:
        """Read to the end of the program; its exit status."""
        deadline = time.monotonic() + PATIENCE
        while self.process.poll() is None:
            assert time.monotonic() < deadline, f"still running\n{self.text}"
            self._read(0.1)
        while self._read(0.05):
            pass
        return self.process.returncode

    def _read(self, patience: float) -> bool:
        ready, _, _ = select.select([self.master], [], [], patience)
        if not ready:
            return False
        try:
            data = os.read(self.master, 1 << 16)
        except OSError:
            return False
        self.raw += data
        self.feed(data)
        return bool(data)

    def feed(self, data: bytes) -> None:
        """Let the emulated terminal draw what the program wrote."""
        with contextlib.suppress(Exception):  # pyte does not know every private sequence
            self._stream.feed(data)
