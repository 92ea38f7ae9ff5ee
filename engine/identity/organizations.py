"""The organizations of an account: making one, inviting people, and accepting an invitation.

Organization and account are two tenants, so two transactions: the organization first. When the second is lost
to a crash, doing the same again completes it.
"""

from engine.api import Acting, Engine
from engine.clock import derived_id, new_id
from engine.commands.invitations import AcceptInvitation, Invite
from engine.commands.membership import JoinedOrganization
from engine.errors import Invalid, NotFound, Refused
from engine.identity.caller import Caller
from engine.identity.limits import limited
from engine.identity.sessions import Signed, as_account
from engine.identity.tokens import INVITATION, derived_token
from engine.model.actor import Role
from engine.model.text import clean_line
from engine.privacy.tokens import UNKNOWN, read
from engine.queries.accounts import AboutMyAccount
from engine.queries.members import InvitationByToken, Invited, MemberOfAccount


async def create(engine: Engine, caller: Caller, signed: Signed, name: str) -> str:
    """A new organization whose owner is the account; comes back with its id."""
    cleaned = clean_line(name)[:120]
    if not cleaned:
        raise Invalid("The organization has no name. Type at least one letter.")
    about = await as_account(engine, caller, signed).query(AboutMyAccount())
    organization_id, member_id = new_id(), new_id()
    system = caller.system(engine, signed.account_id)
    await system.execute(JoinedOrganization(organization_id=organization_id, member_id=member_id))
    await engine.create_organization(
        organization_id=organization_id, name=cleaned, owner_id=member_id, owner_name=about.name,
        device=caller.device, address=caller.address, owner_email=about.email, account_id=about.id,
    )  # fmt: skip
    return organization_id


async def invite(
    acting: Acting, email: str, role: Role, *, call: str = "", gesture: str = ""
) -> str:
    """A mail with a code goes to the address; comes back with the code, which is shown this once. The same `call` is
    carried out once, and gives the same code. Raises Invalid, Forbidden, Refused, TooMany."""
    actor, call = acting.actor, call or new_id()
    caller = Caller(device=actor.device, address=actor.address)
    tenant = actor.organization_id
    await limited(acting.engine, "invitation", caller, about=actor.user_id, tenant=tenant)
    code = derived_token(INVITATION, tenant, acting.engine.secret(INVITATION), call)
    command = Invite(invitation_id=invited_by(call), email=email, role=role, token=code)
    await acting.execute(command, command_id=call, gesture=gesture)
    return code


def invited_by(call: str) -> str:
    """The id of the invitation that a call makes."""
    return derived_id(call, "invitation")


async def preview(engine: Engine, caller: Caller, code: str) -> tuple[Invited, str]:
    """What a code invites to, and the organization's name; it is not used by that. Raises Refused, TooMany."""
    await limited(engine, "code", caller)
    tenant = read(code, INVITATION).tenant
    try:
        return await caller.system(engine, tenant).query(InvitationByToken(token=code))
    except NotFound:
        raise Refused(UNKNOWN) from None


async def accept(engine: Engine, caller: Caller, signed: Signed, code: str) -> str:
    """The account becomes a member; comes back with the organization's id. Its address must be confirmed, and
    be the one that was invited. Raises Refused, TooMany."""
    await limited(engine, "code", caller)
    tenant = read(code, INVITATION).tenant
    about = await as_account(engine, caller, signed).query(AboutMyAccount())
    system = caller.system(engine, tenant)
    try:
        await system.execute(
            AcceptInvitation(
                token=code, member_id=new_id(), account_id=about.id, email=about.email,
                name=about.name, color=about.color,
            )
        )  # fmt: skip
    except NotFound:
        raise Refused(UNKNOWN) from None
    except Refused:
        if tenant in {place.id for place in about.organizations}:
            raise
        member = await system.query(MemberOfAccount(account_id=about.id))
        if member is None:  # else a crash came between the two transactions
            raise
    member = await system.query(MemberOfAccount(account_id=about.id))
    assert member is not None
    joined = JoinedOrganization(organization_id=tenant, member_id=member)
    await caller.system(engine, about.id).execute(joined)
    return tenant
