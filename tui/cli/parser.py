"""What the grammar is made of: parsers that are filled when they are used, and arguments that several commands take."""

import argparse
from argparse import Namespace
from collections.abc import Callable
from importlib import import_module
from typing import Any, Final, NoReturn

from engine.errors import UsageError
from tui.collector import unwatched

PROTECTIONS: Final = ("keyring", "passphrase", "clear-beside-the-data")
Fill = Callable[["Parser"], None]


class Parser(argparse.ArgumentParser):
    """Filled with its arguments when it first parses; a wrong call raises UsageError."""

    def __init__(self, *args: Any, fill: Fill | None = None, **more: Any) -> None:
        super().__init__(*args, **more)
        self.allow_abbrev = False
        self._fill = fill

    def filled(self) -> "Parser":
        fill, self._fill = self._fill, None
        if fill is not None:
            fill(self)
        return self

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> Any:
        self.filled()
        return super().parse_known_args(args, namespace)

    def error(self, message: str) -> NoReturn:
        raise UsageError(f"{message.rstrip('.')}. See: {self.prog} --help")


def runner(name: str) -> Callable[[Namespace], Any]:
    """Calls `module:function` of tui.cli, imported at that moment."""
    module, _, function = name.partition(":")

    def run(arguments: Namespace) -> Any:
        with unwatched():
            imported = import_module(f"tui.cli.{module}")
        return getattr(imported, function)(arguments)

    return run


class Verbs:
    """The commands of a noun: `conneqtos NOUN VERB …`."""

    def __init__(self, noun: Parser) -> None:
        self._verbs = noun.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(self, verb: str, run: str, help: str) -> Parser:
        parser: Parser = self._verbs.add_parser(verb, help=help, description=sentence(help))
        parser.set_defaults(run=runner(run))
        return parser


def sentence(help: str) -> str:
    return f"{help[0].upper()}{help[1:]}."


def takes_json(parser: Parser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")


def takes_items(parser: Parser) -> None:
    parser.add_argument("items", nargs="+", metavar="ID", help="its number (12 or #12), or its id")
    takes_json(parser)


def takes_view(parser: Parser) -> None:
    parser.add_argument("--filter", metavar="TEXT", default="", help="only items with these words")


def takes_board(parser: Parser, help: str) -> None:
    parser.add_argument("--board", metavar="NAME", required=True, help=help)


def takes_yes(parser: Parser) -> None:
    parser.add_argument("--yes", action="store_true", help="do not ask")
