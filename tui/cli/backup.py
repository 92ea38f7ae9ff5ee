"""`conneqtos backup`: list, make, verify, and go back to one."""

from argparse import Namespace

from msgspec import to_builtins

from engine.backing_up import Backup, back_up, backups_of
from engine.errors import Cancelled, UsageError
from tui import bootstrap, unlocking, upkeep
from tui.cli import asking
from tui.cli.item import when
from tui.cli.opening import chosen_folder
from tui.cli.output import Rows, say, say_json
from tui.folders import spoken

KEPT_DAYS = 30


async def list_backups(arguments: Namespace) -> None:
    """With the day on which each is let go: the last that still knows what was removed since."""
    unlocked = await _unlocked(arguments)
    found = backups_of(unlocked.folder, unlocked.key).list()
    if arguments.json:
        for one in found:
            say_json({**to_builtins(one), "made_at": when(one.made_at), "until": when(_until(one))})
        return
    rows = Rows(
        ["Name", "Items", "Files", "Bytes", "Until"], right={1, 2, 3}, empty="There is no backup."
    )
    rows.print([
        [b.name, f"{b.rows['item']:,}", f"{len(b.files):,}", f"{b.bytes:,}", when(_until(b))[:10]]
        for b in found
    ])  # fmt: skip


async def make(arguments: Namespace) -> None:
    unlocked = await _unlocked(arguments)
    opened = await bootstrap.open_unlocked(unlocked)
    try:
        made = await back_up(opened.acting, unlocked.folder, unlocked.key)
    finally:
        await opened.acting.engine.close()
    if arguments.json:
        say_json({**to_builtins(made), "made_at": when(made.made_at)})
        return
    say(f"Made and read back: {made.name} ({made.rows['item']:,} items, {made.bytes:,} bytes)")


async def verify(arguments: Namespace) -> None:
    unlocked = await _unlocked(arguments)
    backups = backups_of(unlocked.folder, unlocked.key)
    chosen = [backups.named(arguments.name)] if arguments.name else backups.list()
    for one in chosen:
        backups.verify(one)
        say(f"{one.name} is as it was written.")


async def restore(arguments: Namespace) -> None:
    """Asks first: everything since the backup goes out of sight."""
    if not arguments.yes:
        question = f"Go back to the backup {arguments.name}? What came since is kept aside."
        if not asking.somebody_is_there():
            raise UsageError("Nobody is there to be asked. Say --yes to go back to the backup.")
        if not asking.confirmed(question):
            raise Cancelled("Nothing was changed.")
    ask = asking.passphrase if asking.somebody_is_there() else None
    folder = chosen_folder(arguments)
    backup, before = await upkeep.restore_backup(folder, arguments.name, ask)
    say(
        f"Everything is as it was on {when(backup.made_at)[:16]}. The state before lies in {spoken(before)}."
    )


def _until(backup: Backup) -> int:
    return backup.made_at + KEPT_DAYS * 86_400_000


async def _unlocked(arguments: Namespace) -> unlocking.Unlocked:
    ask = asking.passphrase if asking.somebody_is_there() else None
    return await unlocking.unlocked_by_asking(chosen_folder(arguments), ask)
