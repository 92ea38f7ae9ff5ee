"""`conneqtos export`: writes a board, or what a filter leaves of it, to a file or to stdout."""

import sys
from argparse import Namespace
from pathlib import Path

from engine.model.view import Filter
from engine.transfer.exporting import export_board as export_from
from tui.cli.choosing import board_named
from tui.cli.opening import opened
from tui.cli.output import note
from tui.cli.progress import Progress


async def export_board(arguments: Namespace) -> None:
    async with opened(arguments) as acting:
        board = await board_named(acting, arguments.board)
        target = Path(arguments.output) if arguments.output else sys.stdout.buffer
        with Progress(f"Exporting {board.name}") as progress:
            count = await export_from(
                acting, board.id, arguments.format, target, filter=Filter(words=arguments.filter),
                progress=progress.at,
            )  # fmt: skip
    sys.stdout.flush()
    if arguments.output:
        note(f"{count:,} items are in {arguments.output}")
