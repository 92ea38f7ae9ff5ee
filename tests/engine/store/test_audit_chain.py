"""The audit chain: one entry a command, and any edit, deletion, swap or cut of rows is named."""

import pytest
from sqlalchemy import Connection, text

from engine.api import Acting
from engine.commands.items import RenameItem
from tests.engine.boards import sample_board


async def tamper(acting: Acting, *statements: str) -> None:
    """Change the audit table behind the engine's back."""

    def run(connection: Connection) -> None:
        for statement in statements:
            connection.execute(text(statement), {"o": acting.actor.organization_id})

    async with acting._session.database.writing(acting.actor.organization_id) as transaction:
        await transaction.run_sync(run)


async def entries(acting: Acting) -> int:
    board = await sample_board(acting, items=1)
    for number in range(8):
        await acting.execute(RenameItem(item_id=board.items[0], name=f"name {number}"))
    verdict = await acting.verify_audit()
    assert verdict.bad_number is None
    return verdict.checked


async def test_every_command_writes_one_entry(acting: Acting) -> None:
    before = (await acting.verify_audit()).checked
    board = await sample_board(acting, items=1)
    between = (await acting.verify_audit()).checked
    await acting.execute(RenameItem(item_id=board.items[0], name="x"))
    assert before == 1
    assert (await acting.verify_audit()).checked == between + 1


@pytest.mark.parametrize(
    ("statements", "bad"),
    [
        (["UPDATE audit SET actor_id = 'someone' WHERE number = 5 AND organization_id = :o"], 5),
        (["UPDATE audit SET at = at + 1 WHERE number = 5 AND organization_id = :o"], 5),
        (["UPDATE audit SET name = 'item.moved' WHERE number = 5 AND organization_id = :o"], 5),
        (["DELETE FROM audit WHERE number = 5 AND organization_id = :o"], 5),
        (
            [
                "UPDATE audit SET number = -1 WHERE number = 5 AND organization_id = :o",
                "UPDATE audit SET number = 5 WHERE number = 6 AND organization_id = :o",
                "UPDATE audit SET number = 6 WHERE number = -1 AND organization_id = :o",
            ],
            5,
        ),
    ],
)
async def test_the_first_bad_entry_is_named(
    acting: Acting, statements: list[str], bad: int
) -> None:
    await entries(acting)
    await tamper(acting, *statements)
    assert (await acting.verify_audit()).bad_number == bad


async def test_a_cut_tail_is_named(acting: Acting) -> None:
    count = await entries(acting)
    await tamper(acting, f"DELETE FROM audit WHERE number > {count - 2} AND organization_id = :o")
    verdict = await acting.verify_audit()
    assert verdict.bad_number == count - 1
    assert "ends at" in verdict.reason


async def test_erasing_what_is_personal_leaves_the_chain_whole(acting: Acting) -> None:
    count = await entries(acting)
    await tamper(acting, "UPDATE audit SET sealed = NULL, salt = NULL WHERE organization_id = :o")
    verdict = await acting.verify_audit()
    assert (verdict.checked, verdict.bad_number) == (count, None)


async def test_a_forged_device_is_named(acting: Acting) -> None:
    await entries(acting)
    await tamper(
        acting,
        "UPDATE audit SET sealed = '{}' WHERE number = 4 AND organization_id = :o",
    )
    assert (await acting.verify_audit()).bad_number == 4
