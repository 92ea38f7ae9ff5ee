"""API keys: shown once, kept as a bcrypt hash, quick to check, and dead at once when they are revoked."""

import asyncio

import pytest

from engine.api import Acting, Engine
from engine.commands.api_keys import RevokeApiKey
from engine.commands.boards import CreateBoard
from engine.commands.members import RenameOrganization
from engine.commands.membership import LeaveOrganization
from engine.errors import Forbidden, Invalid, NotFound, NotSignedIn, TooMany
from engine.identity import passwords
from engine.identity.api_keys import KeyCheck, make
from engine.model.actor import Role, Scope
from engine.queries.members import ApiKeys
from tests.engine.identity.people import later, me, somewhere
from tests.engine.members import colleague
from tests.engine.state import state_of


async def test_a_key_is_shown_once_and_only_its_prefix_is_found_again(acting: Acting) -> None:
    key = await make(acting, "my script", Scope.WRITE)
    prefix = key.split("_")[2]
    assert key.startswith("cq_live_") and len(prefix) == 8
    stored = repr(await state_of(acting))
    assert prefix in stored and key not in stored and key.split("_")[3] not in stored
    shown = await acting.query(ApiKeys())
    assert [(one.name, one.prefix, one.scope) for one in shown] == [
        ("my script", prefix, Scope.WRITE)
    ]
    assert "$2b$" not in repr(shown)


@pytest.mark.real_cost
async def test_its_hash_is_bcrypt_at_cost_12(acting: Acting) -> None:
    await make(acting, "my script", Scope.READ)
    hashes = [one["secret_hash"] for one in (await state_of(acting))["api_key"].values()]
    assert hashes and all(one.startswith("$2b$12$") for one in hashes)


async def test_checking_one_costs_one_hash_and_then_none_for_a_minute(acting: Acting) -> None:
    now = [0.0]
    check = KeyCheck(acting.engine, timer=lambda: now[0])
    key = await make(acting, "my script", Scope.WRITE)
    for _ in range(5):
        by_key = await check.actor(somewhere(), key)
    assert check.hashed == 1
    assert (await me(by_key)).id == acting.actor.user_id
    now[0] += 61
    await check.actor(somewhere(), key)
    assert check.hashed == 2


async def test_a_revoked_key_fails_at_the_next_call(acting: Acting) -> None:
    check = KeyCheck(acting.engine)
    key = await make(acting, "my script", Scope.WRITE)
    await check.actor(somewhere(), key)
    shown = (await acting.query(ApiKeys()))[0]
    await acting.execute(RevokeApiKey(key_id=shown.id))
    with pytest.raises(NotSignedIn):
        await check.actor(somewhere(), key)
    with pytest.raises(NotFound):
        await acting.execute(RevokeApiKey(key_id=shown.id))


async def test_a_key_ends_on_its_day_and_with_its_member(acting: Acting) -> None:
    check = KeyCheck(acting.engine)
    short = await make(acting, "short", Scope.READ, days=1)
    await check.actor(somewhere(), short)
    later(acting.engine, 1)
    with pytest.raises(NotSignedIn):
        await check.actor(somewhere(), short)
    member = await colleague(acting)
    theirs = await make(member, "theirs", Scope.READ)
    await check.actor(somewhere(), theirs)
    await member.execute(LeaveOrganization())
    with pytest.raises(NotSignedIn):
        await check.actor(somewhere(), theirs)
    with pytest.raises(Invalid):
        await make(acting, "backwards", Scope.READ, days=-1)


async def test_a_scope_is_never_passed_and_never_widens_a_role(acting: Acting) -> None:
    check = KeyCheck(acting.engine)

    async def by(scope: Scope, owner: Acting = acting) -> Acting:
        return await check.actor(somewhere(), await make(owner, scope.value, scope))

    reader, writer, admin = [await by(scope) for scope in Scope]
    with pytest.raises(Forbidden, match="read only"):
        await reader.execute(CreateBoard(name="x"))
    await writer.execute(CreateBoard(name="x"))
    for limited in (reader, writer):
        with pytest.raises(Forbidden):
            await limited.execute(RenameOrganization(name="x"))
        with pytest.raises(Forbidden):
            await make(limited, "another", Scope.ADMIN)
    await admin.execute(RenameOrganization(name="x"))
    viewer = await colleague(acting, role=Role.VIEWER)
    by_viewer = await by(Scope.ADMIN, viewer)
    with pytest.raises(Forbidden):
        await by_viewer.execute(CreateBoard(name="x"))


@pytest.mark.parametrize(
    "key", ["", "cq_live_", "cq_live_aaaaaaaa_" + "b" * 32, "x" * 500, "cq_live_a_b"]
)
async def test_what_is_no_key_costs_no_hash(engine: Engine, key: str) -> None:
    check = KeyCheck(engine)
    with pytest.raises(NotSignedIn):
        await check.actor(somewhere(), key)
    assert check.hashed == 0


async def test_of_many_wrong_keys_at_once_no_more_are_hashed_than_the_limit_allows(
    acting: Acting,
) -> None:
    check, key = KeyCheck(acting.engine), await make(acting, "my script", Scope.WRITE)
    attacker = somewhere()
    tried = [check.actor(attacker, f"{key[:-2]}{number:02}") for number in range(40)]
    refused = await asyncio.gather(*tried, return_exceptions=True)
    assert check.hashed <= 12 and {type(one) for one in refused} == {NotSignedIn, TooMany}


async def test_a_flood_of_wrong_keys_is_limited_and_the_right_one_still_works(
    acting: Acting, monkeypatch: pytest.MonkeyPatch
) -> None:
    check = KeyCheck(acting.engine)
    key = await make(acting, "my script", Scope.WRITE)
    await check.actor(somewhere(), key)
    attacker = somewhere()
    refusals = []
    for number in range(14):
        with pytest.raises((NotSignedIn, TooMany)) as refused:
            await check.actor(attacker, f"{key[:-2]}{number:02}")
        refusals.append(type(refused.value))
    assert TooMany in refusals and check.hashed <= 12
    await check.actor(somewhere(), key)
    monkeypatch.setattr(passwords, "matches", None)


async def test_many_at_once_with_one_key_are_right(acting: Acting) -> None:
    check = KeyCheck(acting.engine)
    key = await make(acting, "my script", Scope.READ)
    found = await asyncio.gather(*(check.actor(somewhere(), key) for _ in range(8)))
    assert {one.actor.user_id for one in found} == {acting.actor.user_id}


async def test_admins_see_everybodys_keys_and_can_revoke_them(acting: Acting) -> None:
    member = await colleague(acting)
    await make(member, "theirs", Scope.READ)
    assert not await acting.query(ApiKeys())
    shown = await acting.query(ApiKeys(all=True))
    assert [one.name for one in shown] == ["theirs"]
    another = await colleague(acting)
    with pytest.raises(NotFound):
        await another.execute(RevokeApiKey(key_id=shown[0].id))
    await acting.execute(RevokeApiKey(key_id=shown[0].id))
