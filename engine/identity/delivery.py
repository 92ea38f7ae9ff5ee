"""Hands the mails of a tenant over: for now each becomes a file that mail programs open, in a folder."""

import asyncio
import os
from email.parser import BytesHeaderParser
from email.utils import parseaddr
from pathlib import Path

from engine.api import Engine
from engine.commands.mails import NoteDelivery
from engine.mail.addressed import addressed
from engine.mail.eml import eml
from engine.model.account import Mail
from engine.queries.members import MailsWaiting
from engine.store import mail_due


async def deliver(engine: Engine, tenant: str, folder: Path) -> int:
    """Comes back with how many. A mail is on the disk before it counts as handed over: a crash in between
    delivers it twice under the same name, which is once. Raises OSError."""
    system = engine.as_system(tenant)
    waiting = await system.query(MailsWaiting())
    ready = [addressed(mail, engine.served_at) for mail in waiting]
    gone = [mail.id for mail in ready if await asyncio.to_thread(put_into, folder, mail)]
    if gone:
        await system.execute(NoteDelivery(mail_ids=tuple(gone)))
        await engine.forget_old_pages()  # a code that was sent is nowhere any more
    return len(gone)


async def deliver_all(engine: Engine, folder: Path) -> int:
    """Of every tenant; those that have none waiting cost nothing. Comes back with how many."""
    count = 0
    for tenant in await engine.across(mail_due.tenants):
        system = engine.as_system(tenant)
        if await system.query(MailsWaiting()):
            count += await deliver(engine, tenant, folder)
        else:  # what waited was removed
            await system.execute(NoteDelivery(mail_ids=()))
    return count


def put_into(folder: Path, mail: Mail) -> bool:
    """Write one mail, readable by the owner of the folder only. False for an address that is none."""
    try:
        content = eml(mail)
    except ValueError:
        return False
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    path = folder / f"{mail.created_at}-{mail.id}.eml"
    half = path.with_suffix(".part")
    descriptor = os.open(half, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        file.write(content)
    half.replace(path)
    return True


def take_back(folder: Path, address: str) -> None:
    """Remove the mails to an address that nobody has fetched from the folder yet."""
    for path in folder.glob("*.eml"):
        with open(path, "rb") as file:
            to = BytesHeaderParser().parse(file)["To"]
        if parseaddr(to)[1] == address:
            path.unlink(missing_ok=True)
