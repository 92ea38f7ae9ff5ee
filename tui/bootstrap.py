"""The composition root: makes and opens workspaces, and starts the app on one."""

import asyncio
import shutil
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from engine.api import LEDGER, Acting, Engine
from engine.clock import Clock, new_id, system_clock
from engine.errors import Damaged, NoWorkspace, UsageError
from engine.identity.login import login_name
from engine.model.actor import Scope
from engine.model.organization import Organization
from engine.model.text import clean_line
from engine.store import keyfile
from engine.store.keyfile import KeyFile, Protection
from engine.syncing import Device
from sync.client import credentials
from tui.collector import unwatched
from tui.folders import MAIL, spoken
from tui.recent_workspaces import forget, known_workspaces, last_workspace, remember
from tui.unlocking import (
    PROTECTION_WORDS,
    Ask,
    Unlocked,
    protected,
    protection_of,
    unlock,
    unlocked_by_asking,
)

if TYPE_CHECKING:
    pass

__all__ = ["Opened", "known_workspaces", "last_workspace"]

OWNER_OF_EXPORT: Final = "Reader"
Found = Callable[[Engine, str], Awaitable[tuple[Acting, str]]]
"""Puts an organization of this id into an empty store; comes back with who acts there, and its name."""

DATABASE: Final = "workspace.db"


class Opened(Struct):
    """An open workspace, with its name when it was opened; whoever has it closes `acting.engine`."""

    folder: Path
    acting: Acting
    name: str
    key: bytes = b""

    @property
    def to_read(self) -> bool:
        """It takes no commands, and its key is kept nowhere."""
        return self.acting.actor.scope is Scope.READ


# -- opening ------------------------------------------------------------------------------------


async def open_workspace(folder: Path, ask: Ask | None = None) -> Opened:
    """Open it with the key that is at hand, or with a passphrase that `ask` asks for; it becomes the one
    used last. Raises WorkspaceErrors."""
    return await open_unlocked(await unlocked_by_asking(folder, ask))


async def open_unlocked(unlocked: Unlocked, *, clock: Clock = system_clock) -> Opened:
    """Open the workspace as its owner; it becomes the one used last. Raises WorkspaceErrors."""
    folder, content = unlocked.folder, unlocked.content
    database = folder / DATABASE
    if not database.is_file() or not database.stat().st_size:
        is_so = "is empty" if database.is_file() else "is missing"
        raise Damaged(f"{spoken(database)} {is_so}. Restore it from a copy.")
    engine = await Engine.open_workspace(folder, unlocked.key, clock=clock)
    try:
        if content.organization_id not in await engine.organizations():
            raise Damaged(
                f"{spoken(folder / DATABASE)} does not belong to the {keyfile.NAME} beside it. "
                "Restore both from the same copy."
            )
        acting = engine.acting_as(await engine.owner_of(content.organization_id))
        tenant = await _tenant_of(acting)
        if unlocked.to_read:
            return Opened(folder, _reading(acting), tenant.name, unlocked.key)
        if tenant.closing_at:
            await _end_if_over(acting, folder)
    except BaseException:
        await engine.close()
        raise
    remember(folder, tenant.name, await _server_of(acting))
    return Opened(folder, acting, tenant.name, unlocked.key)


def _reading(acting: Acting) -> Acting:
    from msgspec.structs import replace

    return acting.engine.acting_as(replace(acting.actor, scope=Scope.READ))


async def open_export(file: Path, folder: Path) -> Unlocked:
    """A personal export as a workspace to be read, in an empty folder whose key is kept nowhere. Raises
    UnreadableFile."""
    from engine.transfer.personal_opening import bring_in

    content = KeyFile(workspace_id=new_id(), organization_id=new_id(), protection=Protection.CLEAR)
    unlocked = Unlocked(folder, content, keyfile.new_key(), to_read=True)
    engine = await Engine.open_workspace(folder, unlocked.key)
    try:
        actor = await engine.create_organization(
            organization_id=content.organization_id, name=f"{file.name}, to be read",
            owner_id=new_id(), owner_name=OWNER_OF_EXPORT,
        )  # fmt: skip
        await bring_in(engine.acting_as(actor), file)
    finally:
        await engine.close()
    return unlocked


async def _tenant_of(acting: Acting) -> Organization:
    from engine.queries.home import WhoAmI

    organization, _ = await acting.query(WhoAmI())
    return organization


async def _server_of(acting: Acting) -> str:
    state = await Device(acting).state()
    return "" if state is None else state.link.server


async def _end_if_over(acting: Acting, folder: Path) -> None:
    """Where the days of grace of a closed workspace have passed, it goes. Raises NoWorkspace when it is gone."""
    from engine.queries.rights import MyRights
    from engine.retaining import is_over, run_retention

    rights = await acting.query(MyRights())
    if not is_over(rights, acting.engine.now()):
        return
    await run_retention(acting)
    await acting.engine.close()
    await asyncio.to_thread(remove_workspace, folder)
    name = rights.organization
    raise NoWorkspace(f"“{name}” was closed: everything in it is gone, as was asked for.")


# -- creating -----------------------------------------------------------------------------------


async def create_workspace(
    folder: Path, *, name: str, protection: Protection | None = None,
    ask_new: Callable[[], str] | None = None, owner_name: str = "", clock: Clock = system_clock,
) -> Opened:  # fmt: skip
    """Make a workspace and open it. Without a `protection` the best one at hand is taken; `ask_new` asks
    for a new passphrase. A failure leaves nothing behind. Raises Refused, WorkspaceErrors, UsageError."""
    name = clean_line(name)
    if not name:
        raise UsageError("A workspace needs a name of at least one letter.")

    async def found(engine: Engine, organization_id: str) -> tuple[Acting, str]:
        actor = await engine.create_organization(
            organization_id=organization_id, name=name, owner_id=new_id(),
            owner_name=clean_line(owner_name) or login_name(),
        )  # fmt: skip
        return engine.acting_as(actor), name

    return await make_workspace(folder, new_id(), found, protection, ask_new, clock)


async def make_workspace(
    folder: Path, organization_id: str, found: Found, protection: Protection | None = None,
    ask_new: Callable[[], str] | None = None, clock: Clock = system_clock,
) -> Opened:  # fmt: skip
    """Make a workspace for an organization, which `found` puts into it."""
    folder = folder.expanduser().absolute()
    existed = folder.exists()
    keyfile.make_room(folder)
    content = KeyFile(
        workspace_id=new_id(), organization_id=organization_id, protection=Protection.CLEAR
    )
    key = keyfile.new_key()
    try:
        content = await protected(content, key, protection, ask_new)
        engine = await Engine.open_workspace(folder, key, clock=clock)
        try:
            acting, name = await found(engine, organization_id)
            keyfile.write(folder, content)
        except BaseException:
            await engine.close()
            raise
    except BaseException:
        _clear_away(folder, content, existed=existed)
        raise
    remember(folder, name, await _server_of(acting))
    return Opened(folder, acting, name, key)


def _clear_away(folder: Path, content: KeyFile, *, existed: bool) -> None:
    """Take away what a failed creation made, and nothing else."""
    if content.protection is Protection.KEYRING:
        credentials.delete_key(content.workspace_id)
    if not existed:
        shutil.rmtree(folder, ignore_errors=True)
        return
    for name in (
        keyfile.NAME,
        f"{keyfile.NAME}.part",
        *(DATABASE + end for end in ("", "-wal", "-shm")),
    ):
        (folder / name).unlink(missing_ok=True)


def remove_workspace(folder: Path) -> None:
    """Take a workspace that was closed off this device: its key first, so that what a disk still holds of it
    cannot be read, then its files. What else lies in the folder is left there. Raises OSError."""
    content = keyfile.read(folder)
    if content.protection is Protection.KEYRING:
        credentials.delete_key(content.workspace_id)
    (folder / keyfile.NAME).unlink()
    for end in ("", "-wal", "-shm"):
        (folder / (DATABASE + end)).unlink(missing_ok=True)
    for beside in ("attachments", "backups", MAIL, "receipts"):
        shutil.rmtree(folder / beside, ignore_errors=True)
    (folder / LEDGER).unlink(missing_ok=True)
    forget(folder)
    if not any(folder.iterdir()):
        folder.rmdir()


# -- what is known without opening ----------------------------------------------------------------


def protection_words(opened: Opened) -> str:
    if opened.to_read:
        return "kept nowhere: this is there to be read, and gone when you leave"
    return PROTECTION_WORDS[protection_of(opened.folder)]


# -- the app --------------------------------------------------------------------------------------


def run_app(
    folder: Path | None, *, board: str = "", view: str | None = None, words: str = "",
    mouse: bool = True, unlocked: Unlocked | None = None,
) -> int:  # fmt: skip
    """Show the app on a workspace, or the first-run screen without one; comes back with the exit status.
    The key is unlocked while Textual is being imported, if it is not already."""
    from tui.log import start_log

    start_log()
    with ThreadPoolExecutor(1, thread_name_prefix="unlock") as pool:
        unlocking: Future[Unlocked | None] | None = None
        if folder is not None and unlocked is None:
            folder = folder.expanduser().absolute()
            unlocking = pool.submit(unlock, folder)
        with unwatched():
            from tui.app import ConneqtApp, StartAt
            from tui.terminal import UnfitTerminal, check_terminal

        try:
            check_terminal()
        except UnfitTerminal as error:
            raise UsageError(str(error)) from None

        at_hand = (
            unlocking.result() if unlocking is not None else unlocked
        )  # a fault is a sentence, no screen
    app = ConneqtApp(StartAt(folder=folder, unlocked=at_hand, board=board, view=view, words=words, mouse=mouse))  # fmt: skip
    return app.run_to_exit_status()
