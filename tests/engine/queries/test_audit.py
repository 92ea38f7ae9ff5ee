"""Owners and admins read the whole trail; everybody reads what it says about them."""

import pytest

from engine.api import Acting
from engine.commands.comments import AddComment
from engine.commands.items import RenameItem
from engine.commands.members import SetRole
from engine.errors import Forbidden
from engine.model.actor import Role
from engine.queries.audit import AuditAboutMe, AuditChain, AuditTrail
from tests.engine.boards import sample_board
from tests.engine.members import colleague


async def test_the_newest_entry_comes_first_with_who_what_and_from_where(acting: Acting) -> None:
    board = await sample_board(acting, items=1)
    await acting.execute(RenameItem(item_id=board.items[0], name="x"))
    newest, *older = await acting.query(AuditTrail())
    assert (newest.words, newest.actor, newest.device) == (
        "renamed an item", "Owner", "this device",
    )  # fmt: skip
    assert newest.targets == (f"item:{board.items[0]}",)
    numbers = [newest.number, *(line.number for line in older)]
    assert numbers == list(range(len(numbers), 0, -1))


async def test_pages_join_without_a_gap(acting: Acting) -> None:
    board = await sample_board(acting, items=1)
    for number in range(9):
        await acting.execute(RenameItem(item_id=board.items[0], name=f"name {number}"))
    whole = await acting.query(AuditTrail())
    paged = await acting.query(AuditTrail(limit=4))
    while page := await acting.query(AuditTrail(before=paged[-1].number, limit=4)):
        paged += page
    assert paged == whole


@pytest.mark.parametrize("words", ["commented", "comment.added", "mate comm", "laptop COMMENT"])
async def test_every_word_finds_by_deed_person_or_device(acting: Acting, words: str) -> None:
    mate = await colleague(acting, name="Mate", device="laptop")
    board = await sample_board(acting, items=1)
    await mate.execute(AddComment(item_id=board.items[0], body="x"))
    found = await acting.query(AuditTrail(words=words))
    assert [line.name for line in found] == ["comment.added"]


@pytest.mark.parametrize("words", ["nothing-like-this", "100%", "comment_added", "\\"])
async def test_signs_of_patterns_are_plain_letters(acting: Acting, words: str) -> None:
    board = await sample_board(acting, items=1)
    await acting.execute(AddComment(item_id=board.items[0], body="x"))
    assert await acting.query(AuditTrail(words=words)) == []


async def test_members_see_what_is_about_them_and_nothing_else(acting: Acting) -> None:
    mate = await colleague(acting)
    board = await sample_board(acting, items=1)
    await mate.execute(AddComment(item_id=board.items[0], body="x"))
    await acting.execute(SetRole(member_id=mate.actor.user_id, role=Role.VIEWER))
    about_me = await mate.query(AuditAboutMe())
    assert [line.name for line in about_me] == ["member.role_changed", "comment.added"]
    for query in (AuditTrail(), AuditChain()):
        with pytest.raises(Forbidden):
            await mate.query(query)
