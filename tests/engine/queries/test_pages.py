"""Lists page by page: all of it once, in its order, whatever is removed between two pages."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from engine.api import Acting
from engine.commands.attachments import AttachLink, RemoveAttachment
from engine.commands.boards import CreateBoard, MoveBoard, TrashBoard
from engine.commands.comments import AddComment, DeleteComment
from engine.commands.groups import MoveGroup, TrashGroup
from engine.commands.items import AddItems, NewItem, TrashItems
from engine.commands.registry import Command
from engine.errors import NotFound
from engine.model.board import BoardKind
from engine.model.view import Filter
from engine.queries.pages import (
    Page,
    PageOfAttachments,
    PageOfBoards,
    PageOfComments,
    PageOfItems,
    PageOfMembers,
    PageOfSubitems,
)
from engine.queries.registry import Query
from tests.engine.boards import names, sample_board
from tests.engine.members import colleague


async def whole(acting: Acting, query: Any) -> list[str]:
    """Ids of all pages."""
    found: list[str] = []
    while True:
        page: Page[Any] = await acting.query(query)
        found += [one.id for one in page.found]
        if page.next is None:
            return found
        query = replace(query, after=page.next)


async def filled(acting: Acting, name: str) -> tuple[Query[Any], Callable[[str], Command]]:
    """Seven of one kind of thing, and how one of them is removed."""
    board = await sample_board(acting, items=7 if name == "items" else 1)
    item = board.items[0]
    for number in range(7):
        made: dict[str, Command] = {
            "boards": CreateBoard(name=f"Board {number}"),
            "subitems": AddItems(
                group_id=board.groups[0], parent_id=item, items=(NewItem(name=f"{number}"),)
            ),
            "comments": AddComment(item_id=item, body=f"{number}"),
            "attachments": AttachLink(item_id=item, url=f"https://example.org/{number}"),
        }
        if name in made:
            await acting.execute(made[name])
    return {
        "boards": (PageOfBoards(limit=2), lambda id: TrashBoard(board_id=id)),
        "items": (PageOfItems(board_id=board.board, limit=2), lambda id: TrashItems(item_ids=(id,))),
        "subitems": (PageOfSubitems(item_id=item, limit=2), lambda id: TrashItems(item_ids=(id,))),
        "comments": (PageOfComments(item_id=item, limit=2), lambda id: DeleteComment(comment_id=id)),
        "attachments": (
            PageOfAttachments(item_id=item, limit=2), lambda id: RemoveAttachment(attachment_id=id)
        ),
    }[name]  # fmt: skip


@pytest.mark.parametrize("name", ["boards", "items", "subitems", "comments", "attachments"])
async def test_what_the_page_before_ended_with_may_go_and_nothing_else_goes_with_it(
    acting: Acting, name: str
) -> None:
    query, remove = await filled(acting, name)
    all_of_them = await whole(acting, query)
    assert len(all_of_them) == len(set(all_of_them)) >= 7
    first: Page[Any] = await acting.query(query)
    await acting.execute(remove(first.found[-1].id))
    rest = await whole(acting, replace(query, after=first.next))
    assert [*(one.id for one in first.found), *rest] == all_of_them


async def test_items_come_in_the_order_of_the_board_over_all_its_groups(acting: Acting) -> None:
    board = await sample_board(acting, items=4)
    more = tuple(NewItem(name=f"Second {number}") for number in range(3))
    await acting.execute(AddItems(group_id=board.groups[1], items=more))
    await acting.execute(MoveGroup(group_id=board.groups[1], after=""))
    query = PageOfItems(board_id=board.board, limit=2)
    assert await whole(acting, query) == [*(one.id for one in more), *board.items]
    assert await names(acting, board.board) == [
        *(one.name for one in more), "Item 1", "Item 2", "Item 3", "Item 4",
    ]  # fmt: skip
    found = await whole(acting, replace(query, filter=Filter("item 3")))
    assert found == [board.items[2]]
    await acting.execute(TrashGroup(group_id=board.groups[1]))
    assert await whole(acting, query) == board.items


async def test_boards_that_somebody_may_not_see_make_no_page_short(acting: Acting) -> None:
    ada = await colleague(acting)
    seen = []
    for number in range(9):
        kind = BoardKind.MAIN if number % 3 == 0 else BoardKind.PRIVATE
        made = CreateBoard(name=f"Board {number}", kind=kind)
        await acting.execute(made)
        seen += [made.board_id] if kind is BoardKind.MAIN else []
    page = await ada.query(PageOfBoards(limit=2))
    assert [one.id for one in page.found] == seen[:2]
    assert await whole(ada, PageOfBoards(limit=2)) == seen
    await acting.execute(MoveBoard(board_id=seen[2], after=""))
    assert await whole(ada, PageOfBoards(limit=1)) == [seen[2], seen[0], seen[1]]


async def test_members_come_once_each(acting: Acting) -> None:
    ids = {acting.actor.user_id, *[(await colleague(acting)).actor.user_id for _ in range(4)]}
    assert await whole(acting, PageOfMembers(limit=2)) == sorted(ids)


async def test_what_hangs_on_an_item_that_is_not_there_is_not_there(acting: Acting) -> None:
    for kind in (PageOfSubitems, PageOfComments, PageOfAttachments):
        with pytest.raises(NotFound):
            await acting.query(kind(item_id="nothing"))
