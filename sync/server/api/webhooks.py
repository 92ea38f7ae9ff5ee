"""/api/webhooks: which programs are told what happens, their secrets, and how their messages went."""

from typing import Annotated

from litestar import Controller, Response, delete, get, patch, post
from litestar.di import NamedDependency
from litestar.params import JSONBody
from msgspec import Meta, Struct

from engine.api import Acting
from engine.commands.webhooks import (
    CallWebhook,
    ChangeWebhookSecret,
    EditWebhook,
    MakeWebhook,
    RemoveWebhook,
)
from engine.errors import NotFound
from engine.model.webhook import EVENTS, REASONS, Delivery, DeliveryKind, DeliveryState, Webhook
from engine.queries.webhooks import WebhookDeliveries, Webhooks, WebhookSecretIds, WebhookShown
from engine.webhooks import shown_secret
from sync.server.api import shapes
from sync.server.api.calling import Once, etag, expected, once
from sync.server.api.paging import key_in, next_cursor
from sync.server.api.parameters import VERSIONED, Cursor, Id, IfMatch, Key, Limit, Named

Name = Annotated[str, Meta(min_length=1, max_length=100)]
Url = Annotated[str, Meta(min_length=1, max_length=2_000)]
Events = Annotated[list[Annotated[str, Meta(max_length=40)]], Meta(max_length=len(EVENTS))]


class WebhookWanted(Struct, frozen=True, kw_only=True):
    """`events` by name, or all of a kind as `item.*`; all where there are none. `board_id` "" for every board that the
    caller sees."""

    name: Name
    url: Url
    events: Events = []
    board_id: Named = ""


class WebhookChange(Struct, frozen=True, kw_only=True):
    """What is missing stays."""

    name: Name | None = None
    url: Url | None = None
    events: Events | None = None
    board_id: Named | None = None
    enabled: bool | None = None


class WebhookMade(Struct, frozen=True, kw_only=True):
    """The secret is shown this once."""

    webhook: WebhookShown
    secret: str


class Secret(Struct, frozen=True, kw_only=True):
    """Shown this once. The one before is in force for another day."""

    secret: str


class WebhookList(Struct, frozen=True, kw_only=True):
    """`known` are the events that there are."""

    webhooks: list[WebhookShown]
    known: list[str]


class DeliveryShown(Struct, frozen=True, kw_only=True):
    """One message: `id` is the receiver's `webhook-id`. `code` is the status it last answered, 0 for none; `due_at`
    when it is tried again, 0 where it is not. Milliseconds."""

    id: str
    kind: DeliveryKind
    state: DeliveryState
    count: int
    attempts: int
    code: int
    reason: str
    created_at: int
    tried_at: int
    due_at: int


class DeliveryPage(shapes.Page, frozen=True, kw_only=True):
    deliveries: list[DeliveryShown]


class Sent(Struct, frozen=True, kw_only=True):
    """The message's id: `deliveries` tells what became of it."""

    delivery_id: str


class WebhooksApi(Controller):
    path = "/api/webhooks"
    tags = ["webhooks"]

    @get(name="webhooks.list")
    async def list_webhooks(self, acting: NamedDependency[Acting]) -> WebhookList:
        """Those of the organization, for owners and admins."""
        return WebhookList(webhooks=await acting.query(Webhooks()), known=list(EVENTS))

    @post(name="webhooks.create")
    async def create(
        self, acting: NamedDependency[Acting], data: JSONBody[WebhookWanted],
        idempotency_key: Key = None,
    ) -> WebhookMade:  # fmt: skip
        """It is told what happens from now on."""
        call = once(idempotency_key, acting, "webhook", said=data)
        command = MakeWebhook(
            webhook_id=call.derived("webhook"), name=data.name, url=data.url, events=tuple(data.events),
            of_board=data.board_id, secret_id=call.derived("secret"),
        )  # fmt: skip
        await call.execute(acting, command)
        made = await _found(acting, command.webhook_id)
        return WebhookMade(webhook=made, secret=await _secret(acting, made.id))

    @get("/{webhook_id:str}", name="webhooks.show", response_headers=VERSIONED)
    async def show(self, acting: NamedDependency[Acting], webhook_id: Id) -> Response[WebhookShown]:
        return await _shown(acting, webhook_id)

    @patch("/{webhook_id:str}", name="webhooks.edit", response_headers=VERSIONED)
    async def edit(
        self, acting: NamedDependency[Acting], webhook_id: Id, data: JSONBody[WebhookChange],
        if_match: IfMatch = None,
    ) -> Response[WebhookShown]:  # fmt: skip
        """Who made it may change all of it; other admins may switch it off."""
        command = EditWebhook(
            webhook_id=webhook_id, name=data.name, url=data.url, of_board=data.board_id,
            events=None if data.events is None else tuple(data.events), enabled=data.enabled,
        )  # fmt: skip
        await acting.execute(command, expected=expected(if_match, Webhook, webhook_id))
        return await _shown(acting, webhook_id)

    @delete("/{webhook_id:str}", name="webhooks.remove")
    async def remove(
        self, acting: NamedDependency[Acting], webhook_id: Id, if_match: IfMatch = None
    ) -> None:
        seen = expected(if_match, Webhook, webhook_id)
        await acting.execute(RemoveWebhook(webhook_id=webhook_id), expected=seen)

    @post("/{webhook_id:str}/secret", name="webhooks.secret")
    async def change_secret(
        self, acting: NamedDependency[Acting], webhook_id: Id, idempotency_key: Key = None
    ) -> Secret:
        """For a day messages are signed by both."""
        call = once(idempotency_key, acting, "secret", webhook_id)
        command = ChangeWebhookSecret(webhook_id=webhook_id, secret_id=call.derived("secret"))
        await call.execute(acting, command)
        found = await _found(acting, webhook_id)
        return Secret(secret=await _secret(acting, found.id))

    @post("/{webhook_id:str}/test", name="webhooks.test", status_code=202)
    async def test(
        self, acting: NamedDependency[Acting], webhook_id: Id, idempotency_key: Key = None
    ) -> Sent:
        """Send a message of type `test`, without events, once."""
        call = once(idempotency_key, acting, "webhook.test", webhook_id)
        return await _call(acting, call, CallWebhook(webhook_id=webhook_id, message_id=call.id))

    @get("/{webhook_id:str}/deliveries", name="webhooks.deliveries")
    async def deliveries(
        self, acting: NamedDependency[Acting], webhook_id: Id, limit: Limit = 100,
        cursor: Cursor = "",
    ) -> DeliveryPage:  # fmt: skip
        """The newest first; each is kept for 30 days."""
        (before,) = key_in(acting, cursor, "deliveries", webhook_id) or ("",)
        wanted = WebhookDeliveries(webhook_id=webhook_id, before=str(before), limit=limit)
        found = await acting.query(wanted)
        key = (found[-1].id,) if len(found) == limit else None
        return DeliveryPage(
            deliveries=[_delivery(one) for one in found],
            next=next_cursor(acting, key, "deliveries", webhook_id),
        )

    @post(
        "/{webhook_id:str}/deliveries/{delivery_id:str}/again",
        name="webhooks.again", status_code=202,
    )  # fmt: skip
    async def again(
        self, acting: NamedDependency[Acting], webhook_id: Id, delivery_id: Id, idempotency_key: Key = None
    ) -> Sent:  # fmt: skip
        """Send a message once more, under a new id: what of it can still be told."""
        call = once(idempotency_key, acting, "webhook.again", delivery_id)
        command = CallWebhook(webhook_id=webhook_id, message_id=call.id, delivery_id=delivery_id)
        return await _call(acting, call, command)


async def _call(acting: Acting, call: Once, command: CallWebhook) -> Sent:
    await call.execute(acting, command)
    return Sent(delivery_id=command.message_id)


async def _found(acting: Acting, webhook_id: str) -> WebhookShown:
    for one in await acting.query(Webhooks()):
        if one.id == webhook_id:
            return one
    raise NotFound(f"There is no webhook “{webhook_id}” here.")


async def _shown(acting: Acting, webhook_id: str) -> Response[WebhookShown]:
    found = await _found(acting, webhook_id)
    return Response(found, headers=etag(found.version))


async def _secret(acting: Acting, webhook_id: str) -> str:
    """The one in force, for its maker: a call that comes again finds it changed."""
    engine, mine = acting.engine, acting.actor.organization_id
    newest, *_ = await engine.as_system(mine).query(WebhookSecretIds(webhook_id=webhook_id))
    return shown_secret(engine, mine, webhook_id, newest)


def _delivery(one: Delivery) -> DeliveryShown:
    return DeliveryShown(
        id=one.id, kind=one.kind, state=one.state, count=one.count, attempts=one.attempts, code=one.code,
        reason=REASONS.get(one.reason, ""), created_at=one.created_at, tried_at=one.tried_at,
        due_at=one.due_at if one.state is DeliveryState.WAITING else 0,
    )  # fmt: skip
