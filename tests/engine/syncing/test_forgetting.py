"""What may not stay on a device leaves it, with every word that it kept beside the rows."""

from contextlib import closing
from typing import Any

import pytest
from sqlalchemy import select, update

from engine.api import Acting
from engine.clock import new_id
from engine.commands.boards import EditBoard, ShareBoard, UnshareBoard
from engine.commands.columns import AddColumn, TrashColumn
from engine.commands.comments import AddComment
from engine.commands.deletion import EraseMembers
from engine.commands.history import Redo, Undo
from engine.commands.importing import ImportBoard
from engine.commands.items import (
    AddItems,
    MoveItems,
    NewItem,
    RenameItem,
    SetValues,
    TrashItems,
)
from engine.commands.trash import EmptyTrash
from engine.errors import Refused
from engine.model.actor import Role
from engine.model.board import BoardKind
from engine.model.exchange import Welcome
from engine.model.organization import Member
from engine.queries.item_detail import ItemDetail
from engine.retaining import begin_again
from engine.store.sqlite import unlocked
from engine.store.tables import change, held, journal, outbox
from engine.store.waiting import write_link
from engine.syncing import Device
from tests.engine.boards import names, sample_board
from tests.engine.conftest import KEY
from tests.engine.members import colleague
from tests.engine.syncing.conftest import Laptops
from tests.engine.syncing.devices import Laptop, rows_of
from tests.policy.bytes_of import stored_bytes

WORDS = "OWNERS WORDS one two three"


async def beside(one: Laptop, *words: str) -> dict[str, int]:
    """In how many entries a device keeps one of the words, beside its rows."""

    def look(connection: Any) -> dict[str, int]:
        found = {}
        for table in (outbox, held, journal, change):
            rows = [str(row._mapping) for row in connection.execute(select(table))]
            found[table.name] = sum(any(word in row for word in words) for row in rows)
        return {name: count for name, count in found.items() if count}

    return await one.acting.session.database.read(one.acting.actor.organization_id, look)


async def older(one: Laptop) -> None:
    """As after an update of the program: everything will be read anew."""
    mine = one.acting.actor.organization_id
    await one.acting.session.database.write(
        mine, lambda connection: write_link(connection, mine, schema="0008")
    )


# -- what was erased ------------------------------------------------------------------------------


async def test_outbox_held_and_journal_forget_who_was_erased(
    acting: Acting, laptops: Laptops
) -> None:
    board, grace = await sample_board(acting), await colleague(acting, "Grace")
    who, people = grace.actor.user_id, board.columns["people"]
    one = await laptops()
    await one.sync()
    for number in (0, 1, 2):  # taken, refused, waiting
        await one.acting.execute(SetValues(item_ids=(board.items[number],), values={people: [who]}))
        if number == 0:
            await one.sync()
        if number == 1:
            await acting.execute(TrashItems(item_ids=(board.items[1],)))
            await acting.execute(EmptyTrash(records=(("item", board.items[1]),)))
            await one.sync()
    assert {"outbox", "held", "journal"} <= set(await beside(one, who))
    await acting.execute(EraseMembers(member_ids=(who,), again=True))
    await one.pull()
    assert not {"outbox", "held", "journal"} & set(await beside(one, who))
    assert [sent.command.arguments for sent in await one.device.waiting()] == [{}]


@pytest.mark.parametrize("anew", ["no", "update", "restored"])
async def test_also_a_device_that_reads_everything_anew_forgets_the_erased(
    acting: Acting, laptops: Laptops, anew: str
) -> None:
    await sample_board(acting)
    one, who = await laptops(), new_id()
    await one.sync()
    person = Member(id=who, name="Needle Haystack", email="needle@example.org")
    await one.acting.execute(ImportBoard(board_id=new_id(), name="Brought", people=(person,)))
    await one.sync()
    assert "journal" in await beside(one, "Needle Haystack")
    await acting.execute(EraseMembers(member_ids=(who,), again=True))
    await made_anew(one, acting, anew)
    await one.pull()
    await one.sync()
    assert await beside(one, "Needle Haystack") == {}
    assert b"Needle Haystack" not in await stored_bytes(one.acting)


async def test_what_waits_and_names_who_was_erased_is_not_run_again(
    acting: Acting, laptops: Laptops
) -> None:
    board, grace = await sample_board(acting), await colleague(acting, "Grace")
    one = await laptops()
    await one.sync()
    values = {board.columns["people"]: [grace.actor.user_id], board.columns["text"]: WORDS}
    await one.acting.execute(SetValues(item_ids=(board.items[0],), values=values))
    await acting.execute(EraseMembers(member_ids=(grace.actor.user_id,), again=True))
    await one.pull()
    assert WORDS.encode() not in await stored_bytes(one.acting)


async def test_what_the_server_refuses_because_of_an_erasure_leaves_the_file(
    acting: Acting, laptops: Laptops
) -> None:
    board, grace = await sample_board(acting), await colleague(acting, "Grace")
    one = await laptops()
    await acting.execute(EraseMembers(member_ids=(grace.actor.user_id,), again=True))
    await one.sync()
    values = {board.columns["people"]: [grace.actor.user_id], board.columns["text"]: WORDS}
    await one.acting.execute(SetValues(item_ids=(board.items[0],), values=values))
    mine = one.acting.actor.organization_id
    await one.acting.session.database.write(  # as where its board was not read as far as the rest
        mine, lambda connection: connection.execute(update(outbox).values(base=1))
    )
    await one.push()
    await one.pull()
    assert WORDS.encode() not in await stored_bytes(one.acting)


async def made_anew(one: Laptop, server: Acting, how: str) -> None:
    """After an update of the program, or in another epoch of the server, everything is read anew."""
    if how == "update":
        await older(one)
    if how == "restored":
        await begin_again(server.engine)
        assert (await one.pull()).restart
        await one.device.restart()


@pytest.mark.parametrize("anew", ["no", "update", "restored"])
async def test_what_was_given_after_an_erasure_outlives_that_everything_is_read_anew(
    acting: Acting, laptops: Laptops, anew: str
) -> None:
    board, grace = await sample_board(acting), await colleague(acting, "Grace")
    item, people, text = board.items[0], board.columns["people"], board.columns["long_text"]
    beside = [grace.actor.user_id, acting.actor.user_id]
    await acting.execute(SetValues(item_ids=(item,), values={people: beside[:1]}))
    one = await laptops()
    await one.sync()
    await acting.execute(EraseMembers(member_ids=tuple(beside[:1]), again=True))
    await one.sync()
    said = SetValues(item_ids=(item,), values={people: beside, text: "hours of work"})
    await one.acting.execute(said)
    await made_anew(one, acting, anew)
    await one.sync()
    assert await one.device.held() == []
    assert (await rows_of(acting))[f"item:{item}"]["values"][text] == "hours of work"


@pytest.mark.parametrize("read_first", [True, False])
async def test_what_was_given_before_an_erasure_does_not_outlive_another_epoch(
    acting: Acting, laptops: Laptops, read_first: bool
) -> None:
    board, grace = await sample_board(acting), await colleague(acting, "Grace")
    one = await laptops()
    await one.sync()
    values = {board.columns["people"]: [grace.actor.user_id], board.columns["text"]: WORDS}
    await one.acting.execute(SetValues(item_ids=(board.items[0],), values=values))
    await acting.execute(EraseMembers(member_ids=(grace.actor.user_id,), again=True))
    await made_anew(one, acting, "restored")
    if read_first:
        await one.pull()
    await one.push()
    await one.sync()
    assert [kept.command.arguments for kept in await one.device.held()] == [{}]
    assert board.columns["text"] not in (await rows_of(acting))[f"item:{board.items[0]}"]["values"]


# -- what may not be read any more ----------------------------------------------------------------


async def shared_board(acting: Acting, ada: Laptop) -> tuple[str, str]:
    """A private board that Ada sees; comes back with its id and the item that she edited after its owner."""
    board = await sample_board(acting)
    await acting.execute(EditBoard(board_id=board.board, kind=BoardKind.PRIVATE))
    await acting.execute(ShareBoard(board_id=board.board, member_id=ada.acting.actor.user_id))
    column = board.columns["long_text"]
    await acting.execute(SetValues(item_ids=(board.items[0],), values={column: WORDS}))
    await ada.sync()
    await ada.acting.execute(
        SetValues(item_ids=(board.items[0],), values={column: f"{WORDS} four"})
    )
    return board.board, board.items[0]


async def test_a_board_that_is_taken_away_leaves_no_word(acting: Acting, laptops: Laptops) -> None:
    ada = await laptops(name="Ada", role=Role.MEMBER)
    board, _ = await shared_board(acting, ada)
    await ada.sync()
    assert set(await beside(ada, WORDS)) == {"journal", "change"}
    who = ada.acting.actor.user_id
    await acting.execute(UnshareBoard(board_id=board, member_id=who))
    await ada.sync()
    assert WORDS.encode() not in await stored_bytes(ada.acting)


async def test_what_was_taken_just_before_a_board_is_taken_away_leaves_no_word(
    acting: Acting, laptops: Laptops
) -> None:
    ada = await laptops(name="Ada", role=Role.MEMBER)
    board, _ = await shared_board(acting, ada)
    await ada.push()
    await acting.execute(UnshareBoard(board_id=board, member_id=ada.acting.actor.user_id))
    await ada.sync()
    assert await beside(ada, WORDS) == {}


async def test_what_waits_for_a_lost_board_is_held_with_ones_own_words_alone(
    acting: Acting, laptops: Laptops
) -> None:
    ada = await laptops(name="Ada", role=Role.MEMBER)
    board, item = await shared_board(acting, ada)
    await ada.acting.execute(RenameItem(item_id=item, name="My own words"))
    await acting.execute(UnshareBoard(board_id=board, member_id=ada.acting.actor.user_id))
    await ada.sync()
    kept = await ada.device.held()
    assert [one.command.op for one in kept] == [SetValues.OP, RenameItem.OP]
    assert kept[1].command.arguments["name"] == "My own words"
    assert [one.command.was for one in kept] == [None, None]


async def test_a_board_that_was_lost_before_an_update_goes_all_the_same(
    acting: Acting, laptops: Laptops
) -> None:
    ada = await laptops(name="Ada", role=Role.MEMBER)
    board, _ = await shared_board(acting, ada)
    await ada.sync()
    await acting.execute(UnshareBoard(board_id=board, member_id=ada.acting.actor.user_id))
    await older(ada)
    await ada.sync()
    assert await rows_of(ada.acting) == await rows_of(ada.member)
    assert WORDS.encode() not in await stored_bytes(ada.acting)


# -- what was removed for good --------------------------------------------------------------------


async def test_what_is_removed_for_good_is_forgotten_here_too(
    acting: Acting, laptops: Laptops
) -> None:
    board, one = await sample_board(acting), await laptops()
    await one.sync()
    await one.acting.execute(RenameItem(item_id=board.items[0], name="Gone for good"))
    await one.acting.execute(
        SetValues(item_ids=(board.items[1],), values={board.columns["text"]: "In a column"})
    )
    await one.sync()
    assert set(await beside(one, "Gone for good")) == {"journal", "change"}
    await acting.execute(TrashItems(item_ids=(board.items[0],)))
    await acting.execute(TrashColumn(column_id=board.columns["text"]))
    gone = (("item", board.items[0]), ("column", board.columns["text"]))
    await acting.execute(EmptyTrash(records=gone))
    await one.sync()
    assert await beside(one, "Gone for good", "In a column") == {}


async def test_what_was_only_taken_back_can_be_done_again(acting: Acting, laptops: Laptops) -> None:
    board, one = await sample_board(acting), await laptops()
    await one.sync()
    new = NewItem(name="Once more")
    made = await one.acting.execute(AddItems(group_id=board.groups[0], items=(new,)))
    await one.sync()
    undone = await one.acting.execute(Undo(gesture=made.gesture))
    await one.sync()
    await one.acting.execute(Redo(gesture=undone.gesture))
    await one.sync()
    assert "Once more" in await names(acting, board.board)


@pytest.mark.parametrize("how", ["removed", "taken away", "taken away before it was told"])
async def test_why_something_was_refused_repeats_no_word_of_what_is_gone(
    acting: Acting, laptops: Laptops, how: str
) -> None:
    ada = await laptops(name="Ada", role=Role.MEMBER)
    board, item = await shared_board(acting, ada)
    column = AddColumn(board_id=board, type="text", title=WORDS)
    await acting.execute(column)
    await ada.sync()
    said = SetValues(item_ids=(item,), values={column.column_id: "My own words"})
    await ada.acting.execute(said)
    await acting.execute(TrashColumn(column_id=column.column_id))
    await ada.push()
    if how != "taken away before it was told":
        await ada.sync()
        assert WORDS in (await ada.device.held())[0].reason
    if how == "removed":
        await acting.execute(EmptyTrash(records=(("column", column.column_id),)))
    else:
        who = ada.acting.actor.user_id
        await acting.execute(UnshareBoard(board_id=board, member_id=who))
    await ada.sync()
    (kept,) = await ada.device.held()
    assert WORDS not in kept.reason
    assert kept.command.arguments["values"] == {column.column_id: "My own words"}


# -- what undo and redo found there ---------------------------------------------------------------


async def undone_and_redone(one: Laptop) -> None:
    """The first thing that waits is taken back, and done again: both remember what they found, and name no item."""
    first = (await one.device.waiting())[0].command
    undone = await one.acting.execute(Undo(gesture=first.gesture))
    await one.acting.execute(Redo(gesture=undone.gesture))


async def test_undo_and_redo_keep_no_word_of_a_lost_board(acting: Acting, laptops: Laptops) -> None:
    ada = await laptops(name="Ada", role=Role.MEMBER)
    board, _ = await shared_board(acting, ada)
    await undone_and_redone(ada)
    await ada.sync()
    await acting.execute(UnshareBoard(board_id=board, member_id=ada.acting.actor.user_id))
    await ada.sync()
    assert await beside(ada, WORDS) == {}
    assert WORDS.encode() not in await stored_bytes(ada.acting)


async def test_an_undo_keeps_no_word_of_what_was_removed_for_good(
    acting: Acting, laptops: Laptops
) -> None:
    ada = await laptops(name="Ada", role=Role.MEMBER)
    _, item = await shared_board(acting, ada)
    await undone_and_redone(ada)
    await ada.sync()
    await acting.execute(TrashItems(item_ids=(item,)))
    await acting.execute(EmptyTrash(records=(("item", item),)))
    await ada.sync()
    assert await beside(ada, WORDS) == {}


async def test_what_a_device_forgot_with_a_board_that_came_back_is_not_taken_back(
    acting: Acting, laptops: Laptops
) -> None:
    ada = await laptops(name="Ada", role=Role.MEMBER)
    board, item = await shared_board(acting, ada)
    two = (NewItem(name="One"), NewItem(name="Two"))
    group = (await ada.acting.query(ItemDetail(item_id=item))).group.id
    added = await ada.acting.execute(AddItems(group_id=group, items=two))
    said = await ada.acting.execute(AddComment(item_id=item, body="My own words"))
    undone = await ada.acting.execute(Undo(gesture=said.gesture))
    await ada.sync()
    who = ada.acting.actor.user_id
    await acting.execute(UnshareBoard(board_id=board, member_id=who))
    await ada.sync()
    await acting.execute(ShareBoard(board_id=board, member_id=who))
    await ada.sync()
    for again in (Undo(gesture=added.gesture), Redo(gesture=undone.gesture)):
        with pytest.raises(Refused, match="Nothing is kept any more"):
            await ada.acting.execute(again)


# -- pages of the file ----------------------------------------------------------------------------


async def test_what_was_removed_for_good_leaves_the_file(acting: Acting, laptops: Laptops) -> None:
    board, one = await sample_board(acting), await laptops()
    await acting.execute(RenameItem(item_id=board.items[0], name=WORDS))
    await one.sync()
    await acting.execute(TrashItems(item_ids=(board.items[0],)))
    await acting.execute(EmptyTrash(records=(("item", board.items[0]),)))
    await one.sync()
    assert WORDS.encode() not in await stored_bytes(one.acting)


async def test_what_moved_to_a_board_that_she_does_not_see_leaves_the_file(
    acting: Acting, laptops: Laptops
) -> None:
    board, secret = await sample_board(acting), await sample_board(acting, name="Secret")
    await acting.execute(EditBoard(board_id=secret.board, kind=BoardKind.PRIVATE))
    said = {board.columns["long_text"]: WORDS}
    await acting.execute(SetValues(item_ids=(board.items[0],), values=said))
    ada = await laptops(name="Ada", role=Role.MEMBER)
    await ada.sync()
    await acting.execute(MoveItems(item_ids=(board.items[0],), group_id=secret.groups[0]))
    await ada.sync()
    assert WORDS.encode() not in await stored_bytes(ada.acting)


async def test_what_was_removed_before_an_update_is_forgotten_too(
    acting: Acting, laptops: Laptops
) -> None:
    board, one = await sample_board(acting), await laptops()
    await one.sync()
    await one.acting.execute(RenameItem(item_id=board.items[0], name=WORDS))
    await one.sync()
    await acting.execute(TrashItems(item_ids=(board.items[0],)))
    await acting.execute(EmptyTrash(records=(("item", board.items[0]),)))
    await older(one)
    await one.sync()
    assert await beside(one, WORDS) == {}


async def test_while_another_program_reads_in_the_file_nothing_counts_as_forgotten(
    acting: Acting, laptops: Laptops
) -> None:
    await sample_board(acting)
    one, who = await laptops(), new_id()
    person = Member(id=who, name=WORDS, email="needle@example.org")
    await acting.execute(ImportBoard(board_id=new_id(), name="Brought", people=(person,)))
    await one.sync()
    await acting.execute(EraseMembers(member_ids=(who,), again=True))
    with closing(unlocked(one.home / "workspace.db", KEY)) as reading:
        reading.execute("BEGIN")
        reading.execute("SELECT count(*) FROM member").fetchall()
        await one.pull()
        assert (await one.device.hello()).read == 0
    await one.sync()
    assert (await one.device.hello()).read > 0
    assert WORDS.encode() not in await stored_bytes(one.acting)


# -- two programs on one store --------------------------------------------------------------------


async def test_a_greeting_does_not_hide_what_another_program_took_in(
    acting: Acting, laptops: Laptops, monkeypatch: pytest.MonkeyPatch
) -> None:
    await sample_board(acting)
    grace, one = await colleague(acting, "Grace"), await laptops()
    await one.sync()
    said = await one.device.hello()
    await one.remote.greet(said)
    await acting.execute(EraseMembers(member_ids=(grace.actor.user_id,), again=True))
    other = Device(one.acting)

    async def killed() -> None: ...

    monkeypatch.setattr(other, "forget", killed)
    await other.apply([await one.remote.answer(await other.pulling())])
    await one.device.greeted(said, Welcome(organization_id="", member_id=""))
    state = await one.device.state()
    assert state is not None and state.link.forgotten < 0
