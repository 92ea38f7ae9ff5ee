"""Devices and their server meet again: the rules of docs/sync-model.md one by one, on both databases."""

import msgspec
import pytest
from msgspec.structs import replace
from sqlalchemy import Connection, delete, update

from engine.api import Acting
from engine.commands.attachments import AttachLink, RenameAttachment
from engine.commands.boards import EditBoard, ShareBoard, UnshareBoard
from engine.commands.columns import EditColumn, TrashColumn
from engine.commands.comments import AddComment
from engine.commands.conflicts import DismissConflict
from engine.commands.deletion import EraseMembers
from engine.commands.groups import TrashGroup
from engine.commands.history import Undo
from engine.commands.items import AddItems, MoveItems, NewItem, RenameItem, SetValues, TrashItems
from engine.commands.members import SetRole
from engine.commands.trash import EmptyTrash
from engine.commands.views import SaveView
from engine.errors import Forbidden, NeedsServer, Refused
from engine.model.actor import Role
from engine.model.board import BoardKind
from engine.model.conflict import Conflict
from engine.model.exchange import Status, Turn
from engine.model.item import PENDING_NUMBERS, Item
from engine.model.view import Sort
from engine.queries.board_view import OpenBoard
from engine.queries.conflicts import Conflicts
from engine.relocating import leave
from engine.store.packed_lines import lines_of
from engine.store.tables import item as items
from engine.store.waiting import write_link
from tests.engine.boards import Sample, names, sample_board
from tests.engine.syncing.conftest import Laptops
from tests.engine.syncing.devices import Laptop, rows_of


async def same(*laptops: Laptop) -> bool:
    """Whether each device holds exactly what its member may see on the server."""
    for one in laptops:
        assert await rows_of(one.acting) == await rows_of(one.member)
        state = await one.device.state()
        assert state is not None and state.waiting == 0
    return True


async def item(acting: Acting, id: str) -> Item:
    return await acting.session.read(
        acting.actor, Role.GUEST, True, lambda reading: reading.get(Item, id)
    )


async def numbers(acting: Acting) -> list[int]:
    return await acting.session.read(
        acting.actor, Role.GUEST, True, lambda reading: [one.number for one in reading.list(Item)]
    )


async def conflicts(acting: Acting) -> list[Conflict]:
    return await acting.session.read(
        acting.actor, Role.GUEST, True,
        lambda reading: reading.list(Conflict, member_id=acting.actor.user_id),
    )  # fmt: skip


async def test_a_new_device_reads_everything_its_member_may_see(
    acting: Acting, laptops: Laptops
) -> None:
    await sample_board(acting)
    one = await laptops()
    await one.sync()
    assert await same(one)


async def test_what_a_device_did_offline_comes_to_the_server_and_the_other_device(
    acting: Acting, laptops: Laptops
) -> None:
    board = await sample_board(acting)
    here, there = await laptops(), await laptops(name="Ada", role=Role.MEMBER)
    await here.sync()
    await there.sync()
    new = NewItem(name="offline")
    await here.acting.execute(AddItems(group_id=board.groups[0], items=(new,), after=""))
    await here.acting.execute(RenameItem(item_id=board.items[0], name="renamed"))
    assert (await item(here.acting, new.id)).number >= PENDING_NUMBERS
    await here.sync()
    await there.sync()
    assert await names(there.acting, board.board) == [
        "offline", "renamed", "Item 2", "Item 3", "Item 4", "Item 5",
    ]  # fmt: skip
    assert (await item(here.acting, new.id)).number == 6
    assert await same(here, there)
    assert (await acting.verify_audit()).bad_number is None


async def test_waiting_commands_are_run_again_on_top_of_what_others_did(
    acting: Acting, laptops: Laptops
) -> None:
    board = await sample_board(acting)
    one = await laptops()
    await one.sync()
    await one.acting.execute(RenameItem(item_id=board.items[0], name="mine"))
    await acting.execute(RenameItem(item_id=board.items[1], name="theirs"))
    await one.pull()
    assert (await names(one.acting, board.board))[:2] == ["mine", "theirs"]
    await one.sync()
    assert await same(one)


async def test_an_answer_that_is_lost_changes_nothing_but_the_time(
    acting: Acting, laptops: Laptops
) -> None:
    board = await sample_board(acting)
    one = await laptops()
    await one.sync()
    await one.acting.execute(RenameItem(item_id=board.items[0], name="once"))
    push = await one.device.outgoing()
    assert push is not None
    first, second = await one.remote.decide(push), await one.remote.decide(push)
    assert first.acks == second.acks
    await one.sync()
    assert await same(one)


async def test_an_answer_that_is_cut_anywhere_changes_nothing(
    acting: Acting, laptops: Laptops
) -> None:
    await sample_board(acting)
    one = await laptops()
    packed = await one.remote.answer(await one.device.pulling())
    before = await one.device.state()
    for end in (*range(0, len(packed), max(1, len(packed) // 12)), len(packed) - 1):
        with pytest.raises(Refused):
            await one.device.apply([packed[:end]])
    assert await one.device.state() == before
    await one.sync()
    assert await same(one)


async def test_an_old_answer_that_comes_late_is_let_go(acting: Acting, laptops: Laptops) -> None:
    board = await sample_board(acting)
    one = await laptops()
    await one.sync()
    old = await one.remote.answer(await one.device.pulling())
    await acting.execute(RenameItem(item_id=board.items[0], name="newer"))
    await one.pull()
    assert (await one.device.apply([old])).stale
    assert await same(one)


async def test_the_later_of_two_edits_stands_and_the_other_person_sees_both_values(
    acting: Acting, laptops: Laptops
) -> None:
    board = await sample_board(acting)
    here, there = await laptops(), await laptops(name="Ada", role=Role.MEMBER)
    await here.sync()
    await there.sync()
    await here.acting.execute(RenameItem(item_id=board.items[0], name="earlier"))
    await there.acting.execute(RenameItem(item_id=board.items[0], name="later"))
    await there.sync()
    await here.sync()
    await there.sync()
    assert await same(here, there)
    assert (await item(here.acting, board.items[0])).name == "later"
    (mine,) = await conflicts(here.acting)
    assert (mine.field, mine.lost, mine.won) == ("name", "earlier", "later")
    assert await conflicts(there.acting) == []


async def test_an_earlier_edit_that_arrived_first_is_told_that_it_lost(
    acting: Acting, laptops: Laptops
) -> None:
    board = await sample_board(acting)
    here, there = await laptops(), await laptops(name="Ada", role=Role.MEMBER)
    await here.sync()
    await there.sync()
    await here.acting.execute(RenameItem(item_id=board.items[0], name="earlier"))
    await there.acting.execute(RenameItem(item_id=board.items[0], name="later"))
    await here.sync()
    await there.sync()
    await here.sync()
    assert await same(here, there)
    assert (await item(here.acting, board.items[0])).name == "later"
    (mine,) = await conflicts(here.acting)
    assert (mine.lost, mine.won) == ("earlier", "later")


@pytest.mark.parametrize("skew", [-86_400_000, 86_400_000])
async def test_a_clock_that_is_a_day_off_does_not_decide(
    acting: Acting, laptops: Laptops, skew: int
) -> None:
    board = await sample_board(acting)
    here, wrong = await laptops(), await laptops(name="Ada", role=Role.MEMBER, skew=skew)
    await here.sync()
    await wrong.sync()
    await wrong.acting.execute(RenameItem(item_id=board.items[0], name="earlier"))
    await here.acting.execute(RenameItem(item_id=board.items[0], name="later"))
    await here.sync()
    await wrong.sync()
    assert (await item(acting, board.items[0])).name == "later"


async def test_edits_of_other_fields_do_not_fight(acting: Acting, laptops: Laptops) -> None:
    board = await sample_board(acting)
    here, there = await laptops(), await laptops(name="Ada", role=Role.MEMBER)
    await here.sync()
    await there.sync()
    number, text = board.columns["number"], board.columns["text"]
    await here.acting.execute(SetValues(item_ids=(board.items[0],), values={number: "7"}))
    await there.acting.execute(SetValues(item_ids=(board.items[0],), values={text: "seven"}))
    await there.sync()
    await here.sync()
    await there.sync()
    values = (await item(acting, board.items[0])).values
    assert (values[number], values[text]) == ("7", "seven")
    assert await same(here, there)
    assert await conflicts(here.acting) == await conflicts(there.acting) == []


async def test_lists_meet_as_sets_and_long_texts_by_words(acting: Acting, laptops: Laptops) -> None:
    board = await sample_board(acting)
    tags, text, (first, *_) = board.columns["tags"], board.columns["long_text"], board.items
    await acting.execute(
        SetValues(item_ids=(first,), values={tags: ["red"], text: "one two three four"})
    )
    here, there = await laptops(), await laptops(name="Ada", role=Role.MEMBER)
    await here.sync()
    await there.sync()
    await here.acting.execute(
        SetValues(item_ids=(first,), values={tags: ["red", "blue"], text: "ONE two three four"})
    )
    await there.acting.execute(
        SetValues(item_ids=(first,), values={tags: [], text: "one two three FOUR"})
    )
    await here.sync()
    await there.sync()
    await here.sync()
    values = (await item(acting, first)).values
    assert (values[tags], values[text]) == (["blue"], "ONE two three FOUR")
    assert await same(here, there)
    assert await conflicts(here.acting) == await conflicts(there.acting) == []


async def test_long_texts_that_touch_keep_both_versions(acting: Acting, laptops: Laptops) -> None:
    board = await sample_board(acting)
    text, (first, *_) = board.columns["long_text"], board.items
    await acting.execute(SetValues(item_ids=(first,), values={text: "one two"}))
    here, there = await laptops(), await laptops(name="Ada", role=Role.MEMBER)
    await here.sync()
    await there.sync()
    await here.acting.execute(SetValues(item_ids=(first,), values={text: "one three"}))
    await there.acting.execute(SetValues(item_ids=(first,), values={text: "one four"}))
    await there.sync()
    await here.sync()
    (mine,) = await conflicts(here.acting)
    assert (mine.lost, mine.won) == ("one three", "one four")


async def test_a_refused_command_is_held_with_its_reason_and_what_it_wanted(
    acting: Acting, laptops: Laptops
) -> None:
    board = await sample_board(acting)
    one = await laptops()
    await one.sync()
    await one.acting.execute(RenameItem(item_id=board.items[0], name="too late"))
    await acting.execute(TrashItems(item_ids=(board.items[0],)))
    await acting.execute(EmptyTrash(records=(("item", board.items[0]),)))
    await one.sync()
    (held,) = await one.device.held()
    assert held.code == "not_found" and held.command.arguments["name"] == "too late"
    state = await one.device.state()
    assert state is not None and not state.settled
    assert await same(one)
    assert await one.device.let_go(held.command.id)
    state = await one.device.state()
    assert state is not None and state.settled


async def test_a_role_is_what_it_is_when_the_server_decides(
    acting: Acting, laptops: Laptops
) -> None:
    board = await sample_board(acting)
    ada = await laptops(name="Ada", role=Role.MEMBER)
    await ada.sync()
    await ada.acting.execute(RenameItem(item_id=board.items[0], name="not any more"))
    await acting.execute(SetRole(member_id=ada.member.actor.user_id, role=Role.VIEWER))
    await ada.sync()
    (held,) = await ada.device.held()
    assert held.code == "forbidden"
    assert await same(ada)


async def test_a_board_that_is_taken_away_leaves_the_device(
    acting: Acting, laptops: Laptops
) -> None:
    board = await sample_board(acting)
    ada = await laptops(name="Ada", role=Role.MEMBER)
    await acting.execute(EditBoard(board_id=board.board, kind=BoardKind.PRIVATE))
    who = ada.member.actor.user_id
    await acting.execute(ShareBoard(board_id=board.board, member_id=who))
    await ada.sync()
    assert f"board:{board.board}" in await rows_of(ada.acting)
    await ada.acting.execute(RenameItem(item_id=board.items[0], name="unsent"))
    await acting.execute(UnshareBoard(board_id=board.board, member_id=who))
    await ada.sync()
    assert await same(ada)
    assert [name for name in await rows_of(ada.acting) if board.board in name] == []
    await acting.execute(ShareBoard(board_id=board.board, member_id=who))
    await ada.sync()
    assert await same(ada)
    assert board.items[0] in {name.partition(":")[2] for name in await rows_of(ada.acting)}


async def test_a_copied_device_becomes_one_of_its_own_and_nothing_is_lost_or_done_twice(
    acting: Acting, laptops: Laptops
) -> None:
    board = await sample_board(acting)
    one, copy = await laptops(), await laptops()
    await one.sync()
    await copy.sync()
    await _make_copy(one, copy)
    await one.acting.execute(AddItems(group_id=board.groups[0], items=(NewItem(name="from one"),)))
    await copy.acting.execute(
        AddItems(group_id=board.groups[0], items=(NewItem(name="from copy"),))
    )
    await one.sync()
    await copy.sync()
    await one.sync()
    assert (await names(acting, board.board))[5:] == ["from one", "from copy"]
    assert await same(one, copy)


async def test_a_server_that_knows_another_command_by_the_last_number_says_so(
    acting: Acting, laptops: Laptops
) -> None:
    """Both ends look at numbers and ids (sync.md R4): the server before it decides anything."""
    board = await sample_board(acting)
    one = await laptops()
    await one.sync()
    await one.acting.execute(RenameItem(item_id=board.items[0], name="first"))
    await one.sync()
    await one.acting.execute(RenameItem(item_id=board.items[0], name="second"))
    push = await one.device.outgoing()
    assert push is not None and push.after_n == 1
    answer = await one.remote.decide(replace(push, after_id="of-a-copy"))
    assert (answer.turn, answer.acks) == (Turn.FORK, ())
    assert (await names(acting, board.board))[0] == "first"
    await one.sync()
    assert (await names(acting, board.board))[0] == "second"


async def test_what_names_somebody_who_was_erased_meanwhile_is_refused_and_no_word_of_it_stays(
    acting: Acting, laptops: Laptops
) -> None:
    board = await sample_board(acting)
    one, ada = await laptops(), await laptops(name="Ada", role=Role.MEMBER)
    await one.sync()
    erased = ada.acting.actor.user_id
    values = {board.columns["people"]: [erased]}
    await one.acting.execute(SetValues(item_ids=(board.items[0],), values=values))
    await acting.execute(EraseMembers(member_ids=(erased,), again=True))
    answer = await one.push()
    assert answer is not None
    assert [(ack.status, ack.code) for ack in answer.acks] == [(Status.REJECTED, "erased")]
    await one.sync()
    (held,) = await one.device.held()
    assert held.command.arguments == {}


async def test_two_people_change_one_view_and_neither_change_is_lost(
    acting: Acting, laptops: Laptops
) -> None:
    board = await sample_board(acting)
    view = SaveView(board_id=board.board, name="Mine")
    await acting.execute(view)
    one, other = await laptops(), await laptops(name="Ada", role=Role.MEMBER)
    await one.sync()
    await other.sync()
    saved = {"view_id": view.view_id, "board_id": board.board, "name": "Mine"}
    column = board.columns["text"]
    await one.acting.execute(SaveView(**saved, hidden=(column,)))  # type: ignore[arg-type]
    await other.acting.execute(SaveView(**saved, sorts=(Sort(column=column),)))  # type: ignore[arg-type]
    await one.sync()
    await other.sync()
    found = (await acting.query(OpenBoard(board_id=board.board))).views[0]
    assert (found.hidden, found.sorts) == ((column,), (Sort(column=column),))
    assert await other.acting.query(Conflicts()) == []


@pytest.mark.parametrize("lane", ["one", "other"])
async def test_where_two_people_show_a_view_otherwise_the_one_who_lost_sees_both(
    acting: Acting, laptops: Laptops, lane: str
) -> None:
    board = await sample_board(acting)
    view = SaveView(board_id=board.board, name="Mine")
    await acting.execute(view)
    one, other = await laptops(), await laptops(name="Ada", role=Role.MEMBER)
    await one.sync()
    await other.sync()
    saved = {"view_id": view.view_id, "board_id": board.board, "name": "Mine"}
    await one.acting.execute(SaveView(**saved, lane_by=board.columns["status"]))  # type: ignore[arg-type]
    await other.acting.execute(SaveView(**saved, lane_by=board.columns["people"]))  # type: ignore[arg-type]
    first, second = (one, other) if lane == "one" else (other, one)
    for device in (first, second, first):
        await device.sync()
    (conflict,) = await one.acting.query(Conflicts())
    assert (conflict.field, conflict.lost, conflict.won) == (
        "lane_by", board.columns["status"], board.columns["people"],
    )  # fmt: skip


async def test_a_file_that_two_people_named_otherwise_has_the_later_name_and_both_are_told(
    acting: Acting, laptops: Laptops
) -> None:
    board = await sample_board(acting)
    link = AttachLink(item_id=board.items[0], url="https://example.org/", name="plan")
    await acting.execute(link)
    one, other = await laptops(), await laptops(name="Ada", role=Role.MEMBER)
    await one.sync()
    await other.sync()
    for device, name in ((one, "earlier"), (other, "later")):
        await device.acting.execute(RenameAttachment(attachment_id=link.attachment_id, name=name))
    for device in (other, one, other):
        await device.sync()
    (conflict,) = await one.acting.query(Conflicts())
    assert (conflict.field, conflict.lost, conflict.won) == ("name", "earlier", "later")
    assert await rows_of(other.acting) == await rows_of(other.member)


async def test_a_device_is_one_persons(acting: Acting, laptops: Laptops) -> None:
    """Whoever learns another's replica id gives no command in their name, and reads none of their verdicts."""
    board = await sample_board(acting)
    one, ada = await laptops(), await laptops(name="Ada", role=Role.MEMBER)
    await ada.sync()
    for name in ("first", "second"):
        await one.sync()
        await one.acting.execute(RenameItem(item_id=board.items[0], name=name))
    push = await one.device.outgoing()
    assert push is not None
    with pytest.raises(Forbidden):
        await ada.remote.decide(push)
    await one.sync()
    theirs = msgspec.structs.replace(
        await ada.device.pulling(), replica_id=push.replica_id, acked_n=0
    )
    head, *_ = lines_of([await ada.remote.answer(theirs)])
    assert msgspec.json.decode(head)["acks"] == []
    assert (await names(acting, board.board))[0] == "second"


async def _make_copy(one: Laptop, copy: Laptop) -> None:
    from engine.store.waiting import replica_of, set_replica

    mine = one.acting.actor.organization_id
    replica = await one.acting.session.database.read(mine, lambda c: replica_of(c, mine))
    await copy.acting.session.database.write(mine, lambda c: set_replica(c, mine, replica))


async def test_what_waits_can_be_undone_and_redone_offline_and_later(
    acting: Acting, laptops: Laptops
) -> None:
    board = await sample_board(acting)
    one = await laptops()
    await one.sync()
    done = await one.acting.execute(RenameItem(item_id=board.items[0], name="hasty"))
    await one.sync()
    await one.acting.execute(Undo(gesture=done.gesture))
    assert (await item(one.acting, board.items[0])).name == "Item 1"
    await acting.execute(RenameItem(item_id=board.items[1], name="meanwhile"))
    await one.pull()
    assert (await item(one.acting, board.items[0])).name == "Item 1"
    await one.sync()
    assert await same(one)
    assert (await item(acting, board.items[0])).name == "Item 1"


async def test_an_undo_of_what_moved_on_is_refused_and_the_newer_value_stays(
    acting: Acting, laptops: Laptops
) -> None:
    board = await sample_board(acting)
    one = await laptops()
    await one.sync()
    done = await one.acting.execute(RenameItem(item_id=board.items[0], name="mine"))
    await one.sync()
    await acting.execute(RenameItem(item_id=board.items[0], name="newer"))
    await one.acting.execute(Undo(gesture=done.gesture))
    await one.sync()
    (held,) = await one.device.held()
    assert held.code == "refused"
    assert (await item(one.acting, board.items[0])).name == "newer"
    assert await same(one)


async def test_places_are_the_servers_and_blocks_stay_together(
    acting: Acting, laptops: Laptops
) -> None:
    board = await sample_board(acting, items=2)
    here, there = await laptops(), await laptops(name="Ada", role=Role.MEMBER)
    await here.sync()
    await there.sync()
    for one, letter in ((here, "a"), (there, "b")):
        after = board.items[0]
        for number in range(5):
            new = NewItem(name=f"{letter}{number}")
            await one.acting.execute(AddItems(group_id=board.groups[0], items=(new,), after=after))
            after = new.id
    await here.sync()
    await there.sync()
    await here.sync()
    order = await names(here.acting, board.board)
    assert order == [
        "Item 1", "b0", "b1", "b2", "b3", "b4", "a0", "a1", "a2", "a3", "a4", "Item 2",
    ]  # fmt: skip
    assert order == await names(there.acting, board.board)
    assert await same(here, there)


async def test_ones_own_edits_one_after_the_other_compete_with_nothing(
    acting: Acting, laptops: Laptops
) -> None:
    board = await sample_board(acting)
    one = await laptops()
    await one.sync()
    for name in ("first", "second", "third"):
        await one.acting.execute(RenameItem(item_id=board.items[0], name=name))
        await one.push()  # its answer is not read: what comes next is given as before it
    await one.sync()
    assert (await names(acting, board.board))[0] == "third"
    assert await one.acting.query(Conflicts()) == []


async def test_an_edit_by_the_servers_own_api_competes_as_one_of_another_device(
    acting: Acting, laptops: Laptops
) -> None:
    board = await sample_board(acting)
    one = await laptops()
    await one.sync()
    await one.acting.execute(RenameItem(item_id=board.items[0], name="offline"))
    acting.engine._session.clock.now += 60_000  # type: ignore[attr-defined]
    await acting.execute(RenameItem(item_id=board.items[0], name="by the API, later"))
    await one.sync()
    assert (await names(one.acting, board.board))[0] == "by the API, later"
    (told,) = await one.acting.query(Conflicts())
    assert (told.lost, told.won) == ("offline", "by the API, later")


async def test_what_is_added_to_a_group_that_is_in_the_trash_by_then_comes_into_a_live_one(
    acting: Acting, laptops: Laptops
) -> None:
    board = await sample_board(acting)
    one = await laptops()
    await one.sync()
    await one.acting.execute(AddItems(group_id=board.groups[1], items=(NewItem(name="Late"),)))
    await acting.execute(TrashGroup(group_id=board.groups[1]))
    await one.sync()
    assert "Late" in await names(acting, board.board)
    (told,) = await one.acting.query(Conflicts())
    assert (told.field, told.lost, told.won) == ("group_id", "Second", "First")
    assert await same(one)


async def test_a_move_into_a_group_that_went_is_held(acting: Acting, laptops: Laptops) -> None:
    board = await sample_board(acting)
    one = await laptops()
    await one.sync()
    await one.acting.execute(MoveItems(item_ids=(board.items[0],), group_id=board.groups[1]))
    await acting.execute(TrashGroup(group_id=board.groups[1]))
    await acting.execute(EmptyTrash(records=(("group", board.groups[1]),)))
    await one.sync()
    assert len(await one.device.held()) == 1
    assert await same(one)


async def test_values_of_a_column_that_was_put_away_meanwhile_are_held(
    acting: Acting, laptops: Laptops
) -> None:
    board = await sample_board(acting)
    one = await laptops()
    await one.sync()
    await one.acting.execute(
        SetValues(item_ids=(board.items[0],), values={board.columns["text"]: "late"})
    )
    await acting.execute(TrashColumn(column_id=board.columns["text"]))
    await one.sync()
    (held,) = await one.device.held()
    assert held.command.arguments["values"] == {board.columns["text"]: "late"}
    assert await same(one)


async def test_what_only_the_server_does_is_not_put_into_the_outbox(
    acting: Acting, laptops: Laptops
) -> None:
    one = await laptops(name="Ada", role=Role.ADMIN)
    await one.sync()
    with pytest.raises(NeedsServer):
        await one.acting.execute(SetRole(member_id=acting.actor.user_id, role=Role.MEMBER))
    state = await one.device.state()
    assert state is not None and state.waiting == 0


async def test_every_verdict_is_in_the_audit_trail(acting: Acting, laptops: Laptops) -> None:
    board = await sample_board(acting)
    one = await laptops()
    await one.sync()
    before = (await acting.verify_audit()).checked
    await one.acting.execute(RenameItem(item_id=board.items[0], name="taken"))
    await one.acting.execute(RenameItem(item_id=board.items[1], name="refused"))
    await acting.execute(TrashItems(item_ids=(board.items[1],)))
    await acting.execute(EmptyTrash(records=(("item", board.items[1]),)))
    push = await one.device.outgoing()
    assert push is not None
    answer = await one.remote.decide(push)
    assert [ack.status for ack in answer.acks] == [Status.OK, Status.REJECTED]
    verdict = await acting.verify_audit()
    assert (verdict.checked - before, verdict.bad_number) == (4, None)


async def test_an_unlinked_workspace_decides_by_itself_again(
    acting: Acting, laptops: Laptops
) -> None:
    board = await sample_board(acting)
    one = await laptops()
    await one.sync()
    await one.acting.execute(AddItems(group_id=board.groups[0], items=(NewItem(name="waiting"),)))
    await leave(one.acting)
    assert await one.device.state() is None
    await one.acting.execute(AddItems(group_id=board.groups[0], items=(NewItem(name="here"),)))
    assert (await names(one.acting, board.board))[-2:] == ["waiting", "here"]
    assert sorted(await numbers(one.acting)) == [1, 2, 3, 4, 5, 6, 7]
    assert (await one.acting.verify_audit()).bad_number is None


async def test_a_device_that_has_other_rows_than_its_server_finds_out_and_reads_them_anew(
    acting: Acting, laptops: Laptops
) -> None:
    board = await sample_board(acting)
    one = await laptops()
    await one.sync()
    mine = acting.actor.organization_id

    def damage(connection: Connection) -> None:
        where = (items.c.organization_id == mine, items.c.id == board.items[0])
        connection.execute(update(items).where(*where).values(seq=0))
        connection.execute(
            delete(items).where(items.c.organization_id == mine, items.c.id == board.items[1])
        )
        write_link(connection, mine, checked_at=0)

    await one.acting.session.database.write(mine, damage)
    await one.acting.execute(RenameItem(item_id=board.items[2], name="waits meanwhile"))
    assert (await one.pull()).gaps == (f"board:{board.board}",)
    await one.sync()
    assert await same(one)
    assert "waits meanwhile" in await names(acting, board.board)
    state = await one.device.state()
    assert state is not None and state.link.gaps == 1
    assert (await one.pull()).gaps == ()


async def test_rows_are_compared_once_a_day_and_what_waits_makes_no_difference(
    acting: Acting, laptops: Laptops
) -> None:
    board = await sample_board(acting)
    one = await laptops()
    assert not (await one.device.pulling()).digests  # what has just come needs no comparison
    await one.sync()
    assert not (await one.device.pulling()).digests
    await one.acting.execute(RenameItem(item_id=board.items[0], name="waits"))
    mine = acting.actor.organization_id
    await one.acting.session.database.write(mine, lambda c: write_link(c, mine, checked_at=0))
    assert (await one.pull()).gaps == ()
    assert not (await one.device.pulling()).digests


async def test_the_device_counts_the_edits_that_met_others_until_they_are_put_away(
    acting: Acting, laptops: Laptops
) -> None:
    board = await sample_board(acting)
    one, other = await laptops(), await laptops(name="Ada", role=Role.MEMBER)
    for device, name in ((one, "earlier"), (other, "later")):
        await device.sync()
        await device.acting.execute(RenameItem(item_id=board.items[0], name=name))
    for device in (other, one):
        await device.sync()
    assert [(await d.device.state()).conflicts for d in (one, other)] == [1, 0]  # type: ignore[union-attr]
    (conflict,) = await one.acting.query(Conflicts())
    await one.acting.execute(DismissConflict(conflict_id=conflict.id))
    assert (await one.device.state()).conflicts == 0  # type: ignore[union-attr]


async def test_a_value_that_no_column_can_hold_is_refused_and_what_is_behind_it_taken(
    acting: Acting, laptops: Laptops
) -> None:
    board, one = await sample_board(acting), await laptops()
    await one.sync()
    for name in ("first", "second"):
        await one.acting.execute(RenameItem(item_id=board.items[0], name=name))
    push = await one.device.outgoing()
    assert push is not None
    first, second = push.commands
    wide = {"column_id": board.columns["text"], "width": 1 << 70}
    odd = replace(first, op=EditColumn.OP, arguments=wide)
    answer = await one.remote.decide(replace(push, commands=(odd, second)))
    assert [ack.status for ack in answer.acks] == [Status.REJECTED, Status.OK]


async def test_one_can_leave_with_a_board_that_was_made_offline(
    acting: Acting, laptops: Laptops
) -> None:
    await sample_board(acting)
    one = await laptops()
    await one.sync()
    board = await sample_board(one.acting, name="Offline")
    await one.acting.execute(AddComment(item_id=board.items[0], body="x"))
    await leave(one.acting)
    assert await names(one.acting, board.board) == [f"Item {n}" for n in range(1, 6)]


async def test_ones_own_edits_do_not_compete_after_a_fork(acting: Acting, laptops: Laptops) -> None:
    board, one = await sample_board(acting), await laptops()
    await one.sync()
    await one.acting.execute(RenameItem(item_id=board.items[0], name="first"))
    push = await one.device.outgoing()
    assert push is not None
    await one.remote.decide(push)  # and the answer is lost
    await one.acting.execute(RenameItem(item_id=board.items[0], name="second"))
    await one.device.fork()
    await one.sync()
    state = await one.device.state()
    assert state is not None and state.conflicts == 0


async def test_who_knows_the_id_of_anothers_command_does_not_become_who_gave_it(
    acting: Acting, laptops: Laptops
) -> None:
    board, one = await sample_board(acting), await laptops()
    ada = await laptops(name="Ada", role=Role.MEMBER)
    for each in (one, ada):
        await each.sync()
    await one.acting.execute(RenameItem(item_id=board.items[0], name="one's"))
    push = await one.device.outgoing()
    assert push is not None
    await one.remote.decide(push)
    await ada.remote.decide(replace(push, replica_id="adas"))
    await ada.acting.execute(RenameItem(item_id=board.items[0], name="Ada's"))
    theirs = await ada.device.outgoing()
    assert theirs is not None
    await ada.remote.decide(replace(theirs, replica_id="adas", after_n=1, after_id=push.commands[0].id,
        commands=tuple(replace(sent, n=2) for sent in theirs.commands)))  # fmt: skip
    assert [met.lost for met in await one.member.query(Conflicts())] == ["one's"]


async def with_an_undo_of_no_ground(acting: Acting, one: Laptop) -> Sample:
    """An undo waits that puts items back into a group which was removed for good meanwhile; that has been read."""
    board = await sample_board(acting)
    await one.sync()
    from_there, to = board.groups
    moved = await one.acting.execute(MoveItems(item_ids=board.items, group_id=to))
    await one.sync()
    await one.acting.execute(Undo(gesture=moved.gesture))
    await acting.execute(TrashGroup(group_id=from_there))
    await acting.execute(EmptyTrash(records=(("group", from_there),)))
    await one.pull()
    return board


async def test_what_waits_and_has_nothing_to_stand_on_any_more_stops_no_pull(
    acting: Acting, laptops: Laptops
) -> None:
    one = await laptops()
    board = await with_an_undo_of_no_ground(acting, one)
    assert (await one.device.waiting())[0].trouble
    assert await names(one.acting, board.board) == await names(acting, board.board)
    await one.sync()
    assert [kept.command.op for kept in await one.device.held()] == [Undo.OP]


async def test_nor_does_it_keep_one_from_leaving(acting: Acting, laptops: Laptops) -> None:
    one = await laptops()
    board = await with_an_undo_of_no_ground(acting, one)
    left = await leave(one.acting)
    assert len(left.troubles) == 1
    assert len(await names(one.acting, board.board)) == 5
