"""`conneqtos workspace`: create, list and show workspaces."""

from argparse import Namespace
from pathlib import Path
from typing import Final

from msgspec import to_builtins

from engine.clock import system_clock
from engine.errors import Cancelled, UsageError
from engine.queries.home import Boards, WhoAmI
from tui import bootstrap, unlocking
from tui.cli.asking import confirmed, new_passphrase, somebody_is_there
from tui.cli.opening import chosen_folder, opened
from tui.cli.output import Rows, note, say, say_json
from tui.cli.progress import Progress
from tui.folders import spoken
from tui.recent_workspaces import known_workspaces
from tui.unlocking import PROTECTION_WORDS, Protection

PROTECTIONS: Final = {
    "keyring": Protection.KEYRING,
    "passphrase": Protection.PASSPHRASE,
    "clear-beside-the-data": Protection.CLEAR,
}


async def create(arguments: Namespace) -> None:
    made = await bootstrap.create_workspace(
        Path(arguments.folder),
        name=arguments.name,
        protection=PROTECTIONS.get(arguments.protection),
        ask_new=new_passphrase if somebody_is_there() else None,
    )
    await made.acting.engine.close()
    protection = unlocking.protection_of(made.folder)
    say(f"Created: “{made.name}” in {spoken(made.folder)}, its key {PROTECTION_WORDS[protection]}")


def list_known(arguments: Namespace) -> None:
    known = known_workspaces()
    if arguments.json:
        for folder, name in known:
            say_json({"name": name, "folder": str(folder)})
        return
    rows = Rows(["Name", "Folder"], empty="No workspace was used here yet. Try: conneqtos demo")
    rows.print([[name, spoken(folder)] for folder, name in known])


async def export(arguments: Namespace) -> None:
    from engine.transfer.organization_archive import export_organization

    target = Path(arguments.output).expanduser()
    async with opened(arguments) as acting:
        with Progress("Exporting the workspace") as progress:
            manifest = await export_organization(
                acting, target, at=system_clock(), progress=progress.at
            )
    if arguments.json:
        say_json(to_builtins(manifest))
        return
    say(f"{len(manifest.boards):,} boards are in {target}")
    for omission in manifest.omitted:
        note(f"left out: {omission.what}: {omission.reason}")


async def import_whole(arguments: Namespace) -> None:
    """Asks first: every board comes in anew, also one that is here already."""
    from engine.transfer.organization_archive import import_organization

    path = Path(arguments.file).expanduser()
    if not arguments.yes:
        if not somebody_is_there():
            raise UsageError("Nobody is there to ask. Say --yes to bring all boards in.")
        if not confirmed(f"Bring in every board of {path.name}, as new boards?"):
            raise Cancelled("Nothing came in.")
    async with opened(arguments) as acting:
        with Progress("Importing the workspace") as progress:
            reports = await import_organization(acting, path, progress=progress.at)
    for report in reports:
        if arguments.json:
            say_json(to_builtins(report))
        else:
            say(f"{report.board}: {report.items:,} items")


async def show(arguments: Namespace) -> None:
    folder = chosen_folder(arguments)
    protection = unlocking.protection_of(folder)
    async with opened(arguments) as acting:
        organization, member = await acting.query(WhoAmI())
        boards = await acting.query(Boards())
    items = sum(summary.items for summary in boards)
    if arguments.json:
        say_json(
            {
                "name": organization.name, "folder": str(folder), "protection": protection.value,
                "user": member.name, "boards": len(boards), "items": items,
            }
        )  # fmt: skip
        return
    say(organization.name)
    say(f"  Folder: {spoken(folder)}")
    say(f"  Key: {PROTECTION_WORDS[protection]}")
    say(f"  You: {member.name} ({member.role.value})")
    say(f"  Boards: {len(boards):,}, with {items:,} items")
