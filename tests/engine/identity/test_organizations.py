"""Organizations of accounts: made, joined by invitation, left, handed over."""

import pytest

from engine.api import Acting, Engine
from engine.commands.invitations import RevokeInvitation
from engine.commands.members import AddPerson, SetRole
from engine.commands.membership import HandOver, LeaveOrganization, RemoveMember
from engine.errors import Forbidden, Invalid, NotFound, Refused
from engine.identity.organizations import accept, create, invite, preview
from engine.identity.sessions import Signed, enter
from engine.model.actor import Role
from engine.queries.accounts import AboutMyAccount
from engine.queries.home import WhoAmI
from engine.queries.members import Members
from tests.engine.identity.people import (
    code_in_mail,
    fresh_address,
    later,
    me,
    signed_up,
    somewhere,
)


async def team(engine: Engine) -> tuple[Acting, str, Signed]:
    """The owner of a new organization, its id, and the owner's session."""
    signed, _, _ = await signed_up(engine)
    organization = await create(engine, somewhere(), signed, "Team")
    return await enter(engine, somewhere(), signed, organization), organization, signed


async def joined(
    engine: Engine, owner: Acting, role: Role = Role.MEMBER
) -> tuple[Acting, Signed, str]:
    """Somebody who accepted an invitation; with their address."""
    email = fresh_address()
    code = await invite(owner, email, role)
    signed, _, _ = await signed_up(engine, email, name="Grace")
    organization = await accept(engine, somewhere(), signed, code)
    return await enter(engine, somewhere(), signed, organization), signed, email


async def test_who_makes_an_organization_owns_it_under_an_id_of_its_own(engine: Engine) -> None:
    owner, organization, signed = await team(engine)
    who = await me(owner)
    assert who.role is Role.OWNER and who.name == "Ada" and who.id != signed.account_id
    places = [one.id for one in (await _account(engine, signed)).organizations]
    assert places == [organization]


async def test_an_invitation_is_accepted_by_the_account_with_its_address(engine: Engine) -> None:
    owner, organization, _ = await team(engine)
    member, signed, email = await joined(engine, owner, Role.ADMIN)
    who = await me(member)
    assert (who.role, who.name, who.email) == (Role.ADMIN, "Grace", email)
    assert [one.id for one in (await _account(engine, signed)).organizations] == [organization]


async def test_the_code_is_in_the_mail_and_shows_what_it_invites_to(engine: Engine) -> None:
    owner, organization, _ = await team(engine)
    code = await invite(owner, fresh_address(), Role.VIEWER)
    assert await code_in_mail(engine, organization) == code
    for _ in range(2):  # looking does not use it: mail scanners look
        invited, name = await preview(engine, somewhere(), code)
        assert (invited.role, name) == (Role.VIEWER, "Team")


async def test_another_account_cannot_use_it_and_it_stays_pending(engine: Engine) -> None:
    owner, _, _ = await team(engine)
    code = await invite(owner, fresh_address(), Role.MEMBER)
    stranger, _, _ = await signed_up(engine)
    with pytest.raises(Refused, match="another address"):
        await accept(engine, somewhere(), stranger, code)
    await preview(engine, somewhere(), code)


async def test_it_lives_for_7_days_to_the_minute(engine: Engine) -> None:
    owner, _, _ = await team(engine)
    in_time, late = fresh_address(), fresh_address()
    one, other = await invite(owner, in_time, Role.MEMBER), await invite(owner, late, Role.MEMBER)
    signed, _, _ = await signed_up(engine, in_time)
    signed_late, _, _ = await signed_up(engine, late)
    later(engine, 7 - 2 / 1440)
    await accept(engine, somewhere(), signed, one)
    later(engine, 2 / 1440)
    texts = set()
    for use in (
        preview(engine, somewhere(), other),
        accept(engine, somewhere(), signed_late, other),
    ):
        with pytest.raises(Refused) as refused:
            await use
        texts.add(str(refused.value))
    with pytest.raises(Refused) as unknown:
        await preview(engine, somewhere(), "cqi_" + "0" * 26 + "_" + "x" * 43)
    assert texts == {str(unknown.value)}


async def test_it_works_once_and_not_after_it_was_revoked_or_sent_again(engine: Engine) -> None:
    owner, _, _ = await team(engine)
    email = fresh_address()
    first = await invite(owner, email, Role.MEMBER)
    second = await invite(owner, email, Role.MEMBER)
    signed, _, _ = await signed_up(engine, email)
    with pytest.raises(Refused):
        await accept(engine, somewhere(), signed, first)
    await accept(engine, somewhere(), signed, second)
    with pytest.raises(Refused):
        await accept(engine, somewhere(), signed, second)
    revoked = await invite(owner, fresh_address(), Role.MEMBER)
    waiting = (await owner.query(Members())).invitations
    await owner.execute(RevokeInvitation(invitation_id=waiting[0].id))
    with pytest.raises(Refused):
        await preview(engine, somewhere(), revoked)


async def test_a_crash_between_the_two_tenants_is_made_good_by_accepting_again(
    engine: Engine,
) -> None:
    from engine.commands.membership import LeftOrganization

    owner, organization, _ = await team(engine)
    email = fresh_address()
    code = await invite(owner, email, Role.MEMBER)
    signed, _, _ = await signed_up(engine, email)
    await accept(engine, somewhere(), signed, code)
    await engine.as_system(signed.account_id).execute(  # as if the second had not come
        LeftOrganization(organization_id=organization)
    )
    assert await accept(engine, somewhere(), signed, code) == organization
    await enter(engine, somewhere(), signed, organization)


async def test_members_cannot_invite_and_admins_cannot_invite_owners(engine: Engine) -> None:
    owner, _, _ = await team(engine)
    member, _, _ = await joined(engine, owner)
    with pytest.raises(Forbidden):
        await invite(member, fresh_address(), Role.GUEST)
    admin, _, _ = await joined(engine, owner, Role.ADMIN)
    with pytest.raises(Forbidden, match="Only an owner"):
        await invite(admin, fresh_address(), Role.OWNER)
    with pytest.raises(Invalid, match="no mail address"):
        await invite(admin, "grace", Role.MEMBER)


async def test_who_is_a_member_is_not_invited_again(engine: Engine) -> None:
    owner, _, _ = await team(engine)
    _, _, email = await joined(engine, owner)
    with pytest.raises(Refused, match="a member already"):
        await invite(owner, email.upper().replace("EXAMPLE.ORG", "example.org"), Role.MEMBER)


async def test_a_name_of_an_imported_board_becomes_the_person_who_joins(engine: Engine) -> None:
    owner, _, _ = await team(engine)
    email = fresh_address()
    await owner.execute(AddPerson(name="G. Hopper", email=email))
    named = (await owner.query(Members())).names[0].id
    code = await invite(owner, email, Role.MEMBER)
    signed, _, _ = await signed_up(engine, email)
    organization = await accept(engine, somewhere(), signed, code)
    inside = await enter(engine, somewhere(), signed, organization)
    assert (await me(inside)).id == named


async def test_who_leaves_is_out_at_once_and_may_be_invited_again(engine: Engine) -> None:
    owner, organization, _ = await team(engine)
    member, signed, email = await joined(engine, owner)
    before = (await me(member)).id
    await member.execute(LeaveOrganization())
    with pytest.raises(Forbidden):
        await member.query(WhoAmI())
    with pytest.raises(NotFound, match="no such organization"):
        await enter(engine, somewhere(), signed, organization)
    assert not (await _account(engine, signed)).organizations
    code = await invite(owner, email, Role.VIEWER)
    await accept(engine, somewhere(), signed, code)
    again = await enter(engine, somewhere(), signed, organization)
    assert (await me(again)).id == before


async def test_the_last_owner_cannot_leave_without_handing_over(engine: Engine) -> None:
    owner, _, _ = await team(engine)
    member, _, _ = await joined(engine, owner)
    with pytest.raises(Refused, match="only owner"):
        await owner.execute(LeaveOrganization())
    them = (await me(member)).id
    with pytest.raises(Forbidden):
        await member.execute(HandOver(member_id=them))
    await owner.execute(HandOver(member_id=them))
    assert (await me(member)).role is Role.OWNER
    assert (await me(owner)).role is Role.ADMIN
    await owner.execute(LeaveOrganization())


async def test_an_admin_removes_members_but_no_owners(engine: Engine) -> None:
    owner, _, _ = await team(engine)
    admin, _, _ = await joined(engine, owner, Role.ADMIN)
    member, _, _ = await joined(engine, owner)
    them, boss = (await me(member)).id, (await me(owner)).id
    await admin.execute(RemoveMember(member_id=them))
    with pytest.raises(Forbidden):
        await member.query(WhoAmI())
    with pytest.raises(Forbidden, match="Only an owner"):
        await admin.execute(RemoveMember(member_id=boss))
    with pytest.raises(NotFound, match="only a name"):
        await admin.execute(RemoveMember(member_id=them))
    with pytest.raises(Invalid, match="no account"):
        await owner.execute(SetRole(member_id=them, role=Role.ADMIN))


async def _account(engine: Engine, signed: Signed):  # type: ignore[no-untyped-def]
    from engine.identity.sessions import as_account

    return await as_account(engine, somewhere(), signed).query(AboutMyAccount())
