"""The end of an account: 7 days of grace, then nothing of the person is left in any organization, nor in itself."""

from email import message_from_bytes
from pathlib import Path

import pytest

from engine.api import Engine
from engine.commands.account_deletion import KeepAccount
from engine.commands.boards import CreateBoard
from engine.commands.holds import LiftHold, SetHold
from engine.commands.members import EditPerson
from engine.commands.membership import HandOver, LeaveOrganization
from engine.errors import NotFound, NotSignedIn, Refused
from engine.identity.accounts import ask_reset
from engine.identity.api_keys import KeyCheck, make
from engine.identity.delivery import deliver
from engine.identity.ending import ask_deletion, end_due
from engine.identity.organizations import create
from engine.identity.sessions import as_account, by_token, enter, sign_in
from engine.model.actor import Role, Scope
from engine.queries.accounts import AboutMyAccount
from engine.queries.home import People
from engine.store.directory import EMAIL
from tests.engine.identity.people import (
    PASSWORD,
    confirmed,
    fresh_address,
    later,
    me,
    signed_up,
    somewhere,
)
from tests.engine.identity.test_organizations import joined, team
from tests.policy.bytes_of import stored_bytes


@pytest.fixture
def outbox(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where mails are handed over: outside the store."""
    return tmp_path_factory.mktemp("outbox")


async def test_it_asks_for_the_password_and_ends_other_sessions_and_keys_at_once(
    engine: Engine,
) -> None:
    owner, _, _ = await team(engine)
    member, signed, email = await joined(engine, owner)
    key = await make(member, "script", Scope.READ)
    check = KeyCheck(engine)
    await check.actor(somewhere(), key)
    _, other = await sign_in(engine, somewhere(), email, PASSWORD)
    account = as_account(engine, somewhere(), signed)
    with pytest.raises(NotSignedIn):
        await ask_deletion(engine, somewhere(), signed, account, "not the password")
    await ask_deletion(engine, somewhere(), signed, account, PASSWORD)
    about = await account.query(AboutMyAccount())
    assert about.closing_at and [one.id for one in about.devices] == [signed.session_id]
    with pytest.raises(NotSignedIn):
        await by_token(engine, somewhere(), other)
    with pytest.raises(NotSignedIn):
        await check.actor(somewhere(), key)
    with pytest.raises(Refused, match="already"):
        await ask_deletion(engine, somewhere(), signed, account, PASSWORD)


async def test_it_can_be_cancelled_by_signing_in_and_saying_so(
    engine: Engine, tmp_path: Path
) -> None:
    signed, _, account = await signed_up(engine)
    email = (await account.query(AboutMyAccount())).email
    await ask_deletion(engine, somewhere(), signed, account, PASSWORD)
    later(engine, 6.9)
    again, _ = await sign_in(engine, somewhere(), email, PASSWORD)
    await as_account(engine, somewhere(), again).execute(KeepAccount())
    later(engine, 30)
    assert again.account_id not in await end_due(engine, tmp_path)
    await sign_in(engine, somewhere(), email, PASSWORD)
    with pytest.raises(NotFound):
        await account.execute(KeepAccount())


async def test_the_only_owner_hands_over_or_closes_first(engine: Engine) -> None:
    owner, _, signed = await team(engine)
    account = as_account(engine, somewhere(), signed)
    with pytest.raises(Refused, match="only owner of “Team”"):
        await ask_deletion(engine, somewhere(), signed, account, PASSWORD)
    member, _, _ = await joined(engine, owner)
    await owner.execute(HandOver(member_id=(await me(member)).id))
    await ask_deletion(engine, somewhere(), signed, account, PASSWORD)


async def test_after_the_grace_no_byte_of_the_person_is_left_anywhere(
    engine: Engine, outbox: Path
) -> None:
    owner, _, _ = await team(engine)
    email = fresh_address()
    member, signed, _ = await joined(engine, owner)
    account = as_account(engine, somewhere(), signed)
    canary = f"Canary {email.split('@')[0]}"
    await member.execute(EditPerson(member_id=(await me(member)).id, name=canary))
    await account.execute(EditPerson(member_id=signed.account_id, name=canary))
    board = CreateBoard(name="Theirs")
    await member.execute(board)
    address = (await account.query(AboutMyAccount())).email
    await ask_reset(engine, somewhere(), address)
    assert (canary.encode() in await stored_bytes(owner)) is True
    await ask_deletion(engine, somewhere(), signed, account, PASSWORD)
    await deliver(engine, signed.account_id, outbox)
    later(engine, 7.01)
    assert signed.account_id in await end_due(engine, outbox)
    for tenant in (owner, engine.as_system(signed.account_id)):
        left = await stored_bytes(tenant)
        assert [word for word in (canary, address) if word.encode() in left] == []
        assert (await tenant.verify_audit()).bad_number is None
    assert await engine.tenant_of(EMAIL, address) is None
    with pytest.raises(NotSignedIn):
        await sign_in(engine, somewhere(), address, PASSWORD)
    names = [person.name for person in await owner.query(People()) if person.erased_at]
    assert len(names) == 1 and names[0].startswith("Former member ")
    left_of_mails = [path for path in outbox.iterdir() if address.encode() in path.read_bytes()]
    assert len(left_of_mails) == 1 and b"was deleted" in left_of_mails[0].read_bytes()
    assert not await end_due(engine, outbox), "a second run has nothing to do"
    again = await confirmed(engine, address)
    assert again == address, "the address is free again"


async def test_a_legal_hold_in_one_organization_keeps_the_account_until_it_is_lifted(
    engine: Engine, tmp_path: Path
) -> None:
    owner, _, _ = await team(engine)
    member, signed, email = await joined(engine, owner)
    account = as_account(engine, somewhere(), signed)
    them = (await me(member)).id
    await ask_deletion(engine, somewhere(), signed, account, PASSWORD)
    await owner.execute(SetHold(member_id=them, reason="a court asks"))
    later(engine, 8)
    assert signed.account_id not in await end_due(engine, tmp_path)
    await sign_in(engine, somewhere(), email, PASSWORD)
    await owner.execute(LiftHold(member_id=them))
    assert signed.account_id in await end_due(engine, tmp_path)


async def test_who_has_left_an_organization_is_erased_there_too(
    engine: Engine, outbox: Path
) -> None:
    owner, organization, _ = await team(engine)
    member, signed, _ = await joined(engine, owner)
    canary = f"Canary {fresh_address()}"
    await member.execute(EditPerson(member_id=(await me(member)).id, name=canary))
    await member.execute(LeaveOrganization())
    account = as_account(engine, somewhere(), signed)
    with pytest.raises(NotFound):
        await enter(engine, somewhere(), signed, organization)
    assert (canary.encode() in await stored_bytes(owner)) is True
    await ask_deletion(engine, somewhere(), signed, account, PASSWORD)
    later(engine, 7.01)
    assert signed.account_id in await end_due(engine, outbox)
    assert (canary.encode() in await stored_bytes(owner)) is False


async def test_organizations_that_are_gone_do_not_stand_in_the_way(engine: Engine) -> None:
    owner, _, _ = await team(engine)
    member, signed, _ = await joined(engine, owner, Role.OWNER)
    from engine.commands.membership import RemoveMember

    await owner.execute(RemoveMember(member_id=(await me(member)).id))
    account = as_account(engine, somewhere(), signed)
    await ask_deletion(engine, somewhere(), signed, account, PASSWORD)
    assert (await account.query(AboutMyAccount())).closing_at


async def test_a_mail_is_a_file_that_only_its_owner_reads_and_its_words_are_forgotten(
    engine: Engine, outbox: Path
) -> None:
    signed, _, account = await signed_up(engine, name="Ada <b>Bold</b>\x1b[31m")
    before = len(await _files(outbox))
    assert await deliver(engine, signed.account_id, outbox) > 0
    assert await deliver(engine, signed.account_id, outbox) == 0
    files = await _files(outbox)
    assert len(files) > before and all(path.stat().st_mode & 0o077 == 0 for path in files)
    message = message_from_bytes(files[0].read_bytes())
    parts = {part.get_content_type() for part in message.walk()}
    assert {"text/plain", "text/html"} <= parts
    assert message["To"] == (await account.query(AboutMyAccount())).email
    shown = files[0].read_text()
    assert "http" not in shown, "nothing remote is in a mail (C44)"
    assert (b"cqm_" in await stored_bytes(account)) is False


async def test_an_invitation_escapes_what_people_are_called(engine: Engine, tmp_path: Path) -> None:
    from engine.identity.organizations import invite

    signed, _, _ = await signed_up(engine, name="Ada <script>alert(1)</script>")
    organization = await create(engine, somewhere(), signed, "A & B\r\nBcc: x@example.org")
    owner = await enter(engine, somewhere(), signed, organization)
    await invite(owner, fresh_address(), Role.MEMBER)
    await deliver(engine, organization, tmp_path)
    message = message_from_bytes((await _files(tmp_path))[0].read_bytes())
    assert message["Bcc"] is None
    html = next(part for part in message.walk() if part.get_content_type() == "text/html")
    said = html.get_payload(decode=True)
    assert isinstance(said, bytes) and b"<script>" not in said and b"&lt;script&gt;" in said


async def _files(folder: Path) -> list[Path]:
    return sorted(folder.glob("*.eml")) if folder.exists() else []


async def test_an_account_whose_address_nobody_confirmed_is_gone_after_a_week(
    engine: Engine, outbox: Path
) -> None:
    from engine.identity.accounts import sign_up
    from tests.engine.identity.people import account_of, wish

    email = fresh_address()
    await sign_up(engine, somewhere(), wish(email))
    tenant = await account_of(engine, email)
    later(engine, 6.9)
    assert tenant not in await end_due(engine, outbox)
    later(engine, 0.2)
    assert tenant in await end_due(engine, outbox)
    assert await engine.tenant_of(EMAIL, email) is None
    assert not [path for path in outbox.iterdir() if email.encode() in path.read_bytes()]
