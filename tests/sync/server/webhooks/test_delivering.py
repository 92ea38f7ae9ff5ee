"""Webhooks from the change to the program that is told of it: in order, at least once, and only what its maker sees."""

import asyncio
import base64
import hashlib
import hmac
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from msgspec import structs
from sqlalchemy import text

from engine.api import Acting, Engine
from engine.clock import new_id
from engine.commands.boards import CreateBoard, EditBoard, TrashBoard
from engine.commands.comments import AddComment
from engine.commands.deletion import AskDeletion, EraseMembers
from engine.commands.items import MoveItems, RenameItem, SetValues, TrashItems
from engine.commands.members import SetRole
from engine.commands.membership import RemoveMember
from engine.commands.restriction import LiftRestriction, RestrictProcessing
from engine.commands.trash import EmptyTrash
from engine.commands.webhooks import (
    CallWebhook,
    ChangeWebhookSecret,
    EditWebhook,
    LetDeliveriesGo,
    MakeWebhook,
    RemoveWebhook,
)
from engine.errors import ConneqtError, Forbidden, Invalid, Refused
from engine.model.actor import Role
from engine.model.board import BoardKind
from engine.model.organization import Member
from engine.model.webhook import RETRIES, DeliveryState
from engine.queries.audit import AuditChain
from engine.queries.members import MailsWaiting
from engine.queries.webhooks import WebhookDeliveries, Webhooks, WebhookShown
from engine.store import webhook_queue
from engine.store.sqlite import SqliteFile
from engine.webhooks import Turn, due, shown_secret
from sync.server.webhooks import delivering
from sync.server.webhooks.delivering import Delivering
from sync.server.webhooks.sending import Sender
from tests.engine.boards import Sample, sample_board
from tests.engine.conftest import new_organization
from tests.engine.identity.people import later
from tests.engine.members import add_account, colleague
from tests.sync.server.conftest import Stopped
from tests.sync.server.webhooks.receiver import Receiver, receiving

LEFT = text(
    "SELECT (SELECT count(*) FROM webhook_delivery) + (SELECT count(*) FROM webhook_cursor)"
)
FAILS = "500 Oh\r\nContent-Length: 0"


@pytest.fixture
async def program(engine: Engine) -> AsyncIterator[Receiver]:
    database = engine._session.database
    if not isinstance(database._store, SqliteFile):  # it keeps what other tests made
        off = text("UPDATE webhook_cursor SET enabled = false")
        await database._store.as_owner(lambda connection: connection.execute(off))
    async with receiving() as one:
        yield one


@pytest.fixture(autouse=True)
def _http_is_allowed(engine: Engine, monkeypatch: pytest.MonkeyPatch) -> None:
    """The programs of these tests listen without TLS."""
    monkeypatch.setattr(engine, "_session", structs.replace(engine._session, plain_webhooks=True))


@pytest.fixture
async def board(acting: Acting) -> Sample:
    return await sample_board(acting, items=2)


async def tell(engine: Engine) -> int:
    """One look of a server's job."""
    job = Delivering(Sender(private=True, seconds=5), chance=lambda: 0.5)
    return await job.run(engine, Path())


async def made(acting: Acting, program: Receiver, **more: Any) -> str:
    command = MakeWebhook(
        webhook_id=new_id(), name="CI", url=f"http://127.0.0.1:{program.port}/in", secret_id=new_id(), **more
    )  # fmt: skip
    await acting.execute(command)
    return command.webhook_id


async def shown(acting: Acting, webhook_id: str) -> WebhookShown:
    return next(one for one in await acting.query(Webhooks()) if one.id == webhook_id)


def types(program: Receiver) -> list[str]:
    return [event["type"] for got in program.got for event in got.events]


async def test_what_happens_is_told_in_order_with_what_changed_several_in_one_request(
    engine: Engine, acting: Acting, board: Sample, program: Receiver
) -> None:
    id = await made(acting, program)
    column = board.columns["text"]
    item = board.items[0]
    await acting.execute(RenameItem(item_id=item, name="Renamed"))
    await acting.execute(SetValues(item_ids=(item,), values={column: "Hello"}))
    comment = AddComment(item_id=item, body="Look")
    await acting.execute(comment)
    await acting.execute(TrashItems(item_ids=(board.items[1],)))
    assert await tell(engine) == 1
    (got,) = program.got
    assert got.said["type"] == "events"
    assert got.said["data"]["organization_id"] == acting.actor.organization_id
    assert got.said["data"]["webhook_id"] == id
    assert types(program) == ["item.updated", "item.updated", "comment.created", "item.trashed"]
    renamed, valued, commented, trashed = got.events
    assert renamed["changed"] == {"name": "Renamed"} and renamed["board_id"] == board.board
    assert valued["changed"] == {"values": {column: "Hello"}} and valued["item_id"] == item
    assert commented["changed"] == {"body": "Look"} and commented["record_id"] == comment.comment_id
    assert trashed["changed"] == {} and trashed["actor_id"] == acting.actor.user_id
    assert await tell(engine) == 0, "once"


async def test_what_was_before_it_was_made_is_not_told_and_a_move_of_place_is_nothing(
    engine: Engine, acting: Acting, board: Sample, program: Receiver
) -> None:
    await made(acting, program)
    await acting.execute(
        MoveItems(item_ids=(board.items[0],), group_id=board.groups[0], after=board.items[1])
    )
    assert await tell(engine) == 0 and not program.got
    assert await due(engine, 200, 2) == []


async def test_only_the_events_and_the_board_that_were_asked_for(
    engine: Engine, acting: Acting, board: Sample, program: Receiver
) -> None:
    other = await sample_board(acting, items=1, name="Other")
    await made(acting, program, events=("comment.*", "item.trashed"), of_board=board.board)
    for one in (board, other):
        await acting.execute(AddComment(item_id=one.items[0], body="x"))
        await acting.execute(RenameItem(item_id=one.items[0], name="y"))
        await acting.execute(TrashItems(item_ids=(one.items[0],)))
    await tell(engine)
    assert types(program) == ["comment.created", "item.trashed"]
    with pytest.raises(Invalid, match=r"item\.created"):
        await made(acting, program, events=("item.exploded",))


async def test_a_large_import_is_told_in_parts_and_each_item_once(
    engine: Engine, acting: Acting, program: Receiver
) -> None:
    await made(acting, program, events=("item.created",))
    board = await sample_board(acting, items=250)
    assert await tell(engine) == 3
    told = [event["record_id"] for got in program.got for event in got.events]
    assert sorted(told) == sorted(board.items)
    assert max(len(got.events) for got in program.got) == 100


async def test_what_failed_is_tried_again_under_its_id_before_anything_else_is_told(
    engine: Engine, acting: Acting, board: Sample, program: Receiver, clock: Stopped
) -> None:
    id = await made(acting, program)
    program.answers = [FAILS, FAILS]
    await acting.execute(RenameItem(item_id=board.items[0], name="One"))
    assert await tell(engine) == 1
    await acting.execute(RenameItem(item_id=board.items[1], name="Two"))
    assert await tell(engine) == 0, "it waits"
    for wait in RETRIES[:2]:
        clock.now += wait * 1000
        await tell(engine)
    ids = [got.headers["webhook-id"] for got in program.got]
    assert ids[0] == ids[1] == ids[2] != ids[3]
    assert [got.events[0]["changed"]["name"] for got in program.got] == ["One"] * 3 + ["Two"]
    newest, oldest = await acting.query(WebhookDeliveries(webhook_id=id))
    assert (oldest.attempts, oldest.code, oldest.state) == (3, 204, DeliveryState.DELIVERED)
    assert (newest.attempts, newest.reason) == (1, "")


async def test_who_fails_for_a_day_is_switched_off_and_the_maker_told_and_nothing_is_lost(
    engine: Engine, acting: Acting, board: Sample, program: Receiver, clock: Stopped
) -> None:
    id = await made(acting, program)
    program.answers = [FAILS] * 100
    await acting.execute(RenameItem(item_id=board.items[0], name="One"))
    for wait in (0, *RETRIES):
        clock.now += wait * 1000
        assert await tell(engine) == 1
    off = await shown(acting, id)
    assert (off.enabled, off.reason) == (False, "status")
    clock.now += 86_400_000
    assert await tell(engine) == 0 and len(program.got) == 10
    assert "webhook.disabled" in {one.name for one in await acting.query(AuditChain())}
    with pytest.raises(Refused, match="switched off"):
        await acting.execute(CallWebhook(webhook_id=id, message_id=new_id()))
    await acting.execute(RenameItem(item_id=board.items[1], name="Two"))
    program.answers = []
    await acting.execute(EditWebhook(webhook_id=id, enabled=True))
    assert await tell(engine) == 2
    assert [got.events[0]["changed"]["name"] for got in program.got[-2:]] == ["One", "Two"]


async def test_its_maker_gets_a_mail_when_it_is_switched_off(
    engine: Engine, acting: Acting, program: Receiver
) -> None:
    person = Member(id=new_id(), name="Admin", email="admin@example.org", role=Role.ADMIN)
    await add_account(acting, person)
    admin = engine.acting_as(structs.replace(acting.actor, user_id=person.id))
    board = await sample_board(acting, items=1)
    await made(admin, program)
    program.answers = ["410 Gone\r\nContent-Length: 0"]
    await acting.execute(RenameItem(item_id=board.items[0], name="One"))
    await tell(engine)
    system = engine.as_system(acting.actor.organization_id)
    mails = [one for one in await system.query(MailsWaiting()) if one.template == "webhook_off"]
    assert [one.address for one in mails] == ["admin@example.org"] and "410" in mails[0].text


async def test_a_test_and_a_message_sent_again_on_demand(
    engine: Engine, acting: Acting, board: Sample, program: Receiver
) -> None:
    id = await made(acting, program)
    await acting.execute(RenameItem(item_id=board.items[0], name="One"))
    await tell(engine)
    (first,) = await acting.query(WebhookDeliveries(webhook_id=id))
    test, again = new_id(), new_id()
    await acting.execute(CallWebhook(webhook_id=id, message_id=test))
    await acting.execute(CallWebhook(webhook_id=id, message_id=again, delivery_id=first.id))
    assert await tell(engine) == 2
    got = {one.headers["webhook-id"]: one.said for one in program.got}
    assert got[test]["type"] == "test" and got[test]["data"]["events"] == []
    assert got[again]["type"] == "again"
    assert got[again]["data"]["events"] == got[first.id]["data"]["events"]
    with pytest.raises(Invalid):
        await acting.execute(CallWebhook(webhook_id=id, message_id=new_id(), delivery_id=test))


async def test_messages_are_signed_by_the_secret_that_was_shown_and_for_a_day_by_the_one_before(
    engine: Engine, acting: Acting, board: Sample, program: Receiver
) -> None:
    tenant, first, second = acting.actor.organization_id, new_id(), new_id()
    command = MakeWebhook(
        webhook_id=new_id(), name="CI", url=f"http://127.0.0.1:{program.port}/", secret_id=first
    )
    await acting.execute(command)
    id = command.webhook_id

    async def signatures() -> set[str]:
        await acting.execute(RenameItem(item_id=board.items[0], name=new_id()))
        await tell(engine)
        return set(program.got[-1].headers["webhook-signature"].split())

    def by(secret_id: str) -> str:
        shown = shown_secret(engine, tenant, id, secret_id)
        got = program.got[-1]
        head = f"{got.headers['webhook-id']}.{got.headers['webhook-timestamp']}.".encode()
        key = base64.b64decode(shown.removeprefix("whsec_"))
        digest = hmac.digest(key, head + got.body, hashlib.sha256)
        return f"v1,{base64.b64encode(digest).decode()}"

    assert await signatures() == {by(first)}
    await acting.execute(ChangeWebhookSecret(webhook_id=id, secret_id=second))
    assert await signatures() == {by(first), by(second)}
    later(engine, 1.01)
    assert await signatures() == {by(second)}


async def test_of_several_processes_one_tells_each_message(
    engine: Engine, acting: Acting, board: Sample, program: Receiver
) -> None:
    await made(acting, program)
    for number in range(3):
        await acting.execute(RenameItem(item_id=board.items[0], name=f"Name {number}"))
    assert sum(await asyncio.gather(*(tell(engine) for _ in range(5)))) == 1
    assert len(program.got) == 1


async def test_a_process_that_dies_while_it_tells_leaves_the_message_to_another(
    engine: Engine, acting: Acting, board: Sample, program: Receiver, clock: Stopped
) -> None:
    id = await made(acting, program)
    await acting.execute(RenameItem(item_id=board.items[0], name="One"))
    tenant = acting.actor.organization_id
    dying = Turn(engine, tenant, id)
    await dying._write(lambda c: webhook_queue.lease(c, tenant, id, clock, 120_000))
    letter = await dying.next()
    assert letter is not None and await tell(engine) == 0
    clock.now += 120_000
    assert await tell(engine) == 1
    assert program.got[0].headers["webhook-id"] == letter.delivery.id


async def test_a_clock_that_was_ahead_for_a_while_keeps_no_message_back(
    engine: Engine, acting: Acting, board: Sample, program: Receiver, clock: Stopped
) -> None:
    await made(acting, program)
    program.answers = [FAILS]
    await acting.execute(RenameItem(item_id=board.items[0], name="One"))
    year = 365 * 86_400_000
    clock.now += year
    assert await tell(engine) == 1
    clock.now -= year
    assert await tell(engine) == 1
    assert len({got.headers["webhook-id"] for got in program.got}) == 1


# -- who is slow --------------------------------------------------------------------------------


@pytest.fixture
async def slow() -> AsyncIterator[Receiver]:
    """A program that takes what it is told, and says nothing."""
    async with receiving() as one:
        one.answers = [""] * 100
        yield one


@asynccontextmanager
async def telling(engine: Engine) -> AsyncIterator["asyncio.Task[int]"]:
    """The job, with all the patience in the world."""
    job = Delivering(Sender(private=True, seconds=3_600))
    running = asyncio.create_task(job.run(engine, Path()))
    yield running
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def told_before(program: Receiver, end: "asyncio.Task[int]") -> None:
    called = asyncio.create_task(program.called.wait())
    await asyncio.wait({called, end}, return_when=asyncio.FIRST_COMPLETED)
    assert called.done()


async def test_many_slow_webhooks_of_one_organization_keep_nobody_elses_waiting(
    engine: Engine,
    acting: Acting,
    slow: Receiver,
    program: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(delivering, "AT_ONCE", 3)
    monkeypatch.setattr(delivering, "IN_A_LOOK", 3)
    for _ in range(5):
        await made(acting, slow)
    await acting.execute(CreateBoard(name="Plan"))
    other = await new_organization(engine)
    await made(other, program)
    await other.execute(CreateBoard(name="Plan"))
    async with telling(engine) as running:
        await told_before(program, running)
        assert len(slow.got) <= 2


async def test_while_slow_ones_are_told_others_are_looked_for(
    engine: Engine,
    acting: Acting,
    slow: Receiver,
    program: Receiver,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(delivering, "LOOKS_EVERY", 0.01)
    await made(acting, slow)
    await acting.execute(CreateBoard(name="Plan"))
    other = await new_organization(engine)
    await made(other, program)
    async with telling(engine) as running:
        await told_before(slow, running)
        await other.execute(CreateBoard(name="Plan"))
        await told_before(program, running)
        assert len(slow.got) == 1, "which is still being told"


# -- who is told what ---------------------------------------------------------------------------


async def test_a_private_board_is_told_to_who_sees_it_only(
    engine: Engine, acting: Acting, program: Receiver
) -> None:
    admin = await colleague(acting, role=Role.ADMIN)
    await made(admin, program)
    private = CreateBoard(name="Secret plan", kind=BoardKind.PRIVATE)
    await acting.execute(private)
    await acting.execute(EditBoard(board_id=private.board_id, name="Secret plan 2"))
    await tell(engine)
    assert "Secret" not in repr([got.body for got in program.got])
    assert types(program) == []


async def test_nobody_but_its_maker_points_a_webhook_elsewhere_and_any_admin_ends_it(
    engine: Engine, acting: Acting, program: Receiver
) -> None:
    id = await made(acting, program)
    admin = await colleague(acting, role=Role.ADMIN)
    for command in (
        EditWebhook(webhook_id=id, url="https://elsewhere.example.org"),
        EditWebhook(webhook_id=id, events=()),
        EditWebhook(webhook_id=id, enabled=True),
        ChangeWebhookSecret(webhook_id=id, secret_id=new_id()),
    ):
        with pytest.raises(Forbidden, match="made this webhook"):
            await admin.execute(command)
    await admin.execute(EditWebhook(webhook_id=id, enabled=False))
    assert (await shown(acting, id)).reason == "person"
    await admin.execute(RemoveWebhook(webhook_id=id))
    assert await acting.query(Webhooks()) == []


@pytest.mark.parametrize("role", [Role.MEMBER, Role.VIEWER, Role.GUEST])
async def test_who_is_no_admin_makes_and_sees_none(
    acting: Acting, program: Receiver, role: Role
) -> None:
    id = await made(acting, program)
    other = await colleague(acting, role=role)
    for asked in (Webhooks(), WebhookDeliveries(webhook_id=id)):
        with pytest.raises(ConneqtError):
            await other.query(asked)
    with pytest.raises(Forbidden):
        await made(other, program)


async def test_a_maker_who_is_no_admin_any_more_tells_nothing_more(
    engine: Engine, acting: Acting, board: Sample, program: Receiver
) -> None:
    admin = await colleague(acting, role=Role.ADMIN)
    id = await made(admin, program)
    await acting.execute(SetRole(member_id=admin.actor.user_id, role=Role.MEMBER))
    await acting.execute(RenameItem(item_id=board.items[0], name="After"))
    await tell(engine)
    assert not program.got and (await shown(acting, id)).reason == "maker"


async def test_webhooks_end_with_the_membership_of_their_maker(
    engine: Engine, acting: Acting, board: Sample, program: Receiver
) -> None:
    admin = await colleague(acting, role=Role.ADMIN)
    await made(admin, program)
    await acting.execute(RenameItem(item_id=board.items[0], name="Before"))
    await tell(engine)
    await acting.execute(RemoveMember(member_id=admin.actor.user_id))
    await acting.execute(RenameItem(item_id=board.items[0], name="After"))
    assert await tell(engine) == 0
    assert await acting.query(Webhooks()) == []


async def test_an_erasure_takes_the_webhooks_of_the_person_and_what_they_were_sent(
    engine: Engine, acting: Acting, board: Sample, program: Receiver
) -> None:
    admin = await colleague(acting, name="Admin", role=Role.ADMIN)
    await made(admin, program)
    await acting.execute(RenameItem(item_id=board.items[0], name="Before"))
    await tell(engine)
    await admin.execute(AskDeletion(confirm="Admin"))
    later(engine, 8)
    await acting.execute(EraseMembers(member_ids=(admin.actor.user_id,)))
    assert await acting.query(Webhooks()) == []
    tenant = acting.actor.organization_id
    left = await engine._session.database.read(tenant, lambda c: c.execute(LEFT).scalar())
    assert left == 0


async def test_what_is_gone_or_trashed_before_it_is_told_is_told_without_its_content(
    engine: Engine, acting: Acting, board: Sample, program: Receiver, clock: Stopped
) -> None:
    await made(acting, program)
    program.answers = [FAILS]
    for item in board.items:
        await acting.execute(RenameItem(item_id=item, name="canary"))
    await tell(engine)
    assert "canary" in repr(program.got[0].body)
    await acting.execute(TrashItems(item_ids=tuple(board.items)))
    await acting.execute(EmptyTrash(records=(("item", board.items[0]),)))
    clock.now += RETRIES[0] * 1000
    await tell(engine)
    assert "canary" not in repr([got.body for got in program.got[1:]])
    again = [event["record_id"] for event in program.got[1].events]
    assert again == [board.items[1]], "the other is gone for good"


async def test_a_board_in_the_trash_has_one_last_event(
    engine: Engine, acting: Acting, board: Sample, program: Receiver
) -> None:
    await made(acting, program)
    await acting.execute(RenameItem(item_id=board.items[0], name="Late"))
    await acting.execute(TrashBoard(board_id=board.board))
    await tell(engine)
    assert types(program) == ["board.trashed"]
    await acting.execute(EmptyTrash(records=(("board", board.board),)))
    assert await tell(engine) == 0


async def test_of_who_has_restricted_their_data_only_ids_of_records_are_told(
    engine: Engine, acting: Acting, board: Sample, program: Receiver
) -> None:
    other = await colleague(acting, role=Role.MEMBER)
    await made(acting, program)
    await other.execute(AddComment(item_id=board.items[0], body="canary"))
    await other.execute(RestrictProcessing())
    await tell(engine)
    (event,) = program.got[0].events
    assert (event["type"], event["actor_id"], event["changed"]) == ("comment.created", "", {})
    assert other.actor.user_id not in repr(program.got[0].body)


async def test_while_its_maker_has_restricted_their_data_it_waits_and_then_nothing_is_lost(
    engine: Engine, acting: Acting, board: Sample, program: Receiver, clock: Stopped
) -> None:
    other = await colleague(acting, role=Role.MEMBER)
    await made(acting, program)
    await acting.execute(RestrictProcessing())
    await other.execute(RenameItem(item_id=board.items[0], name="Meanwhile"))
    assert await tell(engine) == 0
    await acting.execute(LiftRestriction())
    clock.now += 3_600_000
    assert await tell(engine) == 1
    assert program.got[0].events[0]["changed"] == {"name": "Meanwhile"}


async def test_another_organization_is_told_nothing(
    engine: Engine, acting: Acting, board: Sample, program: Receiver
) -> None:
    theirs = await new_organization(engine)
    await made(theirs, program)
    await acting.execute(RenameItem(item_id=board.items[0], name="canary"))
    await tell(engine)
    assert not program.got
    with pytest.raises(ConneqtError):
        await made(theirs, program, of_board=board.board)


async def test_lines_on_what_was_sent_go_after_thirty_days_and_hold_nothing_of_it(
    engine: Engine, acting: Acting, board: Sample, program: Receiver
) -> None:
    id = await made(acting, program)
    await acting.execute(RenameItem(item_id=board.items[0], name="canary"))
    await tell(engine)
    lines = await acting.query(WebhookDeliveries(webhook_id=id))
    assert len(lines) == 1 and "canary" not in repr(lines)
    assert acting.actor.user_id not in repr(lines)
    await acting.execute(LetDeliveriesGo())
    assert len(await acting.query(WebhookDeliveries(webhook_id=id))) == 1
    later(engine, 31)
    await acting.execute(LetDeliveriesGo())
    assert await acting.query(WebhookDeliveries(webhook_id=id)) == []


@pytest.mark.parametrize(
    "url",
    ["", "ftp://x", "https://", "https://u:p@host/", "https://host/#x", "https://hö.de", "https://a b", "https://h:0/",
     "https://h:99999/", "javascript:alert(1)", "https://host/" + "x" * 2_000],
)  # fmt: skip
async def test_an_address_that_is_none_is_refused(acting: Acting, url: str) -> None:
    with pytest.raises(Invalid):
        await acting.execute(
            MakeWebhook(webhook_id=new_id(), name="x", url=url, secret_id=new_id())
        )
