"""Signing in, and what a session opens: the account itself, and the organizations it belongs to."""

from typing import Final

from msgspec import Struct

from engine.api import Acting, Engine
from engine.clock import new_id
from engine.commands.accounts import RefreshPassword
from engine.commands.membership import LeftOrganization
from engine.commands.sessions import NoteFailedSignIn, SignIn, TouchSession
from engine.errors import Forbidden, Invalid, NeedsCode, NotFound, NotSignedIn, Refused
from engine.identity.accounts import PEPPER
from engine.identity.caller import Caller
from engine.identity.limits import limited
from engine.identity.passwords import hashed, is_weak, matches
from engine.identity.tokens import SESSION, new_token
from engine.model.actor import Actor
from engine.model.text import clean_line
from engine.privacy.sessions import TOUCHED_EVERY
from engine.privacy.tokens import read
from engine.queries.accounts import AboutMyAccount, CredentialsOf, SessionByToken
from engine.queries.members import AtTheDoor
from engine.store.directory import EMAIL

WRONG: Final = "The address or the password is wrong."
ENDED: Final = "This session has ended. Sign in again."
NO_CODE: Final = "Type the code of your authenticator, or a recovery code."


class Signed(Struct, frozen=True, kw_only=True):
    """Somebody whose session was found: which account, and which session."""

    account_id: str
    session_id: str


async def sign_in(
    engine: Engine, caller: Caller, email: str, password: str, code: str = ""
) -> tuple[Signed, str]:
    """Comes back with the token that the device keeps. An address without an account, and a wrong password,
    look the same and take as long. Raises NotSignedIn, NeedsCode, Invalid (wrong code), Refused (address not
    confirmed), TooMany."""
    wanted = clean_line(email)
    tenant = await engine.tenant_of(EMAIL, wanted)
    await limited(engine, "login", caller, about=wanted.casefold(), tenant=tenant)
    if tenant is None:
        await matches(password, "", engine.secret(PEPPER))
        await engine.limits.count("sign_in.unknown")  # a write, as the one below
        raise NotSignedIn(WRONG)
    system = caller.system(engine, tenant)
    known = await system.query(CredentialsOf())
    if not await matches(password, known.account.password, engine.secret(PEPPER)):
        await system.execute(NoteFailedSignIn(why="password"))
        raise NotSignedIn(WRONG)
    if known.account.two_factor_at and not code:
        raise NeedsCode(NO_CODE)
    if known.account.two_factor_at:
        await limited(engine, "second_factor", caller, about=tenant, tenant=tenant)
    signed = Signed(account_id=tenant, session_id=new_id())
    token = new_token(SESSION, tenant)
    try:
        await system.execute(SignIn(session_id=signed.session_id, token=token, code=code))
    except Invalid:
        await system.execute(NoteFailedSignIn(why="second factor"))
        raise
    if is_weak(known.account.password):
        renewed = await hashed(password, engine.secret(PEPPER))
        await system.execute(RefreshPassword(password_hash=renewed))
    return signed, token


async def by_token(engine: Engine, caller: Caller, token: str) -> Signed:
    """Whose session this is. Raises NotSignedIn."""
    try:
        tenant = read(token, SESSION).tenant
        system = caller.system(engine, tenant)
        session = await system.query(SessionByToken(token=token))
    except (Refused, NotFound):
        raise NotSignedIn(ENDED) from None
    if session is None:
        raise NotSignedIn(ENDED)
    if engine.now() - session.last_used_at > TOUCHED_EVERY:
        await system.execute(TouchSession(session_id=session.id))
    return Signed(account_id=tenant, session_id=session.id)


def as_account(engine: Engine, caller: Caller, signed: Signed) -> Acting:
    """The person in their own account: profile, devices, privacy."""
    return engine.acting_as(
        Actor(
            organization_id=signed.account_id, user_id=signed.account_id,
            device=caller.device, address=caller.address,
        )
    )  # fmt: skip


async def enter(
    engine: Engine,
    caller: Caller,
    signed: Signed,
    organization_id: str,
    *,
    second_factor: bool = True,
) -> Acting:
    """The person as a member of an organization. Raises NotFound where they are none (any more), Refused where
    it asks for a second factor that they do not have; for their own deletion that is not asked."""
    account = as_account(engine, caller, signed)
    about = await account.query(AboutMyAccount())
    place = next((one for one in about.organizations if one.id == organization_id), None)
    if place is None:
        raise NotFound("There is no such organization.")
    acting = engine.acting_as(
        Actor(
            organization_id=organization_id, user_id=place.member_id,
            device=caller.device, address=caller.address,
        )
    )  # fmt: skip
    try:
        door = await acting.query(AtTheDoor())
    except Forbidden:
        await caller.system(engine, signed.account_id).execute(
            LeftOrganization(organization_id=organization_id)
        )
        raise NotFound("There is no such organization.") from None
    if second_factor and door.two_factor and not about.two_factor_at:
        raise Refused(
            f"“{door.organization}” asks for a second factor. Switch it on in your account first."
        )
    return acting
