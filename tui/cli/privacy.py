"""`conneqtos privacy`: what is held about you, your export, and checking such a file."""

import asyncio
import os
import sys
import tempfile
from argparse import Namespace
from pathlib import Path

from msgspec import to_builtins

from engine.api import Acting
from engine.clock import system_clock
from engine.identity.caller import Caller
from engine.identity.limits import limited
from engine.queries.home import Boards
from engine.queries.privacy import ACCOUNT_AT, OwnRecords, WhatIsHeld
from engine.syncing import Device
from tui import bootstrap, unlocking
from tui.cli.opening import TOKEN, opened
from tui.cli.output import Rows, note, say, say_json
from tui.cli.progress import Progress


async def show(arguments: Namespace) -> None:
    """The table of what is held, or the records of one kind as JSON lines."""
    async with opened(arguments) as acting:
        server = await _server(acting)
        if arguments.kind:
            after: str | None = None
            while after != "":
                page = await acting.query(OwnRecords(data_kind=arguments.kind, after=after or ""))
                for record in page.records:
                    say_json(record)
                after = page.after
            _note_account(server)
            return
        whole = await acting.query(WhatIsHeld())
    if arguments.json:
        say_json(to_builtins(whole))
        return
    rows = Rows(["Kind", "What", "Records", "Category", "Kept"], empty="Nothing.", right={2})
    rows.print([
        [holding.kind, holding.title, holding.counted(server), one.category.title, one.category.kept]
        for one in whole
        for holding in one.holdings
    ])  # fmt: skip
    _note_account(server)


async def _server(acting: Acting) -> str:
    """Where a linked workspace lives, "" for a local one."""
    state = await Device(acting).state()
    return state.link.server if state is not None else ""


def _note_account(server: str) -> None:
    if server:
        note(ACCOUNT_AT.format(server=server))


async def export(arguments: Namespace) -> None:
    from engine.transfer.personal_archive import export_personal_data

    target = Path(arguments.output).expanduser()
    async with opened(arguments) as acting:
        if os.environ.get(TOKEN):
            actor, caller = acting.actor, Caller(device="command line")
            tenant = actor.organization_id
            await limited(acting.engine, "export", caller, about=actor.user_id, tenant=tenant)
        server = await _server(acting)
        with Progress("Exporting your data") as progress:
            manifest = await export_personal_data(
                acting, target, at=system_clock(), progress=progress.at, server=server
            )
    if arguments.json:
        say_json(to_builtins(manifest))
        return
    records = sum(file.rows for file in manifest.files if file.path.endswith(".ndjson"))
    say(f"{records:,} records about you are in {target}")
    _note_account(server)
    for omission in manifest.omitted:
        note(f"left out: {omission.count:,} × {omission.what}: {omission.reason}")


def open_export(arguments: Namespace) -> int:
    """In the app where somebody sits at a terminal, else as a list of boards. It is unpacked, encrypted, into a
    folder that is gone at the end."""
    file = Path(arguments.file).expanduser()
    with tempfile.TemporaryDirectory(prefix="conneqtos-export-") as folder:
        unlocked = asyncio.run(bootstrap.open_export(file, Path(folder)))
        if sys.stdout.isatty():
            return bootstrap.run_app(
                unlocked.folder, unlocked=unlocked, mouse=not arguments.no_mouse
            )
        asyncio.run(_list_boards(unlocked))
    return 0


async def _list_boards(unlocked: unlocking.Unlocked) -> None:
    opened = await bootstrap.open_unlocked(unlocked)
    try:
        for one in await opened.acting.query(Boards()):
            say(f"{one.board.name}: {one.items:,} items")
    finally:
        await opened.acting.engine.close()


def check(arguments: Namespace) -> None:
    from engine.transfer.archive_check import check_archive

    checked = check_archive(Path(arguments.file).expanduser())
    if arguments.json:
        say_json({"ok": True, "files": len(checked.manifest.files), "bytes": checked.bytes})
        return
    files = len(checked.manifest.files)
    say(
        f"All {files} files of the export are as they were written on "
        f"{checked.manifest.generated_at[:10]} ({checked.bytes:,} bytes)."
    )
