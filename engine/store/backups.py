"""Copies of a workspace file under a key of their own, each checked by reading it back (policy §7; C40).

A backup is `NAME.db`, the whole database, and `NAME.json`, what is known of it, sealed by an HMAC. Attachments
lie once in `files/`, however many backups need them. Nothing here opens a workspace: a backup is written
from, and turned into, closed files.
"""

import hashlib
import hmac
import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec
import sqlcipher3.dbapi2
from msgspec import Struct
from msgspec.structs import replace

from engine.clock import as_datetime
from engine.errors import Damaged, NotFound
from engine.store.faults import storage_faults
from engine.store.file_places import Folder
from engine.store.files import FileStore
from engine.store.sqlite import export_to, unlocked

PURPOSE: Final = b"conneqtos backup 1"
BACKUPS: Final = "backups"
"""Their folder, beside the workspace."""
KEPT_DAYS: Final = 30
DAY: Final = 86_400_000
CHUNK: Final = 1 << 20


class Backup(Struct, frozen=True, kw_only=True):
    """What is known of one: when it was made, which workspace it is of, its schema, size, SHA-256, rows by table,
    and the digests of the attachments it needs. `seal` shows that nobody else wrote this."""

    name: str
    made_at: int
    organizations: tuple[str, ...]
    schema: str
    bytes: int
    sha256: str
    rows: dict[str, int]
    files: tuple[str, ...]
    seal: str = ""


def drop_all(workspace: Path) -> None:
    """Every backup, and every copy of what was there before one was gone back to. Raises WorkspaceErrors."""
    folder = workspace / BACKUPS
    with storage_faults(folder):
        if folder.exists():
            shutil.rmtree(folder)


class BackupFolder:
    """The backups of one workspace. `key` is that of the workspace; theirs is derived from it."""

    def __init__(self, folder: Path, key: bytes) -> None:
        self.folder = folder
        self._workspace_key = key
        self._key = hmac.digest(key, PURPOSE, hashlib.sha256)
        self._files = FileStore(Folder(folder / "files"), self._key)

    def list(self) -> list[Backup]:
        """The oldest first. Raises Damaged for a description that was changed."""
        found = (self._described(path) for path in self.folder.glob("*.json"))
        return sorted(found, key=lambda backup: backup.made_at)

    def named(self, name: str) -> Backup:
        """By its whole name or the only beginning; “newest” is the last. Raises NotFound."""
        known = self.list()
        fitting = [b for b in known if b.name.startswith(name)] if name != "newest" else known[-1:]
        if len(fitting) != 1:
            names = ", ".join(backup.name for backup in known) or "none"
            raise NotFound(f"There is no backup “{name}” (or several). Known: {names}.")
        return fitting[0]

    def make(self, database: Path, files: FileStore, at: int) -> Backup:
        """Copy the database as it is at this moment, and the attachments of all its organizations (`files`) that
        are not here yet; then read the copy back. Takes as long as reading the workspace; others go on writing meanwhile."""
        name = as_datetime(at).strftime("%Y-%m-%dT%H-%M-%SZ")
        self.folder.mkdir(parents=True, exist_ok=True)
        part, final = self.folder / f"{name}.part", self.folder / f"{name}.db"
        with storage_faults(self.folder):
            try:
                _exported(database, self._workspace_key, part, self._key)
                described = self._read_back(part, name, at)
                for owner, digest in self._owners(part, files):
                    if not self._files.has(digest) and owner.has(digest):
                        owner.copy_to(self._files, digest)
                os.replace(part, final)
            finally:
                part.unlink(missing_ok=True)
            sealed = replace(described, seal=self._seal(described))
            _write(self.folder / f"{name}.json", msgspec.json.format(msgspec.json.encode(sealed)))
        return sealed

    def verify(self, backup: Backup) -> None:
        """Read all of it back: the file, each page, each attachment. Raises Damaged."""
        path = self.folder / f"{backup.name}.db"
        if not path.exists() or _sha256(path) != backup.sha256:
            raise Damaged(f"The backup {backup.name} is damaged: it is not as it was written.")
        again = self._read_back(path, backup.name, backup.made_at)
        if (again.rows, again.files) != (backup.rows, backup.files):
            raise Damaged(f"The backup {backup.name} is damaged: it holds something else.")
        for digest in backup.files:
            if self._files.has(digest):
                for _chunk in self._files.chunks(digest, digest):
                    pass

    def restore(self, backup: Backup, database: Path, files: FileStore) -> None:
        """Write the database of a backup to this new path, under the key of the workspace, and bring back the
        attachments that are missing. Raises Damaged; then nothing was written."""
        self.verify(backup)
        with storage_faults(database):
            try:
                _exported(
                    self.folder / f"{backup.name}.db", self._key, database, self._workspace_key
                )
            except BaseException:
                database.unlink(missing_ok=True)
                raise
            for owner, digest in self._owners(self.folder / f"{backup.name}.db", files):
                if self._files.has(digest) and not owner.has(digest):
                    self._files.copy_to(owner, digest)

    def let_go(self, now: int, *, but_newest: bool = True) -> int:
        """Remove backups of over 30 days, and attachments that none needs any more; the newest one stays, where others
        come behind it."""
        known = self.list()
        among = known[:-1] if but_newest else known
        old = [backup for backup in among if backup.made_at < now - KEPT_DAYS * DAY]
        for backup in old:
            (self.folder / f"{backup.name}.db").unlink(missing_ok=True)
            (self.folder / f"{backup.name}.json").unlink(missing_ok=True)
        needed = {digest for backup in known if backup not in old for digest in backup.files}
        for digest in list(self._files.digests()):
            if digest not in needed:
                self._files.remove(digest)
        return len(old)

    # -- inside -------------------------------------------------------------------------------

    def _described(self, path: Path) -> Backup:
        try:
            found = msgspec.json.decode(path.read_bytes(), type=Backup)
        except msgspec.MsgspecError:
            raise Damaged(f"{path.name} is damaged: it does not describe a backup.") from None
        if not hmac.compare_digest(found.seal, self._seal(found)) or found.name != path.stem:
            raise Damaged(f"{path.name} is of another workspace, or was changed.")
        return found

    def _owners(self, path: Path, files: FileStore) -> Iterator[tuple[FileStore, str]]:
        """Whose files they are, by the copy of the database."""
        connection = unlocked(path, self._key)
        try:
            rows = connection.execute(_OWNERS).fetchall()
        finally:
            connection.close()
        for organization_id, digest in rows:
            yield files.of(organization_id), digest

    def _seal(self, backup: Backup) -> str:
        said = msgspec.json.encode(replace(backup, seal=""), order="deterministic")
        return hmac.digest(self._key, said, hashlib.sha256).hex()

    def _read_back(self, path: Path, name: str, at: int) -> Backup:
        try:
            connection = unlocked(path, self._key)
        except sqlcipher3.dbapi2.DatabaseError:
            raise Damaged(f"The backup {name} is damaged: it cannot be read.") from None
        try:
            for check in ("cipher_integrity_check", "integrity_check"):
                said = [row[0] for row in connection.execute(f"PRAGMA {check}") if row[0] != "ok"]
                if said:
                    raise Damaged(f"The backup {name} is damaged: {said[0]}.")
            return Backup(
                name=name, made_at=at, bytes=path.stat().st_size, sha256=_sha256(path),
                organizations=tuple(_column(connection, "SELECT id FROM organization ORDER BY id")),
                schema=next(_column(connection, "SELECT version_num FROM alembic_version")),
                rows={
                    table: next(_column(connection, f'SELECT count(*) FROM "{table}"'))
                    for table in _column(connection, _TABLES)
                },
                files=tuple(_column(connection, _DIGESTS)),
            )  # fmt: skip
        except sqlcipher3.dbapi2.DatabaseError:
            raise Damaged(f"The backup {name} is damaged: it cannot be read.") from None
        finally:
            connection.close()


_TABLES: Final = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
_DIGESTS: Final = "SELECT DISTINCT digest FROM attachment WHERE digest <> '' ORDER BY digest"

_OWNERS: Final = "SELECT DISTINCT organization_id, digest FROM attachment WHERE digest <> ''"


def _exported(source: Path, key: bytes, target: Path, new_key: bytes) -> None:
    """A copy of the file's database under another key."""
    target.unlink(missing_ok=True)
    connection = unlocked(source, key)
    try:
        export_to(connection, target, new_key)
    finally:
        connection.close()


def _column(connection: Any, statement: str) -> Iterator[Any]:
    for row in connection.execute(statement).fetchall():
        yield row[0]


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _write(path: Path, content: bytes) -> None:
    part = path.with_suffix(".part")
    with part.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())
    os.replace(part, path)
