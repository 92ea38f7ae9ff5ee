"""What hangs on items, over the API: comments, files and links; each with a list, and a version of its own."""

from engine.api import Acting
from engine.identity.api_keys import make
from engine.model.actor import Scope
from tests.engine.boards import sample_board
from tests.engine.members import colleague
from tests.sync.server.conftest import Client, Clients


async def test_a_comment_is_its_authors_to_change_and_to_delete(
    acting: Acting, owner: Client, clients: Clients
) -> None:
    board = await sample_board(acting, items=1)
    comments = f"/api/items/{board.items[0]}/comments"
    made = await owner.post(comments, json={"body": "First"})
    path = f"/api/comments/{made.json()['id']}"
    assert made.headers["etag"] == (await owner.get(path)).headers["etag"]
    ada = clients(await make(await colleague(acting), "ada", Scope.WRITE))
    assert (await ada.get(path)).json()["body"] == "First"
    assert (await ada.patch(path, json={"body": "Hers"})).status_code == 403
    assert (await ada.delete(path)).status_code == 403
    seen = {"If-Match": made.headers["etag"]}
    changed = await owner.patch(path, json={"body": "Second"}, headers=seen)
    assert changed.json()["body"] == "Second" and changed.json()["edited_at"]
    assert (await owner.patch(path, json={"body": "Third"}, headers=seen)).status_code == 412
    assert (await owner.delete(path)).status_code == 204
    assert (await owner.get(comments)).json()["comments"] == []
    assert (await owner.get(path)).json()["state"] == "trashed"
    assert (await owner.post(f"{path}/restore")).status_code == 200
    assert [one["body"] for one in (await owner.get(comments)).json()["comments"]] == ["Second"]


async def test_a_link_is_added_renamed_removed_and_brought_back(
    acting: Acting, owner: Client
) -> None:
    board = await sample_board(acting, items=1)
    item = f"/api/items/{board.items[0]}"
    once = {"Idempotency-Key": "link"}
    wanted = {"url": "https://example.org/plan", "name": "Plan"}
    made = [await owner.post(f"{item}/links", json=wanted, headers=once) for _ in range(2)]
    assert made[0].status_code == 201 and made[0].json() == made[1].json()
    path = f"/api/attachments/{made[0].json()['id']}"
    renamed = await owner.patch(
        path, json={"name": "Other"}, headers={"If-Match": made[0].headers["etag"]}
    )
    assert (renamed.json()["name"], renamed.json()["url"]) == ("Other", wanted["url"])
    assert (await owner.delete(path)).status_code == 204
    assert (await owner.get(f"{item}/attachments")).json()["attachments"] == []
    assert (await owner.post(f"{path}/restore")).status_code == 200
    (shown,) = (await owner.get(f"{item}/attachments")).json()["attachments"]
    assert shown["name"] == "Other"
    bad = await owner.post(f"{item}/links", json={"url": "javascript:alert(1)"})
    assert bad.status_code == 422


async def test_the_bytes_of_a_file_in_the_trash_are_not_there(
    acting: Acting, owner: Client
) -> None:
    board = await sample_board(acting, items=1)
    files = f"/api/items/{board.items[0]}/attachments"
    made = (await owner.post(files, params={"name": "x"}, content=b"bytes")).json()
    assert (await owner.get(f"{files}/{made['id']}")).content == b"bytes"
    await owner.delete(f"/api/attachments/{made['id']}")
    assert (await owner.get(f"{files}/{made['id']}")).status_code == 404
