"""What became of one's edits that met somebody else's: both values, until they are put away."""

from engine.model.conflict import Conflict
from engine.queries.registry import Query, answers
from engine.store.reading import Reading


class Conflicts(Query[list[Conflict]], frozen=True, kw_only=True):
    """Of the actor's own edits, the newest first."""


@answers(Conflicts)
def conflicts(reading: Reading, query: Conflicts) -> list[Conflict]:
    mine = reading.list(Conflict, member_id=reading.member.id)
    return sorted(mine, key=lambda one: (one.at, one.id), reverse=True)
