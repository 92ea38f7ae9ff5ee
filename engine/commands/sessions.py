"""Signing in and out: each device has a session of its own, which ends when it is not used, or is old."""

from typing import ClassVar, Final

from engine.commands.accounts import end_sessions, the_account
from engine.commands.registry import Command, handles
from engine.errors import NotFound, Refused
from engine.model.account import SignedIn
from engine.model.text import clean_line
from engine.privacy.sessions import is_over
from engine.privacy.tokens import hash_of
from engine.privacy.two_factor import used_code
from engine.store.purging import blank, purge
from engine.store.unit_of_work import UnitOfWork

UNCONFIRMED: Final = "Confirm your address first, by the code in the mail that was sent to it."


class SignIn(Command, frozen=True, kw_only=True):
    """The password was right. `code` is of the authenticator, or a recovery code, where a second factor is on."""

    OP: ClassVar[str] = "session.start@1"
    session_id: str
    token: str
    code: str = ""


class NoteFailedSignIn(Command, frozen=True, kw_only=True):
    """Somebody could not show who they are; `why` is a word of the audit trail."""

    OP: ClassVar[str] = "session.fail@1"
    why: str


class SignOut(Command, frozen=True, kw_only=True):
    """End one session of one's own."""

    OP: ClassVar[str] = "session.end@1"
    session_id: str


class SignOutOthers(Command, frozen=True, kw_only=True):
    """End all sessions but this one."""

    OP: ClassVar[str] = "session.end_others@1"
    keep: str


class TouchSession(Command, frozen=True, kw_only=True):
    """It was used, from this address: it does not end for idleness yet."""

    OP: ClassVar[str] = "session.touch@1"
    session_id: str


class LetSessionsGo(Command, frozen=True, kw_only=True):
    """Remove the sessions that are over."""

    OP: ClassVar[str] = "session.let_go@1"


@handles(
    SignIn, role="owner", within_board=False, audit="session.started",
    no_undo="signing out is a command of its own", by_system=True,
)  # fmt: skip
def sign_in(unit: UnitOfWork, command: SignIn) -> None:
    account = the_account(unit)
    if not account.email_confirmed_at:
        raise Refused(UNCONFIRMED)
    if account.two_factor_at:
        blank(unit, account, used_code(account, command.code, unit.now))
    unit.insert(
        SignedIn(
            id=command.session_id, account_id=account.id, token_hash=hash_of(command.token),
            device=clean_line(unit.actor.device)[:200], address=clean_line(unit.actor.address)[:100],
            created_at=unit.now, last_used_at=unit.now,
        )
    )  # fmt: skip


@handles(
    NoteFailedSignIn, role="owner", within_board=False, audit="session.failed",
    no_undo="that it was tried stays so", by_system=True,
)  # fmt: skip
def note_failed_sign_in(unit: UnitOfWork, command: NoteFailedSignIn) -> None:
    unit.say_in_audit(why=clean_line(command.why)[:100])


@handles(
    SignOut, role="owner", within_board=False, audit="session.ended",
    no_undo="signing in is a command of its own", when_restricted=True,
)  # fmt: skip
def sign_out(unit: UnitOfWork, command: SignOut) -> None:
    session = unit.find(SignedIn, command.session_id)
    if session is None:
        raise NotFound("This device is not signed in (any more).")
    purge(unit, [session])


@handles(
    SignOutOthers, role="owner", within_board=False, audit="session.others_ended",
    no_undo="signing in is a command of its own", when_restricted=True,
)  # fmt: skip
def sign_out_others(unit: UnitOfWork, command: SignOutOthers) -> None:
    the_account(unit)
    ended = end_sessions(unit, keep=command.keep)
    unit.say_in_audit(sessions_ended=ended)
    unit.note(f"Signed out {ended} other device{'' if ended == 1 else 's'}.")


@handles(
    TouchSession, role="owner", within_board=False, no_audit="the sign-in is audited; each use would say where one is",
    no_undo="it says that something was used", by_system=True,
)  # fmt: skip
def touch_session(unit: UnitOfWork, command: TouchSession) -> None:
    session = unit.get(SignedIn, command.session_id)
    address = clean_line(unit.actor.address)[:100] or session.address
    blank(unit, session, {"last_used_at": unit.now, "address": address})


@handles(
    LetSessionsGo, role="owner", within_board=False, audit="session.purged",
    no_undo="they are over and void",
)  # fmt: skip
def let_sessions_go(unit: UnitOfWork, command: LetSessionsGo) -> None:
    purge(unit, [session for session in unit.list(SignedIn) if is_over(session, unit.now)])
