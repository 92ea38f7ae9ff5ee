"""Asks the person at the terminal, and reads what a pipe brings."""

import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from engine.errors import UsageError
from tui.unlocking import check_new_passphrase


def somebody_is_there() -> bool:
    """True when a person can be asked: a terminal at both ends."""
    return sys.stdin.isatty() and sys.stderr.isatty()


def confirmed(question: str) -> bool:
    """Ask on stderr; only “y” or “yes” is yes."""
    with interruptible():
        print(f"{question} [y/N] ", end="", file=sys.stderr, flush=True)
        return sys.stdin.readline().strip().lower() in ("y", "yes")


def passphrase(prompt: str) -> str:
    """Ask for a passphrase without showing it."""
    import getpass

    with interruptible():
        return getpass.getpass(f"{prompt}: ", stream=sys.stderr)


def new_passphrase() -> str:
    """Ask twice; raises UsageError where it is short, or the two differ."""
    first = passphrase("New passphrase")
    check_new_passphrase(first)
    if passphrase("The same again") != first:
        raise UsageError("The two passphrases differ. Try again.")
    return first


def secret(prompt: str) -> str:
    """Ask for a password without showing it; a pipe gives one on a line."""
    if somebody_is_there():
        return passphrase(prompt)
    with interruptible():
        line = sys.stdin.readline()
    if not line:
        raise UsageError(f"{prompt}: nobody is there to type it. Give it on a line of stdin.")
    return line.rstrip("\r\n")


def new_secret(prompt: str) -> str:
    """As `secret`; a person types it twice. Raises UsageError where the two differ."""
    first = secret(prompt)
    if somebody_is_there() and passphrase("The same again") != first:
        raise UsageError("The two differ. Try again.")
    return first


def piped_lines() -> list[str]:
    """The lines of stdin that are not blank."""
    with interruptible():
        return [line.rstrip("\r\n") for line in sys.stdin if line.strip()]


def piped_text() -> str:
    with interruptible():
        return sys.stdin.read()


@contextmanager
def interruptible() -> Iterator[None]:
    """Inside, Ctrl-C ends a blocking read at once; asyncio's own handler would wait for it."""
    previous = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, previous)
