"""The terminal driver: Textual's own, but it asks for clicks and drags only, and ends well on signals.

Any-motion tracking (mode 1003) sends every move of the mouse over SSH; SIGTERM and SIGHUP would leave
the alternate screen, a hidden cursor and a raw terminal behind.
"""

import asyncio
import os
import signal
import sys
import termios
from functools import partial
from typing import Any, Final

from textual.drivers.linux_driver import LinuxDriver

ENDING_SIGNALS: Final = (signal.SIGTERM, signal.SIGHUP)
PATIENCE_SECONDS: Final = 3.0
_MOUSE_MODES: Final = (1000, 1002, 1006)
_RESTORE: Final = "\x1b[?1000l\x1b[?1002l\x1b[?1006l\x1b[?2004l\x1b[?1004l\x1b[?7h\x1b[<u\x1b[?1049l\x1b[?25h\x1b[0m"


class TerminalDriver(LinuxDriver):
    def _enable_mouse_support(self) -> None:
        if self._mouse:
            self.write("".join(f"\x1b[?{mode}h" for mode in _MOUSE_MODES))
            self.flush()

    def _disable_mouse_support(self) -> None:
        if self._mouse:
            self.write("".join(f"\x1b[?{mode}l" for mode in _MOUSE_MODES))
            self.flush()

    def start_application_mode(self) -> None:
        super().start_application_mode()  # type: ignore[no-untyped-call]
        loop = asyncio.get_running_loop()
        for number in ENDING_SIGNALS:
            loop.add_signal_handler(number, partial(self._end, number, loop))

    def stop_application_mode(self) -> None:
        loop = asyncio.get_running_loop()
        for number in ENDING_SIGNALS:
            loop.remove_signal_handler(number)
        super().stop_application_mode()

    def _end(self, number: signal.Signals, loop: asyncio.AbstractEventLoop) -> None:
        """Leave by the ordinary way, so that everything is stored and restored; by force if that hangs."""
        status = 128 + number
        loop.call_later(PATIENCE_SECONDS, self._leave_now, status)
        self._app.exit(return_code=status)

    def _leave_now(self, status: int) -> None:
        restore_terminal(self.fileno, self.attrs_before)
        os._exit(status)


def restore_terminal(fileno: int, attributes: Any) -> None:
    """Put the terminal back without the help of the app: also when nothing else works any more."""
    try:
        if attributes is not None:
            termios.tcsetattr(fileno, termios.TCSANOW, attributes)
        os.write(sys.__stderr__.fileno() if sys.__stderr__ else 2, _RESTORE.encode())
    except (OSError, termios.error):
        return  # the terminal is gone (SIGHUP): there is nothing left to restore
