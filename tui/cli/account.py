"""`conneqtos account …`: accounts of this store, for several people on one machine or a server's own console.

Who acts is said by CONNEQTOS_TOKEN, which `account sign-in` prints. Passwords are asked for, or come by a pipe: never
as arguments, which other people of the machine can see. Mails go into the folder `mail` of the workspace.
"""

import os
import platform
from argparse import Namespace
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from msgspec import Struct, to_builtins

from engine.api import Acting, Engine
from engine.commands.account_deletion import KeepAccount
from engine.commands.sessions import SignOut, SignOutOthers
from engine.errors import NotSignedIn, UsageError
from engine.identity import accounts, profile, two_factor
from engine.identity.accounts import SignUp
from engine.identity.caller import Caller
from engine.identity.delivery import deliver_all
from engine.identity.ending import ask_deletion
from engine.identity.organizations import accept, create
from engine.identity.sessions import Signed, as_account, by_token, sign_in
from engine.queries.accounts import AboutMyAccount
from tui import bootstrap
from tui.cli import asking
from tui.cli.item import when
from tui.cli.opening import TOKEN, chosen_folder
from tui.cli.output import Rows, note, say, say_json
from tui.folders import MAIL


class Desk(Struct, frozen=True, kw_only=True):
    """An open store, before it is known who acts."""

    engine: Engine
    owner: Acting
    folder: Path
    caller: Caller


@asynccontextmanager
async def desk(arguments: Namespace) -> AsyncIterator[Desk]:
    """Mails that the command wrote are handed over at its end."""
    ask = asking.passphrase if asking.somebody_is_there() else None
    workspace = await bootstrap.open_workspace(chosen_folder(arguments), ask)
    engine = workspace.acting.engine
    try:
        caller = Caller(device=f"conneqtos on {platform.node()}"[:100])
        yield Desk(engine=engine, owner=workspace.acting, folder=workspace.folder, caller=caller)
        await deliver_all(engine, workspace.folder / MAIL)
    finally:
        await engine.close()


@asynccontextmanager
async def signed_in(arguments: Namespace) -> AsyncIterator[tuple[Desk, Signed, Acting]]:
    async with desk(arguments) as at:
        token = os.environ.get(TOKEN, "")
        if not token:
            raise NotSignedIn(
                f"Nobody is signed in. Set {TOKEN} to what “account sign-in” printed."
            )
        signed = await by_token(at.engine, at.caller, token)
        yield at, signed, as_account(at.engine, at.caller, signed)


async def sign_up(arguments: Namespace) -> None:
    password = asking.new_secret("Password")
    async with desk(arguments) as at:
        wanted = SignUp(
            name=arguments.name, email=arguments.email, password=password, over_16=arguments.over_16,
            policy_version=arguments.accept_policy, marketing=arguments.marketing,
            workspace=arguments.organization or "",
        )  # fmt: skip
        await accounts.sign_up(at.engine, at.caller, wanted)
    say("A mail is on its way. Its code makes the account usable: conneqtos account confirm CODE")


async def confirm(arguments: Namespace) -> None:
    async with desk(arguments) as at:
        await accounts.confirm_address(at.engine, at.caller, arguments.code)
    say("The address is confirmed.")


async def start_session(arguments: Namespace) -> None:
    """The token is all that is printed on stdout, so that a script can take it."""
    password = asking.secret("Password")
    async with desk(arguments) as at:
        _, token = await sign_in(at.engine, at.caller, arguments.email, password, arguments.code)
    note(f"Signed in. Put this into {TOKEN}; it is shown this once:")
    say(token)


async def show(arguments: Namespace) -> None:
    async with signed_in(arguments) as (_, signed, account):
        about = await account.query(AboutMyAccount())
    if arguments.json:
        say_json({**to_builtins(about), "this_device": signed.session_id})
        return
    say(f"{about.name} <{about.email}>")
    say(f"Second factor: {_since(about.two_factor_at)}")
    if about.closing_at:
        say(f"Will be deleted on {when(about.closing_at)[:10]}: conneqtos account keep cancels it")
    rows = Rows(["Device", "Address", "Since", "Last used", "Id"], right=set(), empty="")
    rows.print([
        [
            one.device + (" (this one)" if one.id == signed.session_id else ""), one.address or "local",
            when(one.created_at)[:10], when(one.last_used_at)[:10], one.id,
        ]
        for one in about.devices
    ])  # fmt: skip


async def edit(arguments: Namespace) -> None:
    if not (arguments.name or arguments.color or arguments.organization):
        raise UsageError("Say what to change: --name, --color or --organization.")
    async with signed_in(arguments) as (at, signed, _):
        await profile.edit(
            at.engine, at.caller, signed, name=arguments.name, color=arguments.color,
            workspace=arguments.organization,
        )  # fmt: skip
    say("Changed.")


async def end_session(arguments: Namespace) -> None:
    async with signed_in(arguments) as (_, signed, account):
        if arguments.others:
            done = await account.execute(SignOutOthers(keep=signed.session_id))
        else:
            done = await account.execute(SignOut(session_id=arguments.device or signed.session_id))
    say(" ".join(done.notes) or "Signed out.")


async def password(arguments: Namespace) -> None:
    async with signed_in(arguments) as (_, signed, account):
        old, new = asking.secret("Password now"), asking.new_secret("New password")
        await accounts.change_password(account, old, new, keep=signed.session_id)
    say("The password is changed, and every other device is signed out.")


async def forgotten(arguments: Namespace) -> None:
    async with desk(arguments) as at:
        await accounts.ask_reset(at.engine, at.caller, arguments.email)
    say("If this address has an account, a mail with a code is on its way.")


async def reset(arguments: Namespace) -> None:
    new = asking.new_secret("New password")
    async with desk(arguments) as at:
        await accounts.reset_password(at.engine, at.caller, arguments.code, new)
    say("The password is set, and every device is signed out.")


async def address(arguments: Namespace) -> None:
    async with signed_in(arguments) as (_, _, account):
        await accounts.ask_address_change(account, asking.secret("Password"), arguments.email)
    say(
        "A mail with a code is on its way to the new address. Until it is confirmed the old one holds."
    )


async def second_factor(arguments: Namespace) -> None:
    async with signed_in(arguments) as (_, _, account):
        if arguments.act == "prepare":
            setup = await two_factor.prepare(account, asking.secret("Password"))
            note(setup.picture)
            say(setup.address)
            note(
                "Give a code of the authenticator to: conneqtos account two-factor start --code CODE"
            )
        elif arguments.act in ("start", "renew"):
            make = two_factor.start if arguments.act == "start" else two_factor.renew
            codes = await make(account, arguments.code)
            note("Recovery codes, each good for one sign-in; they are shown this once:")
            for code in codes:
                say(code)
        else:
            await two_factor.end(account, asking.secret("Password"), arguments.code)
            say("Signing in needs no second factor any more.")


async def join(arguments: Namespace) -> None:
    async with signed_in(arguments) as (at, signed, _):
        say(await accept(at.engine, at.caller, signed, arguments.code))


async def new_organization(arguments: Namespace) -> None:
    async with signed_in(arguments) as (at, signed, _):
        say(await create(at.engine, at.caller, signed, arguments.name))


async def export(arguments: Namespace) -> None:
    """What the account itself holds; what is held in an organization is in “privacy export” there."""
    from engine.identity.limits import limited
    from engine.transfer.personal_archive import export_personal_data

    target = Path(arguments.output).expanduser()
    async with signed_in(arguments) as (at, signed, account):
        tenant = signed.account_id
        await limited(at.engine, "export", at.caller, about=tenant, tenant=tenant)
        await export_personal_data(account, target, at=at.engine.now())
    say(f"It is in {target}, whole and with a manifest to check it by.")


async def delete(arguments: Namespace) -> None:
    async with signed_in(arguments) as (at, signed, account):
        await ask_deletion(at.engine, at.caller, signed, account, asking.secret("Password"))
        due = (await account.query(AboutMyAccount())).closing_at
    say(f"The account will be deleted on {when(due)[:10]}. Until then: conneqtos account keep")


async def keep(arguments: Namespace) -> None:
    async with signed_in(arguments) as (_, _, account):
        done = await account.execute(KeepAccount())
    say(" ".join(done.notes))


def _since(at: int) -> str:
    return f"since {when(at)[:10]}" if at else "off"
