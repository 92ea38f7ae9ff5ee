"""What is deleted for good is nowhere in the store any more, and undoing what was done to it is refused."""

import pytest
from sqlalchemy import Connection, select

from engine.api import Acting
from engine.commands.attachments import AttachLink, RemoveAttachment
from engine.commands.boards import EditBoard, TrashBoard
from engine.commands.columns import AddColumn, TrashColumn
from engine.commands.comments import AddComment, DeleteComment, EditComment
from engine.commands.groups import TrashGroup
from engine.commands.history import Redo, Undo
from engine.commands.items import AddItems, NewItem, RenameItem, SetValues, TrashItems
from engine.commands.trash import EmptyTrash
from engine.errors import Invalid, Refused
from engine.model.view import Filter
from engine.queries.board_view import RowOrder
from engine.store.tables import TENANT_TABLES
from tests.engine.boards import Sample, sample_board
from tests.engine.state import state_of


async def everything(acting: Acting) -> str:
    """All rows of all tables as text."""

    def read(connection: Connection) -> str:
        return "\n".join(
            repr(tuple(row)) for table in TENANT_TABLES for row in connection.execute(select(table))
        )

    return await acting._session.database.read(acting.actor.organization_id, read)


async def lived(acting: Acting, name: str = "canary") -> tuple[Sample, str]:
    """A board on which an item with all that hangs on it has a history full of the word."""
    board = await sample_board(acting, items=2, name=f"board of {name}")
    item = NewItem(name=f"{name} item")
    comment = AddComment(item_id=item.id, body=f"{name} comment")
    await acting.execute(AddItems(group_id=board.groups[0], items=(item,)), comment)
    await acting.execute(
        RenameItem(item_id=item.id, name=f"{name} renamed"),
        SetValues(item_ids=(item.id,), values={board.columns["text"]: f"{name} value"}),
        SetValues(item_ids=(item.id,), values={board.columns["text"]: "other value"}),
        EditComment(comment_id=comment.comment_id, body=f"{name} comment again"),
        AttachLink(item_id=item.id, url=f"https://example.org/{name}"),
        AddItems(group_id=board.groups[0], parent_id=item.id, items=(NewItem(name=f"{name} sub"),)),
    )
    return board, item.id


async def test_an_item_deleted_for_good_is_nowhere(acting: Acting) -> None:
    board, item = await lived(acting)
    await acting.execute(EditBoard(board_id=board.board, name="board"))
    await acting.execute(TrashItems(item_ids=(item,)))
    await acting.execute(EmptyTrash(records=(("item", item),)))
    left = (await everything(acting)).replace("board of canary", "")
    assert "canary" not in left
    assert (await acting.verify_audit()).bad_number is None


async def test_a_group_and_a_board_take_all_of_theirs_along(acting: Acting) -> None:
    board, _ = await lived(acting)
    await acting.execute(TrashGroup(group_id=board.groups[0]))
    await acting.execute(EmptyTrash(records=(("group", board.groups[0]),)))
    assert "canary" not in (await everything(acting)).replace("board of canary", "")
    await acting.execute(TrashBoard(board_id=board.board))
    await acting.execute(EmptyTrash())
    assert "canary" in await everything(acting)  # not 30 days yet
    await acting.execute(EmptyTrash(records=(("board", board.board),)))
    assert "canary" not in await everything(acting)


async def test_a_comment_and_a_file_go_alone(acting: Acting) -> None:
    board = await sample_board(acting, items=1)
    comment = AddComment(item_id=board.items[0], body="canary one")
    link = AttachLink(item_id=board.items[0], url="https://example.org/canary")
    kept = AddComment(item_id=board.items[0], body="kept words")
    await acting.execute(comment, link, kept)
    await acting.execute(EditComment(comment_id=kept.comment_id, body="kept words, edited"))
    await acting.execute(
        DeleteComment(comment_id=comment.comment_id),
        RemoveAttachment(attachment_id=link.attachment_id),
    )
    await acting.execute(
        EmptyTrash(records=(("comment", comment.comment_id), ("attachment", link.attachment_id)))
    )
    left = await everything(acting)
    assert "canary" not in left
    assert left.count("kept words") == 3  # the comment, and its edit before and after


async def test_a_column_takes_its_values_along(acting: Acting) -> None:
    board = await sample_board(acting, items=2)
    text, long = board.columns["text"], board.columns["long_text"]
    await acting.execute(
        SetValues(item_ids=tuple(board.items), values={text: "canary", long: "kept words"}),
        SetValues(item_ids=(board.items[0],), values={text: "canary again"}),
        TrashColumn(column_id=text),
    )
    await acting.execute(EmptyTrash(records=(("column", text),)))
    assert "canary" not in await everything(acting)
    order = await acting.query(RowOrder(board_id=board.board, filter=Filter(words="canary")))
    assert not any(order.values())
    kept = await acting.query(RowOrder(board_id=board.board, filter=Filter(words="kept words")))
    assert sum(map(len, kept.values())) == 2


async def test_what_others_have_is_left_alone(acting: Acting) -> None:
    board, item = await lived(acting)
    await lived(acting, name="neighbour")
    before = (await everything(acting)).count("neighbour")
    await acting.execute(TrashItems(item_ids=(item,)))
    await acting.execute(EmptyTrash(records=(("item", item),)))
    assert (await everything(acting)).count("neighbour") == before
    assert board.board


async def test_of_a_kind_that_there_is_not_nothing_lies_in_the_trash(acting: Acting) -> None:
    with pytest.raises(Invalid, match="nothing-of-ours"):
        await acting.execute(EmptyTrash(records=(("nothing-of-ours", "x"),)))


async def test_undoing_what_was_done_to_it_is_refused_with_the_reason(acting: Acting) -> None:
    board = await sample_board(acting, items=2)
    renamed = await acting.execute(RenameItem(item_id=board.items[0], name="x"))
    trashed = await acting.execute(TrashItems(item_ids=(board.items[0],)))
    emptied = await acting.execute(EmptyTrash(records=(("item", board.items[0]),)))
    for gesture in (renamed.gesture, trashed.gesture):
        with pytest.raises(Refused, match="deleted for good"):
            await acting.execute(Undo(gesture=gesture))
    with pytest.raises(Refused, match="cannot be taken back"):
        await acting.execute(Undo(gesture=emptied.gesture))


async def test_redoing_what_hung_on_it_is_refused_with_the_reason(acting: Acting) -> None:
    board = await sample_board(acting, items=2)
    done = await acting.execute(AddComment(item_id=board.items[0], body="x"))
    undone = await acting.execute(Undo(gesture=done.gesture))
    await acting.execute(TrashItems(item_ids=(board.items[0],)))
    await acting.execute(EmptyTrash(records=(("item", board.items[0]),)))
    with pytest.raises(Refused, match="Nothing is kept any more"):
        await acting.execute(Redo(gesture=undone.gesture))


async def test_undoing_what_was_written_into_a_column_that_is_gone_is_refused_with_the_reason(
    acting: Acting,
) -> None:
    board = await sample_board(acting, items=2)
    column = board.columns["text"]
    done = await acting.execute(SetValues(item_ids=(board.items[0],), values={column: "x"}))
    await acting.execute(TrashColumn(column_id=column))
    await acting.execute(EmptyTrash(records=(("column", column),)))
    with pytest.raises(Refused, match="Nothing is kept any more"):
        await acting.execute(Undo(gesture=done.gesture))


async def test_what_was_not_deleted_can_still_be_taken_back(acting: Acting) -> None:
    board = await sample_board(acting, items=2)
    added = AddColumn(board_id=board.board, type="text", title="New")
    done = await acting.execute(added)
    await acting.execute(TrashItems(item_ids=(board.items[0],)))
    await acting.execute(EmptyTrash(records=(("item", board.items[0]),)))
    before = await state_of(acting)
    undone = await acting.execute(Undo(gesture=done.gesture))
    assert await state_of(acting) != before
    await acting.execute(Redo(gesture=undone.gesture))
    assert await state_of(acting) == before


async def test_what_is_due_goes_in_batches_each_a_transaction_of_its_own(
    acting: Acting, monkeypatch: pytest.MonkeyPatch
) -> None:
    from engine import retaining
    from engine.commands import retention
    from engine.commands.items import TrashItems
    from engine.queries.audit import AuditChain

    board = await sample_board(acting, items=7)
    for item in board.items:
        await acting.execute(TrashItems(item_ids=(item,)))
    later = acting.engine._session.clock
    later.now += 31 * 86_400_000  # type: ignore[attr-defined]
    for module in (retaining, retention):
        monkeypatch.setattr(module, "BATCH", 3)
    await retaining.run_retention(acting)
    names = [link.name for link in await acting.query(AuditChain())]
    assert names.count("trash.purged") == 3
    due = {one.rule: one.count for one in await retaining.run_retention(acting)}
    assert due["trash"] == 0
