"""Who has brought which file: the bytes are stored before a command may name them, and only who has brought them,
or may read them already, may name them. A digest alone opens nothing."""

from collections.abc import Iterable
from typing import Final

import msgspec
from sqlalchemy import Connection, delete, func, insert, select, union, update

from engine.model.item import Attachment
from engine.store.files import StoredFile
from engine.store.reading import Reading
from engine.store.tables import attachment, held, outbox, stored_file
from engine.store.unit_of_work import UnitOfWork

KEPT_MS: Final = 30 * 86_400_000
"""How long a file waits for the command that names it."""


def note_stored(
    connection: Connection, organization_id: str, member_id: str, files: list[StoredFile], now: int
) -> None:
    """That the member has brought these bytes; on a linked device they wait for the server from now on."""
    mine = stored_file.c.organization_id == organization_id
    for file in {file.digest: file for file in files}.values():
        key = (mine, stored_file.c.digest == file.digest, stored_file.c.member_id == member_id)
        connection.execute(delete(stored_file).where(*key))
        connection.execute(
            insert(stored_file).values(
                organization_id=organization_id, digest=file.digest, member_id=member_id,
                size=file.size, at=now, sent_at=0,
            )
        )  # fmt: skip


def size_of(reading: Reading, digest: str) -> int | None:
    """How large a file is that the actor may name; None where there is none such for them."""
    own = reading.select(stored_file, stored_file.c.size).where(
        stored_file.c.digest == digest, stored_file.c.member_id == reading.actor.user_id
    )
    for row in reading.rows(own):
        return int(row.size)
    known = reading.select(attachment, attachment.c.board_id, attachment.c.size).where(
        attachment.c.digest == digest
    )
    readable = (row.size for row in reading.rows(known) if reading.may_read(row.board_id))
    return next(readable, None)


def used_up(unit: UnitOfWork, digest: str) -> None:
    """From here on it is the attachment that needs the file. A linked device keeps in mind that it has brought it,
    as the command may have to run again."""
    if unit.shadows is None:
        unit.connection.execute(
            delete(stored_file).where(
                stored_file.c.organization_id == unit.actor.organization_id,
                stored_file.c.digest == digest,
                stored_file.c.member_id == unit.actor.user_id,
            )
        )


def nameable(reading: Reading) -> set[str]:
    """Digests of all files that the actor may name."""
    own = reading.select(stored_file, stored_file.c.digest).where(
        stored_file.c.member_id == reading.actor.user_id
    )
    found = {row.digest for row in reading.rows(own)}
    return found | {one.digest for one in reading.list(Attachment) if one.digest}


def brought(reading: Reading) -> set[str]:
    """Digests of what anybody has brought of late, and of what waits for the server."""
    return {row.digest for row in reading.rows(reading.select(stored_file, stored_file.c.digest))}


def bytes_stored(reading: Reading) -> int:
    """Of all files of the organization, each counted once."""
    mine = reading.actor.organization_id
    every = union(
        select(attachment.c.digest, attachment.c.size).where(
            attachment.c.organization_id == mine, attachment.c.digest != ""
        ),
        select(stored_file.c.digest, stored_file.c.size).where(
            stored_file.c.organization_id == mine
        ),
    ).subquery()
    return int(reading.connection.execute(select(func.sum(every.c.size))).scalar() or 0)


def waiting_digests(reading: Reading, digests: Iterable[str]) -> frozenset[str]:
    """Those of the digests whose bytes are on this device only: they wait for the server."""
    statement = reading.select(stored_file, stored_file.c.digest).where(
        stored_file.c.digest.in_(list(digests)), stored_file.c.sent_at == 0
    )
    return frozenset(row.digest for row in reading.rows(statement))


def attached(connection: Connection, organization_id: str) -> list[StoredFile]:
    """The files that attachments of the organization name."""
    statement = select(attachment.c.digest, attachment.c.size).distinct()
    mine = attachment.c.organization_id == organization_id
    rows = connection.execute(statement.where(mine, attachment.c.digest != ""))
    return [StoredFile(row.digest, row.size) for row in rows]


def attachment_of(connection: Connection, organization_id: str, digest: str) -> Attachment | None:
    """The first that names the file."""
    mine = (attachment.c.organization_id == organization_id, attachment.c.digest == digest)
    columns = (attachment.c[name] for name in Attachment.__struct_fields__)
    statement = select(*columns).where(*mine).order_by(attachment.c.id).limit(1)
    row = connection.execute(statement).first()
    return None if row is None else Attachment(**row._mapping)


# -- on a linked device -------------------------------------------------------------------------


def unsent(connection: Connection, organization_id: str, before: int) -> list[StoredFile]:
    """What the server has not, or was told of before a time: it forgets what is not named (KEPT_MS)."""
    statement = select(stored_file.c.digest, stored_file.c.size).where(
        stored_file.c.organization_id == organization_id, stored_file.c.sent_at < before
    )
    rows = connection.execute(statement.order_by(stored_file.c.at, stored_file.c.digest))
    return [StoredFile(row.digest, row.size) for row in rows]


def count_unsent(connection: Connection, organization_id: str) -> int:
    """How many files wait to be sent, or to be sent once more to who may have lost them."""
    mine = stored_file.c.organization_id == organization_id
    statement = select(func.count(stored_file.c.digest.distinct()))
    return int(connection.execute(statement.where(mine, stored_file.c.sent_at == 0)).scalar_one())


def note_sent(connection: Connection, organization_id: str, digest: str, now: int) -> None:
    connection.execute(
        update(stored_file)
        .where(stored_file.c.organization_id == organization_id, stored_file.c.digest == digest)
        .values(sent_at=now)
    )


def send_again(connection: Connection, organization_id: str, arguments: object) -> None:
    """Files that a command names count as not sent: it is given once more."""
    mine = stored_file.c.organization_id == organization_id
    known = {row.digest for row in connection.execute(select(stored_file.c.digest).where(mine))}
    for digest in named_in(arguments, known):
        note_sent(connection, organization_id, digest, 0)


def forget_brought(connection: Connection, organization_id: str, now: int) -> None:
    """What nobody named for long goes, and what the server has, unless a command that waits or was refused names
    it. What an attachment names, and was not sent yet, waits for as long as it takes."""
    mine = attachment.c.organization_id == organization_id
    named = select(attachment.c.digest).where(mine)
    long_ago = (stored_file.c.at < now - KEPT_MS) & stored_file.c.digest.not_in(named)
    old = select(stored_file.c.digest).where(
        stored_file.c.organization_id == organization_id, long_ago | (stored_file.c.sent_at > 0)
    )
    digests = {row.digest for row in connection.execute(old)}
    if not digests:
        return
    for table in (outbox, held):
        said = select(table.c.arguments).where(table.c.organization_id == organization_id)
        for row in connection.execute(said):
            digests -= named_in(row.arguments, digests)
    connection.execute(
        delete(stored_file).where(
            stored_file.c.organization_id == organization_id, stored_file.c.digest.in_(digests)
        )
    )


def named_in(arguments: object, digests: set[str]) -> set[str]:
    """Those of the digests that a command's arguments name, wherever."""
    if not digests:
        return set()
    text = msgspec.json.encode(arguments).decode()
    return {digest for digest in digests if digest in text}
