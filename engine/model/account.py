"""Accounts: who may sign in, from which devices, into which organizations. An account is a tenant of its own, whose
one member is the person; content lies in the organizations they belong to."""

from enum import StrEnum
from typing import Annotated

from engine.model.actor import Role, Scope
from engine.model.marks import PERSONAL, SECRET, SUBJECT
from engine.model.record import Record


class Account(Record, frozen=True, kw_only=True):
    """What signing in needs; name, address and colour are the member's. `id` is the tenant's and the member's.

    `password` is a bcrypt hash. `two_factor_at` is when the second factor came into force, 0 while it has not;
    `two_factor_step` is the last time step whose code was used, so that none works twice (RFC 6238, 5.2).
    `recovery_codes` are hashes of those that are left. `email_confirmed_at` is 0 until the address is known to
    be theirs; `policy_version` is the version of the policy they accepted. Milliseconds."""

    id: Annotated[str, SUBJECT]
    password: Annotated[str, SECRET]
    two_factor_secret: Annotated[str, SECRET] = ""
    two_factor_at: int = 0
    two_factor_step: Annotated[int, SECRET] = 0
    recovery_codes: Annotated[tuple[str, ...], SECRET] = ()
    email_confirmed_at: int = 0
    policy_version: str = ""
    over_16_at: int = 0
    created_at: int = 0


class SignedIn(Record, frozen=True, kw_only=True):
    """One device on which the account is signed in. Only a hash of its token is kept."""

    account_id: Annotated[str, SUBJECT]
    token_hash: Annotated[str, SECRET]
    device: Annotated[str, PERSONAL] = ""
    address: Annotated[str, PERSONAL] = ""
    created_at: int = 0
    last_used_at: int = 0


class TokenPurpose(StrEnum):
    RESET = "reset"
    EMAIL = "email"


class MailToken(Record, frozen=True, kw_only=True):
    """What a mail lets its reader do once, until `expires_at`. `email` is the address it was sent to."""

    account_id: Annotated[str, SUBJECT]
    purpose: TokenPurpose
    token_hash: Annotated[str, SECRET]
    email: Annotated[str, PERSONAL]
    expires_at: int


class Membership(Record, frozen=True, kw_only=True):
    """An organization that the account belongs to, as the account sees it. `id` is the organization's;
    `member_id` is who they are there. It stays when they have left (`left_at`): what they wrote is under their name
    there, and goes with the account."""

    account_id: Annotated[str, SUBJECT]
    member_id: Annotated[str, SUBJECT]
    joined_at: int
    left_at: int = 0


class Invitation(Record, frozen=True, kw_only=True):
    """An address that may join, once, until `expires_at`. Who accepted it is in the members."""

    email: Annotated[str, PERSONAL]
    role: Role
    token_hash: Annotated[str, SECRET]
    invited_by: Annotated[str, SUBJECT]
    created_at: int
    expires_at: int
    accepted_at: int = 0


class ApiKey(Record, frozen=True, kw_only=True):
    """A key for a person's own programs. `prefix` is shown to tell keys apart; the rest is kept as a bcrypt hash
    (policy §7). 0 in a time: never."""

    member_id: Annotated[str, SUBJECT]
    name: Annotated[str, PERSONAL]
    prefix: str
    secret_hash: Annotated[str, SECRET]
    scope: Scope
    created_at: int
    expires_at: int = 0
    last_used_at: int = 0
    revoked_at: int = 0


class Mail(Record, frozen=True, kw_only=True):
    """A mail to be delivered. Its words can hold a token, so they are secret, and go once it is delivered."""

    member_id: Annotated[str, SUBJECT]
    address: Annotated[str, PERSONAL]
    template: str
    subject: Annotated[str, PERSONAL]
    text: Annotated[str, SECRET]
    html: Annotated[str, SECRET]
    created_at: int
    sent_at: int = 0
