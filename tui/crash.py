"""Writes what went wrong after a crash: where in the code, never what the person was working on.

A report holds versions and the frames of the traceback. It holds no message of the error, no locals
and no folders of the person, because content could be in them.
"""

import os
import platform
import sys
import traceback
from datetime import UTC, datetime
from pathlib import Path


def write_report(error: BaseException, folder: Path) -> Path | None:
    """The file that was written, readable only by its owner; None where the folder takes none."""
    stamp = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
    path = folder / f"crash-{stamp}-{os.getpid()}.txt"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(report(error))
    except OSError:
        return None
    return path


def report(error: BaseException) -> str:
    """Versions, the kinds of errors (each with its cause), and the places in the code."""
    from importlib.metadata import version as installed

    from tui.version import version

    lines = [
        f"ConneqtOS {version()}, Textual {installed('textual')}, Python {platform.python_version()}, "
        f"{platform.system()} {platform.machine()}",
        f"terminal {os.environ.get('TERM', '')}, argument count {len(sys.argv) - 1}",
    ]
    seen: set[int] = set()
    cause: BaseException | None = error
    while cause is not None and id(cause) not in seen:
        seen.add(id(cause))
        lines += ["", f"{type(cause).__module__}.{type(cause).__qualname__}"]
        lines += [_place(frame) for frame in traceback.extract_tb(cause.__traceback__)]
        cause = cause.__cause__ or cause.__context__
    return "\n".join(lines) + "\n"


def _place(frame: traceback.FrameSummary) -> str:
    """The file from its package on: what lies before that names the person's folders."""
    parts = Path(frame.filename).parts
    for root in ("site-packages", "engine", "sync", "tui", "tests"):
        if root in parts:
            index = len(parts) - 1 - parts[::-1].index(root)
            parts = parts[index + (root == "site-packages") :]
            break
    else:
        parts = parts[-1:]
    return f"  {'/'.join(parts)}:{frame.lineno} in {frame.name}"
