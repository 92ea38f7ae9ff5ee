"""`conneqtos import`: brings a file in as a new board, after showing what it would bring."""

import shutil
import sys
import tempfile
from argparse import Namespace
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import msgspec

from engine.errors import Cancelled, UsageError
from engine.transfer.importing import Plan, plan_file
from engine.transfer.importing import import_file as import_into
from engine.transfer.report import Report
from tui.cli.asking import confirmed, interruptible, somebody_is_there
from tui.cli.opening import opened
from tui.cli.output import note, say, say_json
from tui.cli.progress import Progress

COUNTED: Final = (
    ("groups", "group", "groups"), ("columns", "column", "columns"), ("items", "item", "items"),
    ("subitems", "subitem", "subitems"), ("comments", "comment", "comments"),
    ("attachments", "attachment", "attachments"), ("people", "person", "people"),
    ("archived", "in the archive", "in the archive"),
)  # fmt: skip
"""What a report counts, as it is called where it is one and where it is more."""


async def import_file(arguments: Namespace) -> None:
    types = _types(arguments.type)
    with _file(arguments.file) as path:
        async with opened(arguments) as acting:
            if not arguments.yes:
                _agree(await plan_file(acting, path), again=arguments.again)
            with Progress(f"Importing {path.name}") as progress:
                report = await import_into(
                    acting, path, board_name=arguments.board, types=types, progress=progress.at,
                    again=arguments.again,
                )  # fmt: skip
    if arguments.json:
        say_json(msgspec.to_builtins(report))
    else:
        _tell(report)


def _types(choices: list[str]) -> Mapping[str, str]:
    """`COLUMN=TYPE` by column; raises UsageError."""
    found: dict[str, str] = {}
    for choice in choices:
        title, equals, kind = choice.rpartition("=")
        if not equals or not title:
            raise UsageError(f"“{choice}” is not of the form COLUMN=TYPE, as in Due=date.")
        found[title] = kind.strip()
    return found


@contextmanager
def _file(name: str) -> Iterator[Path]:
    """The named file; what a pipe brings (`-`) as a file that is gone afterwards."""
    if name != "-":
        yield Path(name)
        return
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "stdin"
        with interruptible(), path.open("wb") as target:
            shutil.copyfileobj(sys.stdin.buffer, target)
        yield path


def _agree(plan: Plan, *, again: bool) -> None:
    """Show what would come and ask; without anybody to ask, --yes must say it."""
    if not somebody_is_there():
        raise UsageError("Say --yes to import without being asked.")
    note(f"{plan.format}: board “{plan.board}”, {plan.rows:,} items")
    for column in plan.columns:
        samples = ", ".join(column.samples[:3])
        note(f"  {column.title}: {column.type}{f'   ({samples[:60]})' if samples else ''}")
    if plan.imported_before and not again:
        note(f"{plan.imported_before} Say --again to import it once more.")
    if not confirmed("Import it?"):
        raise Cancelled("Nothing was imported.")


def _tell(report: Report) -> None:
    counts = [(getattr(report, name), one, many) for name, one, many in COUNTED]
    came = ", ".join(f"{n:,} {one if n == 1 else many}" for n, one, many in counts if n)
    say(f"Imported “{report.board}”: {came}")
    for heading, entries in (("Changed", report.changed), ("Left out", report.skipped)):
        for entry in entries:
            example = f" (such as {entry.example})" if entry.example else ""
            say(f"{heading}: {entry.count:,} × {entry.what}{example}")
