"""The terminal driver: Textual's own, but it asks for clicks and drags only, and ends well on signals.

Any-motion tracking (mode 1003) sends every move of the mouse over SSH; SIGTERM and SIGHUP would leave
the alternate screen, a hidden cursor and a raw terminal behind.
"""

import os
import selectors
import signal
import sys
import termios
import threading
from codecs import getincrementaldecoder
from functools import partial
from typing import Any, Final, TextIO

from textual import constants
from textual._xterm_parser import XTermParser
from textual.drivers.linux_driver import LinuxDriver

from tui.pen import Pen

ENDING_SIGNALS: Final = (signal.SIGTERM, signal.SIGHUP)
PATIENCE_SECONDS: Final = 3.0
POLL_SECONDS: Final = 0.1
ESC_SECONDS: Final = 0.03
"""How long the rest of a key's sequence may take before an esc is the key esc."""
constants.ESCAPE_DELAY = ESC_SECONDS  # type: ignore[misc]
_MOUSE_MODES: Final = (1000, 1002, 1006)
_RESTORE: Final = "\x1b[?1000l\x1b[?1002l\x1b[?1006l\x1b[?2004l\x1b[?1004l\x1b[?7h\x1b[<u\x1b[?1049l\x1b[?25h\x1b[0m"


def terminal_stream() -> TextIO | None:
    """Where the screen is drawn: stderr, as Textual does; stdout where stderr goes elsewhere (`2>file`)."""
    streams = (sys.__stderr__, sys.__stdout__)
    return next((stream for stream in streams if stream and stream.isatty()), None)


class TerminalDriver(LinuxDriver):
    def __init__(self, *arguments: Any, **options: Any) -> None:
        self._shown = self._suspended = False
        super().__init__(*arguments, **options)
        self._file = terminal_stream() or sys.__stderr__  # type: ignore[assignment]
        self._parser = XTermParser(self._debug)
        self._pen = Pen()

    def write(self, data: str) -> None:
        super().write(self._pen.thin(data))

    def _get_terminal_size(self) -> tuple[int, int]:
        """Of the terminal that is drawn on, whatever stdout is."""
        try:
            width, height = os.get_terminal_size(self._file.fileno() if self._file else 2)
        except OSError:
            width, height = super()._get_terminal_size()
        return width, height

    def _enable_mouse_support(self) -> None:
        if self._mouse:
            self.write("".join(f"\x1b[?{mode}h" for mode in _MOUSE_MODES))
            self.flush()

    def _disable_mouse_support(self) -> None:
        if self._mouse:
            self.write("".join(f"\x1b[?{mode}l" for mode in _MOUSE_MODES))
            self.flush()

    def start_application_mode(self) -> None:
        self._pen.forget()
        super().start_application_mode()  # type: ignore[no-untyped-call]
        self._shown = self._key_thread is not None and self._key_thread.is_alive()
        for number in ENDING_SIGNALS:
            signal.signal(number, self._end)

    def stop_application_mode(self) -> None:
        self._shown = False
        for number in ENDING_SIGNALS:
            signal.signal(number, signal.SIG_DFL)
        super().stop_application_mode()

    def _end(self, number: int, *_: object) -> None:
        """Leave by the ordinary way, so that everything is stored and restored; by force if that hangs.
        Handled by Python, not by the event loop, which may be what hangs."""
        status = 128 + number
        patience = threading.Timer(PATIENCE_SECONDS, self._leave_now, (status,))
        patience.daemon = True
        patience.start()
        self._loop.call_soon_threadsafe(partial(self._app.exit, return_code=status))

    def _leave_now(self, status: int) -> None:
        restore_terminal(self.fileno, self.attrs_before)
        os._exit(status)

    # -- what is typed ------------------------------------------------------------------------------

    def run_input_thread(self) -> None:
        """As Textual's, but what is no UTF-8 and no key is passed over instead of ending the app, a lone esc
        is known soon, and a terminal that is gone ends the app even where its signal is ignored."""
        decode = getincrementaldecoder("utf-8")("replace").decode
        patience = POLL_SECONDS
        with selectors.DefaultSelector() as selector:
            selector.register(self.fileno, selectors.EVENT_READ)
            while not self.exit_event.is_set():
                data = self._read() if selector.select(patience) else None
                if data == b"":
                    self._end(signal.SIGHUP)
                    return
                text = decode(data or b"")
                patience = ESC_SECONDS + 0.01 if text.endswith("\x1b") else POLL_SECONDS
                for letter in text:  # one by one, so that nonsense costs only itself
                    self._take(letter)
                for message in self._parser.tick():
                    self.process_message(message)

    def _take(self, letter: str) -> None:
        try:
            for message in self._parser.feed(letter):
                self.process_message(message)
        except (ArithmeticError, LookupError, ValueError):
            self._parser = XTermParser(self._debug)

    def _read(self) -> bytes:
        """What was typed; nothing once the terminal is gone."""
        try:
            return os.read(self.fileno, 4096)
        except OSError:
            return b""

    # -- to the shell and back ----------------------------------------------------------------------

    def _sigtstp_application(self, *_: object) -> None:
        if self._auto_restart and self._shown:
            self.suspend_application_mode()
            self._suspended = self._must_signal_resume = True
        self._stop_job()
        self._sigcont_application()

    def _stop_job(self) -> None:
        """The whole job stops, as by the terminal's own Ctrl+Z: a shell that waits for `make` would never
        see us stop. By the default action, which the kernel leaves out where no shell could wake us."""
        signal.signal(signal.SIGTSTP, signal.SIG_DFL)
        os.killpg(os.getpgrp(), signal.SIGTSTP)
        signal.signal(signal.SIGTSTP, self._sigtstp_application)

    def _sigcont_application(self, *_: object) -> None:
        """Take the terminal again; also after a stop that was not announced (SIGSTOP)."""
        if not self._auto_restart:
            return  # an editor has the terminal
        if not self._in_foreground():
            if self._suspended:
                self._stop_job()  # `bg`: there is nothing to do without a terminal; `fg` wakes us
            return
        if self._shown:
            self.suspend_application_mode()
            self._suspended = self._must_signal_resume = True
        if self._suspended:
            self._suspended = False
            self.resume_application_mode()

    def _in_foreground(self) -> bool:
        try:
            return os.tcgetpgrp(self.fileno) == os.getpgrp()
        except OSError:
            return False  # the terminal is gone


def restore_terminal(fileno: int, attributes: Any) -> None:
    """Put the terminal back without the help of the app: also when nothing else works any more."""
    try:
        if attributes is not None:
            termios.tcsetattr(fileno, termios.TCSANOW, attributes)
        terminal = terminal_stream()
        os.write(terminal.fileno() if terminal else 2, _RESTORE.encode())
    except (OSError, termios.error):
        return  # the terminal is gone (SIGHUP): there is nothing left to restore
