"""What waits, was refused or met others' is said by names: of items, columns, boards, people and labels, never by ids."""

import pytest
from msgspec import json
from msgspec.structs import replace
from sqlalchemy import Connection

from engine.api import Acting
from engine.clock import new_id
from engine.commands.columns import EditColumn
from engine.commands.comments import AddComment, EditComment
from engine.commands.groups import AddGroup
from engine.commands.history import Redo, Undo
from engine.commands.items import AddItems, MoveItems, NewItem, RenameItem, SetValues, TrashItems
from engine.commands.members import AddPerson
from engine.commands.registry import Command
from engine.model.conflict import Conflict
from engine.model.exchange import Sent
from engine.model.record import JSON
from engine.queries.mentions import Mentioned
from engine.store.waiting import Link, make_link, write_cursors
from engine.syncing import Device
from tests.engine.boards import Sample, sample_board
from tests.engine.conftest import START, local, template_file
from tui.sync_names import Names
from tui.sync_words import conflict_subject, conflict_values, said, where_and_when

__all__ = ["local", "template_file"]


async def link(acting: Acting) -> None:
    """From here on what is given waits for a server."""
    mine = acting.actor.organization_id
    made = Link(
        server="https://work.example.org", token="", epoch="e", member_id=acting.actor.user_id,
        last_n=0, acked_n=0, acked_id="", last_at=START,
    )  # fmt: skip

    def work(connection: Connection) -> None:
        make_link(connection, mine, made, "replica")
        write_cursors(connection, mine, {"org": 1}, {})

    await acting.session.database.write(mine, work)


async def told(acting: Acting) -> list[str]:
    """Of all that waits."""
    waiting = [one.command for one in await Device(acting).waiting()]
    names = await Names.of(acting, waiting)
    return [said(one, names) for one in waiting]


async def refused(acting: Acting, command: Command) -> str:
    """What is said of a command that never had an effect here."""
    kept = json.decode(json.encode(command))
    sent = Sent(n=0, id="x", gesture="none", op=command.OP, arguments=kept, at=START, base=0)
    return said(sent, await Names.of(acting, [sent]))


async def test_values_are_said_as_cells_show_them_and_what_stood_there_before(
    local: Acting,
) -> None:
    board = await sample_board(local)
    item, columns = board.items[0], board.columns
    await local.execute(
        AddPerson(member_id="p", name="Release manager"),
        SetValues(item_ids=(item,), values={columns["status"]: "done"}),
    )
    await link(local)
    wanted: dict[str, JSON] = {
        "status": "stuck", "people": ["p"], "tags": ["red", "blue"], "date": "2026-05-29",
        "number": "1200", "checkbox": True, "text": "Two\nlines",
        "link": {"url": "https://example.org/x", "text": ""},
    }  # fmt: skip
    for kind, value in wanted.items():
        await local.execute(SetValues(item_ids=(item,), values={columns[kind]: value}))
    assert await told(local) == [
        "Item 1 · Status: Done → Stuck",
        "Item 1 · People: Release manager",
        "Item 1 · Tags: Red, Blue",
        "Item 1 · Date: Tomorrow",
        "Item 1 · Number: 1200",
        "Item 1 · Checkbox: ✓",
        "Item 1 · Text: Two lines",
        "Item 1 · Link: example.org/x",
    ]


async def test_what_each_command_is_about_is_named(local: Acting) -> None:
    board = await sample_board(local)
    first, second = board.items[:2]
    said_first = AddComment(item_id=first, body="Said before")
    await local.execute(said_first)
    await link(local)
    many = tuple(NewItem(name=f"New {n}") for n in range(1, 6))
    for command in (
        RenameItem(item_id=first, name="Renamed"),
        SetValues(item_ids=tuple(board.items), values={board.columns["status"]: "done"}),
        SetValues(item_ids=(second,), values={board.columns["status"]: None}),
        MoveItems(item_ids=(first, second), group_id=board.groups[1]),
        AddItems(group_id=board.groups[0], items=many),
        AddComment(item_id=first, body="Said offline"),
        EditComment(comment_id=said_first.comment_id, body="Said otherwise"),
        AddGroup(board_id=board.board, name="Third"),
        EditColumn(column_id=board.columns["text"], title="Words"),
        TrashItems(item_ids=(second,)),
    ):
        await local.execute(command)
    assert await told(local) == [
        "Renamed · Name: Item 1 → Renamed",
        "Renamed and 4 more · Status: Done",
        "Item 2 · Status: Done → (nothing)",
        "Renamed and 1 more · moved items: Second",
        "First · added items: New 1, New 2, New 3 and 2 more",
        "Renamed · commented: Said offline",
        "Renamed · edited a comment: Said otherwise",
        "Plan · added a group: Third",
        "Words · edited a column: Words",
        "Item 2 · moved items to the trash",
    ]


async def test_the_board_and_the_time_are_said_too(local: Acting) -> None:
    board = await sample_board(local)
    await link(local)
    await local.execute(RenameItem(item_id=board.items[0], name="x"), command_id="first")
    await local.execute(Undo(gesture="first"))
    for one in await Device(local).waiting():
        sent = replace(one.command, at=local.engine.now() - 86_400_000)
        names = await Names.of(local, [sent])
        assert where_and_when(sent, names).startswith("Plan · Yesterday ")


@pytest.mark.parametrize("known", [True, False])
async def test_taking_back_says_what_was_taken_back(local: Acting, known: bool) -> None:
    board = await sample_board(local)
    item, status = board.items[0], board.columns["status"]
    await local.execute(SetValues(item_ids=(item,), values={status: "done"}))
    if known:
        await link(local)
    await local.execute(SetValues(item_ids=(item,), values={status: "stuck"}), command_id="one")
    await local.execute(AddComment(item_id=item, body="Hm"), command_id="two")
    if not known:  # as where the server refused it
        assert await refused(local, Undo(gesture="one")) == (
            "Item 1 · took back: Status: Stuck → Done"
        )
        assert await refused(local, Undo(gesture="two")) == "Item 1 · took back: commented"
        assert await refused(local, Undo(gesture=new_id())) == "took back"
        return
    await local.execute(Undo(gesture="two"), command_id="three")
    await local.execute(Redo(gesture="three"))
    await local.execute(Undo(gesture="one"))
    assert (await told(local))[2:] == [
        "Item 1 · took back: commented",
        "Item 1 · did again: commented",
        "Item 1 · took back: Status: Stuck → Done",
    ]


async def test_what_was_refused_is_said_against_what_stands(local: Acting) -> None:
    board = await sample_board(local)
    item, status = board.items[0], board.columns["status"]
    await local.execute(SetValues(item_ids=(item,), values={status: "done"}))
    stuck = SetValues(item_ids=(item,), values={status: "stuck"})
    assert await refused(local, stuck) == "Item 1 · Status: Done → Stuck"
    assert await refused(local, RenameItem(item_id="gone", name="x")) == (
        "an item that is not here any more · Name: x"
    )
    odd = SetValues(item_ids=(item,), values={"gone": "4kb2as0xzq"})
    assert await refused(local, odd) == ("Item 1 · a column that is not here any more: 4kb2as0xzq")


async def test_what_touches_very_many_items_is_said_by_the_first(local: Acting) -> None:
    board = await sample_board(local)
    many = tuple(NewItem(name=f"Bulk {n}") for n in range(1, 1_201))
    await link(local)
    await local.execute(AddItems(group_id=board.groups[0], items=many))
    every = tuple(one.id for one in many)
    await local.execute(SetValues(item_ids=every, values={board.columns["status"]: "done"}), command_id="all")  # fmt: skip
    await local.execute(Undo(gesture="all"))
    added, changed, undone = await told(local)
    assert added == "First · added items: Bulk 1, Bulk 2, Bulk 3 and 1,197 more"
    assert changed == "Bulk 1 and 1,199 more · Status: Done"
    assert undone.endswith("· took back: Status: Done → (nothing)")
    waiting = [one.command for one in await Device(local).waiting()]
    found = await local.query(Mentioned(ids=(), gestures=(waiting[1].gesture,)))
    assert len(found.records) < 100


async def test_both_values_of_a_conflict_are_said_as_cells_show_them(local: Acting) -> None:
    board = await sample_board(local)
    for one, about, lost, won in (
        (conflict(board, f"values.{board.columns['status']}", "done", "stuck"), "Item 1 · Status", "Done", "Stuck"),
        (conflict(board, f"values.{board.columns['status']}", "4kb2as0xzq", None), "Item 1 · Status", "removed label", "(nothing)"),
        (conflict(board, f"values.{board.columns['date']}", "2026-05-27", "no date"), "Item 1 · Date", "Yesterday", "no date"),
        (conflict(board, f"values.{board.columns['link']}", {"no": "link"}, [1]), "Item 1 · Link", "(a setting of several parts)", "(a setting of several parts)"),
        (conflict(board, "state", "trashed", "live"), "Item 1 · State", "in the trash", "in use"),
        (conflict(board, "name", "Mine", "Theirs"), "Item 1 · Name", "Mine", "Theirs"),
    ):  # fmt: skip
        names = await Names.of(local, [], [one])
        assert conflict_subject(one, names) == about
        assert (names.value(one.field, one.lost), names.value(one.field, one.won)) == (lost, won)
        assert names.called(one.board_id) == "Plan"


async def test_of_a_group_in_the_trash_it_is_said_where_the_new_item_went(local: Acting) -> None:
    board = await sample_board(local)
    moved = conflict(board, "group_id", *board.groups[:2])
    went = conflict(board, "group_id", "Some day", "This week")
    names = await Names.of(local, [], [moved, went])
    assert [value for _, value in conflict_values(went, names)] == [
        "“Some day” is in the trash, so it went to “This week” instead."
    ]
    assert [whose for whose, _ in conflict_values(moved, names)] == ["Yours", "Somebody else"]


def conflict(board: Sample, field: str, lost: JSON, won: JSON) -> Conflict:
    return Conflict(
        id=new_id(), member_id="me", board_id=board.board, item_id=board.items[0], entity="item",
        entity_id=board.items[0], field=field, lost=lost, won=won, at=START,
    )  # fmt: skip
