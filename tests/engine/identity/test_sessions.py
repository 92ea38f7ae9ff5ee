"""Signing in: the same answer and the same work for a wrong address and a wrong password; sessions that end."""

import pytest

from engine.api import Engine
from engine.commands.sessions import SignOut, SignOutOthers
from engine.errors import NotSignedIn, TooMany
from engine.identity import passwords, sessions
from engine.identity.sessions import as_account, by_token, sign_in
from engine.queries.accounts import AboutMyAccount, CredentialsOf
from engine.queries.audit import AuditTrail
from tests.engine.identity.people import (
    PASSWORD,
    confirmed,
    fresh_address,
    later,
    signed_up,
    somewhere,
)


async def _refusal(engine: Engine, email: str, password: str) -> str:
    with pytest.raises(NotSignedIn) as refused:
        await sign_in(engine, somewhere(), email, password)
    return f"{type(refused.value)} {refused.value}"


async def test_a_wrong_address_and_a_wrong_password_get_the_same_answer_after_the_same_hash(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    email = await confirmed(engine)
    checked: list[str] = []
    plain = passwords._check

    def counting(password: str, stored: str, pepper: bytes) -> bool:
        checked.append(stored[:7])
        return plain(password, stored, pepper)

    monkeypatch.setattr(passwords, "_check", counting)
    wrong_password = await _refusal(engine, email, "not the password")
    wrong_address = await _refusal(engine, fresh_address(), PASSWORD)
    assert wrong_password == wrong_address
    assert len(checked) == 2 and checked[0] == checked[1], "a hash of the same cost each"


async def test_good_and_bad_are_in_the_audit_trail_with_where_from(engine: Engine) -> None:
    email = await confirmed(engine)
    caller = somewhere()
    with pytest.raises(NotSignedIn):
        await sign_in(engine, caller, email, "not the password")
    signed, _ = await sign_in(engine, caller, email, PASSWORD)
    lines = await as_account(engine, caller, signed).query(AuditTrail())
    names = {line.name: line for line in lines}
    assert {"session.failed", "session.started", "account.opened"} <= set(names)
    assert names["session.failed"].address == caller.address


async def test_guessing_is_limited_by_account_and_by_address(engine: Engine) -> None:
    email = await confirmed(engine)
    one_address = somewhere()
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            await sign_in(engine, one_address, email, "wrong password")
    with pytest.raises(TooMany) as limited:
        await sign_in(engine, one_address, email, PASSWORD)
    assert 0 < limited.value.seconds <= 180
    assert "Wait" in str(limited.value)
    await sign_in(engine, one_address, await confirmed(engine), PASSWORD)
    await sign_in(engine, somewhere(), email, PASSWORD)  # its owner, elsewhere, is not locked out
    later(engine, 0.01)
    await sign_in(engine, one_address, email, PASSWORD)


async def test_guessing_at_one_account_from_everywhere_is_limited_too(engine: Engine) -> None:
    email, refusals = await confirmed(engine), []
    for _ in range(80):
        with pytest.raises((NotSignedIn, TooMany)) as refused:
            await sign_in(engine, somewhere(), email, "wrong password")
        refusals.append(refused.type)
    assert TooMany in refusals and refusals.index(TooMany) >= 30


async def test_a_success_buys_an_attacker_nothing(engine: Engine) -> None:
    own, victim, attacker = await confirmed(engine), await confirmed(engine), somewhere()
    refused = 0
    for number in range(40):
        try:
            await sign_in(engine, attacker, victim if number % 4 else own, "wrong" * 3)
        except TooMany:
            refused += 1
        except NotSignedIn:
            pass
    assert refused >= 28


async def test_what_was_limited_is_audited(engine: Engine) -> None:
    _signed, _, account = await signed_up(engine)
    email = (await account.query(AboutMyAccount())).email
    attacker = somewhere()
    for _ in range(12):
        with pytest.raises((NotSignedIn, TooMany)):
            await sign_in(engine, attacker, email, "wrong password")
    names = [line.name for line in await account.query(AuditTrail())]
    assert names.count("limit.reached") == 1, "else whoever goes on fills the trail of others"


async def test_devices_are_listed_and_can_be_signed_out(engine: Engine) -> None:
    signed, token, account = await signed_up(engine)
    email = (await account.query(AboutMyAccount())).email
    _, other = await sign_in(engine, somewhere(), email, PASSWORD)
    _, third = await sign_in(engine, somewhere(), email, PASSWORD)
    devices = (await account.query(AboutMyAccount())).devices
    assert len(devices) == 3 and all(one.device == "laptop" and one.address for one in devices)
    elsewhere = next(one for one in devices if one.id != signed.session_id)
    await account.execute(SignOut(session_id=elsewhere.id))
    await account.execute(SignOutOthers(keep=signed.session_id))
    for gone in (other, third):
        with pytest.raises(NotSignedIn):
            await by_token(engine, somewhere(), gone)
    await by_token(engine, somewhere(), token)


async def test_a_session_ends_when_it_is_idle_and_when_it_is_old(engine: Engine) -> None:
    _, token, _account = await signed_up(engine)
    for _ in range(3):
        later(engine, 29)
        await by_token(engine, somewhere(), token)
    later(engine, 4)  # 91 days old
    with pytest.raises(NotSignedIn):
        await by_token(engine, somewhere(), token)
    _, idle, _ = await signed_up(engine)
    later(engine, 30)
    with pytest.raises(NotSignedIn):
        await by_token(engine, somewhere(), idle)


async def test_only_a_hash_of_the_token_is_stored(engine: Engine) -> None:
    from engine.model.account import SignedIn
    from tests.engine.state import state_of

    _, token, account = await signed_up(engine)
    assert token not in repr(await state_of(account))
    assert SignedIn.__struct_fields__.index("token_hash")


@pytest.mark.parametrize("token", ["", "cqs_x_y", "cqm_" + "0" * 26 + "_" + "x" * 43])
async def test_what_is_no_session_is_none(engine: Engine, token: str) -> None:
    with pytest.raises(NotSignedIn, match="has ended"):
        await by_token(engine, somewhere(), token)


async def test_an_old_weak_hash_is_made_anew_at_the_next_sign_in(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    email = await confirmed(engine)
    monkeypatch.setattr(passwords, "COST", 5)
    signed, _ = await sign_in(engine, somewhere(), email, PASSWORD)
    known = await engine.as_system(signed.account_id).query(CredentialsOf())
    assert known.account.password.startswith("$2b$05$")
    assert sessions.WRONG in await _refusal(engine, email, "not the password")
