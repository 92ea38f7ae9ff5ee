"""The retention run: what has been kept long enough goes, and who was erased stays erased (policy §5).

It runs at each start and by `conneqtos retention run`; each rule has a transaction of its own, so a run that
was broken off goes on with the next.
"""

import asyncio

from engine import filing
from engine.api import Acting, Engine
from engine.commands.closing import EndOrganization
from engine.commands.deletion import EraseMembers
from engine.commands.policy import AnnouncePolicy
from engine.commands.requests import NoteOverdue, RemindOfRequests
from engine.commands.retention import BATCH, BATCHED, REMOVES
from engine.commands.system import BeginEpoch
from engine.queries.home import People
from engine.queries.policy import PolicyNotice
from engine.queries.retention import Due, RetentionDue
from engine.queries.rights import MyRights, OverdueRequests, RequestsToRemindOf, Rights
from engine.receipts import fates_of, write_receipts
from engine.store.file_parts import drop_packed


async def run_retention(acting: Acting) -> list[Due]:
    """As an owner; comes back with what was due. Who was erased before is erased again first: the store may come from an older backup. Where
    the grace of a closing is over, the whole organization ends. Raises Damaged, OSError where the list of the
    erased cannot be read or written; then nobody is erased."""
    await _erase_again(acting)
    if is_over(await acting.query(MyRights()), acting.engine.now()):
        await _end(acting)
        return []
    due = await acting.query(RetentionDue())
    for one in due:
        await _let_go(acting, one)
    if any(one.count for one in due) or acting.engine.keeps_old_pages:
        await acting.engine.forget_old_pages()
    await _tell(acting)
    late = await acting.query(OverdueRequests())
    if late:
        await acting.execute(NoteOverdue(request_ids=tuple(late)))
    await filing.collect_files(acting)
    return due


def is_over(rights: Rights, now: int) -> bool:
    """Whether the organization was closed, its grace has passed, and no legal hold keeps it."""
    return 0 < rights.closing_at <= now and not rights.anybody_held


async def _let_go(acting: Acting, due: Due) -> None:
    """The list of the erased is written before the first of them is."""
    if not due.count:
        return
    if due.members:
        organization, ledger = acting.actor.organization_id, acting.engine.ledger
        await asyncio.to_thread(ledger.add, organization, due.members, acting.engine.now())
    before = await fates_of(acting, due.members)
    for _ in range(0, due.count, BATCH if due.rule in BATCHED else due.count):
        await acting.execute(REMOVES[due.rule](due.members))
    if due.members:
        await asyncio.to_thread(drop_packed, acting.files)
    if before:
        await write_receipts(acting, before)


async def begin_again(engine: Engine) -> None:
    """After a server's store came back from a backup, before it answers anybody: who was erased since is erased again, and
    every device is told to read anew."""
    for organization_id in await engine.organizations():
        system = engine.as_system(organization_id)
        await _erase_again(system)
        await system.execute(BeginEpoch())


async def _erase_again(acting: Acting) -> None:
    ledger, organization = acting.engine.ledger, acting.actor.organization_id
    if not await asyncio.to_thread(ledger.lines):
        return
    members = [one.id for one in await acting.query(People()) if not one.erased_at]
    back = await asyncio.to_thread(ledger.among, organization, members)
    if back:
        await acting.execute(EraseMembers(member_ids=tuple(back), again=True))
        await asyncio.to_thread(drop_packed, acting.files)
        await acting.engine.forget_old_pages()


async def _tell(acting: Acting) -> None:
    """Mails whose time has come: of requests that must be answered soon, of a policy that will change."""
    soon = await acting.query(RequestsToRemindOf())
    if soon:
        await acting.execute(RemindOfRequests(request_ids=tuple(soon)))
    version = await acting.query(PolicyNotice())
    if version:
        await acting.execute(AnnouncePolicy(version=version))


async def _end(acting: Acting) -> None:
    await acting.execute(EndOrganization())
    await acting.engine.forget_old_pages()
    await filing.collect_files(acting.engine.as_system(acting.actor.organization_id))
