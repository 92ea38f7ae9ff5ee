"""Signing up and changing address and password: nothing tells a stranger who has an account."""

import pytest

from engine.api import Engine
from engine.errors import Invalid, NotSignedIn, Refused, TooMany
from engine.identity.accounts import (
    UNDER_16,
    ask_address_change,
    ask_reset,
    change_password,
    confirm_address,
    reset_password,
    sign_up,
)
from engine.identity.sessions import by_token, sign_in
from engine.privacy.consent import is_given
from engine.queries.accounts import AboutMyAccount
from engine.queries.privacy import OwnRecords
from engine.queries.rights import MyRights
from engine.store.directory import EMAIL
from tests.engine.identity.people import (
    PASSWORD,
    account_of,
    code_in_mail,
    confirmed,
    fresh_address,
    later,
    signed_up,
    somewhere,
    subjects,
    wish,
)

NEW = "another long password"


async def test_a_new_account_is_usable_once_its_address_is_confirmed(engine: Engine) -> None:
    email = fresh_address()
    await sign_up(engine, somewhere(), wish(email))
    with pytest.raises(Refused, match="Confirm your address"):
        await sign_in(engine, somewhere(), email, PASSWORD)
    code = await code_in_mail(engine, await account_of(engine, email))
    await confirm_address(engine, somewhere(), code)
    signed, token = await sign_in(engine, somewhere(), email, PASSWORD)
    assert (await by_token(engine, somewhere(), token)) == signed


async def test_a_code_works_once_and_for_two_days(engine: Engine) -> None:
    email = fresh_address()
    await sign_up(engine, somewhere(), wish(email))
    code = await code_in_mail(engine, await account_of(engine, email))
    await confirm_address(engine, somewhere(), code)
    with pytest.raises(Refused, match="not valid"):
        await confirm_address(engine, somewhere(), code)
    other = fresh_address()
    await sign_up(engine, somewhere(), wish(other))
    late = await code_in_mail(engine, await account_of(engine, other))
    later(engine, 2)
    with pytest.raises(Refused, match="not valid"):
        await confirm_address(engine, somewhere(), late)


@pytest.mark.parametrize("code", ["", "x", "cqm_nowhere_x", "cqm_" + "0" * 26 + "_" + "x" * 43])
async def test_what_is_no_code_is_refused_in_the_same_words(engine: Engine, code: str) -> None:
    with pytest.raises(Refused, match="not valid"):
        await confirm_address(engine, somewhere(), code)


async def test_who_is_under_16_is_refused_and_only_counted(engine: Engine) -> None:
    email, before = fresh_address(), await engine.limits.counted(UNDER_16)
    tenants = await engine.organizations()
    with pytest.raises(Invalid, match="under 16"):
        await sign_up(engine, somewhere(), wish(email, over_16=False))
    assert await engine.limits.counted(UNDER_16) == before + 1
    assert await engine.tenant_of(EMAIL, email) is None
    assert await engine.organizations() == tenants


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"name": " "}, "name"),
        ({"password": "short"}, "8 is the least"),
        ({"policy_version": "0"}, "version 1 of the privacy policy"),
    ],
)
async def test_what_is_missing_is_said_and_nothing_is_made(
    engine: Engine, more: dict[str, str], why: str
) -> None:
    email, tenants = fresh_address(), await engine.organizations()
    with pytest.raises(Invalid, match=why):
        await sign_up(engine, somewhere(), wish(email, **more))
    assert await engine.tenant_of(EMAIL, email) is None
    assert await engine.organizations() == tenants


@pytest.mark.parametrize("email", ["", "ada", "ada@", "ada@b c.org", "ada@exa\x1bmple.org\n"])
async def test_what_is_no_address_is_refused(engine: Engine, email: str) -> None:
    if email.endswith("\n"):  # an escape character is taken out, not believed
        await sign_up(
            engine, somewhere(), wish(email.replace("ada", fresh_address().split("@")[0]))
        )
        return
    with pytest.raises(Invalid, match="no mail address"):
        await sign_up(engine, somewhere(), wish(email))


async def test_an_address_that_has_an_account_looks_the_same_and_its_owner_is_told(
    engine: Engine,
) -> None:
    email = await confirmed(engine)
    tenants = await engine.organizations()
    await sign_up(engine, somewhere(), wish(email.upper().replace("EXAMPLE.ORG", "example.org")))
    assert await engine.organizations() == tenants
    assert "You have an account" in (await subjects(engine, await account_of(engine, email)))[-1]


async def test_marketing_is_off_unless_it_is_wanted(engine: Engine) -> None:
    for wanted in (False, True):
        _, _, account = await signed_up(engine, marketing=wanted)
        agreements = (await account.query(MyRights())).agreements
        acts = agreements[0].history
        assert is_given(acts, "marketing") is wanted and len(acts) == int(wanted)


async def test_a_changed_password_signs_out_the_other_devices_and_is_told(engine: Engine) -> None:
    email = await confirmed(engine)
    _, other = await sign_in(engine, somewhere(), email, PASSWORD)
    signed, token = await sign_in(engine, somewhere(), email, PASSWORD)
    from engine.identity.sessions import as_account

    account = as_account(engine, somewhere(), signed)
    with pytest.raises(NotSignedIn, match="not your password"):
        await change_password(account, "wrong password", NEW)
    with pytest.raises(Invalid, match="is the old one"):
        await change_password(account, PASSWORD, PASSWORD)
    await change_password(account, PASSWORD, NEW, keep=signed.session_id)
    await by_token(engine, somewhere(), token)
    with pytest.raises(NotSignedIn, match="has ended"):
        await by_token(engine, somewhere(), other)
    assert "Your password was changed" in await subjects(engine, signed.account_id)
    await sign_in(engine, somewhere(), email, NEW)


async def test_a_forgotten_password_is_set_anew_by_mail_within_the_hour_once(
    engine: Engine,
) -> None:
    email = await confirmed(engine)
    tenant = await account_of(engine, email)
    _, token = await sign_in(engine, somewhere(), email, PASSWORD)
    await ask_reset(engine, somewhere(), email)
    code = await code_in_mail(engine, tenant)
    with pytest.raises(Invalid, match="most common"):
        await reset_password(engine, somewhere(), code, "password1")
    await reset_password(engine, somewhere(), code, NEW)
    with pytest.raises(NotSignedIn):
        await by_token(engine, somewhere(), token)
    with pytest.raises(Refused, match="not valid"):
        await reset_password(engine, somewhere(), code, NEW + "!")
    await sign_in(engine, somewhere(), email, NEW)
    await ask_reset(engine, somewhere(), email)
    late = await code_in_mail(engine, tenant)
    later(engine, 1 / 24)
    with pytest.raises(Refused, match="not valid"):
        await reset_password(engine, somewhere(), late, NEW + "!")


async def test_who_asks_for_resets_of_anothers_address_does_not_keep_them_from_one(
    engine: Engine,
) -> None:
    email, stranger = await confirmed(engine), somewhere()
    for _ in range(3):
        await ask_reset(engine, stranger, email)
    with pytest.raises(TooMany):
        await ask_reset(engine, stranger, email)
    await ask_reset(engine, somewhere(), email)


async def test_a_new_password_is_not_ones_own_address(engine: Engine) -> None:
    email = await confirmed(engine)
    await ask_reset(engine, somewhere(), email)
    code = await code_in_mail(engine, await account_of(engine, email))
    with pytest.raises(Invalid, match="your name or address"):
        await reset_password(engine, somewhere(), code, email)


async def test_a_second_reset_makes_the_first_void(engine: Engine) -> None:
    email = await confirmed(engine)
    tenant = await account_of(engine, email)
    await ask_reset(engine, somewhere(), email)
    first = await code_in_mail(engine, tenant)
    await ask_reset(engine, somewhere(), email)
    with pytest.raises(Refused, match="not valid"):
        await reset_password(engine, somewhere(), first, NEW)


async def test_a_reset_of_an_unknown_address_does_nothing_and_says_nothing(engine: Engine) -> None:
    unknown = fresh_address()
    await ask_reset(engine, somewhere(), unknown)
    assert await engine.tenant_of(EMAIL, unknown) is None


async def test_a_new_address_is_in_force_once_confirmed_and_the_old_one_is_told(
    engine: Engine,
) -> None:
    old, new = fresh_address(), fresh_address()
    signed, _, account = await signed_up(engine, old)
    await ask_address_change(account, PASSWORD, new)
    assert (await account.query(AboutMyAccount())).email == old
    await confirm_address(engine, somewhere(), await code_in_mail(engine, signed.account_id))
    assert (await account.query(AboutMyAccount())).email == new
    assert await engine.tenant_of(EMAIL, old) is None
    assert "address of your account was changed" in (await subjects(engine, signed.account_id))[-1]
    await sign_in(engine, somewhere(), new, PASSWORD)
    with pytest.raises(NotSignedIn):
        await sign_in(engine, somewhere(), old, PASSWORD)


async def test_an_address_of_somebody_else_is_not_taken_and_not_betrayed(engine: Engine) -> None:
    theirs = await confirmed(engine)
    _, _, account = await signed_up(engine)
    before = await account.query(AboutMyAccount())
    await ask_address_change(account, PASSWORD, theirs)
    assert await account.query(AboutMyAccount()) == before
    assert "You have an account" in (await subjects(engine, await account_of(engine, theirs)))[-1]


async def test_no_secret_of_an_account_is_shown_to_its_owner(engine: Engine) -> None:
    _, token, account = await signed_up(engine)
    shown = repr(await account.query(AboutMyAccount()))
    for kind in ("account", "sessions", "codes", "mails"):
        shown += repr(await account.query(OwnRecords(data_kind=kind)))
    assert "$2b$" not in shown and token not in shown and "cqm_" not in shown
