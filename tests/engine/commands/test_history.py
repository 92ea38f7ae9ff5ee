"""Undo and redo: every command, across restarts, refused where something has moved on."""

import asyncio
import shutil
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.api import Acting, Engine
from engine.clock import derived_id, new_id
from engine.commands.attachments import AttachLink, RemoveAttachment, RenameAttachment
from engine.commands.boards import (
    ArchiveBoard,
    CreateBoard,
    DuplicateBoard,
    EditBoard,
    MoveBoard,
    RestoreBoard,
    TrashBoard,
)
from engine.commands.columns import AddColumn, EditColumn, MoveColumn, RestoreColumn, TrashColumn
from engine.commands.comments import AddComment, DeleteComment, EditComment, RestoreComment
from engine.commands.groups import (
    AddGroup,
    ArchiveGroup,
    DuplicateGroup,
    EditGroup,
    MoveGroup,
    RestoreGroup,
    TrashGroup,
)
from engine.commands.history import Redo, Undo
from engine.commands.items import (
    AddItems,
    ArchiveItems,
    DuplicateItems,
    MoveItems,
    NewItem,
    RenameItem,
    RestoreItems,
    SetValues,
    TrashItems,
)
from engine.commands.members import AddPerson, EditPerson, SetRole
from engine.commands.registry import Command
from engine.commands.views import DeleteView, SaveView
from engine.errors import ConneqtError, Refused
from engine.model.actor import Role
from engine.queries.history import UndoState
from engine.queries.item_detail import ItemDetail
from tests.engine.boards import Sample, names, sample_board
from tests.engine.conftest import KEY, Ticking, new_organization
from tests.engine.state import state_of


async def undo(acting: Acting) -> None:
    target = (await acting.query(UndoState())).undo
    assert target is not None
    await acting.execute(Undo(gesture=target.gesture))


async def redo(acting: Acting) -> None:
    target = (await acting.query(UndoState())).redo
    assert target is not None
    await acting.execute(Redo(gesture=target.gesture))


async def test_undo_and_redo_walk_back_and_forth(acting: Acting) -> None:
    board = await sample_board(acting, items=2)
    await acting.execute(RenameItem(item_id=board.items[0], name="A"))
    await acting.execute(RenameItem(item_id=board.items[1], name="B"))
    await undo(acting)
    await undo(acting)
    assert await names(acting, board.board) == ["Item 1", "Item 2"]
    await redo(acting)
    assert await names(acting, board.board) == ["A", "Item 2"]
    await redo(acting)
    assert await names(acting, board.board) == ["A", "B"]
    assert (await acting.query(UndoState())).redo is None


async def test_something_new_ends_the_way_forth(acting: Acting) -> None:
    board = await sample_board(acting, items=1)
    await acting.execute(RenameItem(item_id=board.items[0], name="A"))
    await undo(acting)
    await acting.execute(RenameItem(item_id=board.items[0], name="C"))
    assert (await acting.query(UndoState())).redo is None


async def test_a_gesture_of_many_commands_is_one_step(acting: Acting) -> None:
    board = await sample_board(acting, items=2)
    await acting.execute(*(RenameItem(item_id=id, name="same") for id in board.items))
    await undo(acting)
    assert await names(acting, board.board) == ["Item 1", "Item 2"]


async def test_undo_is_refused_where_the_field_has_moved_on(engine: Engine) -> None:
    acting = await new_organization(engine)
    board = await sample_board(acting, items=1)
    other = await _colleague(engine, acting)
    await acting.execute(RenameItem(item_id=board.items[0], name="mine"))
    mine = (await acting.query(UndoState())).undo
    await other.execute(RenameItem(item_id=board.items[0], name="theirs"))
    assert mine is not None
    with pytest.raises(Refused, match="changed again"):
        await acting.execute(Undo(gesture=mine.gesture))
    assert await names(acting, board.board) == ["theirs"]


async def test_undo_leaves_alone_what_others_changed_beside_it(engine: Engine) -> None:
    acting = await new_organization(engine)
    board = await sample_board(acting, items=1)
    other = await _colleague(engine, acting)
    number, text = board.columns["number"], board.columns["text"]
    await acting.execute(SetValues(item_ids=(board.items[0],), values={number: "1"}))
    await other.execute(SetValues(item_ids=(board.items[0],), values={text: "theirs"}))
    await undo(acting)
    assert (await acting.query(ItemDetail(item_id=board.items[0]))).item.values == {text: "theirs"}


async def test_nobody_undoes_what_another_did(engine: Engine) -> None:
    acting = await new_organization(engine)
    board = await sample_board(acting, items=1)
    other = await _colleague(engine, acting)
    await other.execute(RenameItem(item_id=board.items[0], name="theirs"))
    theirs = (await other.query(UndoState())).undo
    assert theirs is not None
    with pytest.raises(Refused):
        await acting.execute(Undo(gesture=theirs.gesture))


async def test_what_another_did_by_the_same_gesture_stands_when_it_is_undone(
    engine: Engine,
) -> None:
    acting = await new_organization(engine)
    board = await sample_board(acting, items=2)
    other = await _colleague(engine, acting)
    mine = await acting.execute(RenameItem(item_id=board.items[0], name="mine"))
    theirs = RenameItem(item_id=board.items[1], name="theirs")
    await other.execute(theirs, command_id=new_id(), gesture=mine.gesture)
    await other.execute(Undo(gesture=mine.gesture))
    assert await names(acting, board.board) == ["mine", "Item 2"]
    await acting.execute(Undo(gesture=mine.gesture))
    assert await names(acting, board.board) == ["Item 1", "Item 2"]


async def test_an_added_item_that_others_built_on_cannot_be_undone(engine: Engine) -> None:
    acting = await new_organization(engine)
    board = await sample_board(acting, items=0)
    item = NewItem(name="base")
    await acting.execute(AddItems(group_id=board.groups[0], items=(item,)))
    other = await _colleague(engine, acting)
    await other.execute(AddComment(item_id=item.id, body="I need this"))
    with pytest.raises(Refused):
        await undo(acting)
    assert await names(acting, board.board) == ["base"]


async def test_undo_works_after_a_restart(tmp_path: Path, template_file: Path) -> None:
    shutil.copy(template_file, tmp_path / "workspace.db")
    engine = await Engine.open_workspace(tmp_path, KEY)
    acting = await new_organization(engine)
    board = await sample_board(acting, items=1)
    await acting.execute(RenameItem(item_id=board.items[0], name="changed"))
    await engine.close()
    again = await Engine.open_workspace(tmp_path, KEY)
    acting = again.acting_as(acting.actor)
    await undo(acting)
    assert await names(acting, board.board) == ["Item 1"]
    await again.close()


async def _colleague(engine: Engine, acting: Acting) -> Acting:
    """Another member with an account, made by the store: accounts are not commands yet."""
    from engine.model.actor import Actor
    from engine.model.organization import Member
    from tests.engine.members import add_account

    member = Member(id=new_id(), name="Colleague", role=Role.MEMBER)
    await add_account(acting, member)
    return engine.acting_as(Actor(organization_id=acting.actor.organization_id, user_id=member.id))


# -- the law: random commands, then as many undos, give the first state --------------------------

PICK = st.integers(0, 10_000)


class Chooser:
    """Makes the n-th possible command on what the board holds now."""

    def __init__(self, board: Sample, state: dict[str, dict[str, dict[str, object]]]) -> None:
        self.board = board
        self.state = state

    def one(self, entity: str, pick: int) -> str:
        ids = sorted(self.state[entity]) or ["nothing"]
        return ids[pick % len(ids)]

    def command(self, kind: int, a: int, b: int, key: str) -> Command:
        item, group, column = self.one("item", a), self.one("group", a), self.one("column", a)
        values = (
            {self.board.columns["number"]: str(b)},
            {self.board.columns["status"]: ["todo", "done", None][b % 3]},
            {self.board.columns["tags"]: [["red"], ["blue", "red"], None][b % 3]},
            {self.board.columns["text"]: f"text {b}", self.board.columns["checkbox"]: True},
        )[b % 4]
        choices: tuple[Command, ...] = (
            AddItems(
                group_id=group,
                items=tuple(
                    NewItem(id=derived_id(key, str(n)), name=f"new {n}") for n in range(1 + b % 3)
                ),
                after=[None, "", item][b % 3],
            ),
            AddItems(
                group_id=str(self.state["item"].get(item, {}).get("group_id", group)),
                parent_id=item,
                items=(NewItem(id=derived_id(key), name="sub"),),
            ),
            RenameItem(item_id=item, name=f"name {b}"),
            SetValues(item_ids=tuple({item, self.one("item", b)}), values=values),
            MoveItems(item_ids=(item,), group_id=self.one("group", b), after=self.one("item", b)),
            TrashItems(item_ids=(item,)),
            ArchiveItems(item_ids=(item,)),
            RestoreItems(item_ids=(item,)),
            DuplicateItems(item_ids=(item,), copy_ids=(derived_id(key),)),
            AddGroup(board_id=self.board.board, group_id=derived_id(key), name="group"),
            EditGroup(group_id=group, name=f"g{b}", collapsed=bool(b % 2)),
            MoveGroup(group_id=group, after=self.one("group", b)),
            TrashGroup(group_id=group),
            ArchiveGroup(group_id=group),
            RestoreGroup(group_id=group),
            DuplicateGroup(group_id=group, copy_id=derived_id(key)),
            AddColumn(
                board_id=self.board.board, column_id=derived_id(key)[-10:], type="text", title="t"
            ),
            EditColumn(column_id=column, title=f"c{b}", width=b % 50),
            MoveColumn(column_id=column, after=self.one("column", b)),
            TrashColumn(column_id=column),
            RestoreColumn(column_id=column),
            AddComment(comment_id=derived_id(key), item_id=item, body=f"words {b}"),
            EditComment(comment_id=self.one("comment", a), body=f"other {b}"),
            DeleteComment(comment_id=self.one("comment", a)),
            RestoreComment(comment_id=self.one("comment", a)),
            AttachLink(attachment_id=derived_id(key), item_id=item, url="https://example.org"),
            RenameAttachment(attachment_id=self.one("attachment", a), name=f"file {b}"),
            RemoveAttachment(attachment_id=self.one("attachment", a)),
            SaveView(view_id=derived_id(key), board_id=self.board.board, name="view"),
            DeleteView(view_id=self.one("view", a)),
            EditBoard(board_id=self.one("board", a), name=f"board {b}"),
            MoveBoard(board_id=self.one("board", a), after=self.one("board", b)),
            CreateBoard(board_id=derived_id(key), name="more", group_id=derived_id(key, "g")),
            DuplicateBoard(board_id=self.board.board, copy_id=derived_id(key)),
            ArchiveBoard(board_id=self.one("board", a)),
            TrashBoard(board_id=self.one("board", a)),
            RestoreBoard(board_id=self.one("board", a)),
            AddPerson(member_id=derived_id(key), name=f"person {b}"),
            EditPerson(member_id=self.one("member", a), name=f"renamed {b}"),
            SetRole(member_id=self.one("member", a), role=Role.OWNER),
        )
        return choices[kind % len(choices)]


@settings(
    max_examples=40, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)  # fmt: skip
@given(steps=st.lists(st.tuples(PICK, PICK, PICK), min_size=1, max_size=14))
def test_random_commands_and_as_many_undos_give_the_first_state(
    template_file: Path, steps: list[tuple[int, int, int]]
) -> None:
    asyncio.run(_there_and_back(template_file, steps))


async def _there_and_back(template: Path, steps: list[tuple[int, int, int]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        shutil.copy(template, Path(folder) / "workspace.db")
        engine = await Engine.open_workspace(Path(folder), KEY, clock=Ticking())
        try:
            acting = await new_organization(engine)
            board = await sample_board(acting, items=3)
            states = [await state_of(acting)]
            for number, (kind, a, b) in enumerate(steps):
                chooser = Chooser(board, states[-1])
                try:
                    await acting.execute(chooser.command(kind, a, b, f"{number}"))
                except ConneqtError:
                    assert await state_of(acting) == states[-1]  # refused: nothing changed
                    continue
                states.append(await state_of(acting))
            for before in reversed(states[:-1]):
                await undo(acting)
                assert await state_of(acting) == before
            for after in states[1:]:
                await redo(acting)
                assert await state_of(acting) == after
            assert (await acting.verify_audit()).bad_number is None
        finally:
            await engine.close()
