"""The receipt of an erasure: signed, without a name, true for as long as the person does not come back (C48)."""

import json
import shutil
from pathlib import Path

import pytest

from engine.api import Acting, Engine
from engine.commands.deletion import AskDeletion
from engine.commands.holds import SetHold
from engine.errors import UnreadableFile
from engine.receipts import check, read, receipts_of
from engine.retaining import run_retention
from tests.engine.conftest import KEY, Ticking
from tests.policy.conftest import later
from tests.policy.test_erasure import CANARIES, NAME, canary, erased


async def test_c48_a_receipt_says_what_went_and_what_stays_and_names_nobody(acting: Acting) -> None:
    theirs, _ = await erased(acting)
    path = receipts_of(acting.engine)[0]
    text = path.read_text()
    assert [word for word in (*CANARIES, theirs.actor.user_id) if word in text] == []
    receipt = read(path)
    outcomes = {one.kind: one for one in receipt.outcomes}
    assert outcomes["settings"].fate == "erased" and outcomes["settings"].records == 1
    assert outcomes["comments"].why_kept and outcomes["audit"].why_kept
    assert receipt.in_backups_until > receipt.erased_at
    found = await check(acting, path)
    assert found.signed_here and found.still_true


async def test_c48_one_that_was_changed_is_not_believed(acting: Acting, tmp_path: Path) -> None:
    await erased(acting)
    fields = json.loads(receipts_of(acting.engine)[0].read_text())
    fields["outcomes"][0]["records"] += 1
    forged = tmp_path / "forged.json"
    forged.write_text(json.dumps(fields))
    with pytest.raises(UnreadableFile, match="not as it was written"):
        read(forged)
    for content in ("{}", "", "[1]", json.dumps({**fields, "key": "zz"})):
        forged.write_text(content)
        with pytest.raises(UnreadableFile):
            read(forged)


async def test_c48_who_comes_back_with_an_older_copy_makes_it_untrue_until_the_next_run(
    local: Acting, tmp_path: Path
) -> None:
    theirs, _ = await canary(local)
    await local.engine.forget_old_pages()
    database = Path(local.engine._session.database.where)
    old = tmp_path / "old.db"
    shutil.copy(database, old)
    await theirs.execute(AskDeletion(confirm=NAME))
    later(local, 7.1)
    await run_retention(local)
    receipt = receipts_of(local.engine)[0]
    assert (await check(local, receipt)).still_true
    now = local.engine.now()
    await local.engine.close()
    for end in ("-wal", "-shm"):
        database.with_name(database.name + end).unlink(missing_ok=True)
    shutil.copy(old, database)
    engine = await Engine.open_workspace(database.parent, KEY, clock=Ticking(now))
    try:
        again = engine.acting_as(await engine.owner_of(local.actor.organization_id))
        assert not (await check(again, receipt)).still_true
        await run_retention(again)
        assert (await check(again, receipt)).still_true
    finally:
        await engine.close()


async def test_c48_who_is_held_gets_none_before_they_are_erased(acting: Acting) -> None:
    theirs, _ = await canary(acting)
    await theirs.execute(AskDeletion(confirm=NAME))
    await acting.execute(SetHold(member_id=theirs.actor.user_id, reason="a court asks"))
    later(acting, 8)
    await run_retention(acting)
    assert not receipts_of(acting.engine)
