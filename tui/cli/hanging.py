"""`conneqtos comment` and `attach`: what hangs on an item."""

from argparse import Namespace
from pathlib import Path
from typing import Final

from engine import filing
from engine.api import Acting
from engine.commands.attachments import AttachFile, AttachLink
from engine.commands.comments import AddComment
from engine.model.item import Item
from tui.cli.asking import piped_text
from tui.cli.choosing import items_named
from tui.cli.opening import opened
from tui.cli.output import say, say_json
from tui.cli.progress import Progress

LINKS: Final = ("https://", "http://", "mailto:")


async def comment(arguments: Namespace) -> None:
    async with opened(arguments) as acting:
        (item,) = await items_named(acting, [arguments.item])
        body = piped_text() if arguments.text == "-" else arguments.text
        command = AddComment(item_id=item.id, body=body.strip())
        await acting.execute(command)
    if arguments.json:
        say_json({"id": command.comment_id, "item": item.id})
    else:
        say(f"Commented on {item.tag} {item.name}")


async def attach(arguments: Namespace) -> None:
    async with opened(arguments) as acting:
        (item,) = await items_named(acting, [arguments.item])
        if arguments.path.lower().startswith(LINKS):
            command: AttachFile | AttachLink = AttachLink(item_id=item.id, url=arguments.path)
        else:
            command = await _stored(acting, item, Path(arguments.path))
        await acting.execute(command)
    if arguments.json:
        say_json({"id": command.attachment_id, "item": item.id})
    else:
        say(f"Attached to {item.tag} {item.name}")


async def _stored(acting: Acting, item: Item, path: Path) -> AttachFile:
    """Take the file in first, chunk by chunk; the command then only names it."""
    whole = path.stat().st_size if path.is_file() else 0
    with Progress(f"Attaching {path.name}") as progress:
        stored = await filing.add_file(acting, path, lambda done: progress.at(done, whole))
    return AttachFile(item_id=item.id, name=path.name, digest=stored.digest, size=stored.size)
