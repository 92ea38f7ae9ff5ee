"""What has been kept long enough: how much of each kind the retention run would remove now."""

from collections.abc import Callable
from typing import Final

from msgspec import Struct

from engine.model.account import Invitation, Mail, SignedIn
from engine.model.rights import Deletion
from engine.privacy.holds import held_members, is_held
from engine.privacy.requests import expired_requests
from engine.privacy.retention import RULES, kept_table
from engine.privacy.sessions import is_over
from engine.queries.registry import Query, answers
from engine.store import webhook_queue
from engine.store.audit_pruning import count_expired
from engine.store.reading import Reading
from engine.store.tables import ENTITIES
from engine.store.trash import contents_of, expired


class Due(Struct, frozen=True, kw_only=True):
    """`rule` is a key of engine.privacy.retention; what is from before the time `before` is due. `members` are
    those whose own deletion it is."""

    rule: str
    title: str
    kept: str
    before: int
    count: int
    members: tuple[str, ...] = ()


class Kept(Query[list[tuple[str, str]]], frozen=True, kw_only=True):
    """Everything that is kept, and how long, in words."""


class RetentionDue(Query[list[Due]], frozen=True, kw_only=True):
    """Every rule, with how many records are due by it now."""


@answers(Kept, within_board=False)
def kept(reading: Reading, query: Kept) -> list[tuple[str, str]]:
    return kept_table()


@answers(RetentionDue, role="member", within_board=False)
def retention_due(reading: Reading, query: RetentionDue) -> list[Due]:
    found = []
    for key, rule in RULES.items():
        before = rule.cutoff(reading.now)
        members = _deleted(reading, before) if key == "deletion" else ()
        count = _COUNTS[key](reading, before)
        found.append(
            Due(
                rule=key, title=rule.title, kept=rule.kept, before=before, count=count,
                members=members,
            )
        )  # fmt: skip
    return found


def _deleted(reading: Reading, before: int) -> tuple[str, ...]:
    held = held_members(reading)
    due = (one.member_id for one in reading.list(Deletion) if one.asked_at <= before)
    return tuple(id for id in due if id not in held)


def _in_trash(reading: Reading, before: int) -> int:
    held = held_members(reading)
    found = expired(reading, before)
    if not held:
        return len(found)
    records = (reading.find(ENTITIES[entity], id) for entity, id in found)
    wholes = ((*contents_of(reading, one), one) for one in records if one is not None)
    return sum(not any(is_held(one, held) for one in whole) for whole in wholes)


def _in_audit(reading: Reading, before: int) -> int:
    return 0 if held_members(reading) else count_expired(reading, before)


def _older(reading: Reading, kind: type[Invitation] | type[Mail], before: int) -> int:
    return sum(one.created_at <= before for one in reading.list(kind))


_COUNTS: Final[dict[str, Callable[[Reading, int], int]]] = {
    "trash": _in_trash,
    "audit": _in_audit,
    "requests": lambda reading, before: len(expired_requests(reading, before)),
    "invitations": lambda reading, before: _older(reading, Invitation, before),
    "sessions": lambda reading, before: sum(
        is_over(one, reading.now) for one in reading.list(SignedIn)
    ),
    "mails": lambda reading, before: _older(reading, Mail, before),
    "webhook_deliveries": webhook_queue.count_old,
    "deletion": lambda reading, before: len(_deleted(reading, before)),
}
