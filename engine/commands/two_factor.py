"""Switching the second factor on and off, and asking for it of everybody in an organization."""

import re
from typing import ClassVar, Final

from engine.commands.accounts import the_account
from engine.commands.registry import Command, handles
from engine.errors import Invalid, Refused
from engine.mail.outbox import post
from engine.model.account import Account
from engine.model.organization import Member, Organization
from engine.privacy.two_factor import WRONG, matching_step, recovery_hash, used_code
from engine.store.purging import blank
from engine.store.unit_of_work import UnitOfWork

_SECRET: Final = re.compile("[A-Z2-7]{32,128}")


class PrepareTwoFactor(Command, frozen=True, kw_only=True):
    """A secret that an authenticator can hold (base32); it is in force when a code has shown that it does."""

    OP: ClassVar[str] = "two_factor.prepare@1"
    secret: str


class StartTwoFactor(Command, frozen=True, kw_only=True):
    """By a first code. `recovery_codes` are shown to the person once; only hashes of them are kept."""

    OP: ClassVar[str] = "two_factor.start@1"
    code: str
    recovery_codes: tuple[str, ...]


class RenewRecoveryCodes(Command, frozen=True, kw_only=True):
    """New recovery codes; the old ones are void."""

    OP: ClassVar[str] = "two_factor.renew_recovery@1"
    code: str
    recovery_codes: tuple[str, ...]


class EndTwoFactor(Command, frozen=True, kw_only=True):
    """By a last code, of the authenticator or for recovery."""

    OP: ClassVar[str] = "two_factor.end@1"
    code: str


class RequireTwoFactor(Command, frozen=True, kw_only=True):
    """Whether everybody needs a second factor to get into this organization."""

    OP: ClassVar[str] = "organization.require_two_factor@1"
    required: bool


@handles(
    PrepareTwoFactor, role="owner", within_board=False, no_audit="it is not in force yet",
    no_undo="it is in force only when a code has confirmed it", when_restricted=True,
)  # fmt: skip
def prepare_two_factor(unit: UnitOfWork, command: PrepareTwoFactor) -> None:
    account = the_account(unit)
    if account.two_factor_at:
        raise Refused("There is a second factor already. Switch it off first.")
    if not _SECRET.fullmatch(command.secret):
        raise Invalid("A secret has at least 32 letters of base32.")
    blank(unit, account, {"two_factor_secret": command.secret})


@handles(
    StartTwoFactor, role="owner", within_board=False, audit="two_factor.started",
    no_undo="it is switched off by a command of its own", when_restricted=True,
)  # fmt: skip
def start_two_factor(unit: UnitOfWork, command: StartTwoFactor) -> None:
    account = the_account(unit)
    if account.two_factor_at or not account.two_factor_secret:
        raise Refused("Begin again: there is no secret that waits for its first code.")
    step = matching_step(
        account.two_factor_secret, command.code.replace(" ", ""), unit.now, after=0
    )
    if step is None:
        raise Invalid(WRONG)
    fields = {"two_factor_at": unit.now, "two_factor_step": step}
    blank(unit, account, {**fields, "recovery_codes": _hashes(command.recovery_codes)})
    _tell(unit, "two_factor_on", account)


@handles(
    RenewRecoveryCodes, role="owner", within_board=False, audit="two_factor.recovery_renewed",
    no_undo="the old codes are void", when_restricted=True,
)  # fmt: skip
def renew_recovery_codes(unit: UnitOfWork, command: RenewRecoveryCodes) -> None:
    account = _on(unit)
    used = used_code(account, command.code, unit.now)
    blank(unit, account, {**used, "recovery_codes": _hashes(command.recovery_codes)})


@handles(
    EndTwoFactor, role="owner", within_board=False, audit="two_factor.ended",
    no_undo="it is switched on by a command of its own", when_restricted=True,
)  # fmt: skip
def end_two_factor(unit: UnitOfWork, command: EndTwoFactor) -> None:
    account = _on(unit)
    used_code(account, command.code, unit.now)
    blank(unit, account, {"two_factor_secret": "", "two_factor_at": 0, "recovery_codes": ()})
    _tell(unit, "two_factor_off", account)


@handles(
    RequireTwoFactor, role="owner", on_server=True, within_board=False, audit="organization.two_factor_required",
    no_undo="it is changed by the same command",
)  # fmt: skip
def require_two_factor(unit: UnitOfWork, command: RequireTwoFactor) -> None:
    tenant = unit.get(Organization, unit.actor.organization_id)
    unit.update(tenant, two_factor=command.required)
    unit.say_in_audit(required=command.required)


def _on(unit: UnitOfWork) -> Account:
    account = the_account(unit)
    if not account.two_factor_at:
        raise Refused("There is no second factor to change.")
    return account


def _hashes(codes: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(recovery_hash(code) for code in codes)


def _tell(unit: UnitOfWork, template: str, account: Account) -> None:
    post(unit, template, unit.get(Member, account.id).email, account.id)
