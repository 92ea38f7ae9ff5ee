"""After two years the front of the chain goes; a sealed checkpoint stays, and what is left still verifies (C24)."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.api import Acting
from engine.commands.audit import PruneAudit
from engine.commands.items import RenameItem
from engine.errors import Forbidden
from engine.privacy.retention import RULES
from engine.queries.audit import AuditTrail
from engine.queries.retention import RetentionDue
from engine.transfer.audit_file import compare_audit, export_audit
from tests.engine.boards import sample_board
from tests.engine.members import colleague
from tests.engine.store.test_audit_chain import tamper

DAY = 86_400_000
TWO_YEARS = 731 * DAY


def later(acting: Acting, time: int) -> None:
    acting._session.clock.now += time  # type: ignore[attr-defined]


async def aged(acting: Acting) -> int:
    """A chain of which the front is over two years old; comes back with how many entries that is."""
    board = await sample_board(acting, items=1)
    for number in range(5):
        await acting.execute(RenameItem(item_id=board.items[0], name=f"old {number}"))
    old = (await acting.verify_audit()).checked
    later(acting, TWO_YEARS)
    for number in range(5):
        await acting.execute(RenameItem(item_id=board.items[0], name=f"new {number}"))
    return old


async def due(acting: Acting) -> int:
    return next(one.count for one in await acting.query(RetentionDue()) if one.rule == "audit")


async def test_what_is_old_goes_and_the_rest_still_verifies(acting: Acting) -> None:
    old = await aged(acting)
    assert await due(acting) == old
    await acting.execute(PruneAudit())
    entries = await acting.query(AuditTrail())
    assert entries[-1].number == old + 1
    assert entries[0].name == "audit.pruned"
    verdict = await acting.verify_audit()
    assert (verdict.checked, verdict.bad_number) == (6, None)
    assert await due(acting) == 0


async def test_nothing_younger_than_two_years_goes(acting: Acting) -> None:
    await sample_board(acting, items=1)
    later(acting, 729 * DAY)
    before = (await acting.verify_audit()).checked
    await acting.execute(PruneAudit())
    assert (await acting.verify_audit()).checked == before + 1


async def test_a_chain_is_never_emptied(acting: Acting) -> None:
    await sample_board(acting, items=1)
    newest = (await acting.query(AuditTrail(limit=1)))[0].number
    later(acting, TWO_YEARS)
    await acting.execute(PruneAudit())
    numbers = [line.number for line in await acting.query(AuditTrail())]
    assert numbers == [newest + 1, newest]


async def test_pruning_again_moves_the_checkpoint_on(acting: Acting) -> None:
    await aged(acting)
    await acting.execute(PruneAudit())
    later(acting, TWO_YEARS)
    await sample_board(acting, items=1)
    await acting.execute(PruneAudit())
    assert (await acting.verify_audit()).bad_number is None


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE audit_checkpoint SET number = number + 1 WHERE organization_id = :o",
        "UPDATE audit_checkpoint SET at = at + 1 WHERE organization_id = :o",
        "UPDATE audit_checkpoint SET hash = seal WHERE organization_id = :o",
        "DELETE FROM audit_checkpoint WHERE organization_id = :o",
        "DELETE FROM audit WHERE organization_id = :o AND number ="
        " (SELECT min(number) FROM audit WHERE organization_id = :o)",
    ],
)
async def test_a_forged_or_lost_checkpoint_and_a_longer_cut_are_found(
    acting: Acting, statement: str
) -> None:
    await aged(acting)
    await acting.execute(PruneAudit())
    await tamper(acting, statement)
    assert (await acting.verify_audit()).bad_number is not None


async def test_an_older_export_still_compares(acting: Acting, tmp_path: Path) -> None:
    await aged(acting)
    await export_audit(acting, tmp_path / "audit.jsonl")
    await acting.execute(PruneAudit())
    compared = await compare_audit(acting, tmp_path / "audit.jsonl")
    assert (compared.compared, compared.bad_number) == (6, None)


async def test_only_owners_let_entries_go(acting: Acting) -> None:
    await aged(acting)
    mate = await colleague(acting)
    with pytest.raises(Forbidden):
        await mate.execute(PruneAudit())


@given(st.datetimes(datetime(2004, 1, 1), datetime(2400, 1, 1)))
def test_two_years_are_those_of_the_calendar(now: datetime) -> None:
    at = int(now.replace(tzinfo=UTC).timestamp() * 1000)
    cutoff = datetime.fromtimestamp(RULES["audit"].cutoff(at) / 1000, UTC)
    assert cutoff.year == now.year - 2
    if (now.month, now.day) != (2, 29):
        assert (cutoff.month, cutoff.day) == (now.month, now.day)
