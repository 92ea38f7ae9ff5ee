"""`conneqtos sync`: join a server, exchange with it now, and see to what it refused."""

import os
from argparse import Namespace
from pathlib import Path
from typing import Final

from engine.api import Acting, local_utc_offset
from engine.clock import iso_time, system_clock
from engine.errors import NeedsCode, NotFound, Unreachable, UsageError
from engine.queries.conflicts import Conflicts
from engine.queries.home import WhoAmI
from engine.relocating import LINKED
from engine.relocating import leave as leave_here
from engine.syncing import NOT_LINKED, Device, SyncState
from tui import linking
from tui.bootstrap import remove_workspace
from tui.cli import asking
from tui.cli.opening import chosen_folder, opened
from tui.cli.output import Rows, note, say, say_json
from tui.cli.progress import Progress
from tui.cli.workspace import PROTECTIONS
from tui.folders import spoken
from tui.linking import (
    TOKEN,
    join_workspace,
    loop_of,
    take_workspace,
    use_token,
)
from tui.server_address import checked_address
from tui.spoken_count import spoken_count
from tui.spoken_time import spoken_time
from tui.sync_names import Names
from tui.sync_standing import only_here
from tui.sync_words import said, where_and_when

ONLY_HERE: Final = "This workspace is still on its way to the server, and is nowhere else. Stop that first: conneqtos sync leave"
WITHOUT: Final = "With what is on this device alone: conneqtos sync leave --offline"
LOCAL: Final = f"{NOT_LINKED} Join one with: conneqtos sync join https://…  DIR"


async def join(arguments: Namespace) -> None:
    url = checked_address(arguments.url)
    token = os.environ.get(TOKEN) or await _signed_in(url, arguments.email)
    if arguments.invitation:
        from sync.client.sign_in import accept

        organization = (await accept(url, token, arguments.invitation)).organization_id
    else:
        organization = arguments.organization or await _only_place(url, token)
    with Progress("Reading boards") as progress:
        made = await join_workspace(
            Path(arguments.folder), url, token, organization,
            progress=lambda done, of: progress.at(done, of or 1),
            protection=PROTECTIONS.get(arguments.protection),
            ask_new=asking.new_passphrase if asking.somebody_is_there() else None,
        )  # fmt: skip
    await made.acting.engine.close()
    say(f"Joined: “{made.name}” of {url} is in {spoken(made.folder)}")


async def sign_up(arguments: Namespace) -> None:
    """At a server; the address has to be confirmed then."""
    from sync.client.sign_in import NewAccount, sign_up

    url = checked_address(arguments.url)
    account = NewAccount(
        name=arguments.name, email=arguments.email, password=asking.new_secret("Password"),
        over_16=arguments.over_16, policy_version=arguments.accept_policy,
    )  # fmt: skip
    await sign_up(url, account)
    say(f"A code is on its way to {arguments.email}. With it: conneqtos sync confirm {url} CODE")


async def confirm(arguments: Namespace) -> None:
    from sync.client.sign_in import confirm

    url = checked_address(arguments.url)
    await confirm(url, arguments.code)
    say(f"The address is confirmed. Join with: conneqtos sync join {url} DIR --email …")


async def forgotten(arguments: Namespace) -> None:
    from sync.client.sign_in import ask_reset

    url = checked_address(arguments.url)
    await ask_reset(url, arguments.email)
    say("If this address has an account there, a mail with a code is on its way.")
    say(f"With it: conneqtos sync reset {url} CODE")


async def reset(arguments: Namespace) -> None:
    from sync.client.sign_in import reset_password

    url = checked_address(arguments.url)
    await reset_password(url, arguments.code, asking.new_secret("New password"))
    say(
        "The password is set, and every device is signed out. In a workspace of that server: conneqtos sync sign-in"
    )


async def _signed_in(url: str, email: str) -> str:
    from sync.client.sign_in import sign_in

    if not email:
        raise UsageError(
            f"Say who you are with --email, or set {TOKEN} to an API key of the server."
        )
    password = asking.secret("Password")
    try:
        return await sign_in(url, email, password)
    except NeedsCode:
        return await sign_in(url, email, password, asking.secret("Code of the second factor"))


async def _only_place(url: str, token: str) -> str:
    """An API key belongs to one organization; an account may to several."""
    from sync.client.sign_in import places

    found = await places(url, token)
    if not found:
        raise NotFound("This account belongs to no organization there. Ask for an invitation.")
    if len(found) > 1:
        ids = ", ".join(one.organization_id for one in found)
        raise UsageError(f"Name one of your organizations with --organization: {ids}.")
    return found[0].organization_id


async def sign_in(arguments: Namespace) -> None:
    """With another session than the one that has ended."""
    async with opened(arguments, as_owner=True) as acting:
        state = await Device(acting).state()
        if state is None:
            raise NotFound(LOCAL)
        server = state.link.server
        _, me = await acting.query(WhoAmI())
        email = arguments.email or me.email
        await use_token(acting, os.environ.get(TOKEN) or await _signed_in(server, email))
    say(f"Signed in at {server}.")


async def sign_out(arguments: Namespace) -> None:
    """The session ends; with --wipe the workspace is taken off this device, too."""
    async with opened(arguments, as_owner=True) as acting:
        state = await Device(acting).state()
        if state is None:
            raise NotFound(LOCAL)
        if arguments.wipe and state.link.taking:
            raise UsageError(ONLY_HERE)
        if arguments.wipe and not arguments.yes and not asking.confirmed(wiping(state)):
            raise UsageError("Nothing was changed.")
        told = await linking.sign_out(acting)
    server = state.link.server
    if arguments.wipe:
        remove_workspace(chosen_folder(arguments))
        say(f"Signed out of {server}. The workspace was taken off this device.")
    else:
        say(f"Signed out of {server}. What is here stays; go on with: conneqtos sync sign-in")
    if not told:
        say("The server could not be told: the session ends there by itself.")


def wiping(state: SyncState) -> str:
    """What is asked before a workspace is taken off a device."""
    lost = only_here(state)
    told = f" Lost with it: {lost} that the server does not have." if lost else ""
    return f"Take this workspace off this device?{told}"


async def now(arguments: Namespace) -> None:
    """One exchange. What was refused makes the exit status tell."""
    async with opened(arguments) as acting:
        loop = await loop_of(acting, lambda mark: None)
        if loop is None:
            raise NotFound(LOCAL)
        try:
            await loop.exchange_all()
            if arguments.files:
                note(f"{spoken_count(await loop.files.fetch_all(), 'file')} came here.")
        finally:
            await loop.server.close()
        state = await Device(acting).state()
    assert state is not None
    say(spoken_state(state))


async def status(arguments: Namespace) -> None:
    async with opened(arguments) as acting:
        state = await Device(acting).state()
        conflicts = await acting.query(Conflicts())
    if arguments.json:
        say_json(_as_json(state, len(conflicts)))
        return
    if state is None:
        say("A local workspace: everything is here, and nothing is sent anywhere.")
        return
    say(f"{state.link.server}: {standing(state, local_utc_offset())}")
    if conflicts:
        say(f"  {len(conflicts):,} of your edits met somebody else's")


def _as_json(state: SyncState | None, conflicts: int) -> dict[str, object]:
    if state is None:
        return {"linked": False}
    last = iso_time(state.link.last_at) if state.link.last_at else None
    return {
        "linked": True, "server": state.link.server, "signed_in": bool(linking.token_of(state)),
        "synced": state.settled and bool(linking.token_of(state)),
        "waiting": state.waiting, "files": state.files, "refused": state.held,
        "conflicts": conflicts, "last_exchange": last, "gaps": state.link.gaps,
    }  # fmt: skip


def spoken_state(state: SyncState) -> str:
    if state.settled:
        return "synced"
    parts = ((state.waiting - state.quiet, "waiting"), (state.held, "refused"))
    said = [f"{count:,} {word}" for count, word in parts if count]
    if state.files:
        said.append(f"{spoken_count(state.files, 'file')} to send")
    return ", ".join(said) or "settings waiting"


def standing(state: SyncState, utc_offset: int) -> str:
    """What this device knows without asking the server: how it stood when they were in contact last."""
    waits = "" if state.settled else spoken_state(state)
    last = state.link.last_at
    if not linking.token_of(state):
        return f"signed out, {waits}" if waits else "signed out"
    if not last:
        return f"no exchange yet, {waits}" if waits else "no exchange yet"
    as_of = spoken_time(last, system_clock(), utc_offset)
    return f"{waits}, last exchange {as_of}" if waits else f"synced as of {as_of}"


async def refused(arguments: Namespace) -> None:
    async with opened(arguments) as acting:
        held = await Device(acting).held()
        names = await Names.of(acting, [one.command for one in held])
    if arguments.json:
        for one in held:
            say_json({
                "id": one.command.id, "command": one.command.op, "code": one.code,
                "reason": one.reason, "wanted": one.command.arguments,
            })  # fmt: skip
        return
    rows = Rows(["Id", "What", "Where and when", "Reason"], empty="The server refused nothing.")
    rows.print([
        [one.command.id, said(one.command, names), where_and_when(one.command, names), one.reason]
        for one in held
    ])  # fmt: skip


async def retry(arguments: Namespace) -> None:
    async with opened(arguments) as acting:
        await Device(acting).retry(arguments.id)
    say("It waits again.")


async def let_go(arguments: Namespace) -> None:
    async with opened(arguments) as acting:
        if not await Device(acting).let_go(arguments.id):
            raise NotFound("This is not among what the server refused.")
    say("Let go.")


async def take(arguments: Namespace) -> None:
    """The workspace becomes a device of the server, which has all of it from here on."""
    url = checked_address(arguments.url)
    async with opened(arguments, as_owner=True) as acting:
        if await Device(acting).state() is not None:
            raise UsageError(LINKED)
        token = os.environ.get(TOKEN) or await _signed_in(url, arguments.email)
        with Progress("Sending the workspace") as progress:
            missing = await take_workspace(acting, url, token, progress.at)
        organization, _ = await acting.query(WhoAmI())
    say(f"“{organization.name}” is on {url} now, with its history and its audit trail.")
    if missing:
        files = spoken_count(missing, "attached file")
        say(f"Not on this device, and so not there either: {files}.")


async def leave(arguments: Namespace) -> None:
    """The workspace stays, as a local one: with everything that the server has, or (--offline) with what is here."""
    async with opened(arguments) as acting:
        state = await Device(acting).state()
        if state is None:
            raise NotFound(LOCAL)
        if not arguments.yes and not asking.confirmed(_question(state)):
            raise UsageError("Nothing was changed.")
        if arguments.offline or state.link.taking:
            done = await leave_here(acting)
            for trouble in done.troubles:
                say(f"This waited, and could not be carried out: {trouble}")
        else:
            await _go_home(acting)
    say("This workspace is a local one now. The server keeps what it has.")


async def _go_home(acting: Acting) -> None:
    with Progress("Reading the workspace") as progress:
        loop = await loop_of(acting, lambda mark: progress.at(*mark.bytes))
        assert loop is not None
        try:
            home = await loop.go_home()
        except Unreachable as error:
            raise Unreachable(f"{error} {WITHOUT}") from None
        finally:
            await loop.server.close()
    for name in home.missing:
        say(f"The attached file “{name}” could not be brought along.")


def _question(state: SyncState) -> str:
    lost = f" Let go: {spoken_count(state.held, 'refused command')}." if state.held else ""
    return f"Make this a local workspace, apart from {state.link.server}?{lost}"
