"""Brings a database to the newest schema, and refuses one that a later ConneqtOS has written.

Alembic is imported only when there is something to do: it costs an eighth of a second at start.
"""

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, inspect, text

from engine.errors import Damaged, NewerVersion

REVISIONS = (
    "0001",
    "0002",
    "0003",
    "0004",
    "0005",
    "0006",
    "0007",
    "0008",
    "0009",
    "0010",
    "0011",
    "0012",
    "0013",
    "0014",
)
"""Every schema there has been, oldest first; a test compares it with the files in versions/."""


_ONE_AT_A_TIME = text("SELECT pg_advisory_xact_lock(7205759403792793)")
"""Until the transaction ends. The number is ours: the lock is on nothing else in the database."""


def migrate(connection: Connection, where: str) -> None:
    """Upgrade inside the caller's transaction; of several processes that start at once one does, and the others wait
    for it. Raises NewerVersion and leaves everything as it is."""
    if connection.dialect.name == "postgresql":
        connection.execute(_ONE_AT_A_TIME)
    current = revision(connection)
    if current == REVISIONS[-1]:
        return
    if current is not None and current not in REVISIONS:
        raise NewerVersion(
            f"{where} was written by a newer ConneqtOS (schema {current}; this one knows up to "
            f"{REVISIONS[-1]}). Nothing was changed. Install the newer version to open it."
        )
    if current is None and inspect(connection).get_table_names():
        raise Damaged(f"{where} is a database, but not one of ConneqtOS. Choose another folder.")
    upgrade(connection, REVISIONS[-1])


def revision(connection: Connection) -> str | None:
    """The schema the database has; None for a new one."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(text("SELECT version_num FROM alembic_version")).scalar()


def upgrade(connection: Connection, to: str) -> None:
    from alembic import command

    command.upgrade(_configuration(connection), to)


def _configuration(connection: Connection) -> Any:
    from alembic.config import Config

    configuration = Config()
    configuration.set_main_option("script_location", str(Path(__file__).parent))
    configuration.set_main_option("path_separator", "os")
    configuration.attributes["connection"] = connection
    return configuration
