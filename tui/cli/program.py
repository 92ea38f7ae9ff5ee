"""Runs the command line: one command, its errors as one sentence on stderr, and its exit status."""

import inspect
import os
import sys
from collections.abc import Sequence
from io import TextIOWrapper
from typing import Final

from engine.errors import ConneqtError
from tui.cli.grammar import grammar

CRASHED: Final = 70
INTERRUPTED: Final = 130
PIPE_CLOSED: Final = 141


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; comes back with the exit status (docs/guide/command-line.md lists them)."""
    _prepare_streams()
    try:
        status = _run(sys.argv[1:] if arguments is None else list(arguments))
        sys.stdout.flush()
    except ConneqtError as error:
        _say(str(error))
        return error.exit_status
    except KeyboardInterrupt:
        return INTERRUPTED
    except BrokenPipeError:
        _forget_stdout()
        return PIPE_CLOSED
    except Exception as error:
        _report(error)
        return CRASHED
    return status


def _run(arguments: list[str]) -> int:
    try:
        chosen = grammar().parse_args(arguments)
    except SystemExit as end:  # --help and --version have printed what was asked for
        return int(end.code or 0)
    result = chosen.run(chosen)
    if inspect.iscoroutine(result):
        import asyncio

        result = asyncio.run(result)
    return int(result or 0)


def _prepare_streams() -> None:
    """A pipe gets UTF-8 whatever the locale; a terminal that cannot show a letter shows “?”."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, TextIOWrapper):
            if stream.isatty():
                stream.reconfigure(errors="replace")
            else:
                stream.reconfigure(encoding="utf-8", errors="backslashreplace")


def _say(sentence: str) -> None:
    from engine.model.text import clean_text

    print(f"conneqtos: {clean_text(sentence)}", file=sys.stderr)


def _report(error: Exception) -> None:
    """A fault of the program's own: where it happened goes into a file, and no content with it."""
    from tui.crash import write_report
    from tui.folders import spoken, state_folder

    path = write_report(error, state_folder())
    where = "" if path is None else f" {spoken(path)} says where; it holds none of your data."
    _say(f"a fault in the program stopped this ({type(error).__name__}).{where}")


def _forget_stdout() -> None:
    """Nobody reads any more: what Python still holds for stdout must not complain at exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
