"""Requests under the GDPR: filed by a member, or noted for somebody who wrote a mail; answered in 30 days (C35)."""

from typing import ClassVar, Final

from msgspec import field

from engine.clock import as_datetime, derived_id, new_id
from engine.commands.registry import Command, handles
from engine.errors import Forbidden, Invalid, Refused
from engine.mail.outbox import post
from engine.model.organization import Member
from engine.model.record import JSON, Number
from engine.model.rights import Consent, Request, RequestState, Step
from engine.model.text import clean_line, clean_text
from engine.privacy.consent import CONSENTS, is_given
from engine.privacy.requests import (
    ANSWER_DAYS,
    EXTENSION_DAYS,
    KINDS,
    OVERDUE,
    answers_requests,
    expired_requests,
    reminder,
)
from engine.privacy.retention import RULES
from engine.store.purging import purge
from engine.store.unit_of_work import UnitOfWork

DAY: Final = 86_400_000
LONGEST: Final = 10_000


class FileRequest(Command, frozen=True, kw_only=True):
    """`request_kind` is a key of engine.privacy.requests. Owners and admins note it for a `sender` who wrote a mail;
    without one it is the actor's own. `received_at` is when the mail came: the 30 days begin there."""

    OP: ClassVar[str] = "request.file@1"
    request_id: str = field(default_factory=new_id)
    request_kind: str
    text: str
    sender: str = ""
    received_at: Number = 0


class WorkOnRequest(Command, frozen=True, kw_only=True):
    """Move a request on. `to` “extended” (once, with a reason), “answered” and “refused” (both with an
    answer, a refusal names its reason) or “in work”. The person themself may only say “withdrawn”."""

    OP: ClassVar[str] = "request.work_on@1"
    request_id: str
    to: RequestState
    text: str = ""


class RemindOfRequests(Command, frozen=True, kw_only=True):
    """Mail to who answers requests, of those whose day comes near: after 20, 25 and 29 days (C35)."""

    OP: ClassVar[str] = "request.remind@1"
    request_ids: tuple[str, ...]


class NoteOverdue(Command, frozen=True, kw_only=True):
    """That the day of these requests has passed without an answer."""

    OP: ClassVar[str] = "request.note_overdue@1"
    request_ids: tuple[str, ...]


class LetRequestsGo(Command, frozen=True, kw_only=True):
    """Remove requests that were answered 2 years ago (policy §5)."""

    OP: ClassVar[str] = "request.let_go@1"


@handles(
    FileRequest, role="guest", on_server=True, within_board=False, audit="request.filed",
    no_undo="it can be withdrawn", when_restricted=True,
)  # fmt: skip
def file_request(unit: UnitOfWork, command: FileRequest) -> None:
    kind = KINDS.get(command.request_kind)
    if kind is None:
        raise Invalid(f"There is no request “{command.request_kind}”. Known: {', '.join(KINDS)}.")
    text = clean_text(command.text).strip()[:LONGEST]
    if not text:
        raise Invalid("Say in a few words what you ask for.")
    sender = clean_line(command.sender)[:320]
    if sender and not unit.answers_requests:
        raise Forbidden("Only owners and admins note requests of other people.")
    received = command.received_at or unit.now
    if received > unit.now:
        raise Invalid("A request cannot have come in the future.")
    number = max((one.number for one in unit.list(Request)), default=0) + 1
    unit.insert(
        Request(
            id=command.request_id, number=number, subject_id="" if sender else unit.member.id, sender=sender,
            kind=command.request_kind, text=text, received_at=received, due_at=received + ANSWER_DAYS * DAY,
            log=(_step(unit, "filed" if not sender else "noted for a mail"),),
        )
    )  # fmt: skip
    if command.request_kind == "objection" and not sender:
        _stop_marketing(unit)
    unit.note(f"Request {number} is filed. It will be answered within {ANSWER_DAYS} days.")


@handles(
    WorkOnRequest, role="guest", on_server=True, within_board=False, audit="request.changed",
    no_undo="the log of a request stands as it is", when_restricted=True,
)  # fmt: skip
def work_on_request(unit: UnitOfWork, command: WorkOnRequest) -> None:
    request = unit.get(Request, command.request_id)
    withdrawn = command.to is RequestState.WITHDRAWN
    allowed = unit.answers_requests and not withdrawn
    if not allowed and not (withdrawn and request.subject_id == unit.member.id):
        raise Forbidden("Owners and admins answer requests; only who asked can withdraw one.")
    if not request.state.is_open:
        raise Refused(f"Request {request.number} is closed: it was {request.state.value}.")
    text = clean_text(command.text).strip()[:LONGEST]
    if command.to in _NEED_WORDS and not text:
        raise Invalid(_NEED_WORDS[command.to])
    fields = _moved(unit, request, command.to, text)
    said = f"{command.to.value}: {text}" if text else command.to.value
    unit.update(request, state=command.to, log=(*request.log, _step(unit, said)), **fields)
    if command.to in _NEED_WORDS:
        _tell(unit, request, command.to, text)
    unit.say_in_audit(request=request.number, state=command.to.value)


@handles(
    RemindOfRequests, role="owner", within_board=False, audit="request.reminded",
    no_undo="a mail cannot be called back",
)  # fmt: skip
def remind_of_requests(unit: UnitOfWork, command: RemindOfRequests) -> None:
    for request_id in command.request_ids:
        request = unit.get(Request, request_id)
        day = as_datetime(request.due_at).date().isoformat()
        for member in unit.list(Member):
            if answers_requests(unit, member):
                post(
                    unit,
                    "request_due",
                    member.email,
                    member.id,
                    number=str(request.number),
                    day=day,
                )
        said = reminder(request, unit.now)
        unit.update(request, log=(*request.log, _step(unit, said)))


@handles(
    NoteOverdue, role="owner", within_board=False, audit="request.overdue",
    no_undo="that it was late stays so",
)  # fmt: skip
def note_overdue(unit: UnitOfWork, command: NoteOverdue) -> None:
    late = [unit.get(Request, id) for id in command.request_ids]
    for request in late:
        unit.update(request, log=(*request.log, _step(unit, OVERDUE)))
    unit.say_in_audit(requests=[request.number for request in late])


@handles(
    LetRequestsGo, role="owner", within_board=False, audit="request.purged",
    no_undo="what was kept long enough is gone for good",
)  # fmt: skip
def let_requests_go(unit: UnitOfWork, command: LetRequestsGo) -> None:
    purge(unit, expired_requests(unit, RULES["requests"].cutoff(unit.now)))


_NEED_WORDS: Final = {
    RequestState.EXTENDED: "Say why it takes longer: the person is told (Art. 12(3)).",
    RequestState.ANSWERED: "Write the answer.",
    RequestState.REFUSED: "Say why it is refused, and that they can complain (Art. 12(4)).",
}


def _moved(unit: UnitOfWork, request: Request, state: RequestState, text: str) -> dict[str, JSON]:
    if state is RequestState.EXTENDED:
        if any(step.what.startswith(RequestState.EXTENDED.value) for step in request.log):
            raise Refused("It was extended already; that can be done once (Art. 12(3)).")
        return {"due_at": request.due_at + EXTENSION_DAYS * DAY}
    if state in (RequestState.ANSWERED, RequestState.REFUSED):
        return {"answer": text, "closed_at": unit.now}
    return {"closed_at": 0 if state.is_open else unit.now}


def _stop_marketing(unit: UnitOfWork) -> None:
    """An objection to marketing needs no decision: it holds at once (Art. 21(3); C32)."""
    acts = unit.list(Consent, member_id=unit.member.id)
    if is_given(acts, "marketing"):
        unit.insert(
            Consent(
                id=derived_id(str(unit.seq), "objection"), member_id=unit.member.id, purpose="marketing",
                given=False, version=CONSENTS["marketing"].version, source="objection", at=unit.now,
            )
        )  # fmt: skip
        unit.note("Marketing mail has ended with it.")


def _tell(unit: UnitOfWork, request: Request, state: RequestState, text: str) -> None:
    """The answer goes by mail too; to who is no member, that is the only way."""
    subject = unit.find(Member, request.subject_id)
    email = request.sender if subject is None else subject.email
    number, said = str(request.number), state.value
    post(unit, "answered", email, request.subject_id, number=number, state=said, answer=text)


def _step(unit: UnitOfWork, what: str) -> Step:
    return Step(at=unit.now, actor_id=unit.actor.user_id, what=what)
