"""What is sent to webhooks, and what becomes of it: everything but the sending itself, which is the server's.

A message's turn is a lease in the database, so that the messages of one webhook go one after the other, however many
processes there are. Nothing is locked while somebody else's server answers.
"""

import base64
import hashlib
import hmac
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from typing import Any, Final, TypeVar

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from engine.api import Acting, Engine
from engine.clock import iso_time, new_id
from engine.commands.webhooks import DisableWebhook
from engine.errors import Forbidden
from engine.model.actor import Actor
from engine.model.webhook import RETRIES, Delivery, DeliveryKind, DeliveryState, Event, Place
from engine.queries.webhooks import (
    NextEvents,
    SameEvents,
    Webhooks,
    WebhookSecretIds,
    WebhookShown,
)
from engine.store import webhook_queue

T = TypeVar("T")
PREFIX: Final = "whsec_"
LEASE: Final = 120_000
SPREAD: Final = 0.2


class Letter(Struct, frozen=True, kw_only=True):
    """One message, ready to be signed and sent. `secrets` are those in force, the newest first."""

    delivery: Delivery
    url: str
    secrets: tuple[bytes, ...]
    body: bytes


class Answer(Struct, frozen=True, kw_only=True):
    """How an attempt ended: `reason` is "" where it went well, else a key of REASONS. `wait` is what the other side
    asked for, in seconds."""

    code: int = 0
    reason: str = ""
    wait: int = 0


def secret_of(engine: Engine, organization_id: str, webhook_id: str, secret_id: str) -> bytes:
    """A webhook's secret: only this store can make it, and it is kept nowhere."""
    message = f"{organization_id}\0{webhook_id}\0{secret_id}".encode()
    return hmac.digest(engine.secret("webhooks"), message, hashlib.sha256)


def shown_secret(engine: Engine, organization_id: str, webhook_id: str, secret_id: str) -> str:
    """As Standard Webhooks writes it; shown once."""
    secret = secret_of(engine, organization_id, webhook_id, secret_id)
    return PREFIX + base64.b64encode(secret).decode()


async def due(engine: Engine, most: int, of_one: int) -> list[tuple[str, str]]:
    """Organization and id of the webhooks that have something to send now, in all tenants; `of_one` at the most of each."""
    clock = engine.clock
    return await engine.across(
        lambda connection: webhook_queue.due(connection, clock, most, of_one)
    )


class Turn:
    """The turn of one webhook, held by this process until it ends."""

    def __init__(self, engine: Engine, organization_id: str, webhook_id: str) -> None:
        self._engine = engine
        self._system = engine.as_system(organization_id)
        self._organization_id = organization_id
        self._id = webhook_id
        self._postponed = 0

    async def next(self) -> Letter | None:
        """What is to be sent now; None where there is nothing, or the webhook may not go on."""
        shown = await self._system.query(Webhooks())
        webhook = next((one for one in shown if one.id == self._id and one.enabled), None)
        if webhook is None:
            return None
        try:
            return await self._letter(webhook)
        except Forbidden:
            await self.disable("maker")
            return None

    async def settle(self, letter: Letter, answer: Answer, chance: float) -> None:
        """Write down how it ended; `chance`, from 0 to 1, spreads attempts that failed at the same moment."""
        now, before = self._engine.now(), letter.delivery
        tried = replace(
            before, attempts=before.attempts + 1, code=answer.code, reason=answer.reason, tried_at=now,
            state=DeliveryState.WAITING,
        )  # fmt: skip
        over = before.kind is DeliveryKind.TEST or tried.attempts > len(RETRIES)
        if not answer.reason:
            tried = replace(tried, state=DeliveryState.DELIVERED)
        elif over or answer.reason == "gone":
            tried = replace(tried, state=DeliveryState.GIVEN_UP)
        else:
            wait = RETRIES[before.attempts] * 1000 * (1 + SPREAD * (2 * chance - 1))
            tried = replace(
                tried,
                due_at=now + max(int(wait), min(answer.wait * 1000, webhook_queue.LONGEST_WAIT)),
            )
        await self._write(lambda c: webhook_queue.settle(c, self._organization_id, tried))
        if tried.state is DeliveryState.GIVEN_UP and before.kind is DeliveryKind.EVENTS:
            await self.disable(answer.reason)

    async def disable(self, why: str) -> None:
        await self._system.execute(DisableWebhook(webhook_id=self._id, why=why))

    async def _letter(self, webhook: WebhookShown) -> Letter | None:
        maker = self._engine.acting_as(
            Actor(
                organization_id=self._organization_id, user_id=webhook.member_id, device="webhook"
            )
        )
        waiting = await self._read(
            lambda c: webhook_queue.waiting_for(c, self._organization_id, self._id)
        )
        due = [one for one in waiting if webhook_queue.is_due(one, self._engine.now())]
        due.sort(key=lambda one: one.kind is DeliveryKind.EVENTS)  # what was asked for goes first
        if due:
            return await self._again(maker, webhook, due[0])
        if any(one.kind is DeliveryKind.EVENTS for one in waiting):
            return None  # in order: the next message waits for the one that failed
        return await self._cut(maker, webhook)

    async def _again(
        self, maker: Acting, webhook: WebhookShown, delivery: Delivery
    ) -> Letter | None:
        if delivery.kind is DeliveryKind.TEST:
            return await self._written(webhook, delivery, ())
        events = await maker.query(SameEvents(webhook_id=self._id, delivery_id=delivery.id))
        if events is None:
            self._later()
            return None
        if not events:
            await self._pass_over(delivery)
            return await self._letter(webhook)
        return await self._written(webhook, replace(delivery, count=len(events)), events)

    def _later(self) -> None:
        """Its maker's data is restricted: kept, and not processed. It is looked at again in an hour."""
        self._postponed = webhook_queue.LONGEST_PAUSE

    async def _cut(self, maker: Acting, webhook: WebhookShown) -> Letter | None:
        """The next message, made of what happened since the last one."""
        after = await self._read(
            lambda c: webhook_queue.place_of(c, self._organization_id, self._id)
        )
        while True:
            told = await maker.query(NextEvents(webhook_id=self._id, place=after))
            if told is None:
                self._later()
                return None
            delivery = self._delivery(after, told.until, len(told.events))
            await self._put(told.until, delivery if told.events else None)
            if told.events:
                return await self._written(webhook, delivery, told.events)
            if not told.more:
                return None
            after = told.until

    async def _pass_over(self, delivery: Delivery) -> None:
        """Nothing of it can be told any more."""
        empty = replace(
            delivery, state=DeliveryState.DELIVERED, count=0, tried_at=self._engine.now()
        )
        await self._write(lambda c: webhook_queue.settle(c, self._organization_id, empty))

    def _delivery(self, after: Place, until: Place, count: int) -> Delivery:
        return Delivery(
            id=new_id(), webhook_id=self._id, kind=DeliveryKind.EVENTS, state=DeliveryState.WAITING,
            after=after, until=until, count=count, attempts=0, code=0, reason="",
            created_at=self._engine.now(), tried_at=0, due_at=0,
        )  # fmt: skip

    async def _put(self, to: Place, delivery: Delivery | None) -> None:
        def work(connection: Any) -> None:
            webhook_queue.move(connection, self._organization_id, self._id, to)
            if delivery is not None:
                webhook_queue.put(connection, self._organization_id, delivery)

        await self._write(work)

    async def _written(
        self, webhook: WebhookShown, delivery: Delivery, events: tuple[Event, ...]
    ) -> Letter:
        ids = await self._system.query(WebhookSecretIds(webhook_id=self._id))
        body = {
            "type": delivery.kind.value, "timestamp": iso_time(self._engine.now()),
            "data": {
                "organization_id": self._organization_id, "webhook_id": self._id, "events": events,
            },
        }  # fmt: skip
        secrets = [secret_of(self._engine, self._organization_id, self._id, one) for one in ids]
        return Letter(
            delivery=delivery, url=webhook.url, secrets=tuple(secrets), body=msgspec.json.encode(body)
        )  # fmt: skip

    async def _read(self, work: Callable[[Any], T]) -> T:
        return await self._system.session.database.read(self._organization_id, work)

    async def _write(self, work: Callable[[Any], T]) -> T:
        return await self._system.session.database.write(self._organization_id, work)


@asynccontextmanager
async def turn(engine: Engine, organization_id: str, webhook_id: str) -> AsyncIterator[Turn | None]:
    """The turn of a webhook; None where another process has it. A process that dies in it loses it after two minutes."""
    mine = Turn(engine, organization_id, webhook_id)
    clock = engine.clock
    taken = await mine._write(
        lambda c: webhook_queue.lease(c, organization_id, webhook_id, clock, LEASE)
    )
    if not taken:
        yield None
        return
    try:
        yield mine
    finally:
        pause = mine._postponed
        await mine._write(
            lambda c: webhook_queue.release(c, organization_id, webhook_id, clock, pause)
        )
