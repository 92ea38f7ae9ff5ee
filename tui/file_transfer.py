"""Takes files into the workspace as attachments, and saves them out again, chunk by chunk."""

import asyncio
import os
from collections.abc import Callable
from pathlib import Path
from typing import IO

from engine import filing
from engine.api import Done
from engine.commands.attachments import AttachFile
from engine.errors import DiskFull, Invalid, NotFound, Refused
from engine.model.item import Attachment
from engine.model.text import clean_line
from tui.folders import spoken
from tui.live import Live

Report = Callable[[int], None]
"""Called with the bytes done so far; raises Cancelled to stop."""


def typed_path(text: str) -> Path:
    """The path that a person typed or dropped on the terminal: quotes and ~ are understood."""
    line = text.strip()
    if len(line) > 1 and line[0] == line[-1] and line[0] in "'\"":
        line = line[1:-1]
    line = line.removeprefix("file://")
    if not line:
        raise Invalid("Type the path of a file, like ~/report.pdf.")
    return Path(line).expanduser()


def file_to_attach(text: str) -> Path:
    """As `typed_path`, for a file that is there and can be read."""
    path = typed_path(text)
    if path.is_dir():
        raise Invalid(f"“{path.name}” is a folder. Type the path of a file in it.")
    if not path.is_file():
        raise NotFound(f"There is no file “{spoken(path)}”. Check the name and try again.")
    return path


def place_to_save(text: str, name: str) -> Path:
    """Where a file of this name is saved: the typed path, or in it if it is a folder. Never over another
    file."""
    path = typed_path(text)
    if path.is_dir():
        path /= file_name(name)
    if path.exists():
        raise Refused(f"“{path.name}” is there already. Type another name.")
    if not path.parent.is_dir():
        raise NotFound(f"There is no folder “{spoken(path.parent)}”. Type another path.")
    return path


def file_name(name: str) -> str:
    """The name without what would lead out of a folder or hide the file."""
    plain = clean_line(name).replace("/", "_").replace("\\", "_").lstrip(".")
    return plain[:200] or "attachment"


async def attach_file(live: Live, item_id: str, path: Path, report: Report) -> Done | None:
    """Store the file encrypted, then name it on the item. Raises Cancelled and what reading it can raise."""
    stored = await filing.add_file(live.acting, path, report)
    return await live.execute(
        AttachFile(item_id=item_id, name=path.name, digest=stored.digest, size=stored.size)
    )


async def save_file(live: Live, attachment: Attachment, target: Path, report: Report) -> Path:
    """Write the plain file to `target`. What is not whole never stands under that name."""
    part = target.with_name(f".{target.name}.part")
    done = 0
    try:
        with part.open("xb") as file:
            async for chunk in await live.acting.read_attachment(attachment.id):
                await asyncio.to_thread(_write, file, chunk)
                done += len(chunk)
                report(done)
        target.open("xb").close()  # takes the name, or says that it is taken
        os.replace(part, target)
    except FileExistsError:
        raise Refused(f"“{target.name}” is there already. Type another name.") from None
    except PermissionError:
        raise Refused(f"You may not write to “{target.parent}”. Type another path.") from None
    except OSError as error:
        raise DiskFull(f"“{target.name}” could not be written: {error.strerror}.") from None
    finally:
        part.unlink(missing_ok=True)
    return target


def _write(file: IO[bytes], chunk: bytes) -> None:
    file.write(chunk)
