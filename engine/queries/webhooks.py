"""Webhooks as admins see them, what each was sent, and what one is to be told now."""

from msgspec import Struct

from engine.model.record import Number
from engine.model.webhook import Delivery, Event, Place, Webhook
from engine.queries.registry import Query, answers
from engine.store import webhook_queue
from engine.store.reading import Reading
from engine.store.webhook_events import Told, events_after, events_between


class WebhookShown(Struct, frozen=True, kw_only=True):
    """`reason` is why it is off; `old_secret_until` is not 0 while a secret before is in force beside it."""

    id: str
    member_id: str
    name: str
    url: str
    events: tuple[str, ...]
    board_id: str
    enabled: bool
    reason: str
    old_secret_until: int
    created_at: int
    version: int


class Webhooks(Query[list[WebhookShown]], frozen=True, kw_only=True):
    """The oldest first."""


class WebhookDeliveries(Query[list[Delivery]], frozen=True, kw_only=True):
    """Messages to one, the newest first; those before `before`, an id, where it is given."""

    webhook_id: str
    before: str = ""
    limit: Number = 100


class WebhookSecretIds(Query[tuple[str, ...]], frozen=True, kw_only=True):
    """What the secrets in force are made of, the newest first."""

    webhook_id: str


class NextEvents(Query[Told | None], frozen=True, kw_only=True):
    """As its maker asks: what one is told after a place in the log. None while the maker's data is restricted."""

    webhook_id: str
    place: Place


class SameEvents(Query[tuple[Event, ...] | None], frozen=True, kw_only=True):
    """As its maker asks: what can still be told of a message. None while the maker's data is restricted."""

    webhook_id: str
    delivery_id: str


@answers(Webhooks, role="admin", within_board=False, on_server=True)
def webhooks(reading: Reading, query: Webhooks) -> list[WebhookShown]:
    return [
        WebhookShown(
            id=one.id, member_id=one.member_id, name=one.name, url=one.url, events=one.events,
            board_id=one.of_board, enabled=one.enabled, reason=one.reason, created_at=one.created_at,
            old_secret_until=one.old_until if one.old_until > reading.now else 0, version=one.seq,
        )
        for one in reading.list(Webhook, order_by=("created_at", "id"))
    ]  # fmt: skip


@answers(WebhookDeliveries, role="admin", within_board=False, on_server=True)
def webhook_deliveries(reading: Reading, query: WebhookDeliveries) -> list[Delivery]:
    found = reading.get(Webhook, query.webhook_id)
    return webhook_queue.page(reading, found.id, query.before, query.limit)


@answers(WebhookSecretIds, role="owner", within_board=False, by_system=True)
def webhook_secret_ids(reading: Reading, query: WebhookSecretIds) -> tuple[str, ...]:
    found = reading.get(Webhook, query.webhook_id)
    old = (found.old_secret_id,) if found.old_until > reading.now else ()
    return (found.secret_id, *old)


@answers(NextEvents, role="admin", within_board=False)
def next_events(reading: Reading, query: NextEvents) -> Told | None:
    found = reading.get(Webhook, query.webhook_id)
    return None if reading.member.restricted_at else events_after(reading, found, query.place)


@answers(SameEvents, role="admin", within_board=False)
def same_events(reading: Reading, query: SameEvents) -> tuple[Event, ...] | None:
    found = reading.get(Webhook, query.webhook_id)
    organization = reading.actor.organization_id
    message = webhook_queue.message(reading.connection, organization, query.delivery_id)
    if reading.member.restricted_at:
        return None
    if message is None or message.webhook_id != found.id:
        return ()
    return events_between(reading, found, message.after, message.until)
