"""What an account shows its owner: devices, organizations, second factor; and what signing in must know."""

from msgspec import Struct

from engine.errors import NotFound
from engine.model.account import Account, Membership, SignedIn
from engine.model.organization import Member, Organization
from engine.privacy.sessions import is_abandoned, is_over
from engine.privacy.tokens import hash_of
from engine.queries.registry import Query, answers
from engine.store.reading import Reading


class Device(Struct, frozen=True, kw_only=True):
    """One device that is signed in. Milliseconds."""

    id: str
    device: str
    address: str
    created_at: int
    last_used_at: int


class MyAccount(Struct, frozen=True, kw_only=True):
    """`recovery_left` is how many recovery codes were not used yet."""

    id: str
    name: str
    email: str
    color: str
    workspace: str
    email_confirmed_at: int
    two_factor_at: int
    recovery_left: int
    policy_version: str
    closing_at: int
    devices: tuple[Device, ...]
    organizations: tuple[Membership, ...]


class AboutMyAccount(Query[MyAccount], frozen=True, kw_only=True):
    """Raises NotFound where the tenant is an organization."""


class Credentials(Struct, frozen=True, kw_only=True):
    """What it is checked against that somebody is who they say. Never leaves engine.identity."""

    account: Account
    name: str
    email: str
    color: str


class CredentialsOf(Query[Credentials], frozen=True, kw_only=True):
    """Raises NotFound where the tenant is an organization."""


class EndingAccount(Struct, frozen=True, kw_only=True):
    """An account whose grace is over, with where its person has to be erased."""

    email: str
    places: tuple[Membership, ...]
    abandoned: bool


class AccountDue(Query[EndingAccount | None], frozen=True, kw_only=True):
    """Whether this is an account that was to be deleted by now, or whose address was never confirmed."""


class SessionByToken(Query[SignedIn | None], frozen=True, kw_only=True):
    """The session that this token opens, if it is not over."""

    token: str


@answers(AboutMyAccount, role="owner", within_board=False)
def about_my_account(reading: Reading, query: AboutMyAccount) -> MyAccount:
    account, member = _account(reading)
    tenant = reading.get(Organization, reading.actor.organization_id)
    sessions = sorted(reading.list(SignedIn), key=lambda one: (-one.last_used_at, one.id))
    return MyAccount(
        id=account.id, name=member.name, email=member.email, color=member.color, workspace=tenant.name,
        email_confirmed_at=account.email_confirmed_at, two_factor_at=account.two_factor_at,
        recovery_left=len(account.recovery_codes), policy_version=account.policy_version,
        closing_at=tenant.closing_at,
        devices=tuple(
            Device(
                id=one.id, device=one.device, address=one.address,
                created_at=one.created_at, last_used_at=one.last_used_at,
            )
            for one in sessions
            if not is_over(one, reading.now)
        ),
        organizations=tuple(
            sorted((one for one in reading.list(Membership) if not one.left_at), key=lambda one: one.joined_at)
        ),
    )  # fmt: skip


@answers(CredentialsOf, role="owner", within_board=False, by_system=True)
def credentials_of(reading: Reading, query: CredentialsOf) -> Credentials:
    account, member = _account(reading)
    return Credentials(account=account, name=member.name, email=member.email, color=member.color)


@answers(AccountDue, role="owner", within_board=False, by_system=True)
def account_due(reading: Reading, query: AccountDue) -> EndingAccount | None:
    tenant = reading.get(Organization, reading.actor.organization_id)
    if not reading.list(Account):
        return None
    account, member = _account(reading)
    abandoned = is_abandoned(account, reading.now)
    if not (abandoned or 0 < tenant.closing_at <= reading.now):
        return None
    places = tuple(reading.list(Membership))
    return EndingAccount(email=member.email, places=places, abandoned=abandoned)


@answers(SessionByToken, role="owner", within_board=False, by_system=True)
def session_by_token(reading: Reading, query: SessionByToken) -> SignedIn | None:
    wanted = hash_of(query.token)
    found = (one for one in reading.list(SignedIn) if one.token_hash == wanted)
    return next((one for one in found if not is_over(one, reading.now)), None)


def _account(reading: Reading) -> tuple[Account, Member]:
    accounts = reading.list(Account)
    if not accounts:
        raise NotFound("This is an organization, not an account.")
    return accounts[0], reading.get(Member, accounts[0].id)
