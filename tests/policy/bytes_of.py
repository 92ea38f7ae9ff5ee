"""Every byte that a store holds about an organization, as whoever has the key could read it: also what lies in
unused parts of pages, and in the journal."""

from pathlib import Path

import msgspec
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from sqlalchemy import Connection, select

from engine.api import Acting
from engine.store.tables import metadata
from tests.engine.conftest import KEY

PAGE = 8192
RESERVED = 48  # 16 of the initialization vector, 32 of HMAC-SHA256
JOURNAL_HEADER, FRAME_HEADER, SALT = 32, 24, 16


async def stored_bytes(acting: Acting) -> bytes:
    """All tables as text, and (of a file) all its pages decrypted."""

    def rows(connection: Connection) -> bytes:
        found = []
        for table in metadata.sorted_tables:
            for row in connection.execute(select(table)):
                found.append(msgspec.json.encode([str(value) for value in row]))
        return b"\n".join(found)

    database = acting.engine._session.database
    whole = await database.read(acting.actor.organization_id, rows)
    path = Path(database.where)
    if path.suffix == ".db":
        whole += decrypted_file(path)
    for other in acting.engine.ledger.path.parent.rglob("*"):
        if other.is_file():
            whole += other.read_bytes()
    return whole


def decrypted_file(path: Path) -> bytes:
    """The pages of a workspace file and of its journal, in clear."""
    content = path.read_bytes()
    pages = [_decrypted(content[SALT:PAGE])]
    pages += [_decrypted(content[at : at + PAGE]) for at in range(PAGE, len(content), PAGE)]
    journal = path.with_name(f"{path.name}-wal")
    frames = journal.read_bytes()[JOURNAL_HEADER:] if journal.exists() else b""
    step = FRAME_HEADER + PAGE
    for at in range(0, len(frames) - step + 1, step):
        page = frames[at + FRAME_HEADER : at + step]
        pages += [
            _decrypted(page),
            _decrypted(page[SALT:]),
        ]  # the first page has the salt before it
    return b"".join(pages)


def _decrypted(page: bytes) -> bytes:
    data, vector = page[:-RESERVED], page[-RESERVED : -RESERVED + 16]
    data = data[: len(data) - len(data) % 16]
    decryptor = Cipher(algorithms.AES(KEY), modes.CBC(vector)).decryptor()
    return decryptor.update(data) + decryptor.finalize()
