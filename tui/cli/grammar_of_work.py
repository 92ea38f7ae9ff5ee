"""The commands that work with boards, in workspaces."""

from typing import Final

from tui.cli.parser import (
    PROTECTIONS,
    Fill,
    Parser,
    Verbs,
    runner,
    takes_board,
    takes_items,
    takes_json,
    takes_view,
    takes_yes,
)

FORMATS: Final = ("csv", "json", "md")
KINDS: Final = ("main", "private", "shareable")
PLACES: Final = ("viewer", "member", "admin")


def _open(noun: Parser) -> None:
    noun.add_argument("board", metavar="BOARD", help="its name, the start of it, or its id")
    noun.add_argument("--view", choices=("table", "kanban"), help="how to show it")
    takes_view(noun)
    noun.set_defaults(run=runner("app:open_board"))


def _demo(noun: Parser) -> None:
    noun.add_argument(
        "--key-beside-data", action="store_true",
        help="keep the demo's key unprotected in its folder, where there is no keyring",
    )  # fmt: skip
    noun.add_argument("--print-dir", action="store_true", help="make it, print its folder and end")
    noun.add_argument(
        "--or-last", action="store_true", help="the workspace used last, where there is one"
    )
    noun.set_defaults(run=runner("app:open_demo"))


def _workspace(noun: Parser) -> None:
    verbs = Verbs(noun)
    create = verbs.add("create", "workspace:create", "make a workspace in a folder")
    create.add_argument("folder", metavar="DIR", help="a folder without a workspace")
    create.add_argument("--name", required=True, help="what to call it")
    create.add_argument(
        "--protection", choices=PROTECTIONS,
        help="where its key is kept; without it: the keyring, else a passphrase",
    )  # fmt: skip
    takes_json(verbs.add("list", "workspace:list_known", "list the workspaces used here"))
    takes_json(verbs.add("show", "workspace:show", "show the workspace that commands use"))
    export = verbs.add("export", "workspace:export", "write all boards and files into a ZIP")
    export.add_argument("-o", "--output", metavar="FILE", required=True, help="where to")
    takes_json(export)
    bring = verbs.add("import", "workspace:import_whole", "bring in all boards of such a ZIP")
    bring.add_argument("file", metavar="FILE", help="what “workspace export” wrote")
    takes_yes(bring)
    takes_json(bring)


def _board(noun: Parser) -> None:
    verbs = Verbs(noun)
    listing = verbs.add("list", "board:list_boards", "list the boards")
    listing.add_argument("--archived", action="store_true", help="those in the archive instead")
    takes_json(listing)
    for verb, run, help in (
        ("show", "board:show", "show groups and columns of a board"),
        ("duplicate", "board:duplicate", "copy a board with its items"),
        ("archive", "board:archive", "put a board into the archive"),
        ("delete", "board:delete", "move a board to the trash, for 30 days"),
    ):
        parser = verbs.add(verb, run, help)
        parser.add_argument("board", metavar="BOARD", help="its name, the start of it, or its id")
        takes_json(parser)
    create = verbs.add("create", "board:create", "make a board")
    create.add_argument("name", metavar="NAME", help="what to call it")
    takes_json(create)
    kind = verbs.add("kind", "board:set_kind", "say who sees a board")
    kind.add_argument("board", metavar="BOARD", help="its name, the start of it, or its id")
    kind.add_argument("kind", choices=KINDS, help="all members, who has a place, or guests too")
    for verb, help in (("share", "give a member a place on a board"), ("unshare", "take it away")):
        parser = verbs.add(verb, f"board:{verb}", help)
        parser.add_argument("board", metavar="BOARD", help="its name, the start of it, or its id")
        parser.add_argument("person", metavar="PERSON", help="their name, or the start of it")
        if verb == "share":
            parser.add_argument("--role", choices=PLACES, default="member", help="member")
    rename = verbs.add("rename", "board:rename", "give a board another name")
    rename.add_argument("board", metavar="BOARD", help="its name, the start of it, or its id")
    rename.add_argument("name", metavar="NAME", help="what to call it")
    takes_json(rename)


def _part_of_a_board(noun: Parser, word: str, names: str) -> None:
    """List, add and rename, of groups and of columns, which are named by `names`."""
    verbs = Verbs(noun)
    for verb in ("list", "add", "rename"):
        run = f"{word}:{verb}_{word}s" if verb == "list" else f"{word}:{verb}"
        help = {"list": f"list the {word}s of a board", "add": f"add a {word} to a board"}
        parser = verbs.add(verb, run, help.get(verb, f"give a {word} another {names}"))
        takes_board(parser, "the board")
        if verb == "rename":
            parser.add_argument(word, metavar=word.upper(), help="its name, start of it, or id")
        if verb != "list":
            parser.add_argument(names, metavar=names.upper(), help="what to call it")
        if (word, verb) == ("column", "add"):
            parser.add_argument("--type", default="text", help="text, number, date, status, …")
        takes_json(parser)


def _group(noun: Parser) -> None:
    _part_of_a_board(noun, "group", "name")


def _column(noun: Parser) -> None:
    _part_of_a_board(noun, "column", "title")


def _item(noun: Parser) -> None:
    verbs = Verbs(noun)
    listing = verbs.add("list", "item:list_items", "list the items of a board")
    takes_board(listing, "the board")
    takes_view(listing)
    listing.add_argument(
        "--sort", metavar="COLUMN[:desc]", action="append", default=[],
        help="by a column, or by name, number, created or updated; may be given again",
    )  # fmt: skip
    listing.add_argument("--subitems", action="store_true", help="subitems below their items")
    takes_json(listing)
    add = verbs.add("add", "item_changes:add", "add an item, or one for each line of a pipe")
    takes_board(add, "the board to add to")
    add.add_argument("title", help="its name; “-” reads a pipe, one item a line")
    add.add_argument("--group", metavar="NAME", help="the group; the board's first without it")
    add.add_argument(
        "--set", metavar="COLUMN=TEXT", action="append", default=[],
        help="a value, as you would type it in the table",
    )  # fmt: skip
    takes_json(add)
    setting = verbs.add("set", "item_changes:set_values", "set values of items")
    setting.add_argument(
        "words", nargs="+", metavar="ID|COLUMN=TEXT",
        help="items (12, #12 or an id) and what to set; name=TEXT renames, no TEXT clears",
    )  # fmt: skip
    takes_json(setting)
    move = verbs.add("move", "item_changes:move", "move items to another group or board")
    takes_items(move)
    move.add_argument("--group", metavar="NAME", required=True, help="where to")
    move.add_argument(
        "--to-board", metavar="NAME", help="the board of that group, if it is another one"
    )
    for verb, run, help in (
        ("show", "item:show", "show all of an item"),
        ("done", "item_changes:finish", "set the first done label of the status column"),
        ("delete", "item_changes:delete", "move items to the trash, for 30 days"),
        ("restore", "item_changes:restore", "bring items back from the trash or the archive"),
    ):
        takes_items(verbs.add(verb, run, help))


def _comment(noun: Parser) -> None:
    add = Verbs(noun).add("add", "hanging:comment", "comment on an item")
    add.add_argument("item", metavar="ID", help="its number (12 or #12), or its id")
    add.add_argument("text", metavar="TEXT", help="what to say; “-” reads a pipe")
    takes_json(add)


def _attach(noun: Parser) -> None:
    noun.add_argument("item", metavar="ID", help="the item's number (12 or #12), or its id")
    noun.add_argument("path", metavar="PATH", help="a file, or a link (https://…)")
    takes_json(noun)
    noun.set_defaults(run=runner("hanging:attach"))


def _import(noun: Parser) -> None:
    noun.add_argument(
        "file", metavar="FILE", help="CSV, Trello or ConneqtOS JSON; “-” reads a pipe"
    )
    noun.add_argument("--board", metavar="NAME", default="", help="what to call the new board")
    noun.add_argument(
        "--type", metavar="COLUMN=TYPE", action="append", default=[],
        help="the type of a column, where the guess is wrong",
    )  # fmt: skip
    noun.add_argument("--again", action="store_true", help="also if this file was imported before")
    takes_yes(noun)
    takes_json(noun)
    noun.set_defaults(run=runner("importing:import_file"))


def _export(noun: Parser) -> None:
    takes_board(noun, "the board")
    noun.add_argument("--format", choices=FORMATS, required=True, help="how to write it")
    noun.add_argument("-o", "--output", metavar="FILE", help="where to; stdout without it")
    takes_view(noun)
    noun.set_defaults(run=runner("exporting:export_board"))


def _undo(noun: Parser) -> None:
    noun.set_defaults(run=runner("history:undo"))


def _redo(noun: Parser) -> None:
    noun.set_defaults(run=runner("history:redo"))


def _trash(noun: Parser) -> None:
    verbs = Verbs(noun)
    listing = verbs.add("list", "trash:list_trash", "list what can be restored")
    listing.add_argument("--archived", action="store_true", help="what is in the archive instead")
    takes_json(listing)
    restore = verbs.add("restore", "trash:restore", "bring back from the trash or the archive")
    restore.add_argument("ids", nargs="+", metavar="ID", help="an id that the list shows")
    empty = verbs.add("empty", "trash:empty", "remove for good what is in the trash")
    empty.add_argument("ids", nargs="*", metavar="ID", help="only these; everything without them")
    takes_yes(empty)


WORK: Final[dict[str, tuple[str, Fill]]] = {
    "open": ("open the app on a board", _open),
    "demo": ("open the app on a workspace with sample boards", _demo),
    "workspace": ("create, list and show workspaces", _workspace),
    "board": ("list, show, create, rename, duplicate, archive and delete boards", _board),
    "group": ("list, add and rename the groups of a board", _group),
    "column": ("list, add and rename the columns of a board", _column),
    "item": ("list, show, add, set, move, finish, delete and restore items", _item),
    "comment": ("comment on an item", _comment),
    "attach": ("attach a file or a link to an item", _attach),
    "import": ("bring a board in from a file or a pipe", _import),
    "export": ("write a board as CSV, JSON or Markdown", _export),
    "undo": ("take back the last thing you did", _undo),
    "redo": ("do again what was taken back last", _redo),
    "trash": ("list, restore and empty what was put away", _trash),
}
