"""/api/accounts, /api/sessions, /api/account: signing up, in and out, and the organizations of an account."""

from typing import Annotated

from litestar import Controller, Request, delete, get, post
from litestar.datastructures import State
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta, Struct

from engine.api import Acting
from engine.commands.sessions import SignOut
from engine.identity import accounts, organizations
from engine.identity.sessions import as_account, sign_in
from engine.model.actor import Role
from engine.queries.accounts import AboutMyAccount
from engine.queries.members import Members
from sync.server.api.calling import made, once
from sync.server.api.parameters import OPEN, Key
from sync.server.authentication import Gate

Web = Request[None, None, State]
Line = Annotated[str, Meta(max_length=320)]
Secret = Annotated[str, Meta(max_length=1_024)]


class SignUpWanted(Struct, frozen=True, kw_only=True):
    name: Line
    email: Line
    password: Secret
    over_16: bool = False
    policy_version: Line = ""
    marketing: bool = False
    workspace: Line = ""


class Code(Struct, frozen=True, kw_only=True):
    code: Line


class Forgotten(Struct, frozen=True, kw_only=True):
    """The address of the account."""

    email: Line


class NewPassword(Struct, frozen=True, kw_only=True):
    """`code` is from the mail."""

    code: Line
    password: Secret


class SignInWanted(Struct, frozen=True, kw_only=True):
    """`code` where a second factor is on."""

    email: Line
    password: Secret
    code: Line = ""


class Session(Struct, frozen=True, kw_only=True):
    """The token is shown this once."""

    token: str
    account_id: str


class Place(Struct, frozen=True, kw_only=True):
    organization_id: str
    member_id: str


class AccountShown(Struct, frozen=True, kw_only=True):
    id: str
    name: str
    email: str
    two_factor: bool
    organizations: list[Place]


class OrganizationWanted(Struct, frozen=True, kw_only=True):
    name: Annotated[str, Meta(min_length=1, max_length=120)]


class OrganizationMade(Struct, frozen=True, kw_only=True):
    organization_id: str


class InvitationWanted(Struct, frozen=True, kw_only=True):
    email: Line
    role: Role = Role.MEMBER


class InvitationMade(Struct, frozen=True, kw_only=True):
    """The code is in the mail too."""

    code: str


class Said(Struct, frozen=True, kw_only=True):
    message: str


class AccountsApi(Controller):
    path = "/api"
    tags = ["accounts"]

    @post("/accounts", name="accounts.sign_up", status_code=202, security=OPEN)
    async def sign_up(
        self, gate: NamedDependency[Gate], request: Web, data: JSONBody[SignUpWanted]
    ) -> Said:
        """The answer is the same for an address that has an account."""
        wanted = accounts.SignUp(
            name=data.name, email=data.email, password=data.password, over_16=data.over_16,
            policy_version=data.policy_version, marketing=data.marketing, workspace=data.workspace,
        )  # fmt: skip
        await accounts.sign_up(gate.engine, await gate.anybody(request), wanted)
        return Said(message="A mail with a code is on its way.")

    @post("/accounts/confirm", name="accounts.confirm", status_code=200, security=OPEN)
    async def confirm(
        self, gate: NamedDependency[Gate], request: Web, data: JSONBody[Code]
    ) -> Said:
        await accounts.confirm_address(gate.engine, await gate.anybody(request), data.code)
        return Said(message="The address is confirmed.")

    @post("/accounts/forgotten", name="accounts.forgotten", status_code=202, security=OPEN)
    async def forgotten(
        self, gate: NamedDependency[Gate], request: Web, data: JSONBody[Forgotten]
    ) -> Said:
        """For who has forgotten the password. The answer is the same for an address without an account."""
        await accounts.ask_reset(gate.engine, await gate.anybody(request), data.email)
        return Said(message="If this address has an account, a mail with a code is on its way.")

    @post("/accounts/password", name="accounts.reset", status_code=200, security=OPEN)
    async def reset(
        self, gate: NamedDependency[Gate], request: Web, data: JSONBody[NewPassword]
    ) -> Said:
        """By the code from the mail; every session of the account ends."""
        await accounts.reset_password(
            gate.engine, await gate.anybody(request), data.code, data.password
        )
        return Said(message="The password is set, and every device is signed out.")

    @post("/sessions", name="sessions.start", security=OPEN)
    async def start(
        self, gate: NamedDependency[Gate], request: Web, data: JSONBody[SignInWanted]
    ) -> Session:
        signed, token = await sign_in(
            gate.engine, await gate.anybody(request), data.email, data.password, data.code
        )
        return Session(token=token, account_id=signed.account_id)

    @delete("/sessions/current", name="sessions.end")
    async def end(self, gate: NamedDependency[Gate], request: Web) -> None:
        signed = await gate.signed(request)
        account = as_account(gate.engine, gate.caller(request), signed)
        await account.execute(SignOut(session_id=signed.session_id))

    @get("/account", name="account.show")
    async def show(self, gate: NamedDependency[Gate], request: Web) -> AccountShown:
        about = await (await gate.account(request)).query(AboutMyAccount())
        return AccountShown(
            id=about.id, name=about.name, email=about.email, two_factor=bool(about.two_factor_at),
            organizations=[
                Place(organization_id=one.id, member_id=one.member_id) for one in about.organizations
            ],
        )  # fmt: skip

    @post("/organizations", name="organizations.create")
    async def create_organization(
        self, gate: NamedDependency[Gate], request: Web, data: JSONBody[OrganizationWanted]
    ) -> OrganizationMade:
        signed = await gate.signed(request)
        made = await organizations.create(gate.engine, gate.caller(request), signed, data.name)
        return OrganizationMade(organization_id=made)

    @post("/invitations", name="invitations.send")
    async def invite(
        self, acting: NamedDependency[Acting], data: JSONBody[InvitationWanted],
        idempotency_key: Key = None,
    ) -> InvitationMade:  # fmt: skip
        call = once(idempotency_key, acting, "invitation", said=data)
        code = await organizations.invite(
            acting, data.email, data.role, call=call.id, gesture=call.gesture
        )
        standing = (await acting.query(Members())).invitations
        return made(
            InvitationMade(code=code)
            for one in standing
            if one.id == organizations.invited_by(call.id)
        )

    @post("/invitations/accept", name="invitations.accept", status_code=200)
    async def accept(
        self, gate: NamedDependency[Gate], request: Web, data: JSONBody[Code]
    ) -> OrganizationMade:
        signed = await gate.signed(request)
        joined = await organizations.accept(gate.engine, gate.caller(request), signed, data.code)
        return OrganizationMade(organization_id=joined)
