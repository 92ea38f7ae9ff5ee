"""`conneqtos workspace`: create, list and show workspaces."""

from argparse import Namespace
from pathlib import Path
from typing import Final

from engine.queries.home import Boards, WhoAmI
from tui import bootstrap
from tui.bootstrap import PROTECTION_WORDS, Protection
from tui.cli.asking import new_passphrase, somebody_is_there
from tui.cli.opening import chosen_folder, opened
from tui.cli.output import Rows, say, say_json
from tui.folders import spoken
from tui.recent_workspaces import known_workspaces

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
    protection = bootstrap.protection_of(made.folder)
    say(f"Created: “{made.name}” in {spoken(made.folder)}, its key {PROTECTION_WORDS[protection]}")


def list_known(arguments: Namespace) -> None:
    known = known_workspaces()
    if arguments.json:
        for folder, name in known:
            say_json({"name": name, "folder": str(folder)})
        return
    rows = Rows(["Name", "Folder"], empty="No workspace was used here yet. Try: conneqtos demo")
    rows.print([[name, spoken(folder)] for folder, name in known])


async def show(arguments: Namespace) -> None:
    folder = chosen_folder(arguments)
    protection = bootstrap.protection_of(folder)
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
