"""Who belongs to an organization, who is invited, which API keys there are, and which mails wait."""

from msgspec import Struct

from engine.commands.invitations import valid_invitation
from engine.model.account import ApiKey, Invitation, Mail
from engine.model.actor import Role, Scope
from engine.model.board import Board, BoardMember
from engine.model.organization import Member, Organization
from engine.queries.registry import Query, answers
from engine.store.reading import Reading


class Invited(Struct, frozen=True, kw_only=True):
    """An invitation that can still be accepted. Milliseconds."""

    id: str
    email: str
    role: Role
    invited_by: str
    expires_at: int


class Membership(Struct, frozen=True, kw_only=True):
    """Members have an account; `names` are those that imported content mentions. Invitations are shown to owners
    and admins."""

    organization: str
    two_factor: bool
    me: Member
    members: tuple[Member, ...]
    names: tuple[Member, ...]
    invitations: tuple[Invited, ...]


class Members(Query[Membership], frozen=True, kw_only=True):
    """Everybody in the organization, owners first; addresses for members and above."""


class Door(Struct, frozen=True, kw_only=True):
    """What must be known of an organization to get into it."""

    organization: str
    two_factor: bool


class AtTheDoor(Query[Door], frozen=True, kw_only=True):
    """Raises Forbidden where the actor is no member (any more)."""


class Place(Struct, frozen=True, kw_only=True):
    """A member's own place on a board."""

    member_id: str
    name: str
    role: Role


class Access(Struct, frozen=True, kw_only=True):
    """Who sees a board beside those that its kind lets in."""

    board: Board
    places: tuple[Place, ...]


class BoardAccess(Query[Access], frozen=True, kw_only=True):
    """Raises NotFound where the actor does not see the board."""

    board_id: str


class Belonging(Query[tuple[bool, str]], frozen=True, kw_only=True):
    """Whether somebody is a member with an account, and the epoch of the store: "" where it cannot tell, because they
    have never been a member as far as it knows."""

    member_id: str


class KeyShown(Struct, frozen=True, kw_only=True):
    """An API key as it can be shown: never its secret. Milliseconds; 0: never."""

    id: str
    member_id: str
    name: str
    prefix: str
    scope: Scope
    created_at: int
    expires_at: int
    last_used_at: int
    revoked_at: int


class ApiKeys(Query[list[KeyShown]], frozen=True, kw_only=True):
    """One's own keys, the newest first; of everybody for owners and admins who ask for `all`."""

    all: bool = False


class KeyByPrefix(Query[tuple[ApiKey, Member] | None], frozen=True, kw_only=True):
    """The key that can be used now, with its member. Asked anew at each call, so that revoking acts at once."""

    prefix: str


class InvitationByToken(Query[tuple[Invited, str]], frozen=True, kw_only=True):
    """What a code invites to, and the organization's name. Raises Refused."""

    token: str


class MemberOfAccount(Query[str | None], frozen=True, kw_only=True):
    """The id of the member as whom this account belongs to the organization, if it does."""

    account_id: str


class MailsWaiting(Query[list[Mail]], frozen=True, kw_only=True):
    """Mails that were not handed over yet, the oldest first."""


@answers(Members, role="viewer", within_board=False, on_server=True, or_here=True)
def members(reading: Reading, query: Members) -> Membership:
    tenant = reading.get(Organization, reading.actor.organization_id)
    people = [one for one in reading.members() if not one.erased_at]
    inside = sorted((one for one in people if one.account), key=lambda one: -one.role.rank)
    invited: tuple[Invited, ...] = ()
    if reading.member.role.covers(Role.ADMIN):
        invited = tuple(
            _invited(one)
            for one in sorted(reading.list(Invitation), key=lambda one: one.created_at)
            if not one.accepted_at and one.expires_at > reading.now
        )
    return Membership(
        organization=tenant.name, two_factor=tenant.two_factor, me=reading.member, members=tuple(inside),
        names=tuple(one for one in people if not one.account), invitations=invited,
    )  # fmt: skip


@answers(AtTheDoor, within_board=False)
def at_the_door(reading: Reading, query: AtTheDoor) -> Door:
    tenant = reading.get(Organization, reading.actor.organization_id)
    return Door(organization=tenant.name, two_factor=tenant.two_factor)


@answers(BoardAccess)
def board_access(reading: Reading, query: BoardAccess) -> Access:
    board = reading.board(query.board_id)
    names = reading.people
    places = [
        Place(member_id=one.member_id, name=names[one.member_id], role=one.role)
        for one in reading.list(BoardMember, board_id=board.id)
    ]
    return Access(
        board=board, places=tuple(sorted(places, key=lambda one: (one.name, one.member_id)))
    )


@answers(ApiKeys, within_board=False, on_server=True)
def api_keys(reading: Reading, query: ApiKeys) -> list[KeyShown]:
    everybody = query.all and reading.member.role.covers(Role.ADMIN)
    keys = reading.list(ApiKey) if everybody else reading.list(ApiKey, member_id=reading.member.id)
    return [
        KeyShown(
            id=key.id, member_id=key.member_id, name=key.name, prefix=key.prefix, scope=key.scope,
            created_at=key.created_at, expires_at=key.expires_at, last_used_at=key.last_used_at,
            revoked_at=key.revoked_at,
        )
        for key in sorted(keys, key=lambda key: -key.created_at)
    ]  # fmt: skip


@answers(KeyByPrefix, role="owner", within_board=False, by_system=True)
def key_by_prefix(reading: Reading, query: KeyByPrefix) -> tuple[ApiKey, Member] | None:
    for key in reading.list(ApiKey, prefix=query.prefix):
        member = reading.find(Member, key.member_id)
        expired = key.expires_at and key.expires_at <= reading.now
        if not key.revoked_at and not expired and member is not None and member.account:
            return key, member
    return None


@answers(InvitationByToken, role="owner", within_board=False, by_system=True)
def invitation_by_token(reading: Reading, query: InvitationByToken) -> tuple[Invited, str]:
    found = valid_invitation(reading.list(Invitation), query.token, reading.now)
    tenant = reading.get(Organization, reading.actor.organization_id)
    return _invited(found), tenant.name


@answers(MemberOfAccount, role="owner", within_board=False, by_system=True)
def member_of_account(reading: Reading, query: MemberOfAccount) -> str | None:
    found = reading.list(Member, account_id=query.account_id)
    return next((member.id for member in found if member.account), None)


@answers(MailsWaiting, role="owner", within_board=False, by_system=True)
def mails_waiting(reading: Reading, query: MailsWaiting) -> list[Mail]:
    return reading.list(Mail, sent_at=0, order_by=("created_at", "id"))


def _invited(one: Invitation) -> Invited:
    return Invited(
        id=one.id, email=one.email, role=one.role, invited_by=one.invited_by, expires_at=one.expires_at
    )  # fmt: skip


@answers(Belonging, role="owner", within_board=False, by_system=True)
def belonging(reading: Reading, query: Belonging) -> tuple[bool, str]:
    found = reading.find(Member, query.member_id)
    if found is None:
        return False, ""
    named_only = not found.account and found.role is not Role.GUEST  # a guest is who was a member
    return found.account and not found.erased_at, "" if named_only else reading.epoch()
