"""Webhooks: where an organization's own programs are told what happened, which events there are, and what each tells."""

from enum import StrEnum
from typing import Annotated, Final

from msgspec import Struct

from engine.model.marks import PERSONAL, SECRET, SUBJECT
from engine.model.record import JSON, Record

_ALL: Final = ("created", "updated", "archived", "trashed", "restored", "deleted")
_HANGING: Final = ("created", "updated", "trashed", "restored", "deleted")


class Telling(Struct, frozen=True):
    """What happens to one kind of record that is told, and which of its fields are."""

    verbs: tuple[str, ...]
    fields: tuple[str, ...]


TOLD: Final[dict[str, Telling]] = {
    "board": Telling(_ALL[:-1], ("name", "description", "kind")),
    "group": Telling(_ALL, ("name", "color")),
    "column": Telling(_HANGING, ("title", "type", "settings")),
    "item": Telling(_ALL, ("name", "number", "group_id", "parent_id", "values")),
    "comment": Telling(_HANGING, ("body",)),
    "attachment": Telling(_HANGING, ("name", "size", "url")),
}
"""By entity. Once a board is gone for good nothing of it is told, so that it has no event for that."""

EVENTS: Final = tuple(f"{entity}.{verb}" for entity, told in TOLD.items() for verb in told.verbs)
KINDS_OF_EVENTS: Final = tuple(f"{entity}.*" for entity in TOLD)
MOST_WEBHOOKS: Final = 50
"""Of one organization."""
MOST_EVENTS: Final = 100
"""In one request."""

RETRIES: Final = (5, 60, 300, 1_800, 3_600, 7_200, 14_400, 28_800, 28_800)
"""Seconds to wait after each attempt that failed, a little more or less by chance: 24 hours in all. Then the webhook is
switched off."""

REASONS: Final[dict[str, str]] = {
    "status": "it answered with an error",
    "redirect": "it answered with a redirect, which is not followed",
    "timeout": "it did not answer in time",
    "connection": "it could not be reached",
    "certificate": "its certificate is not trusted",
    "address": "its address is none that may be called",
    "gone": "it answered that it is gone (410)",
    "maker": "who made it is no admin here any more",
    "person": "somebody switched it off",
}


class Webhook(Record, frozen=True, kw_only=True):
    """Told of what its maker sees: `events` by name (or `item.*`), all where there are none, of the board `of_board`,
    of all boards where it is "". `reason`, a key of REASONS, is why it is not `enabled`.

    No secret is kept: it is made of `secret_id` by a key of the store (engine.webhooks). The one before is in force
    beside it until `old_until`."""

    member_id: Annotated[str, SUBJECT]
    name: Annotated[str, PERSONAL]
    url: Annotated[str, PERSONAL]
    events: tuple[str, ...] = ()
    of_board: str = ""
    enabled: bool = True
    reason: str = ""
    secret_id: Annotated[str, SECRET]
    old_secret_id: Annotated[str, SECRET] = ""
    old_until: int = 0
    created_at: int = 0

    def wants(self, event: str) -> bool:
        return not self.events or event in self.events or f"{event.split('.')[0]}.*" in self.events


class Place(Struct, frozen=True, order=True):
    """How far the change log was told: change `n` of the command `seq`, and of many records made by one change the
    `k`th."""

    seq: int
    n: int
    k: int = 0


WHOLE: Final = (1 << 31) - 1
"""As `n`: all of a command."""


class Event(Struct, frozen=True, kw_only=True):
    """What happened to one record. `changed` has its fields as they are when it is told, never as they were;
    what is not there any more, or lies in the trash, is not in it. `actor_id` is "" where it was a person whose data is
    restricted or erased; then `changed` is empty too."""

    id: str
    type: str
    at: int
    board_id: str
    item_id: str
    record_id: str
    actor_id: str
    changed: dict[str, JSON]


class DeliveryKind(StrEnum):
    EVENTS = "events"
    TEST = "test"
    AGAIN = "again"


class DeliveryState(StrEnum):
    WAITING = "waiting"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class Delivery(Struct, frozen=True, kw_only=True):
    """One message to a webhook: the events after `after`, up to `until`, under one id however often it is tried.
    `code` is the last answer's status, 0 for none. Nothing personal, and nothing of what was said."""

    id: str
    webhook_id: str
    kind: DeliveryKind
    state: DeliveryState
    after: Place
    until: Place
    count: int
    attempts: int
    code: int
    reason: str
    created_at: int
    tried_at: int
    due_at: int
