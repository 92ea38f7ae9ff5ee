"""Items over the API: their places, copies and subitems, the trash, and what their ETag stands for."""

from engine.api import Acting
from tests.engine.boards import sample_board
from tests.sync.server.conftest import Client


async def listed(owner: Client, board_id: str) -> list[str]:
    return [one["id"] for one in (await owner.get(f"/api/boards/{board_id}/items")).json()["items"]]


async def test_an_item_is_moved_to_another_place_group_or_item(
    acting: Acting, owner: Client
) -> None:
    board = await sample_board(acting, items=3)
    one, two, three = board.items
    move = f"/api/items/{one}/move"
    assert (await owner.post(move, json={"after": three})).status_code == 200
    assert await listed(owner, board.board) == [two, three, one]
    moved = await owner.post(move, json={"group_id": board.groups[1]})
    assert moved.json()["item"]["group_id"] == board.groups[1]
    below = await owner.post(move, json={"parent_id": two})
    assert below.status_code == 200, below.text
    item = below.json()["item"]
    assert (item["parent_id"], item["group_id"]) == (two, board.groups[0])
    assert await listed(owner, board.board) == [two, three]
    subitems = (await owner.get(f"/api/items/{two}/subitems")).json()["items"]
    assert [each["id"] for each in subitems] == [one]
    out = await owner.post(move, json={"parent_id": "", "after": ""})
    assert out.json()["item"]["parent_id"] is None
    assert await listed(owner, board.board) == [one, two, three]
    stale = {"If-Match": '"1"'}
    assert (await owner.post(move, json={"after": ""}, headers=stale)).status_code == 412


async def test_a_copy_is_made_once_for_a_key(acting: Acting, owner: Client) -> None:
    board = await sample_board(acting, items=2)
    once = {"Idempotency-Key": "copy"}
    copies = [
        await owner.post(f"/api/items/{board.items[0]}/duplicate", headers=once) for _ in range(2)
    ]
    assert [one.status_code for one in copies] == [201, 201]
    copy = copies[0].json()["item"]
    assert copies[1].json()["item"] == copy and copy["name"] == "Item 1"
    assert await listed(owner, board.board) == [board.items[0], copy["id"], board.items[1]]


async def test_an_item_comes_out_of_the_trash_with_its_board(acting: Acting, owner: Client) -> None:
    board = await sample_board(acting, items=1)
    path = f"/api/items/{board.items[0]}"
    await owner.delete(path)
    await owner.delete(f"/api/boards/{board.board}")
    back = await owner.post(f"{path}/restore")
    assert (back.status_code, back.json()["item"]["state"]) == (200, "live")
    assert await listed(owner, board.board) == board.items


async def test_a_new_item_goes_where_it_is_wished(acting: Acting, owner: Client) -> None:
    board = await sample_board(acting, items=2)
    made = await owner.post(f"/api/boards/{board.board}/items", json={"name": "x", "after": ""})
    assert (await listed(owner, board.board))[0] == made.json()["id"]


async def test_a_subitem_needs_no_group_but_its_parents(acting: Acting, owner: Client) -> None:
    board, other = await sample_board(acting, items=1), await sample_board(acting, items=1)
    items = f"/api/boards/{board.board}/items"
    parent = await owner.post(items, json={"name": "parent", "group_id": board.groups[1]})
    below = await owner.post(items, json={"name": "below", "parent_id": parent.json()["id"]})
    assert below.status_code == 201, below.text
    assert below.json()["group_id"] == board.groups[1]
    astray = await owner.post(items, json={"name": "astray", "parent_id": other.items[0]})
    assert astray.status_code == 404


async def test_the_same_call_again_is_answered_the_same_where_its_group_has_gone_since(
    acting: Acting, owner: Client
) -> None:
    board = await sample_board(acting, items=1)
    path, once = f"/api/boards/{board.board}/items", {"Idempotency-Key": "once"}
    wanted = {"name": "made once", "group_id": board.groups[1]}
    made = await owner.post(path, json=wanted, headers=once)
    await owner.delete(f"/api/groups/{board.groups[1]}")
    again = await owner.post(path, json=wanted, headers=once)
    assert again.status_code == 201, again.text
    assert again.json()["id"] == made.json()["id"]
    other = await owner.post(path, json={**wanted, "name": "another"}, headers=once)
    assert other.status_code == 422
    anew = await owner.post(path, json=wanted)
    assert anew.status_code == 404


async def test_an_item_shows_how_much_hangs_on_it_and_its_etag_changes_with_that(
    acting: Acting, owner: Client
) -> None:
    """What hangs on it has lists of its own, page by page."""
    board = await sample_board(acting, items=1)
    path = f"/api/items/{board.items[0]}"
    tags = [(await owner.get(path)).headers["etag"]]
    added = [
        (f"{path}/comments", {"body": "x"}),
        (f"{path}/links", {"url": "https://example.org"}),
        (f"/api/boards/{board.board}/items", {"name": "x", "parent_id": board.items[0]}),
    ]
    for where, body in added:
        assert (await owner.post(where, json=body)).status_code == 201
        tags.append((await owner.get(path)).headers["etag"])
    assert len(set(tags)) == 4
    shown = (await owner.get(path)).json()
    assert set(shown) == {"item", "subitems", "comments", "attachments"}
    assert (shown["subitems"], shown["comments"], shown["attachments"]) == (1, 1, 1)
    again = await owner.get(path)
    assert again.headers["etag"] == tags[-1]
    seen = {"If-Match": tags[0]}
    changed = await owner.patch(path, json={"name": "Other"}, headers=seen)
    assert changed.status_code == 200, "the item itself is the one that was seen"
    assert (await owner.patch(path, json={"name": "Third"}, headers=seen)).status_code == 412
