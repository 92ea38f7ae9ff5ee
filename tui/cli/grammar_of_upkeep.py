"""The commands that look after a workspace, its server and this installation."""

from typing import Final

from tui.cli.parser import (
    PROTECTIONS,
    Fill,
    Parser,
    Verbs,
    runner,
    takes_json,
    takes_yes,
)

SHELLS: Final = ("bash", "zsh", "fish")


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


def _sync(noun: Parser) -> None:
    verbs = Verbs(noun)
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
    forgotten = verbs.add(
        "forgotten", "sync:forgotten", "have a code for a new password sent to you"
    )
    forgotten.add_argument("url", metavar="URL", help="https://…")
    forgotten.add_argument("email", metavar="EMAIL", help="of your account there")
    reset = verbs.add("reset", "sync:reset", "set a new password, by the code from the mail")
    reset.add_argument("url", metavar="URL", help="https://…")
    reset.add_argument("code", metavar="CODE", help="from the mail")
    join = verbs.add("join", "sync:join", "join an organization of a server, in a new workspace")
    join.add_argument("url", metavar="URL", help="https://…")
    join.add_argument("folder", metavar="DIR", help="a folder without a workspace")
    join.add_argument("--email", default="", help="of your account there; CONNEQTOS_TOKEN instead")
    join.add_argument("--organization", metavar="ID", default="", help="where you have several")
    join.add_argument("--invitation", metavar="CODE", default="", help="accept it, and join there")
    join.add_argument("--protection", choices=PROTECTIONS, help="as of “workspace create”")
    now = verbs.add("now", "sync:now", "send what waits and read what is new")
    now.add_argument("--files", action="store_true", help="bring all attached files here, too")
    takes_json(verbs.add("status", "sync:status", "say how this workspace and its server stand"))
    takes_json(verbs.add("refused", "sync:refused", "list what the server refused, and why"))
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
    takes_yes(out)
    take = verbs.add("take", "sync:take", "take this local workspace to a server, with its history")
    take.add_argument("url", metavar="URL", help="https://…")
    take.add_argument("--email", default="", help="of your account there; CONNEQTOS_TOKEN instead")
    leave = verbs.add("leave", "sync:leave", "make this a local workspace, with all the server has")
    leave.add_argument("--offline", action="store_true", help="with what is on this device alone")
    takes_yes(leave)


def _retention(noun: Parser) -> None:
    run = Verbs(noun).add(
        "run", "retention:run", "remove what was kept for as long as it should be"
    )
    run.add_argument("--dry-run", action="store_true", help="only say what would go")
    takes_json(run)


def _backup(noun: Parser) -> None:
    verbs = Verbs(noun)
    takes_json(verbs.add("list", "backup:list_backups", "list the backups of the workspace"))
    takes_json(verbs.add("make", "backup:make", "make one now; else one is made a day"))
    verify = verbs.add("verify", "backup:verify", "read backups back, whole")
    verify.add_argument("name", metavar="NAME", nargs="?", help="only this one, or “newest”")
    restore = verbs.add("restore", "backup:restore", "go back to a backup")
    restore.add_argument("name", metavar="NAME", help="its name, or “newest”")
    takes_yes(restore)


def _doctor(noun: Parser) -> None:
    takes_json(noun)
    noun.set_defaults(run=runner("doctor:examine"))


def _config(noun: Parser) -> None:
    verbs = Verbs(noun)
    verbs.add("check", "config:check", "say what is wrong in the configuration file")
    verbs.add("path", "config:path", "print where the configuration file is")


def _completion(noun: Parser) -> None:
    noun.add_argument("shell", choices=SHELLS, help="for which shell")
    noun.set_defaults(run=runner("completion:script"))


UPKEEP: Final[dict[str, tuple[str, Fill]]] = {
    "retention": ("remove what was kept long enough", _retention),
    "backup": ("list, make, check backups, and go back to one", _backup),
    "sync": ("join a server, and exchange with it", _sync),
    "serve": ("run a server that other devices and programs call", _serve),
    "doctor": ("say how things are, and what is wrong", _doctor),
    "config": ("check the configuration file, or say where it is", _config),
    "completion": ("print a completion script for a shell", _completion),
}
