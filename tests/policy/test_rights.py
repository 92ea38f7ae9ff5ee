"""Restriction, objection, consents and requests: recorded, in force at once, and with their history (C16, C18, C30–C35)."""

from typing import Any

import pytest

from engine.api import Acting
from engine.commands.consents import SetConsent
from engine.commands.deletion import AskDeletion
from engine.commands.items import RenameItem
from engine.commands.members import EditPerson
from engine.commands.privacy import NotePersonalExport
from engine.commands.requests import FileRequest, WorkOnRequest
from engine.commands.restriction import LiftRestriction, RestrictProcessing
from engine.errors import ConneqtError, Forbidden, Invalid, Refused
from engine.model.actor import Role
from engine.model.rights import Consent, RequestState
from engine.privacy.consent import CONSENTS, is_given
from engine.privacy.policy import authority
from engine.privacy.requests import KINDS
from engine.queries.audit import AuditChain
from engine.queries.board_view import OpenBoard
from engine.queries.home import People
from engine.queries.privacy import OwnRecords
from engine.queries.rights import MyRights, RequestQueue
from engine.retaining import run_retention
from tests.engine.boards import sample_board
from tests.engine.members import colleague
from tests.policy.conftest import DAY, later

# -- restriction --------------------------------------------------------------------------------------


async def test_c30_what_is_restricted_is_kept_and_nothing_is_written(acting: Acting) -> None:
    board = await sample_board(acting, items=1)
    theirs = await colleague(acting)
    await theirs.execute(RestrictProcessing())
    with pytest.raises(Refused, match="restricted at your wish"):
        await theirs.execute(RenameItem(item_id=board.items[0], name="x"))
    with pytest.raises(Refused, match="restricted already"):
        await theirs.execute(RestrictProcessing())
    with pytest.raises(Refused, match="restricted"):
        await acting.execute(EditPerson(member_id=theirs.actor.user_id, name="Somebody else"))
    assert (await theirs.query(MyRights())).name == "Colleague"
    assert "Colleague" not in repr(await acting.query(People()))
    assert "Colleague" not in repr(await acting.query(OpenBoard(board_id=board.board)))
    await theirs.execute(LiftRestriction())
    assert "Colleague" in repr(await acting.query(People()))
    await theirs.execute(RenameItem(item_id=board.items[0], name="x"))


async def test_c30_ones_rights_can_be_used_while_restricted(acting: Acting) -> None:
    theirs = await colleague(acting)
    await theirs.execute(SetConsent(purpose="marketing", given=True))
    await theirs.execute(RestrictProcessing())
    await theirs.execute(SetConsent(purpose="marketing", given=False))
    await theirs.execute(NotePersonalExport())
    await theirs.execute(FileRequest(request_kind="other", text="A question"))
    await theirs.execute(AskDeletion(confirm="Colleague"))
    with pytest.raises(Refused, match="nothing new"):
        await theirs.execute(SetConsent(purpose="marketing", given=True))


async def test_c30_only_the_person_lifts_what_they_asked_for(acting: Acting) -> None:
    theirs = await colleague(acting)
    await theirs.execute(RestrictProcessing())
    with pytest.raises(Refused, match="not restricted"):
        await acting.execute(LiftRestriction())
    assert (await theirs.query(MyRights())).restricted_at


# -- consents -----------------------------------------------------------------------------------------


async def test_c18_nothing_is_consented_to_before_somebody_says_so(acting: Acting) -> None:
    rights = await acting.query(MyRights())
    assert {one.purpose for one in rights.agreements} == set(CONSENTS)
    assert not any(one.given or one.history for one in rights.agreements)


async def test_c33_consent_is_withdrawn_as_it_is_given_and_its_history_is_kept(
    acting: Acting,
) -> None:
    await acting.execute(SetConsent(purpose="marketing", given=True, source="app"))
    with pytest.raises(Refused, match="so already"):
        await acting.execute(SetConsent(purpose="marketing", given=True))
    await acting.execute(SetConsent(purpose="marketing", given=False, source="command line"))
    (marketing,) = (await acting.query(MyRights())).agreements
    assert not marketing.given
    assert [(act.given, act.source) for act in marketing.history] == [
        (False, "command line"), (True, "app"),
    ]  # fmt: skip
    assert all(act.version and act.at for act in marketing.history)
    with pytest.raises(Invalid, match="no purpose"):
        await acting.execute(SetConsent(purpose="everything", given=True))


def test_c18_consent_to_older_words_is_none_to_the_words_of_today() -> None:
    act = Consent(
        id="1", member_id="m", purpose="marketing", given=True, version="0", source="", at=1
    )
    assert not is_given([act], "marketing")


# -- requests -----------------------------------------------------------------------------------------


async def test_c35_a_request_has_a_number_and_thirty_days(acting: Acting) -> None:
    theirs = await colleague(acting)
    await theirs.execute(FileRequest(request_kind="access", text="A copy please"))
    await acting.execute(
        FileRequest(
            request_kind="other", text="GDPR Request", sender="x@example.org", received_at=DAY
        )
    )
    first, second = await acting.query(RequestQueue())
    assert (first.number, second.number) == (2, 1)  # the more pressing one first
    assert second.due_at - second.received_at == first.due_at - first.received_at == 30 * DAY
    assert first.sender == "x@example.org" and not first.subject_id
    assert second.subject_id == theirs.actor.user_id
    assert [one.number for one in await theirs.query(RequestQueue())] == [1]


async def test_c35_only_owners_and_admins_answer_and_only_who_asked_withdraws(
    acting: Acting,
) -> None:
    theirs, other = await colleague(acting), await colleague(acting, "Other")
    ask = FileRequest(request_kind="rectification", text="My name is wrong")
    await theirs.execute(ask)
    for person, to in ((theirs, RequestState.ANSWERED), (other, RequestState.WITHDRAWN)):
        with pytest.raises(Forbidden):
            await person.execute(WorkOnRequest(request_id=ask.request_id, to=to, text="x"))
    with pytest.raises(Forbidden):
        await theirs.execute(FileRequest(request_kind="other", text="x", sender="y@example.org"))
    with pytest.raises(Invalid, match="Write the answer"):
        await acting.execute(WorkOnRequest(request_id=ask.request_id, to=RequestState.ANSWERED))
    await acting.execute(
        WorkOnRequest(request_id=ask.request_id, to=RequestState.ANSWERED, text="It is corrected.")
    )
    (answered,) = await theirs.query(RequestQueue())
    assert answered.answer == "It is corrected." and answered.closed_at
    assert [step.what for step in answered.log] == ["filed", "answered: It is corrected."]
    with pytest.raises(Refused, match="closed"):
        await theirs.execute(WorkOnRequest(request_id=ask.request_id, to=RequestState.WITHDRAWN))


async def test_c35_it_is_extended_once_with_a_reason(acting: Acting) -> None:
    ask = FileRequest(request_kind="other", text="Something complex")
    await acting.execute(ask)
    longer = WorkOnRequest(request_id=ask.request_id, to=RequestState.EXTENDED, text="Many boards")
    with pytest.raises(Invalid, match="why it takes longer"):
        await acting.execute(WorkOnRequest(request_id=ask.request_id, to=RequestState.EXTENDED))
    await acting.execute(longer)
    with pytest.raises(Refused, match="once"):
        await acting.execute(longer)
    (request,) = await acting.query(RequestQueue())
    assert request.due_at - request.received_at == 90 * DAY


async def test_c35_what_is_late_is_audited_once(acting: Acting) -> None:
    ask = FileRequest(request_kind="other", text="Is anybody there?")
    await acting.execute(ask)
    later(acting, 29.9)
    await run_retention(acting)
    later(acting, 0.2)
    await run_retention(acting)
    await run_retention(acting)
    told = [entry for entry in await acting.query(AuditChain()) if entry.name == "request.overdue"]
    assert [entry.detail["requests"] for entry in told] == [[1]]
    (late,) = await acting.query(RequestQueue())
    assert late.state is RequestState.RECEIVED and late.log[-1].what == "not answered in time"


async def test_c26_an_answered_request_goes_after_two_years(acting: Acting) -> None:
    done, waiting = (FileRequest(request_kind="other", text=text) for text in ("done", "waiting"))
    await acting.execute(done)
    await acting.execute(waiting)
    await acting.execute(
        WorkOnRequest(request_id=done.request_id, to=RequestState.ANSWERED, text="Yes.")
    )
    later(acting, 729)
    await run_retention(acting)
    assert len(await acting.query(RequestQueue())) == 2
    later(acting, 3)
    await run_retention(acting)
    assert [one.text for one in await acting.query(RequestQueue())] == ["waiting"]


async def test_c16_c32_an_objection_is_decided_with_a_reason_that_the_person_sees(
    acting: Acting,
) -> None:
    theirs = await colleague(acting)
    objection = FileRequest(request_kind="objection", text="Not my address in the audit trail")
    await theirs.execute(objection)
    with pytest.raises(Invalid, match="why it is refused"):
        await acting.execute(
            WorkOnRequest(request_id=objection.request_id, to=RequestState.REFUSED)
        )
    await acting.execute(
        WorkOnRequest(
            request_id=objection.request_id, to=RequestState.REFUSED, text="Fraud case open"
        )
    )
    (seen,) = (await theirs.query(MyRights())).requests
    assert (seen.state, seen.answer) == (RequestState.REFUSED, "Fraud case open")


async def test_c21_c45_safeguards_and_people_under_16_have_requests_of_their_own() -> None:
    assert KINDS["safeguards"].article == "Art. 46"
    assert KINDS["under_age"].article == "Art. 8"


async def test_requests_that_make_no_sense_are_refused_in_words(acting: Acting) -> None:
    for ask in (
        FileRequest(request_kind="money", text="x"),
        FileRequest(request_kind="other", text="  \x1b "),
        FileRequest(request_kind="other", text="x", received_at=10**15),
    ):
        with pytest.raises(ConneqtError):
            await acting.execute(ask)
    assert not await acting.query(RequestQueue())


# -- access, correction, complaint ----------------------------------------------------------------------


async def test_c28_every_field_of_the_profile_can_be_corrected_by_oneself(acting: Acting) -> None:
    theirs = await colleague(acting, role=Role.GUEST)
    me = theirs.actor.user_id
    await theirs.execute(EditPerson(member_id=me, name="New", email="n@example.org", color="red"))
    (profile,) = (await theirs.query(OwnRecords(data_kind="profile"))).records
    assert (profile["name"], profile["email"], profile["color"]) == ("New", "n@example.org", "red")
    changed = [e for e in await acting.query(AuditChain()) if e.name == "member.changed"]
    assert len(changed) == 1 and "Colleague" not in str(changed)


async def test_what_one_asked_for_is_in_ones_own_export(acting: Acting) -> None:
    await acting.execute(SetConsent(purpose="marketing", given=True, source="app"))
    await acting.execute(FileRequest(request_kind="other", text="canary"))
    (consent,) = (await acting.query(OwnRecords(data_kind="consents"))).records
    (request,) = (await acting.query(OwnRecords(data_kind="requests"))).records
    assert consent["purpose"] == "marketing" and request["text"] == "canary"
    assert str(request["due_at"]).endswith("Z")


@pytest.mark.parametrize(
    ("country", "named"),
    [("GB", "ico.org.uk"), ("DE", "edpb.europa.eu"), ("FR", "edpb.europa.eu"), ("", "ico.org.uk")],
)
def test_c34_the_authority_to_complain_to_goes_by_country(country: str, named: str) -> None:
    assert named in authority(country)


async def test_nobody_else_learns_who_is_restricted_or_will_be_deleted(acting: Acting) -> None:
    theirs, other = await colleague(acting), await colleague(acting, "Other")
    await theirs.execute(FileRequest(request_kind="other", text="private"))
    await theirs.execute(AskDeletion(confirm="Colleague"))
    queries: tuple[Any, ...] = (
        MyRights(), RequestQueue(), OwnRecords(data_kind="deletion"), People(),
    )  # fmt: skip
    for query in queries:
        answer = repr(await other.query(query))
        assert "private" not in answer and "due_at=1" not in answer


async def test_c32_an_objection_ends_marketing_at_once_and_is_decided_by_itself(
    acting: Acting,
) -> None:
    await acting.execute(SetConsent(purpose="marketing", given=True, source="app"))
    await acting.execute(FileRequest(request_kind="objection", text="No more of that"))
    agreement = (await acting.query(MyRights())).agreements[0]
    assert not agreement.given
    assert [act.source for act in agreement.history] == ["objection", "app"]
    (request,) = await acting.query(RequestQueue())
    assert request.state is RequestState.RECEIVED
