"""Webhooks: made by an admin, who alone says where they lead; any admin can switch one off or remove it.

A webhook is told what its maker sees. So nobody else may point it elsewhere, or learn its secret: that would show them
the maker's private boards.
"""

from collections.abc import Sequence
from typing import ClassVar, Final
from urllib.parse import urlsplit

from engine.commands import texts
from engine.commands.registry import Command, handles
from engine.errors import Forbidden, Invalid, Refused
from engine.mail.outbox import post
from engine.model.board import Board
from engine.model.organization import Member
from engine.model.webhook import (
    EVENTS,
    KINDS_OF_EVENTS,
    MOST_WEBHOOKS,
    REASONS,
    Delivery,
    DeliveryKind,
    DeliveryState,
    Place,
    Webhook,
)
from engine.privacy.retention import RULES
from engine.store import webhook_queue
from engine.store.purging import blank, purge
from engine.store.unit_of_work import UnitOfWork

OVERLAP: Final = 86_400_000
"""How long the secret before stays in force beside a new one. Milliseconds."""
LONGEST_URL: Final = 2_000
NO_MAKER: Final = "Only who made this webhook can do that: it is told what they see. Remove it and make one of your own."


class MakeWebhook(Command, frozen=True, kw_only=True):
    """`secret_id` is what its secret is made of (engine.webhooks); `of_board` "" for all boards that the actor sees."""

    OP: ClassVar[str] = "webhook.make@1"
    webhook_id: str
    name: str
    url: str
    events: tuple[str, ...] = ()
    of_board: str = ""
    secret_id: str


class EditWebhook(Command, frozen=True, kw_only=True):
    """What is None stays. Switched on, it begins with what it was not told."""

    OP: ClassVar[str] = "webhook.edit@1"
    webhook_id: str
    name: str | None = None
    url: str | None = None
    events: tuple[str, ...] | None = None
    of_board: str | None = None
    enabled: bool | None = None


class ChangeWebhookSecret(Command, frozen=True, kw_only=True):
    """For a day messages are signed by both."""

    OP: ClassVar[str] = "webhook.secret@1"
    webhook_id: str
    secret_id: str


class RemoveWebhook(Command, frozen=True, kw_only=True):
    OP: ClassVar[str] = "webhook.remove@1"
    webhook_id: str


class CallWebhook(Command, frozen=True, kw_only=True):
    """Send a test, or the message `delivery_id` once more, under the id `message_id`."""

    OP: ClassVar[str] = "webhook.call@1"
    webhook_id: str
    message_id: str
    delivery_id: str = ""


class DisableWebhook(Command, frozen=True, kw_only=True):
    """It failed for too long, or may not go on; `why` is a key of REASONS. Its maker is told by mail."""

    OP: ClassVar[str] = "webhook.disable@1"
    webhook_id: str
    why: str


class LetDeliveriesGo(Command, frozen=True, kw_only=True):
    """Remove the lines on what was sent, once they were kept long enough."""

    OP: ClassVar[str] = "webhook.let_go@1"


@handles(
    MakeWebhook, role="admin", on_server=True, within_board=False, audit="webhook.made", no_undo="it can be removed",
)  # fmt: skip
def make_webhook(unit: UnitOfWork, command: MakeWebhook) -> None:
    if unit.count(Webhook) >= MOST_WEBHOOKS:
        raise Refused(f"There are {MOST_WEBHOOKS} webhooks already, which is the most.")
    unit.insert(
        Webhook(
            id=command.webhook_id, member_id=unit.member.id, name=texts.name(command.name, "webhook", 100),
            url=_url(unit, command.url), events=_events(command.events),
            of_board=_board(unit, command.of_board),
            secret_id=command.secret_id, created_at=unit.now,
        )
    )  # fmt: skip
    webhook_queue.begin(unit, command.webhook_id)


@handles(
    EditWebhook, role="admin", on_server=True, within_board=False, audit="webhook.changed",
    no_undo="what was sent in between stays sent",
)  # fmt: skip
def edit_webhook(unit: UnitOfWork, command: EditWebhook) -> None:
    found = unit.get(Webhook, command.webhook_id)
    wanted: dict[str, object] = {}
    if command.name is not None:
        wanted["name"] = texts.name(command.name, "webhook", 100)
    if command.url is not None:
        wanted["url"] = _url(unit, command.url)
    if command.events is not None:
        wanted["events"] = _events(command.events)
    if command.of_board is not None:
        wanted["of_board"] = _board(unit, command.of_board)
    if command.enabled is not None:
        wanted |= {"enabled": command.enabled, "reason": "" if command.enabled else "person"}
    if wanted.keys() - {"enabled", "reason"} or command.enabled:
        _only_maker(unit, found)
    blank(unit, found, wanted)
    if command.enabled is not None and command.enabled is not found.enabled:
        webhook_queue.switch(unit, found.id, on=command.enabled)


@handles(
    ChangeWebhookSecret, role="admin", on_server=True, within_board=False, audit="webhook.secret_changed",
    no_undo="another one can be made",
)  # fmt: skip
def change_webhook_secret(unit: UnitOfWork, command: ChangeWebhookSecret) -> None:
    found = unit.get(Webhook, command.webhook_id)
    _only_maker(unit, found)
    blank(unit, found, {
        "secret_id": command.secret_id, "old_secret_id": found.secret_id, "old_until": unit.now + OVERLAP,
    })  # fmt: skip


@handles(
    RemoveWebhook, role="admin", on_server=True, within_board=False, audit="webhook.removed",
    no_undo="another one can be made",
)  # fmt: skip
def remove_webhook(unit: UnitOfWork, command: RemoveWebhook) -> None:
    take_away(unit, [unit.get(Webhook, command.webhook_id)])


@handles(
    CallWebhook, role="admin", on_server=True, within_board=False, audit="webhook.sent_again",
    no_undo="what was sent stays sent",
)  # fmt: skip
def call_webhook(unit: UnitOfWork, command: CallWebhook) -> None:
    found = unit.get(Webhook, command.webhook_id)
    if not found.enabled:
        raise Refused("This webhook is switched off. Switch it on first.")
    kind, after, until, count = DeliveryKind.TEST, Place(0, 0), Place(0, 0), 0
    if command.delivery_id:
        before = webhook_queue.message(
            unit.connection, unit.actor.organization_id, command.delivery_id
        )
        again = (DeliveryKind.EVENTS, DeliveryKind.AGAIN)
        if before is None or before.webhook_id != found.id or before.kind not in again:
            raise Invalid("This webhook was sent no such message that could be sent again.")
        kind, after, until, count = DeliveryKind.AGAIN, before.after, before.until, before.count
    message = Delivery(
        id=command.message_id, webhook_id=found.id, kind=kind, state=DeliveryState.WAITING, after=after,
        until=until, count=count, attempts=0, code=0, reason="", created_at=unit.now, tried_at=0, due_at=0,
    )  # fmt: skip
    webhook_queue.ask_for(unit, message)


@handles(
    DisableWebhook, role="owner", within_board=False, audit="webhook.disabled",
    no_undo="its maker switches it on again", by_system=True,
)  # fmt: skip
def disable_webhook(unit: UnitOfWork, command: DisableWebhook) -> None:
    found = unit.find(Webhook, command.webhook_id)
    if found is None or not found.enabled:
        return
    blank(unit, found, {"enabled": False, "reason": command.why})
    webhook_queue.switch(unit, found.id, on=False)
    maker = unit.get(Member, found.member_id)
    post(
        unit, "webhook_off", maker.email, maker.id,
        webhook=found.name, reason=REASONS[command.why],
    )  # fmt: skip
    unit.say_in_audit(reason=command.why)


@handles(
    LetDeliveriesGo, role="owner", within_board=False, audit="webhook.purged",
    no_undo="what was kept long enough is gone for good",
)  # fmt: skip
def let_deliveries_go(unit: UnitOfWork, command: LetDeliveriesGo) -> None:
    webhook_queue.let_go(unit, RULES["webhook_deliveries"].cutoff(unit.now))


def take_away(unit: UnitOfWork, webhooks: Sequence[Webhook]) -> None:
    """They end, with all that is known of what they were sent."""
    if webhooks:
        webhook_queue.forget(unit, [one.id for one in webhooks])
        purge(unit, webhooks)


def _only_maker(unit: UnitOfWork, found: Webhook) -> None:
    if found.member_id != unit.member.id:
        raise Forbidden(NO_MAKER)


def _url(unit: UnitOfWork, text: str) -> str:
    """As a program calls it. Which addresses may be called is the server's to say (sync.server.webhooks.targets)."""
    try:
        parts = urlsplit(text)
        port, plain = parts.port, text.isascii() and text.isprintable() and " " not in text
    except ValueError:
        port, plain = 0, False
    if not plain or len(text) > LONGEST_URL or parts.scheme not in ("https", "http") or port == 0:
        raise Invalid("This is no address that can be called: https://host/path, of ASCII letters.")
    if not parts.hostname or "@" in parts.netloc or parts.fragment:
        raise Invalid(
            "The address names a host, and neither a user, a password nor a part behind #."
        )
    if parts.scheme == "http" and not unit.plain_webhooks:
        raise Invalid("A webhook is called over https only.")
    return text


def _events(names: tuple[str, ...]) -> tuple[str, ...]:
    unknown = sorted(set(names) - {*EVENTS, *KINDS_OF_EVENTS})
    if unknown:
        raise Invalid(f"There is no event “{unknown[0][:60]}”. There are: {', '.join(EVENTS)}.")
    return tuple(sorted(set(names)))


def _board(unit: UnitOfWork, board_id: str) -> str:
    return unit.get(Board, board_id).id if board_id else ""
