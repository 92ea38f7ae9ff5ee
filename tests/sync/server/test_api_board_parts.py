"""Boards over the API, and what they consist of: groups, columns and views; made, changed, moved, put away, brought back."""

import pytest

from engine.api import Acting
from engine.commands.views import SaveView
from engine.model.view import Condition, Filter, Sort
from tests.engine.boards import Sample, sample_board
from tests.sync.server.conftest import Client

PARTS = {
    "groups": ({"name": "New", "color": "red"}, {"name": "Other", "collapsed": True}),
    "columns": ({"title": "New", "type": "number"}, {"title": "Other", "width": 12}),
}
"""How one is made, and changed."""


async def listed(owner: Client, board: Sample, name: str) -> list[str]:
    answer = await owner.get(f"/api/boards/{board.board}/{name}")
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json()[name]]


@pytest.mark.parametrize("name", PARTS)
async def test_a_part_of_a_board_is_made_where_it_is_wished_changed_and_moved(
    acting: Acting, owner: Client, name: str
) -> None:
    new, change = PARTS[name]
    board = await sample_board(acting)
    before = await listed(owner, board, name)
    once = {"Idempotency-Key": "part"}
    path = f"/api/boards/{board.board}/{name}"
    made = [
        await owner.post(path, json={**new, "after": before[0]}, headers=once) for _ in range(2)
    ]
    assert [one.status_code for one in made] == [201, 201]
    shown = made[0].json()
    assert made[1].json() == shown and {**shown, **new} == shown
    assert await listed(owner, board, name) == [before[0], shown["id"], *before[1:]]
    one = f"/api/{name}/{shown['id']}"
    seen = {"If-Match": (await owner.get(one)).headers["etag"]}
    changed = await owner.patch(one, json=change, headers=seen)
    assert {**changed.json(), **change} == changed.json()
    assert (await owner.patch(one, json=change, headers=seen)).status_code == 412
    assert (await owner.post(f"{one}/move", json={"after": ""}, headers=seen)).status_code == 412
    moved = await owner.post(f"{one}/move", json={"after": ""})
    assert moved.status_code == 200
    assert (await listed(owner, board, name))[0] == shown["id"]
    await owner.post(f"{one}/move", json={})
    assert (await listed(owner, board, name))[-1] == shown["id"]


@pytest.mark.parametrize("name", PARTS)
async def test_it_goes_into_the_trash_and_comes_back(
    acting: Acting, owner: Client, name: str
) -> None:
    board = await sample_board(acting)
    first, *others = await listed(owner, board, name)
    one = f"/api/{name}/{first}"
    stale = {"If-Match": '"1"'}
    assert (await owner.delete(one, headers=stale)).status_code == 412
    assert (await owner.delete(one)).status_code == 204
    assert await listed(owner, board, name) == others
    assert (await owner.get(one)).json()["state"] == "trashed"
    back = await owner.post(f"{one}/restore")
    assert (back.status_code, back.json()["state"]) == (200, "live")
    assert (await owner.post(f"{one}/restore")).status_code == 409, "it is back already"
    assert await listed(owner, board, name) == [first, *others]


async def test_a_board_is_moved_put_away_and_brought_back(acting: Acting, owner: Client) -> None:
    one, two = await sample_board(acting), await sample_board(acting)

    async def boards() -> list[str]:
        return [board["id"] for board in (await owner.get("/api/boards")).json()["boards"]]

    assert await boards() == [one.board, two.board]
    moved = await owner.post(f"/api/boards/{two.board}/move", json={"after": ""})
    assert moved.status_code == 200 and await boards() == [two.board, one.board]
    await owner.delete(f"/api/boards/{two.board}")
    assert await boards() == [one.board]
    once = {"Idempotency-Key": "back"}
    for _ in range(2):
        back = await owner.post(f"/api/boards/{two.board}/restore", headers=once)
        assert (back.status_code, back.json()["board"]["state"]) == (200, "live")
    assert await boards() == [two.board, one.board]
    noun = await owner.patch(f"/api/boards/{one.board}", json={"item_noun": "task"})
    assert noun.json()["board"]["item_noun"] == "task"


async def test_the_etag_of_a_board_changes_with_its_groups_and_columns(
    acting: Acting, owner: Client
) -> None:
    """It shows them; a change of the board itself asks for the board's own version only."""
    board = await sample_board(acting)
    path = f"/api/boards/{board.board}"
    tags = [(await owner.get(path)).headers["etag"]]
    await owner.patch(f"/api/groups/{board.groups[0]}", json={"name": "Other"})
    tags.append((await owner.get(path)).headers["etag"])
    await owner.delete(f"/api/columns/{board.columns['text']}")
    tags.append((await owner.get(path)).headers["etag"])
    assert len(set(tags)) == 3 and (await owner.get(path)).headers["etag"] == tags[-1]
    changed = await owner.patch(path, json={"name": "Other"}, headers={"If-Match": tags[0]})
    assert changed.status_code == 200


async def test_views_are_listed_with_what_they_show(acting: Acting, owner: Client) -> None:
    board = await sample_board(acting)
    text = board.columns["text"]
    saved = SaveView(
        board_id=board.board, name="Mine", filter=Filter("x", (Condition(text, "contains", "y"),)),
        sorts=(Sort(text, True),), hidden=(text,),
    )  # fmt: skip
    await acting.execute(saved)
    (shown,) = (await owner.get(f"/api/boards/{board.board}/views")).json()["views"]
    assert (shown["id"], shown["name"], shown["hidden"]) == (saved.view_id, "Mine", [text])
    assert shown["filter"]["conditions"] == [
        {"column": text, "operator": "contains", "operand": "y"}
    ]
    assert shown["sorts"] == [{"column": text, "descending": True}]
