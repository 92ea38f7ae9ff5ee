"""The clauses about accounts, from signing up to the audit chain, on both databases."""

import re
from email import message_from_bytes
from pathlib import Path

import pytest
from sqlalchemy import Connection, select

from engine.api import Acting, Engine
from engine.commands.consents import SetConsent
from engine.commands.members import EditPerson, RenameOrganization
from engine.errors import Invalid, NotSignedIn, Refused, TooMany
from engine.identity.accounts import (
    UNDER_16,
    ask_address_change,
    change_password,
    confirm_address,
    sign_up,
)
from engine.identity.api_keys import KeyCheck, make
from engine.identity.caller import Caller
from engine.identity.delivery import deliver
from engine.identity.keeping import keep_house
from engine.identity.limits import LIMITS, limited
from engine.identity.organizations import accept, invite, preview
from engine.identity.sessions import as_account, by_token, sign_in
from engine.mail.templates import TEMPLATES, write
from engine.model.actor import Role, Scope
from engine.queries.accounts import AboutMyAccount
from engine.queries.audit import AuditTrail
from engine.queries.members import Members
from engine.queries.privacy import OwnRecords
from engine.queries.rights import MyRights
from engine.store.directory import EMAIL
from engine.store.tables import TENANT_TABLES, account, audit, rate_limit, signed_in
from tests.engine.identity.people import (
    PASSWORD,
    account_of,
    code_in_mail,
    confirmed,
    fresh_address,
    later,
    signed_up,
    somewhere,
    subjects,
    wish,
)
from tests.engine.identity.test_organizations import team

NEW = "another long password"


async def rows_of(engine: Engine, tenant: str, table: object) -> list[str]:
    def read(connection: Connection) -> list[str]:
        return [repr(tuple(row)) for row in connection.execute(select(table))]  # type: ignore[call-overload]

    return await engine._session.database.read(tenant, read)


async def names_in_trail(account: Acting) -> list[str]:
    return [line.name for line in await account.query(AuditTrail())]


async def test_c03_a_changed_address_is_confirmed_and_the_old_one_is_told(engine: Engine) -> None:
    new = fresh_address()
    signed, token, account = await signed_up(engine)
    await ask_address_change(account, PASSWORD, new)
    await confirm_address(engine, somewhere(), await code_in_mail(engine, signed.account_id))
    assert (await account.query(AboutMyAccount())).email == new
    assert "The address of your account was changed" in await subjects(engine, signed.account_id)
    await by_token(engine, somewhere(), token)


@pytest.mark.real_cost
async def test_c04_every_password_is_bcrypt_at_cost_12_and_is_nowhere_in_clear(
    engine: Engine,
) -> None:
    signed, _, _ = await signed_up(engine)
    rows = await rows_of(engine, signed.account_id, account)
    assert len(rows) == 1 and re.search(r"'\$2b\$12\$[./A-Za-z0-9]{53}'", rows[0])
    for table in TENANT_TABLES:
        assert PASSWORD not in repr(await rows_of(engine, signed.account_id, table)), table.name


async def test_c05_colour_and_name_of_the_own_place_are_exported_and_edited(engine: Engine) -> None:
    signed, _, mine = await signed_up(engine, color="teal", workspace="My desk")
    about = await mine.query(AboutMyAccount())
    assert (about.color, about.workspace) == ("teal", "My desk")
    profile = (await mine.query(OwnRecords(data_kind="profile"))).records[0]
    assert profile["color"] == "teal"
    await mine.execute(
        EditPerson(member_id=signed.account_id, color="red"), RenameOrganization(name="Desk")
    )
    about = await mine.query(AboutMyAccount())
    assert (about.color, about.workspace) == ("red", "Desk")


async def test_c06_an_invitation_works_once_for_its_address_until_the_seventh_day(
    engine: Engine,
) -> None:
    owner, _, _ = await team(engine)
    email = fresh_address()
    code = await invite(owner, email, Role.MEMBER)
    late = await invite(owner, fresh_address(), Role.MEMBER)
    signed, _, _ = await signed_up(engine, email)
    later(engine, 7 - 1 / 1440)
    await accept(engine, somewhere(), signed, code)
    later(engine, 1 / 1440)
    for dead in (code, late):
        with pytest.raises(Refused, match="not valid"):
            await preview(engine, somewhere(), dead)


async def test_c06_the_token_is_kept_as_a_hash(engine: Engine) -> None:
    from engine.store.tables import invitation

    owner, tenant, _ = await team(engine)
    code = await invite(owner, fresh_address(), Role.MEMBER)
    rows = await rows_of(engine, tenant, invitation)
    assert rows and code not in repr(rows) and code.split("_")[2] not in repr(rows)


async def test_c08_an_address_that_was_invited_goes_after_7_days_and_is_not_in_the_senders_export(
    engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> None:
    owner, tenant, _ = await team(engine)
    email = fresh_address()
    await invite(owner, email, Role.MEMBER)
    sent = (await owner.query(OwnRecords(data_kind="invitations"))).records
    assert len(sent) == 1 and email not in repr(sent)
    assert email not in repr(await owner.query(OwnRecords(data_kind="mails")))
    later(engine, 31)
    await keep_house(engine, tmp_path_factory.mktemp("outbox"))
    assert not (await owner.query(Members())).invitations
    for table in TENANT_TABLES:
        assert email not in repr(await rows_of(engine, tenant, table)), table.name


async def test_c09_an_address_of_the_network_is_in_the_trail_and_the_session_only(
    engine: Engine,
) -> None:
    email = await confirmed(engine)
    caller = Caller(device="canary-device", address="198.51.100.201")
    signed, _ = await sign_in(engine, caller, email, PASSWORD)
    holding = [
        table.name
        for table in (*TENANT_TABLES, rate_limit)
        if caller.address in repr(await rows_of(engine, signed.account_id, table))
    ]
    assert sorted(holding) == [audit.name, signed_in.name]


async def test_c10_a_session_is_256_bits_of_chance_kept_as_a_hash(engine: Engine) -> None:
    signed, token, _ = await signed_up(engine)
    assert len(token.split("_", 2)[2]) == 43
    rows = repr(await rows_of(engine, signed.account_id, signed_in))
    assert token not in rows and token.split("_", 2)[2] not in rows


async def test_c11_signing_up_and_in_and_out_and_changing_are_in_the_trail_once_each(
    engine: Engine,
) -> None:
    from engine.commands.sessions import SignOut

    signed, _, mine = await signed_up(engine)
    email = (await mine.query(AboutMyAccount())).email
    with pytest.raises(NotSignedIn):
        await sign_in(engine, somewhere(), email, "not the password")
    await change_password(mine, PASSWORD, NEW, keep=signed.session_id)
    await mine.execute(SignOut(session_id=signed.session_id))
    names = await names_in_trail(mine)
    for name in (
        "account.opened", "account.address_confirmed", "session.started", "session.failed",
        "account.password_changed", "session.ended",
    ):  # fmt: skip
        assert names.count(name) == 1, name
    assert (await mine.verify_audit()).bad_number is None


def test_c12_no_field_of_the_store_takes_a_card_number() -> None:
    fields = {column.name for table in TENANT_TABLES for column in table.columns}
    like_cards = {name for name in fields if re.search("card|cvc|iban|bank", name)}
    assert like_cards == {"card_fields"}, "which are what a card of the kanban shows"


async def test_c15_mail_about_the_account_comes_whether_or_not_marketing_is_wanted(
    engine: Engine,
) -> None:
    signed, _, mine = await signed_up(engine, marketing=False)
    await change_password(mine, PASSWORD, NEW, keep=signed.session_id)
    assert "Your password was changed" in await subjects(engine, signed.account_id)


async def test_c18_nobody_agrees_to_marketing_by_signing_up(engine: Engine) -> None:
    _, _, mine = await signed_up(engine)
    agreement = (await mine.query(MyRights())).agreements[0]
    assert not agreement.given and not agreement.history
    await mine.execute(SetConsent(purpose="marketing", given=True, source="app"))
    assert (await mine.query(MyRights())).agreements[0].given


@pytest.mark.real_cost
async def test_c38_an_api_key_is_a_bcrypt_hash_with_its_prefix_and_dies_at_once(
    acting: Acting,
) -> None:
    from engine.commands.api_keys import RevokeApiKey
    from engine.queries.members import ApiKeys
    from engine.store.tables import api_key

    key = await make(acting, "script", Scope.READ)
    rows = repr(await rows_of(acting.engine, acting.actor.organization_id, api_key))
    assert re.search(r"\$2b\$12\$", rows) and key.split("_")[2] in rows
    assert key.split("_")[3] not in rows
    check = KeyCheck(acting.engine)
    await check.actor(somewhere(), key)
    await acting.execute(RevokeApiKey(key_id=(await acting.query(ApiKeys()))[0].id))
    with pytest.raises(NotSignedIn):
        await check.actor(somewhere(), key)


@pytest.mark.parametrize("name", ["login", "registration", "checkout"])
async def test_c41_what_is_promised_to_be_limited_is_and_another_account_is_not(
    engine: Engine, name: str
) -> None:
    mine, theirs = fresh_address(), fresh_address()
    assert LIMITS[name].each is not None and LIMITS[name].address is not None
    with pytest.raises(TooMany) as refused:
        for _ in range(11):
            await limited(engine, name, Caller(), about=mine)
    assert refused.value.seconds > 0
    await limited(engine, name, Caller(), about=theirs)


def test_c44_no_mail_has_anything_remote_in_it_nor_counts_who_reads_it() -> None:
    names = {
        name
        for one in TEMPLATES.values()
        for line in one.paragraphs
        for name in re.findall("{(.*?)}", line)
    }
    for template in TEMPLATES:
        written = write(template, dict.fromkeys({*names, "day", "number", "state"}, "x"))
        assert not re.search("https?:|<img|<script|<link|src=", written.html), template


async def test_c44_a_mail_is_text_and_html_with_the_same_words(
    engine: Engine, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("outbox")
    email = fresh_address()
    await sign_up(engine, somewhere(), wish(email))
    await deliver(engine, await account_of(engine, email), folder)
    message = message_from_bytes(next(Path(folder).glob("*.eml")).read_bytes())
    bodies = [part.get_payload(decode=True) for part in message.walk() if not part.is_multipart()]
    assert len(bodies) == 2 and all(isinstance(body, bytes) and b"cqm_" in body for body in bodies)


async def test_c45_who_does_not_say_to_be_16_gets_no_account_and_nothing_is_kept(
    engine: Engine,
) -> None:
    email, before = fresh_address(), await engine.limits.counted(UNDER_16)
    with pytest.raises(Invalid, match="under 16"):
        await sign_up(engine, somewhere(), wish(email, over_16=False))
    assert await engine.tenant_of(EMAIL, email) is None
    assert await engine.limits.counted(UNDER_16) == before + 1


async def test_c10_all_sessions_end_with_a_new_password(engine: Engine) -> None:
    email = await confirmed(engine)
    signed, kept = await sign_in(engine, somewhere(), email, PASSWORD)
    _, other = await sign_in(engine, somewhere(), email, PASSWORD)
    mine = as_account(engine, somewhere(), signed)
    await change_password(mine, PASSWORD, NEW, keep=signed.session_id)
    await by_token(engine, somewhere(), kept)
    with pytest.raises(NotSignedIn):
        await by_token(engine, somewhere(), other)
