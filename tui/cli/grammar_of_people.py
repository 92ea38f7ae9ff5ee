"""The commands for people: accounts, members, programs of theirs, privacy and the audit trail."""

import argparse
from typing import Final

from tui.cli.parser import Fill, Parser, Verbs, takes_json, takes_view

REQUEST_STATES: Final = ("in work", "extended", "answered", "refused", "withdrawn")
ROLES: Final = ("guest", "viewer", "member", "admin", "owner")
SCOPES: Final = ("read", "write", "admin")


def _audit(noun: Parser) -> None:
    verbs = Verbs(noun)
    listing = verbs.add("list", "audit:list_entries", "list the audit trail, the newest first")
    listing.add_argument("--mine", action="store_true", help="only what it says about you")
    takes_view(listing)
    listing.add_argument("--limit", metavar="N", type=int, default=100, help="how many; 100")
    takes_json(listing)
    export = verbs.add("export", "audit:export", "write the whole trail as JSON lines")
    export.add_argument("-o", "--output", metavar="FILE", required=True, help="where to")
    verify = verbs.add("verify", "audit:verify", "check the chain of the audit trail")
    verify.add_argument("--against", metavar="FILE", help="compare it with an earlier export too")
    takes_json(verify)


def _privacy(noun: Parser) -> None:
    verbs = Verbs(noun)
    show = verbs.add("show", "privacy:show", "show what is held about you, and why")
    show.add_argument("kind", metavar="KIND", nargs="?", help="the records of one kind, as JSON")
    takes_json(show)
    export = verbs.add("export", "privacy:export", "write all your data into a ZIP")
    export.add_argument("-o", "--output", metavar="FILE", required=True, help="where to")
    takes_json(export)
    check = verbs.add("check", "privacy:check", "check that an export is whole and unchanged")
    check.add_argument("file", metavar="FILE", help="what “privacy export” wrote")
    takes_json(check)
    opening = verbs.add(
        "open", "privacy:open_export", "look at an export as a workspace, read-only"
    )
    opening.add_argument("file", metavar="FILE", help="what “privacy export” wrote")
    takes_json(verbs.add("receipts", "rights:list_receipts", "list the receipts of erasures"))
    receipt = verbs.add("receipt", "rights:check_receipt", "check such a receipt, now or in years")
    receipt.add_argument("file", metavar="FILE", help="what “privacy receipts” lists")
    takes_json(receipt)
    takes_json(verbs.add("rights", "rights:rights", "how it stands with your rights"))
    takes_json(verbs.add("policy", "rights:policy", "the privacy policy, with its clauses"))
    delete = verbs.add("delete", "rights:delete", "ask for the deletion of your account")
    delete.add_argument("--dry-run", action="store_true", help="only say what it would do")
    delete.add_argument("--confirm", metavar="NAME", default="", help="your name, to confirm")
    takes_json(delete)
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


def _privacy_requests(verbs: Verbs) -> None:
    disclose = verbs.add("disclose", "rights:disclose", "record a release of personal data")
    disclose.add_argument("person", metavar="PERSON", help="their name, or the start of it")
    disclose.add_argument("recipient", metavar="RECIPIENT", help="to whom")
    disclose.add_argument("ground", metavar="GROUND", help="the law, or the court and its order")
    disclose.add_argument("what", metavar="WHAT", help="what was released")
    disclose.add_argument(
        "--hidden-days", metavar="N", type=int, default=0, help="where a court forbids to tell them"
    )
    takes_json(
        verbs.add("disclosures", "rights:list_disclosures", "list releases of personal data")
    )
    file = verbs.add("request", "rights:file_request", "file a request about your data")
    file.add_argument("kind", metavar="KIND", help="access, rectification, objection, other, …")
    file.add_argument("text", metavar="TEXT", help="in your words")
    file.add_argument("--sender", metavar="WHO", help="note it for somebody who wrote a mail")
    takes_json(verbs.add("requests", "rights:requests", "list requests, the pressing ones first"))
    move = verbs.add("answer", "rights:move_request", "answer a request, or move it on")
    move.add_argument("number", metavar="NUMBER", type=int, help="which one")
    move.add_argument("--to", choices=REQUEST_STATES, default="answered", help="answered")
    move.add_argument("--text", metavar="TEXT", help="the answer, or the reason")


def _account(noun: Parser) -> None:
    verbs = Verbs(noun)
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
    takes_json(verbs.add("show", "account:show", "show the account and where it is signed in"))
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


def _days(text: str) -> str:
    if text != "never" and not text.isdecimal():
        raise argparse.ArgumentTypeError(f"“{text}” is no number of days")
    return text


def _member(noun: Parser) -> None:
    verbs = Verbs(noun)
    takes_json(verbs.add("list", "member:list_members", "list members and invitations"))
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
    verbs = Verbs(noun)
    listing = verbs.add("list", "api_key:list_keys", "list your API keys")
    listing.add_argument("--all", action="store_true", help="of everybody, for owners and admins")
    takes_json(listing)
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
    verbs = Verbs(noun)
    takes_json(verbs.add("list", "webhook:list_webhooks", "list which programs the server tells"))
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
            takes_json(parser)


PEOPLE: Final[dict[str, tuple[str, Fill]]] = {
    "account": ("sign up, sign in, and change how one gets in", _account),
    "member": ("list, invite, change and remove members", _member),
    "key": ("list, make and revoke API keys", _key),
    "webhook": ("have programs told by the server what happens", _webhook),
    "privacy": ("show and export what is held about you", _privacy),
    "audit": ("list, export and check the audit trail", _audit),
}
