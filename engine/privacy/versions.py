"""The versions of the privacy policy there have been, and when each takes effect (policy §10; C46, C47)."""

import hashlib
from datetime import UTC, date, datetime, timedelta
from typing import Final

import msgspec
from msgspec import Struct

from engine.clock import as_datetime
from engine.errors import Invalid
from engine.model.rights import Consent
from engine.privacy.policy import SUBPROCESSORS

NOTICE_DAYS: Final = 30
POLICY: Final = "policy"
"""The purpose under which it is kept that somebody has read a version."""

NOTICE: Final = "policy_notice"
"""The purpose under which it is kept that an owner was told of a version by mail."""


class Version(Struct, frozen=True, kw_only=True):
    """`changes` says in a sentence what is other than before. One that is `material` is announced 30 days before
    it takes effect. `subprocessors` is the digest of the list of them that it was written for: another list needs
    another version, so that a change announces itself (C19)."""

    number: str
    published: date
    effective: date
    material: bool
    changes: str
    subprocessors: str = ""


VERSIONS: tuple[Version, ...] = (
    Version(
        number="1", published=date(2026, 11, 23), effective=date(2026, 11, 23), material=False,
        changes="The first version.", subprocessors="22d7004f",
    ),
)  # fmt: skip


def checked(versions: tuple[Version, ...]) -> tuple[Version, ...]:
    """The same, if they may be published. Raises Invalid for a material change with too short a notice, or
    for versions out of order."""
    for before, version in zip((None, *versions), versions, strict=False):
        if before is not None and version.published <= before.published:
            raise Invalid(
                f"Version {version.number} of the policy is not newer than the one before."
            )
        notice = version.effective - version.published
        if version.material and notice < timedelta(days=NOTICE_DAYS):
            raise Invalid(
                f"Version {version.number} of the policy is material: it takes effect {NOTICE_DAYS} days "
                f"after it is published, {version.published + timedelta(days=NOTICE_DAYS)} or later."
            )
    return versions


def subprocessors_digest() -> str:
    content = msgspec.json.encode(SUBPROCESSORS, order="deterministic")
    return hashlib.sha256(content).hexdigest()[:8]


def in_force(now: int) -> Version:
    """The version that holds at this time (milliseconds)."""
    today = as_datetime(now).date()
    return [
        version for version in VERSIONS if version.effective <= today or version is VERSIONS[0]
    ][-1]


def announced(now: int) -> Version | None:
    """A material change that is published and not in force yet."""
    today = as_datetime(now).date()
    coming = (v for v in VERSIONS if v.material and v.published <= today < v.effective)
    return next(coming, None)


def read_by(acts: list[Consent]) -> set[str]:
    """The numbers of the versions that somebody has said to have read."""
    return {act.version for act in acts if act.purpose == POLICY and act.given}


def starts_at(version: Version) -> int:
    """When it takes effect, in milliseconds."""
    moment = datetime.combine(version.effective, datetime.min.time(), UTC)
    return int(moment.timestamp() * 1000)
