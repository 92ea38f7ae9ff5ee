"""Who never confirmed their address, and has lost the mail, gets another code by signing up again."""

import asyncio

from engine.api import Engine
from engine.identity.accounts import confirm_address, sign_up
from engine.identity.sessions import sign_in
from tests.engine.identity.people import (
    PASSWORD,
    account_of,
    code_in_mail,
    confirmed,
    fresh_address,
    somewhere,
    subjects,
    wish,
)


async def test_another_code_confirms_an_address_that_was_never_confirmed(engine: Engine) -> None:
    email = fresh_address()
    await sign_up(engine, somewhere(), wish(email))
    account = await account_of(engine, email)
    first = await code_in_mail(engine, account)
    await sign_up(engine, somewhere(), wish(email))
    second = await code_in_mail(engine, account)
    assert second != first
    await confirm_address(engine, somewhere(), second)
    signed, _ = await sign_in(engine, somewhere(), email, PASSWORD)
    assert signed.account_id == account


async def test_signing_up_again_does_not_make_the_first_code_void(engine: Engine) -> None:
    email = fresh_address()
    await sign_up(engine, somewhere(), wish(email))
    first = await code_in_mail(engine, await account_of(engine, email))
    await sign_up(engine, somewhere(), wish(email, password="somebody else chose it"))
    await confirm_address(engine, somewhere(), first)
    assert await sign_in(engine, somewhere(), email, PASSWORD)


async def test_two_who_sign_up_at_once_with_one_address_are_answered_the_same(
    engine: Engine,
) -> None:
    email = fresh_address()
    await asyncio.gather(*(sign_up(engine, somewhere(), wish(email)) for _ in range(2)))
    told = await subjects(engine, await account_of(engine, email))
    assert [told[0][:7], told[1][:15]] == ["Confirm", "You have an acc"]


async def test_who_chooses_another_password_gets_no_code_that_would_confirm_a_strangers(
    engine: Engine,
) -> None:
    from engine.queries.members import MailsWaiting

    email = fresh_address()
    await sign_up(engine, somewhere(), wish(email, password="a stranger chose it"))
    account = await account_of(engine, email)
    await sign_up(engine, somewhere(), wish(email))
    mails = await engine.as_system(account).query(MailsWaiting())
    assert "cqm_" not in mails[-1].text and "new password" in mails[-1].text


async def test_who_has_confirmed_their_address_gets_no_code(engine: Engine) -> None:
    from engine.queries.members import MailsWaiting

    email = await confirmed(engine)
    await sign_up(engine, somewhere(), wish(email))
    account = await account_of(engine, email)
    mails = await engine.as_system(account).query(MailsWaiting())
    assert "cqm_" not in mails[-1].text and "sign in" in mails[-1].text
