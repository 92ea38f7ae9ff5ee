"""Every command of the command line: its words, its arguments, and which function carries it out.

Functions are named as text, `module:function` of tui.cli, and imported when they run: `--help` and
`--version` need neither the engine's store nor Textual. A noun's parser is filled when it is used.
"""

import argparse
from argparse import Namespace
from collections.abc import Callable
from importlib import import_module
from typing import Any, Final, NoReturn

from engine.errors import UsageError
from tui.collector import unwatched

FORMATS: Final = ("csv", "json", "md")
PROTECTIONS: Final = ("keyring", "passphrase", "clear-beside-the-data")
REQUEST_STATES: Final = ("in work", "extended", "answered", "refused", "withdrawn")
ROLES: Final = ("guest", "viewer", "member", "admin", "owner")
KINDS: Final = ("main", "private", "shareable")
PLACES: Final = ("viewer", "member", "admin")
SCOPES: Final = ("read", "write", "admin")
SHELLS: Final = ("bash", "zsh", "fish")

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
        nouns.add_parser(noun, help=help, description=_sentence(help), fill=fill)
    return whole


def runner(name: str) -> Callable[[Namespace], Any]:
    """Calls `module:function` of tui.cli, imported at that moment."""
    module, _, function = name.partition(":")

    def run(arguments: Namespace) -> Any:
        with unwatched():
            imported = import_module(f"tui.cli.{module}")
        return getattr(imported, function)(arguments)

    return run


class _Verbs:
    """The commands of a noun: `conneqtos NOUN VERB …`."""

    def __init__(self, noun: Parser) -> None:
        self._verbs = noun.add_subparsers(title="commands", metavar="COMMAND", required=True)

    def add(self, verb: str, run: str, help: str) -> Parser:
        parser: Parser = self._verbs.add_parser(verb, help=help, description=_sentence(help))
        parser.set_defaults(run=runner(run))
        return parser


def _sentence(help: str) -> str:
    return f"{help[0].upper()}{help[1:]}."


def _takes_json(parser: Parser) -> None:
    parser.add_argument("--json", action="store_true", help="print JSON, for programs")


def _takes_items(parser: Parser) -> None:
    parser.add_argument("items", nargs="+", metavar="ID", help="its number (12 or #12), or its id")
    _takes_json(parser)


def _takes_view(parser: Parser) -> None:
    parser.add_argument("--filter", metavar="TEXT", default="", help="only items with these words")


def _takes_board(parser: Parser, help: str) -> None:
    parser.add_argument("--board", metavar="NAME", required=True, help=help)


def _takes_yes(parser: Parser) -> None:
    parser.add_argument("--yes", action="store_true", help="do not ask")


def _open(noun: Parser) -> None:
    noun.add_argument("board", metavar="BOARD", help="its name, the start of it, or its id")
    noun.add_argument("--view", choices=("table", "kanban"), help="how to show it")
    _takes_view(noun)
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
    verbs = _Verbs(noun)
    create = verbs.add("create", "workspace:create", "make a workspace in a folder")
    create.add_argument("folder", metavar="DIR", help="a folder without a workspace")
    create.add_argument("--name", required=True, help="what to call it")
    create.add_argument(
        "--protection", choices=PROTECTIONS,
        help="where its key is kept; without it: the keyring, else a passphrase",
    )  # fmt: skip
    _takes_json(verbs.add("list", "workspace:list_known", "list the workspaces used here"))
    _takes_json(verbs.add("show", "workspace:show", "show the workspace that commands use"))
    export = verbs.add("export", "workspace:export", "write all boards and files into a ZIP")
    export.add_argument("-o", "--output", metavar="FILE", required=True, help="where to")
    _takes_json(export)
    bring = verbs.add("import", "workspace:import_whole", "bring in all boards of such a ZIP")
    bring.add_argument("file", metavar="FILE", help="what “workspace export” wrote")
    _takes_yes(bring)
    _takes_json(bring)


def _board(noun: Parser) -> None:
    verbs = _Verbs(noun)
    listing = verbs.add("list", "board:list_boards", "list the boards")
    listing.add_argument("--archived", action="store_true", help="those in the archive instead")
    _takes_json(listing)
    for verb, run, help in (
        ("show", "board:show", "show groups and columns of a board"),
        ("duplicate", "board:duplicate", "copy a board with its items"),
        ("archive", "board:archive", "put a board into the archive"),
        ("delete", "board:delete", "move a board to the trash, for 30 days"),
    ):
        parser = verbs.add(verb, run, help)
        parser.add_argument("board", metavar="BOARD", help="its name, the start of it, or its id")
        _takes_json(parser)
    create = verbs.add("create", "board:create", "make a board")
    create.add_argument("name", metavar="NAME", help="what to call it")
    _takes_json(create)
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
    _takes_json(rename)


def _part_of_a_board(noun: Parser, word: str, names: str) -> None:
    """List, add and rename, of groups and of columns, which are named by `names`."""
    verbs = _Verbs(noun)
    for verb in ("list", "add", "rename"):
        run = f"{word}:{verb}_{word}s" if verb == "list" else f"{word}:{verb}"
        help = {"list": f"list the {word}s of a board", "add": f"add a {word} to a board"}
        parser = verbs.add(verb, run, help.get(verb, f"give a {word} another {names}"))
        _takes_board(parser, "the board")
        if verb == "rename":
            parser.add_argument(word, metavar=word.upper(), help="its name, start of it, or id")
        if verb != "list":
            parser.add_argument(names, metavar=names.upper(), help="what to call it")
        if (word, verb) == ("column", "add"):
            parser.add_argument("--type", default="text", help="text, number, date, status, …")
        _takes_json(parser)


def _group(noun: Parser) -> None:
    _part_of_a_board(noun, "group", "name")


def _column(noun: Parser) -> None:
    _part_of_a_board(noun, "column", "title")


def _item(noun: Parser) -> None:
    verbs = _Verbs(noun)
    listing = verbs.add("list", "item:list_items", "list the items of a board")
    _takes_board(listing, "the board")
    _takes_view(listing)
    listing.add_argument(
        "--sort", metavar="COLUMN[:desc]", action="append", default=[],
        help="by a column, or by name, number, created or updated; may be given again",
    )  # fmt: skip
    listing.add_argument("--subitems", action="store_true", help="subitems below their items")
    _takes_json(listing)
    add = verbs.add("add", "item_changes:add", "add an item, or one for each line of a pipe")
    _takes_board(add, "the board to add to")
    add.add_argument("title", help="its name; “-” reads a pipe, one item a line")
    add.add_argument("--group", metavar="NAME", help="the group; the board's first without it")
    add.add_argument(
        "--set", metavar="COLUMN=TEXT", action="append", default=[],
        help="a value, as you would type it in the table",
    )  # fmt: skip
    _takes_json(add)
    setting = verbs.add("set", "item_changes:set_values", "set values of items")
    setting.add_argument(
        "words", nargs="+", metavar="ID|COLUMN=TEXT",
        help="items (12, #12 or an id) and what to set; name=TEXT renames, no TEXT clears",
    )  # fmt: skip
    _takes_json(setting)
    move = verbs.add("move", "item_changes:move", "move items to another group or board")
    _takes_items(move)
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
        _takes_items(verbs.add(verb, run, help))


def _comment(noun: Parser) -> None:
    add = _Verbs(noun).add("add", "hanging:comment", "comment on an item")
    add.add_argument("item", metavar="ID", help="its number (12 or #12), or its id")
    add.add_argument("text", metavar="TEXT", help="what to say; “-” reads a pipe")
    _takes_json(add)


def _attach(noun: Parser) -> None:
    noun.add_argument("item", metavar="ID", help="the item's number (12 or #12), or its id")
    noun.add_argument("path", metavar="PATH", help="a file, or a link (https://…)")
    _takes_json(noun)
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
    _takes_yes(noun)
    _takes_json(noun)
    noun.set_defaults(run=runner("importing:import_file"))


def _export(noun: Parser) -> None:
    _takes_board(noun, "the board")
    noun.add_argument("--format", choices=FORMATS, required=True, help="how to write it")
    noun.add_argument("-o", "--output", metavar="FILE", help="where to; stdout without it")
    _takes_view(noun)
    noun.set_defaults(run=runner("exporting:export_board"))


def _undo(noun: Parser) -> None:
    noun.set_defaults(run=runner("history:undo"))


def _redo(noun: Parser) -> None:
    noun.set_defaults(run=runner("history:redo"))


def _trash(noun: Parser) -> None:
    verbs = _Verbs(noun)
    listing = verbs.add("list", "trash:list_trash", "list what can be restored")
    listing.add_argument("--archived", action="store_true", help="what is in the archive instead")
    _takes_json(listing)
    restore = verbs.add("restore", "trash:restore", "bring back from the trash or the archive")
    restore.add_argument("ids", nargs="+", metavar="ID", help="an id that the list shows")
    empty = verbs.add("empty", "trash:empty", "remove for good what is in the trash")
    empty.add_argument("ids", nargs="*", metavar="ID", help="only these; everything without them")
    _takes_yes(empty)


def _audit(noun: Parser) -> None:
    verbs = _Verbs(noun)
    listing = verbs.add("list", "audit:list_entries", "list the audit trail, the newest first")
    listing.add_argument("--mine", action="store_true", help="only what it says about you")
    _takes_view(listing)
    listing.add_argument("--limit", metavar="N", type=int, default=100, help="how many; 100")
    _takes_json(listing)
    export = verbs.add("export", "audit:export", "write the whole trail as JSON lines")
    export.add_argument("-o", "--output", metavar="FILE", required=True, help="where to")
    verify = verbs.add("verify", "audit:verify", "check the chain of the audit trail")
    verify.add_argument("--against", metavar="FILE", help="compare it with an earlier export too")
    _takes_json(verify)


def _privacy(noun: Parser) -> None:
    verbs = _Verbs(noun)
    show = verbs.add("show", "privacy:show", "show what is held about you, and why")
    show.add_argument("kind", metavar="KIND", nargs="?", help="the records of one kind, as JSON")
    _takes_json(show)
    export = verbs.add("export", "privacy:export", "write all your data into a ZIP")
    export.add_argument("-o", "--output", metavar="FILE", required=True, help="where to")
    _takes_json(export)
    check = verbs.add("check", "privacy:check", "check that an export is whole and unchanged")
    check.add_argument("file", metavar="FILE", help="what “privacy export” wrote")
    _takes_json(check)
    opening = verbs.add(
        "open", "privacy:open_export", "look at an export as a workspace, read-only"
    )
    opening.add_argument("file", metavar="FILE", help="what “privacy export” wrote")
    _takes_json(verbs.add("receipts", "rights:list_receipts", "list the receipts of erasures"))
    receipt = verbs.add("receipt", "rights:check_receipt", "check such a receipt, now or in years")
    receipt.add_argument("file", metavar="FILE", help="what “privacy receipts” lists")
    _takes_json(receipt)
    _takes_json(verbs.add("rights", "rights:rights", "how it stands with your rights"))
    _takes_json(verbs.add("policy", "rights:policy", "the privacy policy, with its clauses"))
    delete = verbs.add("delete", "rights:delete", "ask for the deletion of your account")
    delete.add_argument("--dry-run", action="store_true", help="only say what it would do")
    delete.add_argument("--confirm", metavar="NAME", default="", help="your name, to confirm")
    _takes_json(delete)
    verbs.add("keep", "rights:keep", "cancel the deletion of your account")
    close = verbs.add("close", "rights:close", "ask for the end of the workspace, with all in it")
    close.add_argument("--confirm", metavar="NAME", required=True, help="its name, to confirm")
    verbs.add("reopen", "rights:reopen", "cancel the closing of the workspace")
    verbs.add("restrict", "rights:restrict", "keep your data, and do not process it")
    verbs.add("lift", "rights:lift", "lift the restriction")
    hold = verbs.add("hold", "rights:hold", "set a legal hold: nothing of a person is erased")
    hold.add_argument("person", metavar="PERSON", help="their name, or the start of it")
    hold.add_argument("reason", metavar="REASON", help="why: the person sees it")
    release = verbs.add("release", "rights:release", "lift a legal hold")
    release.add_argument("person", metavar="PERSON", help="their name, or the start of it")
    consent = verbs.add("consent", "rights:consent", "give a consent, or withdraw it")
    consent.add_argument("act", choices=("give", "withdraw"), help="what to do")
    consent.add_argument("purpose", metavar="PURPOSE", help="for what: marketing")
    _privacy_requests(verbs)


def _privacy_requests(verbs: "_Verbs") -> None:
    disclose = verbs.add("disclose", "rights:disclose", "record a release of personal data")
    disclose.add_argument("person", metavar="PERSON", help="their name, or the start of it")
    disclose.add_argument("recipient", metavar="RECIPIENT", help="to whom")
    disclose.add_argument("ground", metavar="GROUND", help="the law, or the court and its order")
    disclose.add_argument("what", metavar="WHAT", help="what was released")
    disclose.add_argument(
        "--hidden-days", metavar="N", type=int, default=0, help="where a court forbids to tell them"
    )
    _takes_json(
        verbs.add("disclosures", "rights:list_disclosures", "list releases of personal data")
    )
    file = verbs.add("request", "rights:file_request", "file a request about your data")
    file.add_argument("kind", metavar="KIND", help="access, rectification, objection, other, …")
    file.add_argument("text", metavar="TEXT", help="in your words")
    file.add_argument("--sender", metavar="WHO", help="note it for somebody who wrote a mail")
    _takes_json(verbs.add("requests", "rights:requests", "list requests, the pressing ones first"))
    move = verbs.add("answer", "rights:move_request", "answer a request, or move it on")
    move.add_argument("number", metavar="NUMBER", type=int, help="which one")
    move.add_argument("--to", choices=REQUEST_STATES, default="answered", help="answered")
    move.add_argument("--text", metavar="TEXT", help="the answer, or the reason")


def _account(noun: Parser) -> None:
    verbs = _Verbs(noun)
    sign_up = verbs.add("sign-up", "account:sign_up", "make an account; the password is asked for")
    sign_up.add_argument("--name", required=True, help="your name")
    sign_up.add_argument("--email", required=True, help="a code goes there, to confirm it")
    sign_up.add_argument("--over-16", action="store_true", help="you are 16 or older")
    sign_up.add_argument(
        "--accept-policy", metavar="VERSION", default="", help="see: privacy policy"
    )
    sign_up.add_argument("--marketing", action="store_true", help="agree to marketing mail")
    sign_up.add_argument("--organization", metavar="NAME", help="what to call your own place")
    for verb, run, help in (
        ("confirm", "account:confirm", "confirm an address by the code in the mail"),
        ("reset", "account:reset", "set a new password by the code in the mail"),
        ("accept", "account:join", "accept an invitation by its code"),
    ):
        verbs.add(verb, run, help).add_argument("code", metavar="CODE", help="from the mail")
    sign_in = verbs.add("sign-in", "account:start_session", "sign in, and print the token")
    sign_in.add_argument("email", metavar="EMAIL", help="the address of the account")
    sign_in.add_argument("--code", default="", help="of the authenticator, or a recovery code")
    _takes_json(verbs.add("show", "account:show", "show the account and where it is signed in"))
    edit = verbs.add("edit", "account:edit", "change your name, colour or the name of your place")
    edit.add_argument("--name", help="also in every organization you belong to")
    edit.add_argument("--color", help="of your initials")
    edit.add_argument("--organization", metavar="NAME", help="what to call your own place")
    sign_out = verbs.add("sign-out", "account:end_session", "sign out this device, or another")
    sign_out.add_argument("device", metavar="ID", nargs="?", help="as “account show” lists it")
    sign_out.add_argument("--others", action="store_true", help="all devices but this one")
    verbs.add("password", "account:password", "change the password")
    for verb, run, help in (
        ("forgotten", "account:forgotten", "have a code for a new password sent"),
        ("email", "account:address", "change the address"),
    ):
        verbs.add(verb, run, help).add_argument("email", metavar="EMAIL", help="the address")
    factor = verbs.add("two-factor", "account:second_factor", "set the second factor up, or end it")
    factor.add_argument("act", choices=("prepare", "start", "renew", "end"), help="in this order")
    factor.add_argument("--code", default="", help="of the authenticator")
    verbs.add("new-organization", "account:new_organization", "make an organization").add_argument(
        "name", metavar="NAME", help="what to call it"
    )
    export = verbs.add("export", "account:export", "write what the account holds into a ZIP")
    export.add_argument("-o", "--output", metavar="FILE", required=True, help="where to")
    verbs.add("delete", "account:delete", "ask for the deletion of the account, everywhere")
    verbs.add("keep", "account:keep", "cancel the deletion of the account")


def _member(noun: Parser) -> None:
    verbs = _Verbs(noun)
    _takes_json(verbs.add("list", "member:list_members", "list members and invitations"))
    invite = verbs.add("invite", "member:send_invitation", "invite somebody by mail")
    invite.add_argument("email", metavar="EMAIL", help="the only address that can accept it")
    invite.add_argument("--role", choices=ROLES, default="member", help="what they may do; member")
    verbs.add("revoke", "member:revoke", "revoke an invitation").add_argument(
        "email", metavar="EMAIL", help="the address that was invited"
    )
    role = verbs.add("role", "member:set_role", "change what somebody may do")
    role.add_argument("person", metavar="PERSON", help="their name, or the start of it")
    role.add_argument("role", choices=ROLES, help="what they may do")
    for verb, run, help in (
        ("remove", "member:remove", "remove a member; what they wrote stays"),
        ("hand-over", "member:hand_over", "make somebody owner in your place"),
        ("appoint", "member:appoint", "make somebody the Data Protection Officer"),
    ):
        parser = verbs.add(verb, run, help)
        parser.add_argument("person", metavar="PERSON", help="their name, or the start of it")
    verbs.add("leave", "member:leave", "leave the organization")
    offline = verbs.add(
        "limit-offline", "member:limit_offline", "let devices without contact drop what they hold"
    )
    offline.add_argument("days", metavar="DAYS", type=_days, help="after so many, or “never”")
    verbs.add("devices", "member:list_devices", "list the devices that hold it")
    factor = verbs.add("require-two-factor", "member:require_two_factor", "ask it of everybody")
    factor.add_argument("required", choices=("on", "off"), help="whether it is required")


def _key(noun: Parser) -> None:
    verbs = _Verbs(noun)
    listing = verbs.add("list", "api_key:list_keys", "list your API keys")
    listing.add_argument("--all", action="store_true", help="of everybody, for owners and admins")
    _takes_json(listing)
    make = verbs.add("make", "api_key:make_key", "make an API key, shown once")
    make.add_argument("name", metavar="NAME", help="what it is for")
    make.add_argument("--scope", choices=SCOPES, default="read", help="how far it reaches; read")
    make.add_argument(
        "--days", metavar="N", type=int, default=0, help="it ends then; never without"
    )
    verbs.add("revoke", "api_key:revoke", "revoke a key: the next call with it fails").add_argument(
        "prefix", metavar="PREFIX", help="as “key list” shows it"
    )


def _webhook(noun: Parser) -> None:
    verbs = _Verbs(noun)
    _takes_json(verbs.add("list", "webhook:list_webhooks", "list which programs the server tells"))
    make = verbs.add("make", "webhook:make", "have a program told what happens; prints its secret")
    make.add_argument("name", metavar="NAME", help="what it is for")
    make.add_argument("url", metavar="URL", help="https://…")
    make.add_argument(
        "--event", metavar="EVENT", action="append", default=[],
        help="item.created, comment.*, …; may be given again; all without",
    )  # fmt: skip
    make.add_argument("--board", metavar="NAME", default="", help="of this board only")
    for verb, help in (
        ("on", "switch one on; it is told from where it stopped"),
        ("off", "switch one off"),
        ("test", "send it a message without events"),
        ("log", "list what it was sent, and how that went"),
        ("again", "send it a message once more"),
        ("secret", "make another secret; the old one works for a day"),
        ("remove", "remove one"),
    ):
        parser = verbs.add(verb, f"webhook:{verb}", help)
        parser.add_argument(
            "webhook", metavar="WEBHOOK", help="its name, the start of it, or its id"
        )
        if verb == "again":
            parser.add_argument(
                "message", metavar="MESSAGE", help="its id, as “webhook log” shows it"
            )
        if verb == "log":
            _takes_json(parser)


def _serve(noun: Parser) -> None:
    noun.add_argument("--host", metavar="ADDRESS", help="where to listen; 127.0.0.1")
    noun.add_argument("--port", metavar="PORT", type=int, help="8431")
    noun.add_argument("--database", metavar="URL", help="postgresql://…; a file without it")
    noun.add_argument("--tls-cert", metavar="FILE", help="the certificate, for https")
    noun.add_argument("--tls-key", metavar="FILE", help="its key")
    noun.add_argument("--config", metavar="FILE", help="settings as TOML")
    noun.add_argument(
        "--key-beside-data", action="store_true", help="keep the store's key unprotected beside it"
    )
    noun.add_argument(
        "--restored",
        action="store_true",
        help="the store came back from a backup: devices read it anew",
    )
    noun.set_defaults(run=runner("serve:serve"))


def _days(text: str) -> str:
    if text != "never" and not text.isdecimal():
        raise argparse.ArgumentTypeError(f"“{text}” is no number of days")
    return text


def _sync(noun: Parser) -> None:
    verbs = _Verbs(noun)
    up = verbs.add(
        "sign-up", "sync:sign_up", "make an account at a server; the password is asked for"
    )
    up.add_argument("url", metavar="URL", help="https://…")
    up.add_argument("--name", required=True, help="your name")
    up.add_argument("--email", required=True, help="a code goes there, to confirm it")
    up.add_argument("--over-16", action="store_true", help="you are 16 or older")
    up.add_argument("--accept-policy", metavar="VERSION", default="", help="see: privacy policy")
    confirm = verbs.add("confirm", "sync:confirm", "confirm the address of a new account")
    confirm.add_argument("url", metavar="URL", help="https://…")
    confirm.add_argument("code", metavar="CODE", help="from the mail")
    join = verbs.add("join", "sync:join", "join an organization of a server, in a new workspace")
    join.add_argument("url", metavar="URL", help="https://…")
    join.add_argument("folder", metavar="DIR", help="a folder without a workspace")
    join.add_argument("--email", default="", help="of your account there; CONNEQTOS_TOKEN instead")
    join.add_argument("--organization", metavar="ID", default="", help="where you have several")
    join.add_argument("--invitation", metavar="CODE", default="", help="accept it, and join there")
    join.add_argument("--protection", choices=PROTECTIONS, help="as of “workspace create”")
    now = verbs.add("now", "sync:now", "send what waits and read what is new")
    now.add_argument("--files", action="store_true", help="bring all attached files here, too")
    _takes_json(verbs.add("status", "sync:status", "say how this workspace and its server stand"))
    _takes_json(verbs.add("refused", "sync:refused", "list what the server refused, and why"))
    verbs.add("retry", "sync:retry", "give a refused command once more").add_argument(
        "id", metavar="ID", help="as “sync refused” shows it"
    )
    verbs.add("let-go", "sync:let_go", "put a refused command away").add_argument(
        "id", metavar="ID", help="as “sync refused” shows it"
    )
    again = verbs.add("sign-in", "sync:sign_in", "sign in again, where the session has ended")
    again.add_argument("--email", default="", help="of your account there; CONNEQTOS_TOKEN instead")
    out = verbs.add("sign-out", "sync:sign_out", "end the session of this device")
    out.add_argument("--wipe", action="store_true", help="take the workspace off this device")
    _takes_yes(out)
    take = verbs.add("take", "sync:take", "take this local workspace to a server, with its history")
    take.add_argument("url", metavar="URL", help="https://…")
    take.add_argument("--email", default="", help="of your account there; CONNEQTOS_TOKEN instead")
    leave = verbs.add("leave", "sync:leave", "make this a local workspace, with all the server has")
    leave.add_argument("--offline", action="store_true", help="with what is on this device alone")
    _takes_yes(leave)


def _retention(noun: Parser) -> None:
    run = _Verbs(noun).add(
        "run", "retention:run", "remove what was kept for as long as it should be"
    )
    run.add_argument("--dry-run", action="store_true", help="only say what would go")
    _takes_json(run)


def _backup(noun: Parser) -> None:
    verbs = _Verbs(noun)
    _takes_json(verbs.add("list", "backup:list_backups", "list the backups of the workspace"))
    _takes_json(verbs.add("make", "backup:make", "make one now; else one is made a day"))
    verify = verbs.add("verify", "backup:verify", "read backups back, whole")
    verify.add_argument("name", metavar="NAME", nargs="?", help="only this one, or “newest”")
    restore = verbs.add("restore", "backup:restore", "go back to a backup")
    restore.add_argument("name", metavar="NAME", help="its name, or “newest”")
    _takes_yes(restore)


def _doctor(noun: Parser) -> None:
    _takes_json(noun)
    noun.set_defaults(run=runner("doctor:examine"))


def _config(noun: Parser) -> None:
    verbs = _Verbs(noun)
    verbs.add("check", "config:check", "say what is wrong in the configuration file")
    verbs.add("path", "config:path", "print where the configuration file is")


def _completion(noun: Parser) -> None:
    noun.add_argument("shell", choices=SHELLS, help="for which shell")
    noun.set_defaults(run=runner("completion:script"))


NOUNS: Final[dict[str, tuple[str, Fill]]] = {
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
    "account": ("sign up, sign in, and change how one gets in", _account),
    "member": ("list, invite, change and remove members", _member),
    "key": ("list, make and revoke API keys", _key),
    "webhook": ("have programs told by the server what happens", _webhook),
    "privacy": ("show and export what is held about you", _privacy),
    "retention": ("remove what was kept long enough", _retention),
    "backup": ("list, make, check backups, and go back to one", _backup),
    "audit": ("list, export and check the audit trail", _audit),
    "sync": ("join a server, and exchange with it", _sync),
    "serve": ("run a server that other devices and programs call", _serve),
    "doctor": ("say how things are, and what is wrong", _doctor),
    "config": ("check the configuration file, or say where it is", _config),
    "completion": ("print a completion script for a shell", _completion),
}
