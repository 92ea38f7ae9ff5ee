"""What a linked device does not hold its server answers: the same that it answers there, to the same people."""

from collections.abc import Callable
from typing import Any

import msgspec
import pytest

from engine.api import Acting
from engine.commands.comments import AddComment
from engine.commands.items import AddItems, NewItem, RenameItem
from engine.commands.requests import FileRequest
from engine.errors import Forbidden, Invalid, NeedsServer, UsageError
from engine.identity.api_keys import make
from engine.model.actor import Role, Scope
from engine.queries.audit import AuditAboutMe, AuditChain, AuditHead, AuditTrail
from engine.queries.devices import DevicesSeen
from engine.queries.everything import ALL_QUERIES
from engine.queries.home import Boards
from engine.queries.item_detail import ItemHistory
from engine.queries.members import ApiKeys, Members
from engine.queries.privacy import OwnRecords, WhatIsHeld
from engine.queries.registry import ANSWERS, Query
from engine.queries.rights import DeletionPreview, Disclosures, RequestQueue
from engine.queries.webhooks import WebhookDeliveries, Webhooks
from tests.engine.boards import Sample, sample_board
from tests.engine.conftest import acting, engine, postgres_url, template_file
from tests.engine.identity.conftest import quick_hashes
from tests.engine.members import colleague
from tests.sync.meeting import Desk, Desks, Network, desks, network

__all__ = ["acting", "desks", "engine", "network", "postgres_url", "quick_hashes", "template_file"]

Asked = Callable[[Acting, Sample], Query[Any]]
QUERIES: dict[str, Asked] = {
    "AuditTrail": lambda who, board: AuditTrail(),
    "AuditAboutMe": lambda who, board: AuditAboutMe(),
    "AuditHead": lambda who, board: AuditHead(),
    "AuditChain": lambda who, board: AuditChain(),
    "Members": lambda who, board: Members(),
    "ApiKeys": lambda who, board: ApiKeys(),
    "DevicesSeen": lambda who, board: DevicesSeen(),
    "Disclosures": lambda who, board: Disclosures(),
    "DeletionPreview": lambda who, board: DeletionPreview(),
    "RequestQueue": lambda who, board: RequestQueue(),
    "WhatIsHeld": lambda who, board: WhatIsHeld(),
    "OwnRecords": lambda who, board: OwnRecords(data_kind="comment"),
    "ItemHistory": lambda who, board: ItemHistory(item_id=board.items[0]),
    "Webhooks": lambda who, board: Webhooks(),
    "WebhookDeliveries": lambda who, board: WebhookDeliveries(webhook_id="none"),
}


async def asking(desks: Desks, who: Acting) -> Desk:
    one = await desks(who, Scope.ADMIN)
    await one.loop.exchange()
    one.acting.engine.ask = one.loop.ask
    return one


def test_every_query_that_a_server_answers_is_tried_here() -> None:
    named = {kind.__name__ for kind in ALL_QUERIES if ANSWERS[kind].on_server}
    assert named == QUERIES.keys()


@pytest.mark.parametrize("name", QUERIES)
async def test_the_answer_is_that_of_the_server(
    acting: Acting, desks: Desks, network: Network, name: str
) -> None:
    board = await sample_board(acting)
    await acting.execute(AddComment(item_id=board.items[0], body="said"))
    await acting.execute(RenameItem(item_id=board.items[0], name="renamed"))
    await acting.execute(FileRequest(request_kind="access", text="a question"))
    await make(acting, "another", Scope.READ)
    one = await asking(desks, acting)
    query = QUERIES[name](acting, board)
    try:
        there = await acting.query(query)
    except Exception as error:
        with pytest.raises(type(error)):
            await one.acting.query(query)
        return
    here = await one.acting.query(query)
    if name in ("AuditTrail", "AuditAboutMe", "AuditHead", "AuditChain", "ApiKeys"):
        there = await acting.query(query)  # the device's key is new there, or was used since
    assert type(here) is type(there)
    assert msgspec.to_builtins(here) == msgspec.to_builtins(there)


async def test_the_servers_rules_hold(acting: Acting, desks: Desks) -> None:
    viewer = await colleague(acting, "Viewer", Role.VIEWER)
    one = await asking(desks, viewer)
    with pytest.raises(Forbidden):
        await one.acting.query(AuditTrail())


async def test_offline_it_is_said_that_the_server_knows(
    acting: Acting, desks: Desks, network: Network
) -> None:
    board = await sample_board(acting)
    one = await asking(desks, acting)
    network.down = True
    with pytest.raises(NeedsServer):
        await one.acting.query(AuditTrail())
    people = (await one.acting.query(Members())).members
    assert [person.id for person in people] == [acting.actor.user_id]
    await one.acting.execute(RenameItem(item_id=board.items[0], name="offline"))
    assert len(await one.acting.query(ItemHistory(item_id=board.items[0]))) == 1


async def test_the_history_of_what_was_made_offline_is_told_here(
    acting: Acting, desks: Desks
) -> None:
    board = await sample_board(acting)
    one = await asking(desks, acting)
    new = AddItems(group_id=board.groups[0], items=(NewItem(name="new"),))
    await one.acting.execute(new)
    (item,) = (one.id for one in new.items)
    assert len(await one.acting.query(ItemHistory(item_id=item))) == 1


async def test_nothing_else_can_be_asked_this_way(acting: Acting, desks: Desks) -> None:
    one = await asking(desks, acting)
    with pytest.raises(UsageError):
        await one.server.ask(Boards())
    with pytest.raises(Invalid):
        await one.server.ask(OwnRecords(data_kind=7))  # type: ignore[arg-type]
