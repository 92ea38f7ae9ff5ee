"""Pages of the API: all of a list once, whatever goes between two pages; a cursor is for the list that gave it."""

from typing import Any

import pytest

from engine.api import Acting, Engine
from engine.identity.api_keys import make
from engine.model.actor import Scope
from tests.engine.boards import Sample, sample_board
from tests.engine.conftest import new_organization
from tests.engine.members import colleague
from tests.sync.server.conftest import Client, Clients

WEBHOOK = {"name": "CI", "url": "https://hooks.example.org/in"}


def lists_of(board: Sample) -> dict[str, str]:
    """By the name of what they list."""
    item = f"/api/items/{board.items[0]}"
    return {
        "boards": "/api/boards", "items": f"/api/boards/{board.board}/items",
        "subitems": f"{item}/subitems", "comments": f"{item}/comments",
        "attachments": f"{item}/attachments", "members": "/api/members",
    }  # fmt: skip


async def filled(acting: Acting, owner: Client) -> Sample:
    """Five of everything that is listed, at least."""
    board = await sample_board(acting, items=5)
    item = board.items[0]
    for number in range(5):
        await colleague(acting)
        for path, body in (
            ("/api/boards", {"name": f"{number}"}),
            (f"/api/boards/{board.board}/items", {"name": f"{number}", "parent_id": item}),
            (f"/api/items/{item}/comments", {"body": f"{number}"}),
            (f"/api/items/{item}/links", {"url": f"https://example.org/{number}"}),
        ):
            assert (await owner.post(path, json=body)).status_code == 201
    return board


async def page(owner: Client, path: str, cursor: str = "") -> tuple[list[str], str]:
    """Ids of two of them, and the next cursor."""
    answer = await owner.get(path, params={"limit": 2, "cursor": cursor})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    (listed,) = (value for name, value in found.items() if name != "next")
    return [one["id"] for one in listed], found["next"]


async def rest(owner: Client, path: str, cursor: str) -> list[str]:
    found: list[str] = []
    while cursor:
        ids, cursor = await page(owner, path, cursor)
        found += ids
    return found


REMOVED = {
    "boards": "/api/boards", "items": "/api/items", "subitems": "/api/items", "comments": "/api/comments",
    "attachments": "/api/attachments", "members": "/api/members",
}  # fmt: skip
"""Where one of a list is removed."""


@pytest.mark.parametrize("name", REMOVED)
async def test_where_the_last_of_a_page_goes_nothing_goes_with_it(
    acting: Acting, owner: Client, name: str
) -> None:
    path = lists_of(await filled(acting, owner))[name]
    first, cursor = await page(owner, path)
    whole = [*first, *(await rest(owner, path, cursor))]
    assert len(whole) == len(set(whole)) >= 5
    last = next(one for one in reversed(first) if one != acting.actor.user_id)
    assert (await owner.delete(f"{REMOVED[name]}/{last}")).status_code == 204
    assert [*first, *(await rest(owner, path, cursor))] == whole


async def test_words_are_found_over_all_pages(acting: Acting, owner: Client) -> None:
    board = await sample_board(acting, items=5)
    found, cursor = [], ""
    while True:
        answer = await owner.get(
            f"/api/boards/{board.board}/items",
            params={"words": "item", "limit": 2, "cursor": cursor},
        )
        found += [one["id"] for one in answer.json()["items"]]
        cursor = answer.json()["next"]
        if not cursor:
            break
    assert found == board.items


@pytest.mark.parametrize("words", ["", "item 1", "other"])
async def test_a_cursor_of_a_list_for_other_words_is_none_of_ours(
    acting: Acting, owner: Client, words: str
) -> None:
    board = await sample_board(acting, items=5)
    for path, asked in ((f"/api/boards/{board.board}/items", "item"), ("/api/audit", "board")):
        cursor = (await owner.get(path, params={"words": asked, "limit": 1})).json()["next"]
        assert cursor
        answer = await owner.get(path, params={"words": words, "limit": 1, "cursor": cursor})
        assert answer.status_code == 422, path


async def test_the_audit_trail_and_messages_of_webhooks_have_such_cursors_too(
    acting: Acting, owner: Client
) -> None:
    hook = (await owner.post("/api/webhooks", json=WEBHOOK)).json()["webhook"]["id"]
    for _ in range(3):
        await owner.post(f"/api/webhooks/{hook}/test")
    for path in (f"/api/webhooks/{hook}/deliveries", "/api/audit"):
        answer = (await owner.get(path, params={"limit": 2})).json()
        again = await owner.get(path, params={"limit": 2, "cursor": answer["next"]})
        assert again.status_code == 200
        (name,) = (name for name in answer if name != "next")
        assert not [one for one in again.json()[name] if one in answer[name]]


async def test_a_cursor_that_is_none_of_ours_is_refused(acting: Acting, owner: Client) -> None:
    board = await filled(acting, owner)
    _, ours = await page(owner, "/api/boards")
    for path in (*lists_of(board).values(), "/api/audit"):
        for cursor in (
            "1",
            "99999999",
            board.items[0],
            "é",
            "====",
            "A" * 900,
            ours[:-2],
            "x" + ours,
        ):
            answer = await owner.get(path, params={"cursor": cursor})
            assert answer.status_code == 422, (path, cursor)
            assert answer.json()["detail"].startswith("This cursor is none of ours")


async def test_a_cursor_of_another_list_or_another_organization_is_none_of_ours(
    engine: Engine, acting: Acting, owner: Client, clients: Clients
) -> None:
    board, other = await filled(acting, owner), await sample_board(acting, items=3)
    _, cursor = await page(owner, f"/api/boards/{board.board}/items")
    assert cursor
    for path in ("/api/boards", f"/api/boards/{other.board}/items"):
        assert (await owner.get(path, params={"cursor": cursor})).status_code == 422
    _, boards = await page(owner, "/api/boards")
    theirs = clients(await make(await new_organization(engine), "k", Scope.READ))
    assert (await theirs.get("/api/boards", params={"cursor": boards})).status_code == 422
