"""Accounts as tests need them: signed up, confirmed by the code in the mail, signed in."""

import re

from engine.api import Acting, Engine
from engine.clock import new_id
from engine.identity.accounts import SignUp, confirm_address, sign_up
from engine.identity.caller import Caller
from engine.identity.sessions import Signed, as_account, sign_in
from engine.model.organization import Member
from engine.queries.home import WhoAmI
from engine.queries.members import MailsWaiting
from engine.store.directory import EMAIL
from tests.engine.conftest import Ticking

PASSWORD = "correct horse battery"
LAPTOP = Caller(device="laptop", address="203.0.113.7")
PHONE = Caller(device="phone", address="203.0.113.8")


def fresh_address() -> str:
    """PostgreSQL keeps what other tests of this run wrote."""
    return f"ada.{new_id()}@example.org"


def somewhere() -> Caller:
    """An address that no other test was limited at."""
    number = int.from_bytes(new_id()[-6:].encode()) % 2**24
    return Caller(device="laptop", address=f"10.{number >> 16}.{number >> 8 & 255}.{number & 255}")


def wish(email: str, **more: object) -> SignUp:
    fields = {"name": "Ada", "password": PASSWORD, "over_16": True, "policy_version": "1", **more}
    return SignUp(email=email, **fields)  # type: ignore[arg-type]


async def code_in_mail(engine: Engine, tenant: str) -> str:
    """The code in the newest mail of a tenant."""
    mails = await engine.as_system(tenant).query(MailsWaiting())
    found = re.search(r"cq[a-z]_\w{26}_[\w-]{43}", mails[-1].text)
    assert found is not None, mails[-1].text
    return found.group()


async def subjects(engine: Engine, tenant: str) -> list[str]:
    return [mail.subject for mail in await engine.as_system(tenant).query(MailsWaiting())]


async def account_of(engine: Engine, email: str) -> str:
    tenant = await engine.tenant_of(EMAIL, email)
    assert tenant is not None
    return tenant


async def confirmed(engine: Engine, email: str = "", **more: object) -> str:
    """Sign up and confirm; comes back with the address."""
    email = email or fresh_address()
    await sign_up(engine, somewhere(), wish(email, **more))
    tenant = await account_of(engine, email)
    await confirm_address(engine, somewhere(), await code_in_mail(engine, tenant))
    return email


async def signed_up(engine: Engine, email: str = "", **more: object) -> tuple[Signed, str, Acting]:
    """Somebody who sits in their account: session, token and themselves."""
    email = await confirmed(engine, email, **more)
    caller = somewhere()
    signed, token = await sign_in(engine, caller, email, PASSWORD)
    return signed, token, as_account(engine, caller, signed)


async def me(acting: Acting) -> Member:
    return (await acting.query(WhoAmI()))[1]


def later(engine: Engine, days: float) -> None:
    clock = engine._session.clock
    assert isinstance(clock, Ticking)
    clock.now += int(days * 86_400_000)
