"""A legal hold stops every way on which something of a person would go, and the person sees it (C17)."""

import pytest

from engine.api import Acting
from engine.commands.audit import PruneAudit
from engine.commands.closing import CloseOrganization, EndOrganization
from engine.commands.deletion import AskDeletion
from engine.commands.holds import LiftHold, SetHold
from engine.commands.items import AddItems, NewItem, TrashItems
from engine.commands.requests import FileRequest, WorkOnRequest
from engine.commands.trash import EmptyTrash
from engine.errors import Forbidden, Invalid, NotFound, Refused
from engine.model.rights import RequestState
from engine.queries.audit import AuditChain
from engine.queries.home import People
from engine.queries.rights import MyRights, RequestQueue
from engine.queries.trash import Trash
from engine.retaining import run_retention
from tests.engine.boards import sample_board
from tests.engine.members import colleague
from tests.policy.conftest import later


async def held(acting: Acting) -> Acting:
    """Somebody under a hold, for whom everything would be due in two years."""
    board = await sample_board(acting, items=1)
    theirs = await colleague(acting)
    await theirs.execute(
        AddItems(group_id=board.groups[0], items=(NewItem(id="t" * 26, name="x"),))
    )
    await theirs.execute(TrashItems(item_ids=("t" * 26,)))
    ask = FileRequest(request_kind="other", text="a wish")
    await theirs.execute(ask)
    await acting.execute(
        WorkOnRequest(request_id=ask.request_id, to=RequestState.ANSWERED, text="done")
    )
    await theirs.execute(AskDeletion(confirm="Colleague"))
    await acting.execute(SetHold(member_id=theirs.actor.user_id, reason="Case 12/2026"))
    return theirs


async def what_is_left(acting: Acting) -> tuple[bool, int, int, bool]:
    """The person, their thing in the trash, their request, the first entry of the audit trail."""
    people = [member.name for member in await acting.query(People())]
    first = (await acting.query(AuditChain()))[0].number
    trash, requests = await acting.query(Trash()), await acting.query(RequestQueue())
    return "Colleague" in people, len(trash), len(requests), first == 1


async def test_c17_nothing_of_a_person_under_a_hold_goes_until_it_is_lifted(acting: Acting) -> None:
    theirs = await held(acting)
    later(acting, 800)
    await run_retention(acting)
    assert await what_is_left(acting) == (True, 1, 1, True)
    await acting.execute(LiftHold(member_id=theirs.actor.user_id))
    await run_retention(acting)
    assert await what_is_left(acting) == (False, 0, 0, False)
    assert (await acting.verify_audit()).bad_number is None


async def test_c17_nobody_gets_around_it_by_hand(acting: Acting) -> None:
    await held(acting)
    await acting.execute(CloseOrganization(confirm="Home"))
    later(acting, 800)
    for command, words in (
        (EmptyTrash(records=(("item", "t" * 26),)), "under a legal hold"),
        (PruneAudit(), "no entry of the audit trail"),
        (EndOrganization(), "cannot end"),
    ):
        with pytest.raises(Refused, match=words):
            await acting.execute(command)
    await run_retention(acting)
    assert await what_is_left(acting) == (True, 1, 1, True)


async def test_c17_the_person_sees_it_and_others_do_not(acting: Acting) -> None:
    theirs = await held(acting)
    other = await colleague(acting, "Other")
    mine = await theirs.query(MyRights())
    assert mine.hold is not None and mine.hold.reason == "Case 12/2026"
    seen = await other.query(MyRights())
    assert (seen.hold, seen.holds) == (None, ())
    assert len((await acting.query(MyRights())).holds) == 1


async def test_c17_only_owners_hold_and_they_say_why(acting: Acting) -> None:
    theirs = await colleague(acting)
    me = theirs.actor.user_id
    with pytest.raises(Forbidden):
        await theirs.execute(SetHold(member_id=acting.actor.user_id, reason="x"))
    with pytest.raises(Invalid, match="Say why"):
        await acting.execute(SetHold(member_id=me, reason=" "))
    with pytest.raises(NotFound):
        await acting.execute(LiftHold(member_id=me))
    await acting.execute(SetHold(member_id=me, reason="x"))
    with pytest.raises(Refused, match="already"):
        await acting.execute(SetHold(member_id=me, reason="x"))
    told = [entry.name for entry in await acting.query(AuditChain())]
    assert told.count("hold.set") == 1
