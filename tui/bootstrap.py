"""The composition root: makes and opens workspaces with their keys, and starts the app on one.

Where the key of a new workspace goes, unless a person chose: under a passphrase when one is given by
`CONNEQTOS_PASSPHRASE` or a file descriptor; else into the keyring of the operating system; else under a
passphrase that is asked for. In clear beside the data only when that is asked for in words.
"""

import asyncio
import os
import shutil
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Final

from msgspec import Struct

from engine.api import LEDGER, Acting, Engine
from engine.clock import Clock, new_id, system_clock
from engine.errors import Damaged, Locked, NoWorkspace, UsageError
from engine.identity.login import NAMELESS, login_name
from engine.model.actor import Scope
from engine.model.organization import Organization
from engine.model.text import clean_line
from engine.store import keyfile
from engine.store.keyfile import KeyFile, Protection
from engine.syncing import Device
from sync.client import credentials
from tui.collector import unwatched
from tui.folders import data_folder, spoken
from tui.recent_workspaces import forget, known_workspaces, last_workspace, remember

if TYPE_CHECKING:
    from engine.backing_up import Backup

__all__ = ["Opened", "Protection", "known_workspaces", "last_workspace"]

OWNER_OF_EXPORT: Final = "Reader"
MAIL: Final = "mail"
"""The folder of a workspace in which mails are handed over."""
LEAST_PASSPHRASE: Final = 8
Ask = Callable[[str], str]
"""Asks a person for a passphrase, with this prompt."""
Found = Callable[[Engine, str], Awaitable[tuple[Acting, str]]]
"""Puts an organization of this id into an empty store; comes back with who acts there, and its name."""

_DATABASE: Final = "workspace.db"
_LOST_KEY: Final = (
    "Without the key nobody can read it. Restore the keyring’s entry “conneqtos” of this workspace, or "
    "import a board from a file that you exported."
)


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


class Unlocked(Struct):
    """A workspace whose key is known. One that is there `to_read` only takes no commands and is not remembered."""

    folder: Path
    content: KeyFile
    key: bytes
    to_read: bool = False


_typed: Final[dict[Path, Unlocked]] = {}
"""What a passphrase was typed for in this process: it is not asked for twice."""


# -- opening ------------------------------------------------------------------------------------


async def open_workspace(folder: Path, ask: Ask | None = None) -> Opened:
    """Open it with the key that is at hand, or with a passphrase that `ask` asks for; it becomes the one
    used last. Raises WorkspaceErrors."""
    return await open_unlocked(await unlocked_by_asking(folder, ask))


async def unlocked_by_asking(folder: Path, ask: Ask | None) -> Unlocked:
    """The key that is at hand, or the one whose passphrase `ask` asks for. Raises WorkspaceErrors."""
    folder = folder.expanduser().absolute()
    unlocked = await asyncio.to_thread(unlock, folder)
    if unlocked is None:
        if ask is None:
            raise Locked(
                f"{spoken(folder)} is locked by a passphrase, and nobody is there to type it. "
                "Set CONNEQTOS_PASSPHRASE, or name a file descriptor in CONNEQTOS_PASSPHRASE_FD."
            )
        passphrase = ask(f"Passphrase of {spoken(folder)}")
        unlocked = _typed[folder] = await asyncio.to_thread(unlock_by, folder, passphrase)
    return unlocked


def unlock(folder: Path) -> Unlocked | None:
    """The key that is at hand without asking; None when a passphrase must be typed. Takes a moment, so
    call it in a thread. Raises WorkspaceErrors."""
    content = keyfile.read(folder)
    if content.protection is Protection.PASSPHRASE:
        typed = _typed.get(folder)
        if typed is not None and typed.content == content:
            return typed
        given = given_passphrase()
        return None if given is None else unlock_by(folder, given)
    if content.protection is Protection.CLEAR:
        key = content.clear
    else:
        key = credentials.load_key(content.workspace_id)
        if key is None:
            raise Locked(
                f"The key of {spoken(folder)} is kept in the keyring of this computer, and the keyring "
                f"does not give it. Unlock the keyring, or log in to the desktop. {_LOST_KEY}"
            )
    if key is None or len(key) != keyfile.KEY_BYTES:
        raise Damaged(f"The key of {spoken(folder)} is damaged. {_LOST_KEY}")
    return Unlocked(folder, content, key)


def lock(folder: Path) -> bool:
    """Forget the passphrase that was typed for it. False where there is none to type: the key is at hand."""
    guarded = protection_of(folder) is Protection.PASSPHRASE and given_passphrase() is None
    _typed.pop(folder, None)
    return guarded


def unlock_by(folder: Path, passphrase: str) -> Unlocked:
    """The key that the passphrase wraps. Raises Locked for a wrong one."""
    content = keyfile.read(folder)
    return Unlocked(folder, content, keyfile.unwrap(content, passphrase, folder))


async def open_unlocked(unlocked: Unlocked, *, clock: Clock = system_clock) -> Opened:
    """Open the workspace as its owner; it becomes the one used last. Raises WorkspaceErrors."""
    folder, content = unlocked.folder, unlocked.content
    database = folder / _DATABASE
    if not database.is_file() or not database.stat().st_size:
        is_so = "is empty" if database.is_file() else "is missing"
        raise Damaged(f"{spoken(database)} {is_so}. Restore it from a copy.")
    engine = await Engine.open_workspace(folder, unlocked.key, clock=clock)
    try:
        if content.organization_id not in await engine.organizations():
            raise Damaged(
                f"{spoken(folder / _DATABASE)} does not belong to the {keyfile.NAME} beside it. "
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


def check_new_passphrase(typed: str) -> None:
    """What a person chooses is not to be guessed by whoever has the file. Raises UsageError. A passphrase from
    the environment is a program's own business."""
    if len(typed) < LEAST_PASSPHRASE:
        raise UsageError(
            f"A passphrase needs {LEAST_PASSPHRASE} letters or more: whoever has the file can try as "
            "often as they like. Several words are easy to keep and hard to guess."
        )


def server_folder() -> Path:
    return data_folder() / "server"


async def open_server(
    database: str, *, key_beside_data: bool, ask: Ask | None, ask_new: Callable[[], str] | None,
    files: str = "", plain_webhooks: bool = False, connections: int | None = None,
) -> Engine:  # fmt: skip
    """The store of a server: a file below the data folder, or the PostgreSQL `database`; attachments lie in the folder or bucket `files`. Its key is made at the
    first start and kept as that of a workspace. `plain_webhooks` lets webhooks be called over http; there are `connections` to PostgreSQL at the most. Raises WorkspaceErrors."""
    folder = server_folder()
    if not (folder / keyfile.NAME).is_file():
        keyfile.make_room(folder)
        key = keyfile.new_key()
        content = KeyFile(
            workspace_id=new_id(), organization_id=new_id(), protection=Protection.CLEAR
        )
        wanted = Protection.CLEAR if key_beside_data else None
        keyfile.write(folder, await _protected(content, key, wanted, ask_new))
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
        content = await _protected(content, key, protection, ask_new)
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


async def _protected(
    content: KeyFile, key: bytes, wanted: Protection | None, ask_new: Callable[[], str] | None
) -> KeyFile:
    """The key file's content with the key protected as wanted, or in the best way at hand."""
    from msgspec.structs import replace

    protection = wanted or await asyncio.to_thread(best_protection)
    if protection is Protection.CLEAR:
        return replace(content, clear=key)
    if protection is Protection.KEYRING:
        if not await asyncio.to_thread(credentials.save_key, content.workspace_id, key):
            raise Locked(
                "There is no keyring here that keeps the key. Protect the workspace by a passphrase: "
                "set CONNEQTOS_PASSPHRASE, or choose the protection “passphrase”."
            )
        return replace(content, protection=protection)
    passphrase = given_passphrase()
    if passphrase is None:
        if ask_new is None:
            raise Locked(
                "There is no keyring here to keep the key of the workspace, and nobody is there to type a "
                "passphrase. Set CONNEQTOS_PASSPHRASE, or name a file descriptor in CONNEQTOS_PASSPHRASE_FD."
            )
        passphrase = ask_new()
    wrapped = await asyncio.to_thread(keyfile.wrap, key, passphrase, content.workspace_id)
    return replace(content, protection=protection, wrapped=wrapped)


def best_protection() -> Protection:
    """Where the key of a new workspace goes when nobody says. Takes a moment: the keyring is tried."""
    if given_passphrase() is not None or credentials.usable_keyring() is None:
        return Protection.PASSPHRASE
    return Protection.KEYRING


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
        *(_DATABASE + end for end in ("", "-wal", "-shm")),
    ):
        (folder / name).unlink(missing_ok=True)


async def restore_backup(folder: Path, name: str, ask: Ask | None = None) -> "tuple[Backup, Path]":
    """Go back to a backup by its name. Comes back with it, and with where the state before lies. Raises
    WorkspaceErrors, NotFound, Refused; then everything is as it was."""
    from engine.backing_up import backups_of, restored
    from engine.commands.backups import NoteRestore
    from engine.retaining import run_retention

    unlocked = await unlocked_by_asking(folder, ask)
    backups = backups_of(unlocked.folder, unlocked.key)
    backup = await asyncio.to_thread(backups.named, name)
    with restored(unlocked.folder, unlocked.key, backup, system_clock) as before:
        opened = await open_unlocked(unlocked)
        try:
            await run_retention(opened.acting)  # who was erased since does not come back
            await opened.acting.execute(NoteRestore(backup_name=backup.name))
        finally:
            await opened.acting.engine.close()
    return backup, before


async def deliver_mails(opened: Opened) -> None:
    """What waits in the outbox goes into the workspace's folder of mails, as files. Raises OSError."""
    from engine.identity.delivery import deliver_all

    await deliver_all(opened.acting.engine, opened.folder / MAIL)


async def look_after(opened: Opened) -> None:
    """What every day brings: what was kept long enough goes, and a backup is made. Raises ConneqtErrors, OSError."""
    from engine.backing_up import back_up_daily
    from engine.retaining import run_retention

    acting = opened.acting
    await run_retention(acting)
    if len(await acting.engine.organizations()) > 1:
        from engine.identity.keeping import keep_house

        but = acting.actor.organization_id
        await keep_house(acting.engine, opened.folder / MAIL, but=but)
    else:
        await deliver_mails(opened)
    await back_up_daily(acting, opened.folder, opened.key)


def remove_workspace(folder: Path) -> None:
    """Take a workspace that was closed off this device: its key first, so that what a disk still holds of it
    cannot be read, then its files. What else lies in the folder is left there. Raises OSError."""
    content = keyfile.read(folder)
    if content.protection is Protection.KEYRING:
        credentials.delete_key(content.workspace_id)
    (folder / keyfile.NAME).unlink()
    for end in ("", "-wal", "-shm"):
        (folder / (_DATABASE + end)).unlink(missing_ok=True)
    for beside in ("attachments", "backups", MAIL, "receipts"):
        shutil.rmtree(folder / beside, ignore_errors=True)
    (folder / LEDGER).unlink(missing_ok=True)
    forget(folder)
    if not any(folder.iterdir()):
        folder.rmdir()


def demo_is_there() -> bool:
    return (data_folder() / "demo" / keyfile.NAME).is_file()


async def make_demo(
    key_beside_data: bool = False, ask_new: Callable[[], str] | None = None
) -> Path:
    """The workspace with sample boards, made at the first call. Its key lies beside the data only where
    there is no better place for it and the caller asked for that."""
    folder = data_folder() / "demo"
    if demo_is_there():
        remember(folder, "Demo")
        return folder
    best = await asyncio.to_thread(best_protection)
    nowhere = best is Protection.PASSPHRASE and given_passphrase() is None
    protection = Protection.CLEAR if nowhere and key_beside_data else best
    from tui.demo import fill_with_samples

    opened = await create_workspace(
        folder, name="Demo", protection=protection, ask_new=ask_new, owner_name=NAMELESS
    )
    try:
        await fill_with_samples(opened.acting)
    except BaseException:
        shutil.rmtree(folder, ignore_errors=True)
        raise
    finally:
        await opened.acting.engine.close()
    return folder


# -- what is known without opening ----------------------------------------------------------------


@lru_cache(1)
def _from_descriptor(number: str) -> str:
    """A descriptor can be read only once, so what it gave is kept."""
    try:
        with os.fdopen(int(number), encoding="utf-8") as stream:
            return stream.readline().rstrip("\r\n")
    except (OSError, ValueError):
        raise Locked(
            f"CONNEQTOS_PASSPHRASE_FD names {clean_line(number)[:20]!r}, which cannot be read. "
            "Name an open file descriptor, as in: CONNEQTOS_PASSPHRASE_FD=3 conneqtos … 3<file"
        ) from None


def given_passphrase() -> str | None:
    """The passphrase of the environment, or of a file descriptor named there."""
    given = os.environ.get("CONNEQTOS_PASSPHRASE")
    if given:
        return given
    descriptor = os.environ.get("CONNEQTOS_PASSPHRASE_FD")
    return _from_descriptor(descriptor) if descriptor else None


def protection_of(folder: Path) -> Protection:
    """How the key of a workspace is kept. Raises WorkspaceErrors."""
    return keyfile.read(folder).protection


PROTECTION_WORDS: Final[dict[Protection, str]] = {
    Protection.KEYRING: "in the keyring of this computer",
    Protection.PASSPHRASE: "wrapped by a passphrase (scrypt)",
    Protection.CLEAR: "in clear beside the data: whoever can read the folder can read the boards",
}


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
