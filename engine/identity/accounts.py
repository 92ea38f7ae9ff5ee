"""Signing up, and changing what one gets in by: address and password.

What is answered never tells whether an address has an account: that stands in the mail only.
"""

import asyncio
from typing import Final

from msgspec import Struct

from engine.api import Acting, Engine
from engine.clock import new_id
from engine.commands.accounts import (
    AskAddressChange,
    AskReset,
    ChangePassword,
    ConfirmAddress,
    OpenAccount,
    ResetPassword,
    TellOfAccount,
)
from engine.errors import Invalid, NotFound, NotSignedIn, Refused
from engine.identity.caller import Caller
from engine.identity.limits import limited
from engine.identity.passwords import check_new, hashed, matches
from engine.identity.tokens import MAIL, new_token
from engine.model.board import COLORS
from engine.model.text import clean_line
from engine.privacy.addresses import address
from engine.privacy.tokens import UNKNOWN, read
from engine.queries.accounts import AboutMyAccount, CredentialsOf
from engine.store.directory import EMAIL

PEPPER: Final = "passwords"
AS_LONG: Final = 0.5
"""Seconds that asking for a new password takes: longer than to write a mail, so that one that is written does not show."""
UNDER_16: Final = "signup.under_16"
TOO_YOUNG: Final = "ConneqtOS is not for people under 16. Nothing of what you typed was kept."
CONFIRMS_NOTHING: Final = (
    "This code is not valid, or not any more. If you have confirmed the address already, sign in. If not, make the account "
    "again with the same password: another code comes."
)
WRONG_PASSWORD: Final = "This is not your password."


class SignUp(Struct, frozen=True, kw_only=True):
    """What somebody who signs up says. `workspace` is what they call their own place."""

    name: str
    email: str
    password: str
    over_16: bool = False
    policy_version: str = ""
    marketing: bool = False
    workspace: str = ""
    color: str = COLORS[0]


async def sign_up(engine: Engine, caller: Caller, wanted: SignUp) -> None:
    """Make an account; a code goes to its address by mail. Where the address has an account already, its owner
    is told instead, and this looks the same and takes as long. Where it was never confirmed, and the password is the one
    that was chosen first, they get another code; with another password it would confirm what a stranger has chosen.
    Raises Invalid, TooMany."""
    email = address(wanted.email)
    await limited(engine, "registration", caller, about=email)
    if not wanted.over_16:
        await engine.limits.count(UNDER_16)
        raise Invalid(TOO_YOUNG)
    name = clean_line(wanted.name)[:120]
    if not name:
        raise Invalid("Type your name.")
    check_new(wanted.password, name, email)
    taken = await engine.tenant_of(EMAIL, email)
    if taken is not None:
        await _tell_owner(engine, caller, taken, wanted.password)
        return
    try:
        await _open_account(engine, caller, wanted, name, email)
    except Refused:
        taken = await engine.tenant_of(EMAIL, email)
        if taken is None:
            raise
        await _tell_owner(engine, caller, taken, wanted.password)  # they signed up at the same time


async def _tell_owner(engine: Engine, caller: Caller, tenant: str, password: str) -> None:
    system = caller.system(engine, tenant)
    known = (await system.query(CredentialsOf())).account
    same = await matches(password, known.password, engine.secret(PEPPER))
    await system.execute(TellOfAccount(token=new_token(MAIL, tenant) if same else ""))


async def _open_account(
    engine: Engine, caller: Caller, wanted: SignUp, name: str, email: str
) -> None:
    """Raises Refused where the address has an account by now."""
    password_hash = await hashed(wanted.password, engine.secret(PEPPER))
    account_id = new_id()
    opening = OpenAccount(
        email=email, color=wanted.color if wanted.color in COLORS else COLORS[0],
        password_hash=password_hash, token=new_token(MAIL, account_id), over_16=wanted.over_16,
        policy_version=wanted.policy_version, marketing=wanted.marketing,
    )  # fmt: skip
    await engine.create_organization(
        organization_id=account_id, name=clean_line(wanted.workspace)[:120] or name, owner_id=account_id,
        owner_name=name, first=(opening,), device=caller.device, address=caller.address,
    )  # fmt: skip


async def confirm_address(engine: Engine, caller: Caller, code: str) -> str:
    """By the code in a mail; comes back with the account's id. Raises Refused, which says how one gets another, TooMany."""
    await limited(engine, "code", caller)
    try:
        token = read(code, MAIL)
        await caller.system(engine, token.tenant).execute(ConfirmAddress(token=code))
    except (NotFound, Refused):
        raise Refused(CONFIRMS_NOTHING) from None
    return token.tenant


async def change_password(account: Acting, old: str, new: str, *, keep: str = "") -> None:
    """Every device but the session `keep` is signed out. Raises NotSignedIn for a wrong old password, Invalid
    for a bad new one."""
    await check_password(account, old)
    about = await account.query(AboutMyAccount())
    check_new(new, about.name, about.email)
    if new == old:
        raise Invalid("The new password is the old one.")
    engine = account.engine
    password_hash = await hashed(new, engine.secret(PEPPER))
    await account.execute(ChangePassword(password_hash=password_hash, keep=keep))


async def check_password(account: Acting, password: str) -> None:
    """That it is really the person who sits there. Raises NotSignedIn, TooMany."""
    engine, tenant = account.engine, account.actor.organization_id
    caller = Caller(device=account.actor.device, address=account.actor.address)
    await limited(engine, "login", caller, about=tenant, tenant=tenant)
    known = await engine.as_system(tenant).query(CredentialsOf())
    if not await matches(password, known.account.password, engine.secret(PEPPER)):
        raise NotSignedIn(WRONG_PASSWORD)


async def ask_reset(engine: Engine, caller: Caller, email: str) -> None:
    """Send a code to the address, if it has an account; nobody else learns whether, also not by how long it takes.
    Raises Invalid, TooMany."""
    wanted = address(email)
    tenant = await engine.tenant_of(EMAIL, wanted)
    await limited(engine, "reset", caller, about=wanted, tenant=tenant)
    enough = asyncio.create_task(asyncio.sleep(AS_LONG))
    if tenant is not None:
        await caller.system(engine, tenant).execute(AskReset(token=new_token(MAIL, tenant)))
    await enough


async def reset_password(engine: Engine, caller: Caller, code: str, new: str) -> None:
    """By the code in a mail; every device is signed out. Raises Refused, Invalid, TooMany."""
    await limited(engine, "code", caller)
    system = caller.system(engine, read(code, MAIL).tenant)
    try:
        known = await system.query(CredentialsOf())
        check_new(new, known.name, known.email)
        password_hash = await hashed(new, engine.secret(PEPPER))
        await system.execute(ResetPassword(token=code, password_hash=password_hash))
    except NotFound:
        raise Refused(UNKNOWN) from None


async def ask_address_change(account: Acting, password: str, email: str) -> None:
    """A code goes to the new address. One that has an account already looks the same here: its owner is told.
    Raises NotSignedIn, Invalid, TooMany."""
    await check_password(account, password)
    wanted = address(email)
    engine, tenant = account.engine, account.actor.organization_id
    taken = await engine.tenant_of(EMAIL, wanted)
    if taken == tenant:
        raise Invalid("This is your address already.")
    if taken is not None:
        await engine.as_system(taken).execute(TellOfAccount())
        return
    await account.execute(AskAddressChange(email=wanted, token=new_token(MAIL, tenant)))
