"""`conneqtos`, `conneqtos open` and `conneqtos demo`: start the app where the person wants to be."""

from argparse import Namespace

from tui import bootstrap, demo_workspace, unlocking
from tui.cli.asking import new_passphrase, somebody_is_there
from tui.cli.opening import chosen_folder, named_folder
from tui.cli.output import say
from tui.recent_workspaces import last_workspace


def open_app(arguments: Namespace) -> int:
    """The workspace that is named, else the one used last, else the first-run screen."""
    folder = named_folder(arguments) or last_workspace()
    return bootstrap.run_app(folder, mouse=not arguments.no_mouse)


def open_board(arguments: Namespace) -> int:
    return bootstrap.run_app(
        chosen_folder(arguments), board=arguments.board, view=arguments.view,
        words=arguments.filter, mouse=not arguments.no_mouse,
    )  # fmt: skip


def open_demo(arguments: Namespace) -> int:
    """Makes the demo workspace once; with --or-last only where no workspace was used before. It goes on with the
    passphrase that was just chosen."""
    folder = last_workspace() if arguments.or_last else None
    chosen: list[str] = []

    def ask_new() -> str:
        chosen.append(new_passphrase())
        return chosen[-1]

    if folder is None:
        import asyncio

        ask = ask_new if somebody_is_there() else None
        folder = asyncio.run(demo_workspace.make_demo(arguments.key_beside_data, ask))
    if arguments.print_dir:
        say(str(folder))
        return 0
    unlocked = unlocking.unlock_by(folder, chosen[-1]) if chosen else None
    return bootstrap.run_app(folder, unlocked=unlocked, mouse=not arguments.no_mouse)
