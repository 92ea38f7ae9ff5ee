"""What is told by mail when its time comes, releases of data, and the Data Protection Officer (C17, C35, C46)."""

import pytest

from engine.api import Acting
from engine.commands.disclosures import AppointOfficer, RecordDisclosure
from engine.commands.holds import SetHold
from engine.commands.members import EditPerson, SetRole
from engine.commands.requests import FileRequest, WorkOnRequest
from engine.commands.restriction import RestrictProcessing
from engine.errors import Forbidden, Invalid
from engine.model.account import Mail
from engine.model.actor import Role
from engine.model.rights import RequestState
from engine.privacy.versions import Version
from engine.queries.members import MailsWaiting
from engine.queries.privacy import OwnRecords
from engine.queries.rights import Disclosures, MyRights, RequestQueue
from engine.retaining import run_retention
from tests.engine.members import colleague
from tests.policy.conftest import DAY, another_owner, later
from tests.policy.test_policy import two_versions

__all__ = ["two_versions"]


async def waiting(acting: Acting) -> list[Mail]:
    return await acting.engine.as_system(acting.actor.organization_id).query(MailsWaiting())


async def with_mail(person: Acting, email: str) -> Acting:
    await person.execute(EditPerson(member_id=person.actor.user_id, email=email))
    return person


async def test_c46_every_owner_is_told_by_mail_once_and_a_new_one_in_the_meantime_too(
    acting: Acting, two_versions: Version
) -> None:
    await with_mail(acting, "first@example.org")
    await with_mail(await colleague(acting, "No owner"), "member@example.org")
    await run_retention(acting)
    await run_retention(acting)
    assert [mail.address for mail in await waiting(acting)] == ["first@example.org"]
    mail = (await waiting(acting))[0]
    assert two_versions.effective.isoformat() in mail.subject and two_versions.changes in mail.text
    second = await another_owner(acting)
    await with_mail(second, "second@example.org")
    later(acting, 5)
    await run_retention(acting)
    assert [mail.address for mail in await waiting(acting)] == [
        "first@example.org", "second@example.org",
    ]  # fmt: skip


async def test_c46_nobody_is_told_once_it_holds(acting: Acting, two_versions: Version) -> None:
    later(acting, 31)
    await with_mail(acting, "first@example.org")
    await run_retention(acting)
    assert not await waiting(acting)


async def test_c35_who_answers_is_reminded_after_20_25_and_29_days(acting: Acting) -> None:
    await with_mail(acting, "owner@example.org")
    await with_mail(await colleague(acting, "Bystander"), "bystander@example.org")
    await acting.execute(FileRequest(request_kind="other", text="Is anybody there?"))
    counts = []
    for days in (19.5, 1, 4, 1, 3.8, 0.4):
        later(acting, days)
        await run_retention(acting)
        await run_retention(acting)
        counts.append(len(await waiting(acting)))
    assert counts == [0, 1, 1, 2, 3, 3]
    assert {mail.address for mail in await waiting(acting)} == {"owner@example.org"}
    (request,) = await acting.query(RequestQueue())
    assert sum(step.what.startswith("reminded") for step in request.log) == 3


async def test_c35_the_answer_goes_by_mail_to_members_and_to_who_wrote_a_mail(
    acting: Acting,
) -> None:
    theirs = await with_mail(await colleague(acting), "member@example.org")
    mine = FileRequest(request_kind="access", text="A copy please")
    await theirs.execute(mine)
    by_mail = FileRequest(
        request_kind="other", text="GDPR Request", sender="outside@example.org", received_at=DAY
    )
    await acting.execute(by_mail)
    for request in (mine, by_mail):
        answer = WorkOnRequest(
            request_id=request.request_id, to=RequestState.REFUSED, text="We cannot: <b>law</b>"
        )
        await acting.execute(answer)
    mails = {mail.address: mail for mail in await waiting(acting)}
    assert set(mails) == {"member@example.org", "outside@example.org"}
    said = mails["outside@example.org"]
    assert "ico.org.uk" in said.text, "every refusal says where to complain (C34)"
    assert "&lt;b&gt;law" in said.html


async def test_c30_who_has_restricted_their_data_gets_no_mail_they_did_not_ask_for(
    acting: Acting, two_versions: Version
) -> None:
    await with_mail(acting, "owner@example.org")
    await acting.execute(FileRequest(request_kind="other", text="Is anybody there?"))
    await acting.execute(RestrictProcessing())
    system = acting.engine.as_system(acting.actor.organization_id)
    later(acting, 21)
    await run_retention(system)
    assert not await waiting(acting)


async def test_c17_a_release_to_an_authority_is_on_record_and_the_person_sees_it(
    acting: Acting,
) -> None:
    theirs = await colleague(acting)
    release = RecordDisclosure(
        member_id=theirs.actor.user_id, recipient="District court", ground="Order 12/26",
        what="name and addresses of May",
    )  # fmt: skip
    with pytest.raises(Forbidden):
        await theirs.execute(release)
    await acting.execute(release)
    (seen,) = await theirs.query(Disclosures())
    assert (seen.recipient, seen.ground) == ("District court", "Order 12/26")
    exported = (await theirs.query(OwnRecords(data_kind="disclosures"))).records
    assert len(exported) == 1 and "recorded_by" not in exported[0]
    with pytest.raises(Invalid, match="ground"):
        await acting.execute(RecordDisclosure(**{**fields(release), "ground": " "}))


async def test_c17_while_a_court_forbids_to_tell_the_person_does_not_see_it(acting: Acting) -> None:
    theirs = await colleague(acting)
    until = acting.engine.now() + 10 * DAY
    await acting.execute(
        RecordDisclosure(
            member_id=theirs.actor.user_id, recipient="District court", ground="Order 13/26", what="all",
            hidden_until=until,
        )
    )  # fmt: skip
    assert not await theirs.query(Disclosures())
    assert not (await theirs.query(OwnRecords(data_kind="disclosures"))).records
    assert len(await acting.query(Disclosures())) == 1
    later(acting, 11)
    assert len(await theirs.query(Disclosures())) == 1
    assert len((await theirs.query(OwnRecords(data_kind="disclosures"))).records) == 1


async def test_the_officer_answers_and_holds_whatever_their_role_and_nobody_else_does(
    acting: Acting,
) -> None:
    officer, other = await colleague(acting, "Officer", Role.VIEWER), await colleague(acting)
    ask = FileRequest(request_kind="access", text="A copy please")
    await other.execute(ask)
    assert not await officer.query(RequestQueue())
    await acting.execute(AppointOfficer(member_id=officer.actor.user_id))
    assert [one.number for one in await officer.query(RequestQueue())] == [1]
    rights = await officer.query(MyRights())
    assert rights.answers_requests and rights.officer == "Officer"
    await officer.execute(
        WorkOnRequest(request_id=ask.request_id, to=RequestState.ANSWERED, text="Here it is.")
    )
    await officer.execute(SetHold(member_id=other.actor.user_id, reason="a court asks"))
    with pytest.raises(Forbidden):
        await other.execute(SetHold(member_id=officer.actor.user_id, reason="no"))
    with pytest.raises(Forbidden):
        await officer.execute(SetRole(member_id=other.actor.user_id, role=Role.VIEWER))
    await acting.execute(AppointOfficer(member_id=""))
    assert not (await officer.query(MyRights())).answers_requests


def fields(command: RecordDisclosure) -> dict[str, str]:
    return {
        name: getattr(command, name) for name in ("member_id", "recipient", "ground", "what")
    }  # fmt: skip
