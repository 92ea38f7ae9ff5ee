"""Mails of all tenants are found by one query, and only those tenants are opened that have some."""

from email import message_from_bytes
from pathlib import Path

import pytest

from engine.api import Acting, Engine
from engine.commands.invitations import Invite
from engine.commands.mails import LetMailsGo, NoteDelivery
from engine.identity.accounts import sign_up
from engine.identity.delivery import deliver_all
from engine.model.actor import Role
from engine.queries.members import MailsWaiting
from engine.store import mail_due
from engine.store.database import Database
from tests.engine.conftest import new_organization
from tests.engine.identity.people import fresh_address, later, somewhere, wish


async def invite(acting: Acting) -> str:
    address = fresh_address()
    await acting.execute(Invite(email=address, role=Role.MEMBER, token=f"secret {address}"))
    return address


async def test_of_many_tenants_only_those_with_mails_are_opened(
    engine: Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await deliver_all(engine, tmp_path)
    tenants = [await new_organization(engine) for _ in range(12)]
    addresses = [await invite(acting) for acting in tenants[:2]]
    opened: list[str | None] = []
    plain = Database.read

    async def counted(self: Database, organization_id: str | None, work: object) -> object:
        opened.append(organization_id)
        return await plain(self, organization_id, work)  # type: ignore[arg-type]

    monkeypatch.setattr(Database, "read", counted)
    assert await deliver_all(engine, tmp_path) == 2
    assert {one for one in opened if one} == {one.actor.organization_id for one in tenants[:2]}
    written = "".join(path.read_text() for path in tmp_path.glob("*.eml"))
    assert all(address in written for address in addresses)
    opened.clear()
    assert await deliver_all(engine, tmp_path) == 0
    assert opened == [None], "one query, whatever the number of tenants"


@pytest.mark.parametrize(
    ("served_at", "confirming", "accepting"),
    [
        (None, "conneqtos account confirm CODE", "conneqtos account accept CODE"),
        (
            "https://boards.example.org",
            "conneqtos sync confirm https://boards.example.org CODE",
            "conneqtos sync join https://boards.example.org DIR --email YOURS --invitation CODE",
        ),
    ],
)
async def test_a_mail_says_what_to_do_with_its_code_where_the_store_is(
    engine: Engine, acting: Acting, tmp_path: Path, served_at: str | None, confirming: str, accepting: str
) -> None:  # fmt: skip
    engine.served_at = served_at
    await sign_up(engine, somewhere(), wish(fresh_address()))
    await invite(acting)
    await deliver_all(engine, tmp_path)
    written = [message_from_bytes(path.read_bytes()) for path in tmp_path.glob("*.eml")]
    for subject, how in (("Confirm your address", confirming), ("You are invited", accepting)):
        mail = next(one for one in written if one["Subject"].startswith(subject))
        bodies = [
            str(part.get_payload(decode=True), "utf-8").replace("\n", " ")
            for part in mail.walk() if not part.is_multipart()
        ]  # fmt: skip
        assert len(bodies) == 2 and all(how in body and "{" not in body for body in bodies)


async def test_a_mail_that_comes_while_others_are_handed_over_is_not_forgotten(
    engine: Engine, acting: Acting, tmp_path: Path
) -> None:
    await invite(acting)
    system = engine.as_system(acting.actor.organization_id)
    first = await system.query(MailsWaiting())
    await invite(acting)
    await system.execute(NoteDelivery(mail_ids=tuple(mail.id for mail in first)))
    assert acting.actor.organization_id in await engine.across(mail_due.tenants)
    assert await deliver_all(engine, tmp_path) >= 1
    assert acting.actor.organization_id not in await engine.across(mail_due.tenants)


async def test_a_tenant_whose_mails_were_let_go_is_not_asked_for_ever(
    engine: Engine, acting: Acting, tmp_path: Path
) -> None:
    await invite(acting)
    later(engine, 31)
    await acting.execute(LetMailsGo())
    await deliver_all(engine, tmp_path)
    assert acting.actor.organization_id not in await engine.across(mail_due.tenants)
