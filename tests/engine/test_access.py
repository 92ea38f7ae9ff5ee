"""Roles and board kinds: who may do and see what, decided at the handler's line."""

import pytest

from engine.api import Acting, Engine
from engine.clock import new_id
from engine.commands.boards import CreateBoard, EditBoard, ShareBoard, UnshareBoard
from engine.commands.comments import AddComment, EditComment
from engine.commands.history import Undo
from engine.commands.items import AddItems, NewItem, RenameItem
from engine.commands.members import RenameOrganization, SetRole
from engine.commands.registry import HANDLERS
from engine.errors import Forbidden, Invalid, NotFound, Refused
from engine.model.actor import Actor, Role
from engine.model.audit import AUDIT_NAMES
from engine.model.board import BoardKind
from engine.model.organization import Member
from engine.queries.board_view import OpenBoard
from engine.queries.history import UndoState
from engine.queries.home import Boards, ItemSearch
from tests.engine.boards import names, sample_board
from tests.engine.conftest import new_organization
from tests.engine.members import add_account


async def member(acting: Acting, role: Role) -> Acting:
    person = Member(id=new_id(), name=role.value, role=role)
    await add_account(acting, person)
    return acting.engine.acting_as(
        Actor(organization_id=acting.actor.organization_id, user_id=person.id)
    )


def test_every_command_names_a_role_and_an_audit_name_or_a_reason() -> None:
    for found in HANDLERS.values():
        assert found.role in Role
        assert found.audit in AUDIT_NAMES or len(found.no_audit) > 20, found.command.__name__


async def test_a_viewer_reads_and_does_not_write(engine: Engine) -> None:
    owner = await new_organization(engine)
    board = await sample_board(owner)
    viewer = await member(owner, Role.VIEWER)
    frame = await viewer.query(OpenBoard(board_id=board.board))
    assert frame.role is Role.VIEWER
    with pytest.raises(Forbidden, match="Your role here is viewer"):
        await viewer.execute(RenameItem(item_id=board.items[0], name="x"))
    with pytest.raises(Forbidden):
        await viewer.execute(CreateBoard(name="x"))


async def test_a_guest_sees_only_what_is_shared_with_them(engine: Engine) -> None:
    owner = await new_organization(engine)
    board = await sample_board(owner)
    guest = await member(owner, Role.GUEST)
    assert await guest.query(Boards()) == []
    assert await guest.query(ItemSearch(words="Item")) == []
    with pytest.raises(NotFound):
        await guest.query(OpenBoard(board_id=board.board))
    with pytest.raises(Invalid, match="shareable"):
        await owner.execute(ShareBoard(board_id=board.board, member_id=guest.actor.user_id))
    await owner.execute(EditBoard(board_id=board.board, kind=BoardKind.SHAREABLE))
    await owner.execute(ShareBoard(board_id=board.board, member_id=guest.actor.user_id))
    assert [found.board.id for found in await guest.query(Boards())] == [board.board]
    await guest.execute(RenameItem(item_id=board.items[0], name="by the guest"))
    await owner.execute(UnshareBoard(board_id=board.board, member_id=guest.actor.user_id))
    assert await guest.query(Boards()) == []


async def test_a_guest_who_may_only_view_a_board_does_not_change_it(engine: Engine) -> None:
    owner = await new_organization(engine)
    board = await sample_board(owner)
    guest = await member(owner, Role.GUEST)
    await owner.execute(EditBoard(board_id=board.board, kind=BoardKind.SHAREABLE))
    await owner.execute(
        ShareBoard(board_id=board.board, member_id=guest.actor.user_id, role=Role.VIEWER)
    )
    with pytest.raises(Forbidden):
        await guest.execute(RenameItem(item_id=board.items[0], name="x"))


async def test_a_private_board_does_not_exist_for_others_not_even_the_owner(
    engine: Engine,
) -> None:
    owner = await new_organization(engine)
    maker = await member(owner, Role.MEMBER)
    create = CreateBoard(name="private", kind=BoardKind.PRIVATE)
    await maker.execute(create)
    item = NewItem(name="hidden words")
    await maker.execute(AddItems(group_id=create.group_id, items=(item,)))
    assert await owner.query(Boards()) == []
    assert await owner.query(ItemSearch(words="hidden")) == []
    with pytest.raises(NotFound):
        await owner.execute(RenameItem(item_id=item.id, name="x"))


async def test_a_viewer_can_be_given_more_on_one_private_board(engine: Engine) -> None:
    owner = await new_organization(engine)
    viewer = await member(owner, Role.VIEWER)
    create = CreateBoard(name="private", kind=BoardKind.PRIVATE)
    await owner.execute(create)
    await owner.execute(ShareBoard(board_id=create.board_id, member_id=viewer.actor.user_id))
    await viewer.execute(AddItems(group_id=create.group_id, items=(NewItem(name="mine"),)))
    assert await names(owner, create.board_id) == ["mine"]


async def test_a_role_acts_from_the_next_command_on(engine: Engine) -> None:
    owner = await new_organization(engine)
    other = await member(owner, Role.MEMBER)
    await other.execute(CreateBoard(name="as a member"))
    await owner.execute(SetRole(member_id=other.actor.user_id, role=Role.VIEWER))
    with pytest.raises(Forbidden):
        await other.execute(CreateBoard(name="as a viewer"))


async def test_who_has_lost_a_role_cannot_undo_with_it(engine: Engine) -> None:
    owner = await new_organization(engine)
    board = await sample_board(owner)
    other = await member(owner, Role.MEMBER)
    await other.execute(RenameItem(item_id=board.items[0], name="theirs"))
    target = (await other.query(UndoState())).undo
    assert target is not None
    await owner.execute(SetRole(member_id=other.actor.user_id, role=Role.VIEWER))
    with pytest.raises(Forbidden):
        await other.execute(Undo(gesture=target.gesture))


async def test_the_last_owner_stays_owner(acting: Acting) -> None:
    with pytest.raises(Refused, match="needs an owner"):
        await acting.execute(SetRole(member_id=acting.actor.user_id, role=Role.MEMBER))


async def test_only_owners_make_owners(engine: Engine) -> None:
    owner = await new_organization(engine)
    admin = await member(owner, Role.ADMIN)
    with pytest.raises(Forbidden):
        await admin.execute(SetRole(member_id=admin.actor.user_id, role=Role.OWNER))
    with pytest.raises(Forbidden):
        await admin.execute(RenameOrganization(name="Ours"))


async def test_only_its_author_edits_a_comment(engine: Engine) -> None:
    owner = await new_organization(engine)
    board = await sample_board(owner)
    other = await member(owner, Role.ADMIN)
    comment = AddComment(item_id=board.items[0], body="mine")
    await owner.execute(comment)
    with pytest.raises(Forbidden):
        await other.execute(EditComment(comment_id=comment.comment_id, body="theirs"))
