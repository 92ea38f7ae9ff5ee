"""The privacy policy: its text, the version in force, and a change that is announced."""

from collections.abc import Collection

from msgspec import Struct

from engine.model.rights import Consent
from engine.privacy.notices import to_tell
from engine.privacy.policy_text import Section, sections
from engine.privacy.versions import Version, announced, in_force, read_by, starts_at
from engine.queries.registry import Query, answers
from engine.store.reading import Reading


class PolicyNow(Struct, frozen=True, kw_only=True):
    """`coming` is a material change that is announced; `coming_at` when it takes effect (0: there is none), and
    `coming_read` whether the actor has said to have read it."""

    version: Version
    sections: tuple[Section, ...]
    coming: Version | None
    coming_at: int
    coming_read: bool


class Policy(Query[PolicyNow], frozen=True, kw_only=True):
    """The policy as it stands now, for a person of this `country` (two letters)."""

    country: str = ""


class PolicyNotice(Query[str], frozen=True, kw_only=True):
    """The version of which an owner has still to be told by mail; "" where there is none."""


@answers(PolicyNotice, role="owner", within_board=False)
def policy_notice(reading: Reading, query: PolicyNotice) -> str:
    coming = announced(reading.now)
    return coming.number if coming is not None and to_tell(reading, coming) else ""


@answers(Policy, within_board=False)
def policy(reading: Reading, query: Policy) -> PolicyNow:
    read = read_by(reading.list(Consent, member_id=reading.member.id))
    return policy_at(reading.now, query.country, read)


def policy_at(now: int, country: str, read: Collection[str] = ()) -> PolicyNow:
    """As anybody may read it, also who has no workspace yet; `read` are versions that they have said to have read."""
    coming = announced(now)
    return PolicyNow(
        version=in_force(now), sections=sections(country), coming=coming,
        coming_at=0 if coming is None else starts_at(coming),
        coming_read=coming is not None and coming.number in read,
    )  # fmt: skip
