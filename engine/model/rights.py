"""What people ask for about their own data: deletion, consent, and requests of every kind (GDPR Art. 7, 12–22)."""

from enum import StrEnum
from typing import Annotated, Final

from msgspec import Struct

from engine.model.marks import PERSONAL, SUBJECT
from engine.model.record import Record

GRACE_DAYS: Final = 7
"""Between asking for deletion and the deletion itself; it can be cancelled until then (policy §6, C29)."""


class Deletion(Record, frozen=True, kw_only=True):
    """A member has asked to be deleted and can still cancel. `id` is the member's id. Milliseconds."""

    member_id: Annotated[str, SUBJECT]
    asked_at: int
    due_at: int


class Hold(Record, frozen=True, kw_only=True):
    """A legal hold: as long as it stands nothing of this member is erased, though it would be time (C17). `id` is
    the member's id."""

    member_id: Annotated[str, SUBJECT]
    reason: Annotated[str, PERSONAL]
    set_by: Annotated[str, SUBJECT]
    since: int


class Consent(Record, frozen=True, kw_only=True):
    """One act of giving (or withdrawing) consent to one purpose; the newest act of a purpose counts, the older
    ones are its history (C18, C33). `source` is where it was done: app, command line, …"""

    member_id: Annotated[str, SUBJECT]
    purpose: str
    given: bool
    version: str
    source: Annotated[str, PERSONAL]
    at: int


class RequestState(StrEnum):
    """Where a request stands. The first three are open: their due date counts."""

    RECEIVED = "received"
    IN_WORK = "in work"
    EXTENDED = "extended"
    ANSWERED = "answered"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"

    @property
    def is_open(self) -> bool:
        return self in (RequestState.RECEIVED, RequestState.IN_WORK, RequestState.EXTENDED)


class Step(Struct, frozen=True, kw_only=True):
    """One line of a request's log: who did what, and when."""

    at: int
    actor_id: Annotated[str, SUBJECT]
    what: Annotated[str, PERSONAL]


class Request(Record, frozen=True, kw_only=True):
    """A request under the GDPR, with a number of its own in the organization and the day by which it must be
    answered (policy §6: 30 days from receipt, C35). `subject_id` is the member it is about; `sender` names
    somebody who is none."""

    number: int
    subject_id: Annotated[str, SUBJECT]
    sender: Annotated[str, PERSONAL] = ""
    kind: str
    text: Annotated[str, PERSONAL]
    answer: Annotated[str, PERSONAL] = ""
    state: RequestState = RequestState.RECEIVED
    received_at: int
    due_at: int
    closed_at: int = 0
    log: Annotated[tuple[Step, ...], PERSONAL] = ()


class Disclosure(Record, frozen=True, kw_only=True):
    """That personal data of a member was released to somebody outside, such as an authority, and on which ground
    (policy §3: legal duties; C17). Where a court forbids to tell, the person sees it after `hidden_until` only."""

    subject_id: Annotated[str, SUBJECT]
    recipient: str
    ground: str
    what: Annotated[str, PERSONAL]
    recorded_by: Annotated[str, SUBJECT]
    at: int
    hidden_until: int = 0
