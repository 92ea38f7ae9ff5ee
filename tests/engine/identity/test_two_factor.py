"""The second factor: set up by a first code, asked for at each sign-in, each code good for one use."""

import pyotp
import pytest

from engine.api import Acting, Engine
from engine.commands.two_factor import PrepareTwoFactor, RequireTwoFactor
from engine.errors import Invalid, NeedsCode, NotSignedIn, Refused, TooMany
from engine.identity import two_factor
from engine.identity.organizations import create
from engine.identity.sessions import Signed, as_account, enter, sign_in
from engine.queries.accounts import AboutMyAccount
from tests.engine.identity.people import PASSWORD, confirmed, later, signed_up, somewhere, subjects


def code_now(engine: Engine, secret: str) -> str:
    return pyotp.TOTP(secret).at(engine.now() // 1000)


async def switched_on(engine: Engine) -> tuple[str, str, tuple[str, ...], Acting, Signed]:
    """Address, secret, recovery codes, the account, and its session."""
    email = await confirmed(engine)
    signed, _ = await sign_in(engine, somewhere(), email, PASSWORD)
    account = as_account(engine, somewhere(), signed)
    setup = await two_factor.prepare(account, PASSWORD)
    codes = await two_factor.start(account, code_now(engine, setup.secret))
    later(engine, 1 / 24)
    return email, setup.secret, codes, account, signed


async def test_the_secret_comes_as_text_address_and_picture(engine: Engine) -> None:
    _, _, account = await signed_up(engine)
    setup = await two_factor.prepare(account, PASSWORD)
    email = (await account.query(AboutMyAccount())).email
    assert setup.secret in setup.address and email.replace("@", "%40") in setup.address
    assert "▄" in setup.picture or "█" in setup.picture
    assert not (await account.query(AboutMyAccount())).two_factor_at, "not in force yet"


async def test_signing_in_asks_for_a_code_and_no_code_works_twice(engine: Engine) -> None:
    email, secret, _, _, signed = await switched_on(engine)
    with pytest.raises(NeedsCode):
        await sign_in(engine, somewhere(), email, PASSWORD)
    with pytest.raises(NotSignedIn) as wrong:
        await sign_in(engine, somewhere(), email, "not the password", "000000")
    assert not isinstance(wrong.value, NeedsCode), "a wrong password is told nothing of it"
    with pytest.raises(Invalid, match="not right"):
        await sign_in(engine, somewhere(), email, PASSWORD, "000000")
    code = code_now(engine, secret)
    await sign_in(engine, somewhere(), email, PASSWORD, f"{code[:3]} {code[3:]}")
    with pytest.raises(Invalid, match="used already"):
        await sign_in(engine, somewhere(), email, PASSWORD, code)
    assert "Signing in needs a second factor now" in await subjects(engine, signed.account_id)


async def test_a_recovery_code_works_once(engine: Engine) -> None:
    email, _, codes, account, _ = await switched_on(engine)
    assert len(set(codes)) == 10
    await sign_in(engine, somewhere(), email, PASSWORD, codes[0].upper())
    with pytest.raises(Invalid):
        await sign_in(engine, somewhere(), email, PASSWORD, codes[0])
    assert (await account.query(AboutMyAccount())).recovery_left == 9


async def test_codes_are_limited(engine: Engine) -> None:
    email, _, _, _, _ = await switched_on(engine)
    for _ in range(4):
        with pytest.raises(Invalid):
            await sign_in(engine, somewhere(), email, PASSWORD, "000000")
    with pytest.raises((TooMany, Invalid)):
        await sign_in(engine, somewhere(), email, PASSWORD, "000000")
    with pytest.raises(TooMany):
        await sign_in(engine, somewhere(), email, PASSWORD, "000000")


async def test_new_recovery_codes_make_the_old_ones_void(engine: Engine) -> None:
    email, secret, old, account, _ = await switched_on(engine)
    new = await two_factor.renew(account, code_now(engine, secret))
    with pytest.raises(Invalid):
        await sign_in(engine, somewhere(), email, PASSWORD, old[0])
    await sign_in(engine, somewhere(), email, PASSWORD, new[0])


async def test_it_is_switched_off_by_password_and_code(engine: Engine) -> None:
    email, secret, _, account, signed = await switched_on(engine)
    with pytest.raises(NotSignedIn):
        await two_factor.end(account, "not the password", code_now(engine, secret))
    await two_factor.end(account, PASSWORD, code_now(engine, secret))
    await sign_in(engine, somewhere(), email, PASSWORD)
    assert "needs no second factor any more" in (await subjects(engine, signed.account_id))[-1]
    with pytest.raises(Refused):
        await two_factor.end(account, PASSWORD, code_now(engine, secret))


async def test_a_wrong_first_code_leaves_it_off(engine: Engine) -> None:
    _, _, account = await signed_up(engine)
    with pytest.raises(Refused, match="Begin again"):
        await two_factor.start(account, "123456")
    await two_factor.prepare(account, PASSWORD)
    with pytest.raises(Invalid):
        await two_factor.start(account, "abcdef")
    assert not (await account.query(AboutMyAccount())).two_factor_at


async def test_a_secret_that_is_too_short_is_refused(engine: Engine) -> None:
    _, _, account = await signed_up(engine)
    with pytest.raises(Invalid, match="32 letters"):
        await account.execute(PrepareTwoFactor(secret="ABC"))


async def test_an_organization_can_ask_for_it_of_everybody(engine: Engine) -> None:
    signed, _, _ = await signed_up(engine)
    organization = await create(engine, somewhere(), signed, "Team")
    owner = await enter(engine, somewhere(), signed, organization)
    await owner.execute(RequireTwoFactor(required=True))
    with pytest.raises(Refused, match="asks for a second factor"):
        await enter(engine, somewhere(), signed, organization)
    account = as_account(engine, somewhere(), signed)
    setup = await two_factor.prepare(account, PASSWORD)
    await two_factor.start(account, code_now(engine, setup.secret))
    await enter(engine, somewhere(), signed, organization)
