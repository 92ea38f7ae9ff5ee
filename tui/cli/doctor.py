"""`conneqtos doctor`: how the program, the terminal and the workspace are, and what is wrong."""

import os
import platform
import shutil
import sys
from argparse import Namespace
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Final

from msgspec import Struct, to_builtins

from engine.errors import ConneqtError
from sync.client import credentials
from tui import unlocking
from tui.cli.config import all_mistakes
from tui.cli.opening import named_folder, opened
from tui.cli.output import say, say_json
from tui.folders import config_file, spoken
from tui.recent_workspaces import last_workspace
from tui.version import version

LEAST_FREE: Final = 100 * 1024 * 1024
TERMINAL_FACTS: Final = ("TERM", "COLORTERM", "NO_COLOR", "TMUX", "SSH_TTY", "LANG", "LC_ALL")


class Finding(Struct, frozen=True):
    """One line of the report."""

    what: str
    text: str
    ok: bool = True


async def examine(arguments: Namespace) -> int:
    """Comes back with 1 when something is wrong."""
    findings = [*_program(), *_terminal(), *_configuration(), _keyring()]
    findings += [finding async for finding in _workspace(arguments)]
    ok = all(finding.ok for finding in findings)
    if arguments.json:
        say_json({"ok": ok, "version": version(), "findings": to_builtins(findings)})
    else:
        for finding in findings:
            say(f"{'ok   ' if finding.ok else 'WRONG'} {finding.what}: {finding.text}")
    return 0 if ok else ConneqtError.exit_status


def _program() -> Iterator[Finding]:
    yield Finding("conneqtos", version())
    yield Finding("python", f"{platform.python_version()} on {platform.platform(terse=True)}")


def _terminal() -> Iterator[Finding]:
    size = shutil.get_terminal_size()
    kind = "a terminal" if sys.stdout.isatty() else "not a terminal"
    facts = [f"{name}={os.environ[name]}" for name in TERMINAL_FACTS if os.environ.get(name)]
    shown = [f"{kind}, {size.columns}x{size.lines}", sys.stdout.encoding, *facts]
    yield Finding("terminal", ", ".join(shown))


def _configuration() -> Iterator[Finding]:
    mistakes = all_mistakes()
    for mistake in mistakes:
        yield Finding("configuration", mistake, ok=False)
    if not mistakes:
        there = "" if config_file().exists() else " (not there: first values)"
        yield Finding("configuration", spoken(config_file()) + there)


def _keyring() -> Finding:
    """No keyring is no fault: a passphrase does as well."""
    name = credentials.usable_keyring()
    return Finding("keyring", name or "none that keeps a secret; keys are wrapped by a passphrase")


async def _workspace(arguments: Namespace) -> AsyncIterator[Finding]:
    folder = named_folder(arguments) or last_workspace()
    if folder is None:
        yield Finding("workspace", "none was used yet. Try: conneqtos demo")
        return
    yield Finding("workspace", spoken(folder))
    try:
        yield Finding("key", unlocking.PROTECTION_WORDS[unlocking.protection_of(folder)])
        yield _space(folder)
        async with opened(arguments) as acting:
            faults = await acting.engine.integrity()
            yield Finding("file", "; ".join(faults[:5]) or "whole", ok=not faults)
            verdict = await acting.verify_audit()
    except ConneqtError as error:
        yield Finding(error.title.lower(), str(error), ok=False)
        return
    if verdict.bad_number is None:
        yield Finding("audit trail", f"whole, {verdict.checked:,} entries")
    else:
        broken = f"broken at entry {verdict.bad_number}: {verdict.reason}"
        yield Finding("audit trail", broken, ok=False)


def _space(folder: Path) -> Finding:
    free = shutil.disk_usage(folder).free
    shown = f"{free / 1024**3:,.1f} GiB free"
    if free >= LEAST_FREE:
        return Finding("disk", shown)
    return Finding("disk", f"{shown}: too little to work safely. Free some space.", ok=False)
