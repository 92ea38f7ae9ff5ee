"""Opening an account, and what changes how one gets into it: address, password, the tokens that mails carry.

Passwords come in as hashes: making one takes a quarter of a second and belongs outside a transaction
(engine.identity.passwords). Tokens come in as they are, since the mail repeats them; only hashes of them are kept.
"""

from typing import ClassVar, Final

from msgspec import field

from engine.clock import new_id
from engine.commands.registry import Command, handles
from engine.errors import Invalid, NotFound, Refused
from engine.mail.outbox import post
from engine.model.account import Account, MailToken, SignedIn, TokenPurpose
from engine.model.organization import Member
from engine.model.rights import Consent
from engine.privacy.consent import CONSENTS
from engine.privacy.tokens import UNKNOWN, hash_of
from engine.privacy.versions import POLICY, in_force
from engine.store.directory import EMAIL, claim, release
from engine.store.purging import blank, purge
from engine.store.unit_of_work import UnitOfWork

HOUR: Final = 3_600_000
CONFIRM_HOURS: Final = 48
RESET_HOURS: Final = 1


class OpenAccount(Command, frozen=True, kw_only=True):
    """The first command of an account's own tenant: its owner signs up. `over_16` and the acceptance of the
    policy in force are conditions; `marketing` is none (policy §3, §9; C18, C45)."""

    OP: ClassVar[str] = "account.open@1"
    email: str
    color: str
    password_hash: str
    token: str
    token_id: str = field(default_factory=new_id)
    over_16: bool
    policy_version: str
    marketing: bool = False


class ConfirmAddress(Command, frozen=True, kw_only=True):
    """By the code in a mail: the address it was sent to is the account's from now on."""

    OP: ClassVar[str] = "account.confirm_address@1"
    token: str


class AskAddressChange(Command, frozen=True, kw_only=True):
    """The new address must be confirmed; until then the old one stays in force."""

    OP: ClassVar[str] = "account.ask_address_change@1"
    email: str
    token: str
    token_id: str = field(default_factory=new_id)


class ChangePassword(Command, frozen=True, kw_only=True):
    """Ends every session but `keep`, the one that changes it."""

    OP: ClassVar[str] = "account.change_password@1"
    password_hash: str
    keep: str = ""


class RefreshPassword(Command, frozen=True, kw_only=True):
    """The same password under a stronger hash, found at a sign-in (C04)."""

    OP: ClassVar[str] = "account.refresh_password@1"
    password_hash: str


class AskReset(Command, frozen=True, kw_only=True):
    """Send a code by which a new password can be set, once, within the hour. An older code is void then."""

    OP: ClassVar[str] = "account.ask_reset@1"
    token: str
    token_id: str = field(default_factory=new_id)


class ResetPassword(Command, frozen=True, kw_only=True):
    """By the code in a mail. Ends every session."""

    OP: ClassVar[str] = "account.reset_password@1"
    token: str
    password_hash: str


class TellOfAccount(Command, frozen=True, kw_only=True):
    """Somebody wanted to sign up with an address that has an account: only its owner is told. Where it was never
    confirmed they get another code for that, by a `token`; the one before stays valid."""

    OP: ClassVar[str] = "account.tell@1"
    token: str = ""
    token_id: str = field(default_factory=new_id)


@handles(
    OpenAccount, role="owner", within_board=False, audit="account.opened",
    no_undo="it is deleted by a command of its own",
)  # fmt: skip
def open_account(unit: UnitOfWork, command: OpenAccount) -> None:
    if not command.over_16:
        raise Invalid("ConneqtOS is not for people under 16. Confirm that you are 16 or older.")
    version = in_force(unit.now).number
    if command.policy_version != version:
        raise Invalid(f"Accept version {version} of the privacy policy: it is the one in force.")
    claim(unit, EMAIL, command.email)
    member = unit.update(unit.member, email=command.email, color=command.color)
    unit.insert(
        Account(
            id=member.id, password=command.password_hash, policy_version=version,
            over_16_at=unit.now, created_at=unit.now,
        )
    )  # fmt: skip
    _agree(unit, POLICY, version)
    if command.marketing:
        _agree(unit, "marketing", CONSENTS["marketing"].version)
    hours = CONFIRM_HOURS
    _send_token(
        unit, "confirm", TokenPurpose.EMAIL, command.email, command.token, command.token_id, hours
    )


@handles(
    ConfirmAddress, role="owner", within_board=False, audit="account.address_confirmed",
    no_undo="an address is changed by a command of its own", by_system=True,
)  # fmt: skip
def confirm_address(unit: UnitOfWork, command: ConfirmAddress) -> None:
    account = the_account(unit)
    token = _use(unit, TokenPurpose.EMAIL, command.token)
    member = unit.get(Member, account.id)
    if token.email != member.email:
        claim(unit, EMAIL, token.email)
        release(unit, EMAIL, member.email)
        post(unit, "email_changed", member.email, member.id)
        blank(unit, member, {"email": token.email})
    unit.update(account, email_confirmed_at=unit.now)


@handles(
    AskAddressChange, role="owner", within_board=False, audit="account.address_asked",
    no_undo="it is void when it is not confirmed", when_restricted=True,
)  # fmt: skip
def ask_address_change(unit: UnitOfWork, command: AskAddressChange) -> None:
    the_account(unit)
    _send_token(
        unit, "new_email", TokenPurpose.EMAIL, command.email, command.token, command.token_id, CONFIRM_HOURS
    )  # fmt: skip


@handles(
    ChangePassword, role="owner", within_board=False, audit="account.password_changed",
    no_undo="an old password must not come back", when_restricted=True,
)  # fmt: skip
def change_password(unit: UnitOfWork, command: ChangePassword) -> None:
    _set_password(unit, command.password_hash, keep=command.keep)


@handles(
    RefreshPassword, role="owner", within_board=False, no_audit="the password is the same",
    no_undo="a weaker hash must not come back", by_system=True,
)  # fmt: skip
def refresh_password(unit: UnitOfWork, command: RefreshPassword) -> None:
    blank(unit, the_account(unit), {"password": command.password_hash})


@handles(
    AskReset, role="owner", within_board=False, audit="account.reset_asked",
    no_undo="it is void after an hour", by_system=True,
)  # fmt: skip
def ask_reset(unit: UnitOfWork, command: AskReset) -> None:
    address = unit.get(Member, the_account(unit).id).email
    _send_token(
        unit, "reset", TokenPurpose.RESET, address, command.token, command.token_id, RESET_HOURS
    )


@handles(
    ResetPassword, role="owner", within_board=False, audit="account.password_reset",
    no_undo="an old password must not come back", by_system=True,
)  # fmt: skip
def reset_password(unit: UnitOfWork, command: ResetPassword) -> None:
    token = _use(unit, TokenPurpose.RESET, command.token)
    _set_password(unit, command.password_hash, keep="")
    account = the_account(unit)
    if token.email == unit.get(Member, account.id).email:  # who reads its mail has the address
        unit.update(account, email_confirmed_at=account.email_confirmed_at or unit.now)


@handles(
    TellOfAccount, role="owner", within_board=False, audit="account.signup_repeated",
    no_undo="it was only a mail", by_system=True,
)  # fmt: skip
def tell_of_account(unit: UnitOfWork, command: TellOfAccount) -> None:
    account = the_account(unit)
    address = unit.get(Member, account.id).email
    if account.email_confirmed_at or not command.token:
        post(unit, "exists", address, account.id)
        return
    _insert_token(unit, TokenPurpose.EMAIL, address, command.token, command.token_id, CONFIRM_HOURS)
    post(unit, "exists", address, account.id, code=command.token, hours=str(CONFIRM_HOURS))


def the_account(unit: UnitOfWork) -> Account:
    """The account whose tenant this is; raises NotFound in an organization, which is none."""
    found = unit.list(Account)
    if not found:
        raise NotFound("This is an organization, not an account.")
    return found[0]


def end_sessions(unit: UnitOfWork, *, keep: str = "") -> int:
    """Sign out every device but one; comes back with how many."""
    ended = [session for session in unit.list(SignedIn) if session.id != keep]
    purge(unit, ended)
    return len(ended)


def _set_password(unit: UnitOfWork, password_hash: str, *, keep: str) -> None:
    account = the_account(unit)
    blank(unit, account, {"password": password_hash})
    purge(unit, unit.list(MailToken, purpose=TokenPurpose.RESET.value))
    post(unit, "password_changed", unit.get(Member, account.id).email, account.id)
    unit.say_in_audit(sessions_ended=end_sessions(unit, keep=keep))


def _agree(unit: UnitOfWork, purpose: str, version: str) -> None:
    unit.insert(
        Consent(
            id=f"{unit.member.id}:{purpose}:signup", member_id=unit.member.id, purpose=purpose, given=True,
            version=version, source="signing up", at=unit.now,
        )
    )  # fmt: skip


def _send_token(
    unit: UnitOfWork, template: str, purpose: TokenPurpose, address: str, token: str, token_id: str,
    hours: int,
) -> None:  # fmt: skip
    purge(unit, unit.list(MailToken, purpose=purpose.value))
    _insert_token(unit, purpose, address, token, token_id, hours)
    post(unit, template, address, the_account(unit).id, code=token, hours=str(hours))


def _insert_token(
    unit: UnitOfWork, purpose: TokenPurpose, address: str, token: str, token_id: str, hours: int
) -> None:
    account_id = the_account(unit).id
    unit.insert(
        MailToken(
            id=token_id, account_id=account_id, purpose=purpose, token_hash=hash_of(token), email=address,
            expires_at=unit.now + hours * HOUR,
        )
    )  # fmt: skip


def _use(unit: UnitOfWork, purpose: TokenPurpose, token: str) -> MailToken:
    """The token, which is void from now on. Raises Refused; an old, a used and an unknown one look the same."""
    wanted = hash_of(token)
    found = [one for one in unit.list(MailToken, purpose=purpose.value) if one.token_hash == wanted]
    if not found or found[0].expires_at <= unit.now:
        raise Refused(UNKNOWN)
    purge(unit, found)
    return found[0]
