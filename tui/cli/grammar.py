"""Every command of the command line: its words, its arguments, and which function carries it out.

Functions are named as text, `module:function` of tui.cli, and imported when they run: `--help` and
`--version` need neither the engine's store nor Textual. A noun's parser is filled when it is used.
"""

import argparse
from typing import Final, NoReturn

from tui.cli.grammar_of_people import PEOPLE
from tui.cli.grammar_of_upkeep import UPKEEP
from tui.cli.grammar_of_work import WORK
from tui.cli.parser import Fill, Parser, runner, sentence


class _Version(argparse.Action):
    def __call__(self, *_: object) -> NoReturn:
        from tui.version import version

        print(f"conneqtos {version()}")
        raise SystemExit(0)


def grammar() -> Parser:
    """The whole command line. What it parses has `run`, to be called with it."""
    whole = Parser(
        prog="conneqtos",
        description="Boards in the terminal, in one encrypted workspace. "
        "Without a command: open the app.",
        epilog="CONNEQTOS_WORKSPACE names the workspace, CONNEQTOS_PASSPHRASE unlocks it.",
    )
    whole.add_argument("--workspace", metavar="DIR", help="the workspace to use")
    whole.add_argument("--no-mouse", action="store_true", help="leave the mouse to the terminal")
    whole.add_argument("--version", action=_Version, nargs=0, help="print the version and end")
    whole.set_defaults(run=runner("app:open_app"))
    nouns = whole.add_subparsers(title="commands", metavar="COMMAND")
    for noun, (help, fill) in NOUNS.items():
        nouns.add_parser(noun, help=help, description=sentence(help), fill=fill)
    return whole


NOUNS: Final[dict[str, tuple[str, Fill]]] = WORK | PEOPLE | UPKEEP
