"""The requests that people can make about their data, and how long there is to answer (GDPR Art. 12–22; policy §6)."""

from typing import Final

from msgspec import Struct

from engine.model.actor import Role
from engine.model.organization import Member, Organization
from engine.model.rights import Request
from engine.privacy.holds import held_members, is_held
from engine.store.reading import Reading

DAY: Final = 86_400_000
ANSWER_DAYS: Final = 30
EXTENSION_DAYS: Final = 60
"""Once, for what is complex; the person is told why within the first month (Art. 12(3))."""

OVERDUE: Final = "not answered in time"
"""What the log of a request says once its day has passed."""


class RequestKind(Struct, frozen=True, kw_only=True):
    """`self_service` says how the app does the same at once, where it does."""

    title: str
    article: str
    self_service: str = ""


KINDS: Final[dict[str, RequestKind]] = {
    "access": RequestKind(
        title="A copy of my data", article="Art. 15", self_service="Export my data does it at once.",
    ),
    "rectification": RequestKind(
        title="Correct something that I cannot edit myself", article="Art. 16",
    ),
    "erasure": RequestKind(
        title="Delete my data", article="Art. 17", self_service="Delete my account does it in 7 days.",
    ),
    "restriction": RequestKind(
        title="Restrict what is done with my data", article="Art. 18",
        self_service="Restrict my data does it at once.",
    ),
    "portability": RequestKind(
        title="My data in a format for machines", article="Art. 20",
        self_service="Export my data does it at once.",
    ),
    "objection": RequestKind(
        title="Object to processing in legitimate interest", article="Art. 21",
    ),
    "safeguards": RequestKind(
        title="The Standard Contractual Clauses of a subprocessor", article="Art. 46",
    ),
    "under_age": RequestKind(
        title="Report an account of somebody under 16", article="Art. 8",
    ),
    "support": RequestKind(title="A message to support", article="policy §5"),
    "other": RequestKind(title="Something else (“GDPR Request”)", article="Art. 12"),
}  # fmt: skip


REMINDERS: Final = (20, 25, 29)
"""Days after which who answers is reminded of an open request."""


def reminder(request: Request, now: int) -> str:
    """What the log says of the reminder that is due now; "" where none is, or it was sent already."""
    if not request.state.is_open or now >= request.due_at:
        return ""
    left = (request.due_at - now) // DAY
    days = [day for day in REMINDERS if left < ANSWER_DAYS - day]
    said = f"reminded: less than {ANSWER_DAYS - days[-1]} days left" if days else ""
    return "" if any(step.what == said for step in request.log) else said


def answers_requests(reading: Reading, member: Member) -> bool:
    """Whether this member is one of those who answer: owners, admins, the Data Protection Officer."""
    tenant = reading.get(Organization, reading.actor.organization_id)
    return member.account and (member.role.covers(Role.ADMIN) or member.id == tenant.dpo_id)


def to_remind_of(reading: Reading) -> list[Request]:
    return [one for one in reading.list(Request) if reminder(one, reading.now)]


def expired_requests(reading: Reading, before: int) -> list[Request]:
    """Those that were closed before this time, and that no legal hold keeps."""
    held = held_members(reading)
    closed = (one for one in reading.list(Request) if one.closed_at and not is_held(one, held))
    return [one for one in closed if one.closed_at < before]


def overdue(reading: Reading) -> list[Request]:
    """Open ones whose day has passed, and of which that was not noted yet."""
    late = (r for r in reading.list(Request) if r.state.is_open and r.due_at < reading.now)
    return [one for one in late if not any(step.what == OVERDUE for step in one.log)]
