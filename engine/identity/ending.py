"""The end of an account: asked for with the password, done after 7 days in every organization and then in itself."""

import asyncio
from pathlib import Path
from typing import Final

from engine.api import Acting, Engine
from engine.clock import derived_id
from engine.commands.account_deletion import AbandonAccount, AskAccountDeletion
from engine.commands.closing import EndOrganization
from engine.commands.deletion import EraseMembers
from engine.commands.membership import TakeKeysAway
from engine.errors import Forbidden, NotFound, Refused
from engine.identity.accounts import check_password
from engine.identity.caller import Caller
from engine.identity.delivery import deliver, put_into, take_back
from engine.identity.sessions import Signed, enter
from engine.mail.templates import write
from engine.model.account import Mail
from engine.queries.accounts import AboutMyAccount, AccountDue
from engine.queries.rights import MyRights
from engine.receipts import fates_of, write_receipts

ERASED_REASON: Final = "the deletion of an account"


async def ask_deletion(
    engine: Engine, caller: Caller, signed: Signed, account: Acting, password: str
) -> None:
    """Sessions on other devices and API keys end at once. Raises NotSignedIn for a wrong password, and Refused
    while somebody else's organization would be without an owner."""
    await check_password(account, password)
    places = await _places(engine, caller, signed, account)
    lonely = [name for name, place in places if (await place.query(MyRights())).is_only_owner]
    if lonely:
        raise Refused(
            f"You are the only owner of {_listed(lonely)}. Hand each over to somebody, or close it, first."
        )
    for _, place in places:
        await place.execute(TakeKeysAway())
    await account.execute(AskAccountDeletion(keep=signed.session_id))


async def end_due(engine: Engine, outbox: Path) -> list[str]:
    """Delete the accounts whose grace is over; comes back with their ids. Where a legal hold keeps somebody in an
    organization, the account waits for it. Raises Damaged, OSError where the list of the erased cannot be
    read or written; then nobody is deleted."""
    ended = []
    for tenant in await engine.organizations():
        due = await engine.as_system(tenant).query(AccountDue())
        if due and await _erased_everywhere(engine, tenant):
            await _end(engine, tenant, outbox)
            ended.append(tenant)
    return ended


async def _erased_everywhere(engine: Engine, tenant: str) -> bool:
    """The list of the erased is written before the first of them is."""
    about = await engine.as_system(tenant).query(AccountDue())
    assert about is not None
    everywhere = True
    for place in about.places:
        inside = engine.as_system(place.id)
        await asyncio.to_thread(engine.ledger.add, place.id, [place.member_id], engine.now())
        before = await fates_of(inside, [place.member_id])
        done = await inside.execute(EraseMembers(member_ids=(place.member_id,), again=True))
        await write_receipts(inside, before)
        everywhere = everywhere and f"{place.member_id} was erased." in done.notes
    return everywhere


async def _end(engine: Engine, tenant: str, outbox: Path) -> None:
    system = engine.as_system(tenant)
    about = await system.query(AccountDue())
    assert about is not None
    await deliver(engine, tenant, outbox)
    await asyncio.to_thread(engine.ledger.add, tenant, [tenant], engine.now())
    if about.abandoned:
        await system.execute(AbandonAccount())
    await system.execute(EndOrganization())
    await asyncio.to_thread(take_back, outbox, about.email)
    if not about.abandoned:
        put_into(outbox, _farewell(about.email, engine.now()))
    await engine.forget_old_pages()


def _farewell(email: str, at: int) -> Mail:
    """It is nowhere in the store: who it is to is not known there any more."""
    written = write("deletion_done", {})
    return Mail(
        id=derived_id("deletion_done", email, str(at)), member_id="", address=email, template="deletion_done",
        subject=written.subject, text=written.text, html=written.html, created_at=at,
    )  # fmt: skip


async def _places(
    engine: Engine, caller: Caller, signed: Signed, account: Acting
) -> list[tuple[str, Acting]]:
    """Every organization of the account, by name, as its member there."""
    found = []
    for place in (await account.query(AboutMyAccount())).organizations:
        try:
            inside = await enter(engine, caller, signed, place.id, second_factor=False)
            found.append(((await inside.query(MyRights())).organization, inside))
        except (NotFound, Forbidden):
            continue
    return found


def _listed(names: list[str]) -> str:
    return ", ".join(f"“{name}”" for name in names)
