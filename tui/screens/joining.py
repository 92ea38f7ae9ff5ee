"""How somebody gets into a server: signs in or up there, and chooses where to go, or accepts an invitation."""

import os
from collections.abc import Awaitable, Callable, Mapping
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeVar

from engine.errors import UsageError
from engine.model.text import clean_line
from tui.linking import TOKEN
from tui.live import Told
from tui.recent_workspaces import known_workspaces, server_of
from tui.screens.asking import Asking
from tui.server_address import checked_address
from tui.widgets.choice import Choice, Choosable
from tui.widgets.confirm import Confirm
from tui.widgets.form import Field, Form

if TYPE_CHECKING:
    from sync.client.sign_in import Place

T = TypeVar("T")
ACCOUNT: Final = "Who runs the server gives you the address. What you do works offline, too."
IF_THERE_IS_ONE: Final = (
    "If the address has an account there, a mail with a code is on its way to you."
)
ON_ITS_WAY: Final = "A mail with a code is on its way to you."
BY_TOKEN: Final = "CONNEQTOS_TOKEN says who you are."
BY_MAIL: Final = "A code for it goes to this address, if it has an account there."
NEW: Final = "Your address has to be confirmed, by a code that comes by mail."
INVITED: Final = "From the mail that invited you. To take a workspace of your own there: F12 in it."
NOBODY: Final = "Nobody under 16 gets an account. Nothing was sent."
HERE: Final = "on this device already"
BY_INVITATION: Final = "by invitation"
CODE: Final = Field(
    "code", "Code, where you have a second factor", placeholder="123456", optional=True
)
NEW_PASSWORD: Final = (
    Field("password", "Password", secret=True), Field("again", "The same again", secret=True),
)  # fmt: skip
WAYS: Final = (
    Choosable("in", "Sign in", "with your account there"),
    Choosable("up", "Make an account", "a code comes by mail"),
    Choosable("confirm", "Confirm an account", "by the code from the mail"),
    Choosable("forgotten", "Set a new password", "a code comes by mail"),
)


class Joining(NamedTuple):
    """Somebody who has signed in at a server: where, by which token, and the organizations they belong to there."""

    url: str
    token: str
    places: "list[Place]"


def server_field(url: str = "") -> Field:
    return Field("url", "Server", value=url, placeholder="https://")


def who(email: str = "") -> list[Field]:
    """The lines by which somebody signs in."""
    return [
        Field("email", "Mail address of your account", value=email),
        Field("password", "Password", secret=True),
        CODE,
    ]


async def with_account(
    screen: Asking[Any],
    title: str,
    work: Callable[[str, str], Awaitable[T]],
    *,
    hint: str,
    only_asks: bool = False,
) -> T | None:
    """Ask for what lets somebody in at a server: an account, which they can make first, or only its address where
    CONNEQTOS_TOKEN says who they are. `work` gets the address and a token; its faults are shown in the form, which can be
    left meanwhile where it `only_asks`."""
    token = os.environ.get(TOKEN)

    async def by_token(typed: Mapping[str, str]) -> T:
        return await work(checked_address(typed["url"].strip()), str(token))

    async def by_password(typed: Mapping[str, str]) -> T:
        return await work(*await signed_in(typed))

    if token:
        return await screen.ask(
            Form(title, [server_field()], by_token, hint=BY_TOKEN, only_asks=only_asks)
        )
    known = await _account(screen, title)
    if known is None:
        return None
    fields = [server_field(known["url"]), *who(known["email"])]
    return await screen.ask(Form(title, fields, by_password, hint=hint, only_asks=only_asks))


async def signed_in(typed: Mapping[str, str]) -> tuple[str, str]:
    """The address of the server, and the token of a new session there. Raises ConneqtErrors."""
    from sync.client.sign_in import sign_in

    url = checked_address(typed["url"].strip())
    return url, await sign_in(url, typed["email"], typed["password"], typed["code"].strip())


async def enter_server(screen: Asking[Any]) -> "tuple[Joining, Place] | None":
    """Ask what has to be asked; None where the person has left it."""
    joining = await with_account(screen, "Join a server", _found, hint=ACCOUNT, only_asks=True)
    if joining is None:
        return None
    place = await _place(screen, joining)
    return None if place is None else (joining, place)


async def _found(url: str, token: str) -> Joining:
    from sync.client.sign_in import places

    return Joining(url, token, await places(url, token))


async def _account(screen: Asking[Any], title: str) -> dict[str, str] | None:
    """What is known of the account when it is signed in: where it is, and its mail address. None where that was left."""
    way = await screen.ask(Choice(title, WAYS))
    known: dict[str, str] | None = {"url": "", "email": ""}
    if way == "up":
        known = await _sign_up(screen)
    if way in ("up", "confirm") and known is not None:
        known = await _confirm(screen, known)
    if way == "forgotten":
        known = await forgotten(screen)
    return None if way is None else known


async def _sign_up(screen: Asking[Any]) -> dict[str, str] | None:
    """Comes back with what the next steps need to know. The question comes first: who may not have an account types
    nothing."""
    from sync.client.sign_in import NewAccount, policy_version, sign_up

    version = policy_version()
    question = Confirm(
        "Are you 16 or older?", yes="I am, and agree", by_letter=True,
        note=f"And you have read the privacy policy (version {version}): conneqtos privacy policy",
    )  # fmt: skip
    if not await screen.ask(question):
        screen.app.post_message(Told(NOBODY))
        return None

    async def work(typed: Mapping[str, str]) -> dict[str, str]:
        url, email = checked_address(typed["url"].strip()), typed["email"].strip()
        account = NewAccount(
            name=clean_line(typed["name"]), email=email, password=_chosen(typed), over_16=True,
            policy_version=version,
        )  # fmt: skip
        await sign_up(url, account)
        return {"url": url, "email": email, "hint": ON_ITS_WAY}

    fields = [
        server_field(), Field("name", "Your name"), Field("email", "Mail address"), *NEW_PASSWORD,
    ]  # fmt: skip
    return await screen.ask(Form("Make an account", fields, work, hint=NEW))


async def forgotten(screen: Asking[Any], url: str = "", email: str = "") -> dict[str, str] | None:
    """Who has forgotten their password sets another, by a code that comes by mail. Comes back as `_sign_up`."""
    from sync.client.sign_in import ask_reset, reset_password

    async def asked(typed: Mapping[str, str]) -> dict[str, str]:
        server, whose = checked_address(typed["url"].strip()), typed["email"].strip()
        await ask_reset(server, whose)
        return {"url": server, "email": whose}

    fields = [server_field(url), Field("email", "Mail address of your account", value=email)]
    known = await screen.ask(Form("Set a new password", fields, asked, hint=BY_MAIL))
    if known is None:
        return None

    async def done(typed: Mapping[str, str]) -> dict[str, str]:
        await reset_password(known["url"], typed["code"].strip(), _chosen(typed))
        return known

    fields = [Field("code", "Code from the mail"), *NEW_PASSWORD]
    hint = f"{IF_THERE_IS_ONE} Every device is signed out then."
    return await screen.ask(Form("Set a new password", fields, done, hint=hint))


def _chosen(typed: Mapping[str, str]) -> str:
    if typed["password"] != typed["again"]:
        raise UsageError("The two passwords differ. Type the same one twice.")
    return typed["password"]


async def _confirm(screen: Asking[Any], known: Mapping[str, str]) -> dict[str, str] | None:
    async def work(typed: Mapping[str, str]) -> dict[str, str]:
        from sync.client.sign_in import confirm

        url = checked_address(typed["url"].strip())
        await confirm(url, typed["code"].strip())
        return {"url": url, "email": known["email"]}

    fields = [server_field(known["url"]), Field("code", "Code from the mail")]
    hint = known.get("hint", "")
    return await screen.ask(Form("Confirm your address", fields, work, hint=hint))


def _names_here(url: str) -> set[str]:
    """What the workspaces on this device are called that belong to this server."""
    return {name for folder, name in known_workspaces() if server_of(folder) == url}


async def _place(screen: Asking[Any], joining: Joining) -> "Place | None":
    """The organization to go to; another invitation can be accepted. Who has one and nothing of this server here yet is
    not asked."""
    here = _names_here(joining.url)
    if len(joining.places) == 1 and not here:
        return joining.places[0]
    by_id = {one.organization_id: one for one in joining.places}
    options = [
        Choosable(id, clean_line(one.name), HERE if one.name in here else "")
        for id, one in by_id.items()
    ]
    options.append(Choosable(BY_INVITATION, "Accept an invitation", "by its code"))
    chosen = BY_INVITATION
    if by_id:
        chosen = await screen.ask(Choice("Which organization?", options)) or ""
    if chosen != BY_INVITATION:
        return by_id.get(chosen)

    async def accepted(typed: Mapping[str, str]) -> "Place":
        from sync.client.sign_in import accept

        return await accept(joining.url, joining.token, typed["code"].strip())

    fields = [Field("code", "Code of your invitation")]
    return await screen.ask(Form("You belong to no organization there yet" if not by_id else "Accept an invitation", fields, accepted, hint=INVITED))  # fmt: skip
