"""What the actor has asked for about their own data, what a deletion would do, and the queue of requests."""

from msgspec import Struct

from engine.model.actor import Role
from engine.model.organization import Organization
from engine.model.rights import Consent, Deletion, Disclosure, Hold, Request
from engine.privacy.consent import CONSENTS, Consentable, is_given
from engine.privacy.erasure import is_only_owner
from engine.privacy.inventory import KINDS, Fate
from engine.privacy.policy import CONTACTS, authority
from engine.privacy.requests import KINDS as REQUEST_KINDS
from engine.privacy.requests import RequestKind, overdue, to_remind_of
from engine.queries.registry import Query, answers
from engine.store.personal import count_own
from engine.store.reading import Reading


class Agreement(Struct, frozen=True, kw_only=True):
    """Something to consent to, whether it is given now, and what was said before, the newest first."""

    purpose: str
    about: Consentable
    given: bool
    history: tuple[Consent, ...]


class Rights(Struct, frozen=True, kw_only=True):
    """`deletion_due_at`, `restricted_at` and `closing_at` are 0 where nothing of the kind is so. `hold` is a legal
    hold on the actor; `holds` all of them, for owners and the Data Protection Officer (`officer`, by name). While `anybody_held` the organization cannot end."""

    name: str
    organization: str
    deletion_due_at: int
    restricted_at: int
    closing_at: int
    hold: Hold | None
    holds: tuple[Hold, ...]
    anybody_held: bool
    is_owner: bool
    is_only_owner: bool
    agreements: tuple[Agreement, ...]
    authority: str
    contacts: dict[str, str]
    requests: tuple[Request, ...]
    answers_requests: bool
    officer: str


class Fated(Struct, frozen=True, kw_only=True):
    """What becomes of the records of one kind when the actor is deleted."""

    kind: str
    title: str
    count: int
    fate: Fate
    why_kept: str


class MyRights(Query[Rights], frozen=True, kw_only=True):
    """How it stands with the actor's rights; `country` (two letters) says where they would complain."""

    country: str = ""


class Disclosures(Query[list[Disclosure]], frozen=True, kw_only=True):
    """Releases of personal data, the newest first: for owners and the Data Protection Officer all of them, for others
    those of themselves that may be told."""


class DeletionPreview(Query[list[Fated]], frozen=True, kw_only=True):
    """What a deletion of the actor would erase and what it would leave, and why; nothing is changed."""


class RequestQueue(Query[list[Request]], frozen=True, kw_only=True):
    """Requests of the organization for owners and admins, of the actor for others: the open ones first, the most
    pressing first."""


class RequestKinds(Query[dict[str, RequestKind]], frozen=True, kw_only=True):
    """What can be asked for, by key."""


class RequestsToRemindOf(Query[list[str]], frozen=True, kw_only=True):
    """Ids of the requests whose day comes near, and of which nobody was reminded yet."""


class OverdueRequests(Query[list[str]], frozen=True, kw_only=True):
    """Ids of the requests whose day has passed and of which that was not noted yet."""


@answers(MyRights, within_board=False)
def my_rights(reading: Reading, query: MyRights) -> Rights:
    member = reading.member
    tenant = reading.get(Organization, reading.actor.organization_id)
    pending = reading.find(Deletion, member.id)
    holds = tuple(reading.list(Hold))
    acts = sorted(reading.list(Consent, member_id=member.id), key=lambda act: -act.at)
    return Rights(
        name=member.name, organization=tenant.name,
        deletion_due_at=0 if pending is None else pending.due_at,
        restricted_at=member.restricted_at, closing_at=tenant.closing_at,
        hold=reading.find(Hold, member.id), anybody_held=bool(holds),
        holds=holds if member.role is Role.OWNER or tenant.dpo_id == member.id else (),
        is_owner=member.role is Role.OWNER, is_only_owner=is_only_owner(reading, member),
        agreements=tuple(
            Agreement(
                purpose=purpose, about=about, given=is_given(acts, purpose),
                history=tuple(act for act in acts if act.purpose == purpose),
            )
            for purpose, about in CONSENTS.items()
        ),
        authority=authority(query.country), contacts=CONTACTS,
        requests=tuple(_pressing(reading.list(Request, subject_id=member.id))),
        answers_requests=reading.answers_requests, officer=reading.people.get(tenant.dpo_id, ""),
    )  # fmt: skip


@answers(Disclosures, within_board=False, on_server=True)
def disclosures(reading: Reading, query: Disclosures) -> list[Disclosure]:
    if reading.answers_requests:
        found = reading.list(Disclosure)
    else:
        mine = reading.list(Disclosure, subject_id=reading.member.id)
        found = [one for one in mine if one.hidden_until <= reading.now]
    return sorted(found, key=lambda one: (-one.at, one.id))


@answers(DeletionPreview, within_board=False, on_server=True)
def deletion_preview(reading: Reading, query: DeletionPreview) -> list[Fated]:
    return [
        Fated(
            kind=kind.name, title=kind.title, count=count_own(reading, kind.record, kind.by),
            fate=kind.fate, why_kept=kind.why_kept,
        )
        for kind in KINDS.values()
    ]  # fmt: skip


@answers(RequestQueue, within_board=False, on_server=True)
def request_queue(reading: Reading, query: RequestQueue) -> list[Request]:
    if reading.answers_requests:
        return _pressing(reading.list(Request))
    return _pressing(reading.list(Request, subject_id=reading.member.id))


@answers(RequestKinds, within_board=False)
def request_kinds(reading: Reading, query: RequestKinds) -> dict[str, RequestKind]:
    return REQUEST_KINDS


@answers(RequestsToRemindOf, role="owner", within_board=False)
def requests_to_remind_of(reading: Reading, query: RequestsToRemindOf) -> list[str]:
    return [request.id for request in to_remind_of(reading)]


@answers(OverdueRequests, role="owner", within_board=False)
def overdue_requests(reading: Reading, query: OverdueRequests) -> list[str]:
    return [request.id for request in overdue(reading)]


def _pressing(requests: list[Request]) -> list[Request]:
    return sorted(requests, key=lambda one: (not one.state.is_open, one.due_at, one.number))
