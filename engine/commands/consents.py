"""Giving and withdrawing consent: both are one command, and neither removes what was said before (Art. 7; C33)."""

from typing import ClassVar

from msgspec import field

from engine.clock import new_id
from engine.commands.registry import Command, handles
from engine.errors import Invalid, Refused
from engine.model.rights import Consent
from engine.model.text import clean_line
from engine.privacy.consent import CONSENTS, current
from engine.store.unit_of_work import UnitOfWork


class SetConsent(Command, frozen=True, kw_only=True):
    """`purpose` is a key of engine.privacy.consent; `source` says where it was done."""

    OP: ClassVar[str] = "consent.set@1"
    consent_id: str = field(default_factory=new_id)
    purpose: str
    given: bool
    source: str = ""


@handles(
    SetConsent, role="guest", on_server=True, within_board=False, audit="consent.changed",
    no_undo="withdrawing is as easy as giving", when_restricted=True,
)  # fmt: skip
def set_consent(unit: UnitOfWork, command: SetConsent) -> None:
    wanted = CONSENTS.get(command.purpose)
    if wanted is None:
        raise Invalid(f"There is no purpose “{command.purpose}”. Known: {', '.join(CONSENTS)}.")
    before = current(unit.list(Consent, member_id=unit.member.id)).get(command.purpose)
    given_before = before is not None and before.given
    if command.given is given_before and (before is None or before.version == wanted.version):
        raise Refused("That is so already.")
    if command.given and unit.member.restricted_at:
        raise Refused("Your data is restricted, so nothing new can be consented to.")
    unit.insert(
        Consent(
            id=command.consent_id, member_id=unit.member.id, purpose=command.purpose, given=command.given,
            version=wanted.version, source=clean_line(command.source)[:100], at=unit.now,
        )
    )  # fmt: skip
    unit.note(f"{wanted.title}: {'agreed' if command.given else 'withdrawn'}.")
