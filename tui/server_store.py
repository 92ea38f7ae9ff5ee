"""The store of a server: a file below the data folder, or a PostgreSQL database."""

from collections.abc import Callable
from pathlib import Path

from engine.api import Engine
from engine.clock import new_id
from engine.store import keyfile
from engine.store.keyfile import KeyFile, Protection
from tui.folders import data_folder
from tui.unlocking import Ask, has_key, protected, unlocked_by_asking


def server_folder() -> Path:
    return data_folder() / "server"


async def open_server(
    database: str, *, key_beside_data: bool, ask: Ask | None, ask_new: Callable[[], str] | None,
    files: str = "", plain_webhooks: bool = False, connections: int | None = None,
) -> Engine:  # fmt: skip
    """The store of a server: a file below the data folder, or the PostgreSQL `database`; attachments lie in the folder or bucket `files`. Its key is made at the
    first start and kept as that of a workspace. `plain_webhooks` lets webhooks be called over http; there are `connections` to PostgreSQL at the most. Raises WorkspaceErrors."""
    folder = server_folder()
    if not has_key(folder):
        keyfile.make_room(folder)
        key = keyfile.new_key()
        content = KeyFile(
            workspace_id=new_id(), organization_id=new_id(), protection=Protection.CLEAR
        )
        wanted = Protection.CLEAR if key_beside_data else None
        keyfile.write(folder, await protected(content, key, wanted, ask_new))
    else:
        key = (await unlocked_by_asking(folder, ask)).key
    if database:
        place = folder / "attachments"
        return await Engine.open_postgres(
            database,
            place,
            key,
            files=files,
            plain_webhooks=plain_webhooks,
            connections=connections,
        )
    return await Engine.open_workspace(folder, key, files=files, plain_webhooks=plain_webhooks)
