"""The import commands trust nothing: a part fills one new board of its maker, and reaches nothing else."""

from typing import Any

import pytest

from engine.api import Acting, Engine
from engine.clock import new_id, short_id
from engine.commands.boards import CreateBoard
from engine.commands.columns import MOST_COLUMNS
from engine.commands.importing import ImportBoard, ImportPart
from engine.errors import ConneqtError, Forbidden, Invalid, NotFound, Refused
from engine.model.board import BoardKind, Group
from engine.model.column import Column
from engine.model.item import Attachment, Comment, Item
from engine.model.record import State
from engine.queries.board_view import OpenBoard, RowOrder
from engine.queries.item_detail import ItemDetail, ItemWhole
from tests.engine.boards import Sample, sample_board
from tests.engine.conftest import START, new_organization
from tests.engine.members import colleague
from tests.engine.state import state_of

FOREVER = 10**17


class Started:
    """A board of one group with one item, brought in by `acting`."""

    def __init__(self, acting: Acting) -> None:
        self.acting = acting
        self.board, self.group, self.item = new_id(), new_id(), new_id()

    async def make(self) -> "Started":
        groups = (Group(id=self.group, board_id=self.board, name="First"),)
        await self.acting.execute(
            ImportBoard(board_id=self.board, name="Brought"),
            ImportPart(board_id=self.board, groups=groups, items=(self.new_item(id=self.item),)),
        )
        return self

    def new_item(self, **fields: Any) -> Item:
        told = {"id": new_id(), "board_id": self.board, "group_id": self.group, "name": "x"}
        return Item(**{**told, **fields})

    def comment_on(self, item_id: str, **fields: Any) -> Comment:
        author = self.acting.actor.user_id
        return Comment(
            id=new_id(), board_id=self.board, item_id=item_id, author_id=author, body="x", **fields
        )

    def attachment(self, **fields: Any) -> Attachment:
        return Attachment(
            **{"id": new_id(), "board_id": self.board, "item_id": self.item, "name": "x", **fields}
        )

    async def part(self, **records: Any) -> None:
        await self.acting.execute(ImportPart(board_id=self.board, **records))

    async def refuses(
        self, error: type[ConneqtError], seen_by: Acting | None = None, **records: Any
    ) -> None:
        """The part is refused, and all is as before: in the eyes of an owner, who sees everything."""
        before = await state_of(seen_by or self.acting)
        with pytest.raises(error):
            await self.part(**records)
        assert await state_of(seen_by or self.acting) == before

    async def first(self) -> ItemWhole:
        return await self.acting.query(ItemDetail(item_id=self.item))


@pytest.fixture
async def started(acting: Acting) -> Started:
    return await Started(acting).make()


@pytest.fixture
async def other(acting: Acting) -> Sample:
    """Another board of the same organization."""
    return await sample_board(acting)


async def test_only_the_maker_of_a_board_imports_into_it(acting: Acting, other: Sample) -> None:
    stranger = await colleague(acting)
    forged = Comment(
        id=new_id(), board_id=other.board, item_id=other.items[0], body="I agree to everything",
        author_id=acting.actor.user_id, created_at=START,
    )  # fmt: skip
    with pytest.raises(Forbidden, match="made"):
        await stranger.execute(ImportPart(board_id=other.board, comments=(forged,)))
    assert (await acting.query(ItemDetail(item_id=other.items[0]))).comments == ()


async def test_nothing_is_hung_on_items_of_other_boards(started: Started, other: Sample) -> None:
    await started.refuses(NotFound, comments=(started.comment_on(other.items[0]),))
    link = started.attachment(item_id=other.items[0], url="https://example.org")
    await started.refuses(NotFound, attachments=(link,))


async def test_a_private_board_cannot_be_written_on_from_outside(engine: Engine) -> None:
    owner = await new_organization(engine)
    create = CreateBoard(name="Secret", kind=BoardKind.PRIVATE)
    await owner.execute(create)
    secret = new_id()
    groups = (Group(id=new_id(), board_id=create.board_id, name="g"),)
    item = Item(id=secret, board_id=create.board_id, group_id=groups[0].id, name="hidden")
    await owner.execute(ImportPart(board_id=create.board_id, groups=groups, items=(item,)))
    started = await Started(await colleague(owner)).make()
    await started.refuses(NotFound, owner, comments=(started.comment_on(secret),))
    await started.refuses(NotFound, owner, items=(started.new_item(parent_id=secret),))


async def test_a_subitem_stands_below_an_item_of_its_board_and_group(
    started: Started, other: Sample
) -> None:
    below = started.new_item(parent_id=started.item)
    await started.part(items=(below,))
    await started.refuses(NotFound, items=(started.new_item(parent_id=other.items[0]),))
    await started.refuses(Invalid, items=(started.new_item(parent_id=below.id),))
    second = Group(id=new_id(), board_id=started.board, name="Second")
    astray = started.new_item(group_id=second.id, parent_id=started.item)
    await started.refuses(Invalid, groups=(second,), items=(astray,))
    assert [found.id for found in (await started.first()).subitems] == [below.id]


async def test_items_come_with_their_subitems_and_what_hangs_on_them(started: Started) -> None:
    top = started.new_item(name="top")
    sub = started.new_item(parent_id=top.id, name="sub")
    link = started.attachment(item_id=sub.id, url="https://example.org")
    await started.part(
        items=(top, sub), comments=(started.comment_on(sub.id),), attachments=(link,)
    )
    whole = await started.acting.query(ItemDetail(item_id=sub.id))
    assert (whole.parent and whole.parent.id) == top.id
    assert (len(whole.comments), len(whole.attachments)) == (1, 1)


@pytest.mark.parametrize("digest", ["", "../../workspace.db", "x" * 64, "A" * 64, "0" * 5_000])
async def test_an_attached_file_is_named_by_a_digest(started: Started, digest: str) -> None:
    await started.refuses(Invalid, attachments=(started.attachment(digest=digest),))


async def test_a_link_names_no_file(started: Started) -> None:
    link = started.attachment(url="https://example.org", digest="0" * 64, size=7)
    await started.part(attachments=(link,))
    (kept,) = (await started.first()).attachments
    assert (kept.url, kept.digest, kept.size) == ("https://example.org", "", 0)


@pytest.mark.parametrize("at", [-1, -FOREVER, FOREVER, 2**70])
async def test_a_time_that_no_calendar_has_becomes_now(started: Started, at: int) -> None:
    item = started.new_item(
        created_at=at, updated_at=at, state_at=at, state=State.ARCHIVED, name="odd"
    )
    said = started.comment_on(item.id, created_at=at, edited_at=at)
    link = started.attachment(item_id=item.id, url="https://example.org", created_at=at)
    group = Group(id=new_id(), board_id=started.board, name="g", created_at=at, state_at=at)
    await started.part(groups=(group,), items=(item,), comments=(said,), attachments=(link,))
    whole = await started.acting.query(ItemDetail(item_id=item.id))
    times = [whole.item.created_at, whole.item.updated_at, whole.item.state_at]
    times += [whole.comments[0].created_at, whole.attachments[0].created_at]
    assert all(START < time < START + 10**7 for time in times)
    assert whole.comments[0].edited_at == 0


async def test_a_board_gets_no_more_columns_than_it_may_have(started: Started) -> None:
    def columns(count: int) -> tuple[Column, ...]:
        return tuple(
            Column(id=short_id(), board_id=started.board, type="text", title=f"Column {n}")
            for n in range(count)
        )

    await started.refuses(Refused, columns=columns(MOST_COLUMNS + 1))
    await started.part(columns=columns(MOST_COLUMNS))
    await started.refuses(Refused, columns=columns(1))


async def test_a_column_has_a_plain_id_and_a_width_that_fits(started: Started) -> None:
    def column(**fields: Any) -> Column:
        told = {"id": short_id(), "board_id": started.board, "type": "text", "title": "x"}
        return Column(**{**told, **fields})

    await started.refuses(Invalid, columns=(column(id='a"b'),))
    await started.refuses(Invalid, columns=(column(id=""),))
    await started.part(columns=(column(width=10**9), column(width=-5, title="y")))
    frame = await started.acting.query(OpenBoard(board_id=started.board))
    assert [found.width for found in frame.columns] == [200, 0]


async def test_an_item_of_a_group_of_another_board_is_refused(
    started: Started, other: Sample
) -> None:
    await started.refuses(NotFound, items=(started.new_item(group_id=other.groups[0]),))
    order = await started.acting.query(RowOrder(board_id=other.board))
    assert sum(map(len, order.values())) == len(other.items)
