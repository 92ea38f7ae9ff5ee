"""Filters, sorts, lanes and totals in SQL mean what the reference in plain Python says, on both databases."""

from typing import Any

import pytest

from engine.api import Acting
from engine.columns.column_type import Surroundings
from engine.columns.registry import COLUMN_TYPES, column_type
from engine.commands.groups import EditGroup, MoveGroup, TrashGroup
from engine.commands.items import AddItems, NewItem, SetValues
from engine.commands.members import AddPerson
from engine.errors import Invalid
from engine.model.actor import Role
from engine.model.record import JSON
from engine.model.view import Condition, Filter, Sort
from engine.queries.board_view import LaneTotals, OpenBoard, RowOrder, RowWindow
from engine.queries.home import ItemSearch
from tests.engine.boards import Sample, names, sample_board
from tests.engine.columns.evaluate import evaluate_test, sort_key

VALUES: dict[str, tuple[JSON, ...]] = {
    "text": ("Straße", "strasse 2", "Über", "apple", "Zebra", "ÅNGSTRÖM", "a_b%c", "apple pie"),
    "long_text": ("first\nsecond", "Second thoughts", "é", "b" * 300),
    "number": ("0", "-3.5", "10", "9", "123456789012345", "0.5", "-10"),
    "date": ("2026-05-28", "2026-05-29T08:30Z", "2025-12-31", "2026-05-28T23:59Z", "2030-01-01"),
    "status": ("todo", "doing", "stuck", "done"),
    "tags": (["red"], ["blue"], ["red", "blue"]),
    "checkbox": (True,),
    "link": (
        {"url": "https://example.org/b", "text": "Zed"},
        {"url": "https://example.com/a", "text": ""},
        {"url": "mailto:someone@example.org", "text": "Mail"},
    ),
}
OPERANDS: dict[str, tuple[str, ...]] = {
    "text": ("STRASSE", "apple", "%", "é"), "long_text": ("second", "É", "bbb"),
    "number": ("9", "-3.5", "0.5..10", "1,000"), "date": ("2026-05-28", "2026-05-01..2026-05-30", "3"),
    "status": ("Done", "To do, Stuck"), "tags": ("Red", "Blue, Red"), "checkbox": ("",),
    "link": ("example.org", "mail"), "people": ("Owner", "Bo"),
}  # fmt: skip


async def filled_board(acting: Acting) -> tuple[Sample, dict[str, dict[str, JSON]]]:
    """A board on which each value above stands on one item or more; the values by item name and type."""
    bo = AddPerson(name="Bo")
    await acting.execute(bo)
    values = {**VALUES, "people": ([acting.actor.user_id], [bo.member_id])}
    board = await sample_board(acting, items=11)
    chosen: dict[str, dict[str, JSON]] = {}
    for number, id in enumerate(board.items):
        mine = {
            kind: found[number % (len(found) + 2)]
            if number % (len(found) + 2) < len(found)
            else None
            for kind, found in values.items()
        }
        chosen[f"Item {number + 1}"] = mine
        await acting.execute(
            SetValues(item_ids=(id,), values={board.columns[kind]: v for kind, v in mine.items()})
        )
    return board, chosen


async def surroundings(acting: Acting, column_id: str, board_id: str) -> Surroundings:
    return await acting._session.read(
        acting.actor, Role.OWNER, False, lambda r: r.surroundings(r.columns(board_id)[column_id])
    )


async def test_every_filter_of_every_type_means_what_it_says(acting: Acting) -> None:
    board, chosen = await filled_board(acting)
    tried = 0
    for kind in COLUMN_TYPES:
        at = await surroundings(acting, board.columns[kind], board.board)
        for operator in column_type(kind).filters:
            for operand in OPERANDS[kind]:
                try:
                    test = column_type(kind).test(operator, operand, at)
                except Invalid:
                    continue
                expected = [name for name, v in chosen.items() if evaluate_test(test, v[kind])]
                wanted = Filter(conditions=(Condition(board.columns[kind], operator, operand),))
                found = await names(acting, board.board, filter=wanted)
                assert found == expected, (kind, operator, operand)
                tried += 1
    assert tried > 60


async def test_every_type_sorts_as_it_says_and_empty_ones_come_last(acting: Acting) -> None:
    board, chosen = await filled_board(acting)
    for kind in COLUMN_TYPES:
        at = await surroundings(acting, board.columns[kind], board.board)
        order = column_type(kind).order(at)
        for descending in (False, True):
            sort = Sort(board.columns[kind], descending)
            found = await names(acting, board.board, sorts=(sort,))
            keys: list[Any] = [sort_key(order, chosen[name][kind]) for name in found]
            empty = [key[0] for key in keys]
            assert empty == sorted(empty), kind
            filled = [key for key in keys if not key[0]]
            assert filled == sorted(filled, reverse=descending), (kind, descending)


@pytest.mark.parametrize(
    ("words", "expected"),
    [
        ("apple pie", ["Item 8"]),
        ("strasse", ["Item 1", "Item 2", "Item 11"]),
        ("#3", ["Item 3"]),
        ("nothing here", []),
        ("", [f"Item {number}" for number in range(1, 12)]),
    ],
)
async def test_words_find_names_values_and_numbers(
    acting: Acting, words: str, expected: list[str]
) -> None:
    board, _ = await filled_board(acting)
    assert await names(acting, board.board, filter=Filter(words)) == expected


@pytest.mark.parametrize("words", ["#", "#x", "#²", "#٣", "#-1", "#" + "9" * 20, "#" + "9" * 400])
async def test_a_number_that_no_item_can_have_finds_nothing(acting: Acting, words: str) -> None:
    board = await sample_board(acting, items=1)
    assert await names(acting, board.board, filter=Filter(words)) == []
    assert await acting.query(ItemSearch(words=words)) == []


async def test_words_find_labels_and_people_by_name(acting: Acting) -> None:
    board, chosen = await filled_board(acting)
    working = await names(acting, board.board, filter=Filter("working"))
    assert working == [name for name, values in chosen.items() if values["status"] == "doing"]
    owner = acting.actor.user_id
    owned = await names(acting, board.board, filter=Filter("owner"))
    assert owned == [name for name, v in chosen.items() if owner in (v["people"] or [])]  # type: ignore[operator]


async def test_lanes_hold_each_item_once_for_each_of_its_values(acting: Acting) -> None:
    board, chosen = await filled_board(acting)
    numbers = {name: number for number, name in enumerate(chosen, start=1)}
    by_status = await acting.query(RowOrder(board_id=board.board, lane_by=board.columns["status"]))
    for lane, rows in by_status.items():
        expected = [numbers[n] for n, v in chosen.items() if (v["status"] or "") == lane]
        assert list(rows) == expected
    by_tag = await acting.query(RowOrder(board_id=board.board, lane_by=board.columns["tags"]))
    for lane, rows in by_tag.items():
        expected = [
            numbers[name]
            for name, values in chosen.items()
            if (lane in (values["tags"] or []) if lane else not values["tags"])  # type: ignore[operator]
        ]
        assert list(rows) == expected


async def test_a_column_without_lanes_says_so(acting: Acting) -> None:
    board = await sample_board(acting)
    with pytest.raises(Invalid, match="cannot make lanes"):
        await acting.query(RowOrder(board_id=board.board, lane_by=board.columns["number"]))


async def test_totals_agree_with_the_values(acting: Acting) -> None:
    board, chosen = await filled_board(acting)
    columns = (board.columns["number"], board.columns["status"], board.columns["checkbox"])
    totals = (await acting.query(LaneTotals(board_id=board.board, columns=columns)))[
        board.groups[0]
    ]
    numbers = [float(str(v["number"])) for v in chosen.values() if v["number"] is not None]
    total = totals[columns[0]]
    assert (total.count, total.filled) == (11, len(numbers))
    assert total.sum == pytest.approx(sum(numbers))
    statuses = [str(v["status"] or "") for v in chosen.values()]
    assert totals[columns[1]].spread == {s: statuses.count(s) for s in set(statuses)}


async def test_a_first_paint_takes_only_so_many(acting: Acting) -> None:
    board = await sample_board(acting, items=9)
    order = await acting.query(RowOrder(board_id=board.board, limit=4))
    assert sum(map(len, order.values())) == 4


async def test_rows_of_another_board_are_not_in_the_window(acting: Acting) -> None:
    board = await sample_board(acting, items=2)
    other = await sample_board(acting, items=2, name="Other")
    rows = await acting.query(RowWindow(board_id=other.board, numbers=(1, 2, 3, 4)))
    assert sorted(rows) == [3, 4]
    assert {row.item.id for row in rows.values()} == set(other.items) - set(board.items)


async def test_items_of_a_group_in_the_trash_are_not_shown(acting: Acting) -> None:
    board = await sample_board(acting, items=2)
    await acting.execute(AddItems(group_id=board.groups[1], items=(NewItem(name="elsewhere"),)))
    await acting.execute(TrashGroup(group_id=board.groups[0]))
    assert await names(acting, board.board) == ["elsewhere"]
    assert await names(acting, board.board, sorts=(Sort("name"),)) == ["elsewhere"]


async def test_groups_come_in_their_order(acting: Acting) -> None:
    board = await sample_board(acting, items=0)
    await acting.execute(EditGroup(group_id=board.groups[0], name="Renamed", collapsed=True))
    frame = await acting.query(OpenBoard(board_id=board.board))
    assert [(group.name, group.collapsed) for group in frame.groups] == [
        ("Renamed", True),
        ("Second", False),
    ]


async def test_a_limit_takes_what_stands_first_on_the_screen(acting: Acting) -> None:
    board = await sample_board(acting, items=3)
    first, second = board.groups
    below = tuple(NewItem(name=f"Below {number}") for number in range(1, 4))
    await acting.execute(
        AddItems(group_id=second, items=below), MoveGroup(group_id=first, after=second)
    )
    seen = [await names(acting, board.board, limit=limit) for limit in (2, 4)]
    assert seen == [["Below 1", "Below 2"], ["Below 1", "Below 2", "Below 3", "Item 1"]]
