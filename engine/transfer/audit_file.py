"""The audit trail as a file of JSON lines, and comparing the chain with such a file.

A copy kept elsewhere shows what the chain alone cannot: that its end was cut off or all of it rewritten.
"""

from collections.abc import AsyncIterator, Callable, Iterator
from pathlib import Path
from typing import Final

import msgspec
from msgspec import Struct

from engine.commands.audit import NoteAuditExport
from engine.errors import UnreadableFile
from engine.queries.audit import AuditChain, AuditLink
from engine.transfer.door import Door
from engine.transfer.whole_file import whole_file

LONGEST_LINE: Final = 1 << 20
REPORTED_EACH: Final = 1_000


class Comparison(Struct, frozen=True, kw_only=True):
    """How many entries of the file are in the chain unchanged, and the first that is not; None if all are."""

    compared: int
    bad_number: int | None = None


async def export_audit(
    door: Door, target: Path, progress: Callable[[int], None] | None = None
) -> int:
    """Write all entries, the oldest first; comes back with how many. Raises UsageError, ReadOnly, DiskFull."""
    count = 0
    with whole_file(target) as file:
        await door.execute(NoteAuditExport())
        async for entry in _chain(door):
            file.write(msgspec.json.encode(entry) + b"\n")
            count += 1
            if progress is not None and count % REPORTED_EACH == 0:
                progress(count)
    return count


async def compare_audit(door: Door, path: Path) -> Comparison:
    """Compare the chain with an export of it, in constant memory. Raises UnreadableFile."""
    chain = _chain(door)
    compared = 0
    entry = await anext(chain, None)
    for exported in _links(path):
        if entry is not None and exported.number < entry.number and not compared:
            continue  # kept long enough since: verifying has checked the checkpoint that stands for it
        if entry is None or (entry.number, entry.hash) != (exported.number, exported.hash):
            return Comparison(compared=compared, bad_number=exported.number)
        compared += 1
        entry = await anext(chain, None)
    return Comparison(compared=compared)


async def _chain(door: Door) -> AsyncIterator[AuditLink]:
    after = 0
    while page := await door.query(AuditChain(after_number=after)):
        for entry in page:
            yield entry
        after = page[-1].number


def _links(path: Path) -> Iterator[AuditLink]:
    try:
        with path.open("rb") as file:
            number = 0
            while line := file.readline(LONGEST_LINE):
                number += 1
                try:
                    yield msgspec.json.decode(line, type=AuditLink)
                except (msgspec.DecodeError, RecursionError) as error:
                    raise UnreadableFile(path.name, f"line {number}", str(error)) from None
    except OSError as error:
        raise UnreadableFile(path.name, "", f"cannot be read: {error.strerror}") from None
