"""Saying that one has read a version of the privacy policy."""

from typing import ClassVar

from msgspec import field

from engine.clock import new_id
from engine.commands.registry import Command, handles
from engine.errors import NotFound
from engine.mail.outbox import post
from engine.model.rights import Consent
from engine.model.text import clean_line
from engine.privacy.notices import to_tell
from engine.privacy.versions import NOTICE, POLICY, VERSIONS, announced, read_by
from engine.store.unit_of_work import UnitOfWork


class AcknowledgePolicy(Command, frozen=True, kw_only=True):
    """The announcement of this version is not shown to the actor any more."""

    OP: ClassVar[str] = "policy.acknowledge@1"
    consent_id: str = field(default_factory=new_id)
    version: str
    source: str = ""


class AnnouncePolicy(Command, frozen=True, kw_only=True):
    """Mail the owners who were not told yet that a material change comes (policy §10; C46)."""

    OP: ClassVar[str] = "policy.announce@1"
    version: str


@handles(
    AcknowledgePolicy, role="guest", on_server=True, within_board=False, audit="policy.acknowledged",
    no_undo="that it was read stays so", when_restricted=True,
)  # fmt: skip
def acknowledge_policy(unit: UnitOfWork, command: AcknowledgePolicy) -> None:
    if command.version not in {version.number for version in VERSIONS}:
        raise NotFound(f"There is no version “{command.version}” of the policy.")
    if command.version in read_by(unit.list(Consent, member_id=unit.member.id)):
        return
    unit.insert(
        Consent(
            id=command.consent_id, member_id=unit.member.id, purpose=POLICY, given=True,
            version=command.version, source=clean_line(command.source)[:100], at=unit.now,
        )
    )  # fmt: skip


@handles(
    AnnouncePolicy, role="owner", within_board=False, audit="policy.announced",
    no_undo="a mail cannot be called back",
)  # fmt: skip
def announce_policy(unit: UnitOfWork, command: AnnouncePolicy) -> None:
    coming = announced(unit.now)
    if coming is None or coming.number != command.version:
        raise NotFound(f"Version “{command.version}” of the policy is not to be announced now.")
    day = coming.effective.isoformat()
    for owner in to_tell(unit, coming):
        post(
            unit, "policy", owner.email, owner.id, version=coming.number, day=day, summary=coming.changes
        )  # fmt: skip
        unit.insert(
            Consent(
                id=f"{owner.id}:{NOTICE}:{coming.number}", member_id=owner.id, purpose=NOTICE, given=True,
                version=coming.number, source="mail", at=unit.now,
            )
        )  # fmt: skip
