"""The words of every mail that the software sends, each once: they become text and HTML (policy §3: transactional
mail only, with no advertising, no picture and no counting of who opened it)."""

import html
from collections.abc import Mapping
from typing import Final

from msgspec import Struct

from engine.errors import UsageError
from engine.privacy.policy import CONTACTS

HOW: Final = "{how}"
"""Stays in a mail until it is handed over (engine.mail.addressed)."""


class Template(Struct, frozen=True, kw_only=True):
    """`{names}` in it are filled. A paragraph that is one name alone stands by itself, to be copied. What was not
    `asked_for` by its reader is not sent to who has restricted their data (Art. 18; C30). `here` and `served` say what
    to do with its code: in a store on this device, and at a server. `with_code` stands instead of the paragraphs where a
    code goes along that not every such mail has."""

    subject: str
    paragraphs: tuple[str, ...]
    with_code: tuple[str, ...] = ()
    asked_for: bool = True
    here: str = ""
    served: str = ""


class Written(Struct, frozen=True, kw_only=True):
    subject: str
    text: str
    html: str


CONFIRMED_HERE: Final = "Give it to: conneqtos account confirm CODE"
CONFIRMED_THERE: Final = "Give it to the app (Join a server, Confirm an account), or to: conneqtos sync confirm {server} CODE"

TEMPLATES: Final[dict[str, Template]] = {
    "confirm": Template(
        subject="Confirm your address for ConneqtOS",
        paragraphs=(
            "Somebody, we hope you, made an account with this address. This code confirms it:", "{code}", HOW,
            "It works once, within {hours} hours. If it was not you, do nothing: without the code the account cannot be "
            "used.",
        ),
        here=CONFIRMED_HERE, served=CONFIRMED_THERE,
    ),
    "exists": Template(
        subject="You have an account at ConneqtOS already",
        paragraphs=(
            "Somebody wanted to make an account with this address, but there is one. If it was you, sign in, or ask for "
            "a new password. If it was not, there is nothing to do.",
        ),
        with_code=(
            "Somebody wanted to make an account with this address. There is one, and its address was never confirmed. If "
            "it is yours, this code confirms it:", "{code}", HOW,
            "It works once, within {hours} hours. If it was not you, do nothing: it goes by itself.",
        ),
        here=CONFIRMED_HERE, served=CONFIRMED_THERE,
    ),
    "new_email": Template(
        subject="Confirm your new address",
        paragraphs=(
            "This code makes this the address of your account:", "{code}", HOW,
            "It works once, within {hours} hours. Until then the old address stays in force.",
        ),
        here=CONFIRMED_HERE, served=CONFIRMED_THERE,
    ),
    "email_changed": Template(
        subject="The address of your account was changed",
        paragraphs=(
            "Your account has another address now. If it was not you, write to {security} at once.",
        ),
    ),
    "reset": Template(
        subject="A new password for your account",
        paragraphs=(
            "Somebody, we hope you, asked for a new password. This code allows to set one:", "{code}", HOW,
            "It works once, within an hour. If it was not you, do nothing: your password stays as it is.",
        ),
        here="Give it to: conneqtos account reset CODE",
        served="Give it to the app (Join a server, Set a new password), or to: conneqtos sync reset {server} CODE",
    ),
    "password_changed": Template(
        subject="Your password was changed",
        paragraphs=(
            "Your password was changed, and every other device was signed out. If it was not you, ask for a new password "
            "at once and write to {security}.",
        ),
    ),
    "two_factor_on": Template(
        subject="Signing in needs a second factor now",
        paragraphs=(
            "From now on signing in asks for a code of your authenticator. Keep your recovery codes in a safe place.",
        ),
    ),
    "two_factor_off": Template(
        subject="Signing in needs no second factor any more",
        paragraphs=(
            "The second factor of your account was switched off. If it was not you, change your password at once and "
            "write to {security}.",
        ),
    ),
    "invitation": Template(
        subject="You are invited to an organization at ConneqtOS",
        paragraphs=(
            "{inviter} invites you to “{organization}”, as {role}. This code accepts it:", "{code}", HOW,
            "It works once, for this address, within 7 days. If you do not know them, do nothing.",
        ),
        here="With an account of this address: conneqtos account accept CODE",
        served="Open the app, choose “Join a server”, and sign in at {server}, or make an account there first, with this address: "
        "then it asks for the code. On the command line: conneqtos sync join {server} DIR --email YOURS --invitation CODE",
    ),
    "deletion_asked": Template(
        subject="Your account will be deleted",
        paragraphs=(
            "You asked for the deletion of your account. It will be done on {day}. Until then you can sign in and cancel "
            "it.",
        ),
    ),
    "deletion_cancelled": Template(
        subject="Your account stays",
        paragraphs=("The deletion of your account was cancelled. Nothing was deleted.",),
    ),
    "deletion_done": Template(
        subject="Your account was deleted",
        paragraphs=(
            "Your account was deleted, with everything personal in it. Backups that still know you are gone in 30 days; "
            "one that is restored before does not bring you back. This is the last mail.",
        ),
    ),
    "webhook_off": Template(
        subject="A webhook was switched off",
        asked_for=False,
        paragraphs=(
            "The webhook “{webhook}” that you made in “{organization}” is told nothing any more: {reason}. Switched on again, it "
            "is told from where it stopped (conneqtos webhook on).",
        ),
    ),
    "policy": Template(
        subject="The privacy policy will change on {day}",
        asked_for=False,
        paragraphs=(
            "Version {version} of the privacy policy takes effect on {day}. What is new:", "{summary}",
            "Its whole text is in the app: Profile → Privacy & Data → Policy.",
        ),
    ),
    "answered": Template(
        subject="Your request {number} was {state}",
        paragraphs=(
            "{answer}",
            "You can complain to a supervisory authority at any time; in the UK that is the ICO (ico.org.uk).",
        ),
    ),
    "request_due": Template(
        subject="Request {number} must be answered by {day}",
        asked_for=False,
        paragraphs=("A request about personal data is still open. It is in the queue: Privacy & Data → Requests.",),
    ),
}  # fmt: skip

_CONTACTS: Final = {
    "privacy": CONTACTS["Privacy"],
    "dpo": CONTACTS["Data Protection Officer"],
    "security": CONTACTS["Security"],
}
FOOTER: Final = "Privacy: {privacy} · Data Protection Officer: {dpo} · Security: {security}"


def write(template: str, fields: Mapping[str, str]) -> Written:
    """Fill a template. What is filled in stands as it is in the text, and escaped in the HTML."""
    found = TEMPLATES[template]
    known = {**_CONTACTS, **fields, "how": HOW}
    lines = found.with_code if found.with_code and "code" in fields else found.paragraphs
    try:
        subject = found.subject.format_map(known)
        plain = [line.format_map(known) for line in lines]
    except KeyError as missing:
        raise UsageError(f"The mail “{template}” needs {missing}.") from None
    footer = FOOTER.format_map(known)
    escaped = {name: html.escape(value) for name, value in known.items()}
    marked = "".join(_marked(line, escaped) for line in lines)
    body = f"{marked}<hr><p>{html.escape(footer)}</p>"
    return Written(
        subject=subject,
        text="\n\n".join((*plain, "-- \n" + footer)) + "\n",
        html=f'<!doctype html><html><head><meta charset="utf-8"></head><body>{body}</body></html>\n',
    )


def _marked(line: str, escaped: Mapping[str, str]) -> str:
    filled = html.escape(line, quote=False).format_map(escaped).replace("\n", "<br>")
    return f"<pre>{filled}</pre>" if line == "{code}" else f"<p>{filled}</p>"
