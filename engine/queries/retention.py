"""What has been kept long enough: how much of each kind the retention run would remove now."""

from msgspec import Struct

from engine.privacy.retention import RULES
from engine.queries.registry import Query, answers
from engine.store.audit_pruning import count_expired
from engine.store.reading import Reading
from engine.store.trash import expired


class Due(Struct, frozen=True, kw_only=True):
    """`rule` is a key of engine.privacy.retention; what is from before the time `before` is due."""

    rule: str
    title: str
    kept: str
    before: int
    count: int


class RetentionDue(Query[list[Due]], frozen=True, kw_only=True):
    """Every rule, with how many records are due by it now."""


_COUNTS = {
    "trash": lambda reading, before: len(expired(reading, before)),
    "audit": count_expired,
}


@answers(RetentionDue, role="member", within_board=False)
def retention_due(reading: Reading, query: RetentionDue) -> list[Due]:
    found = []
    for key, rule in RULES.items():
        before = rule.cutoff(reading.now)
        count = _COUNTS[key](reading, before)
        found.append(Due(rule=key, title=rule.title, kept=rule.kept, before=before, count=count))
    return found
