"""What the store of files asks before it removes one."""

from engine.queries.registry import Query, answers
from engine.store.files_in_use import digests_in_use
from engine.store.reading import Reading


class FilesInUse(Query[set[str]], frozen=True, kw_only=True):
    """Digests of the attachment files that the organization needs, now or after an undo."""


@answers(FilesInUse, role="owner", within_board=False)
def files_in_use(reading: Reading, query: FilesInUse) -> set[str]:
    return digests_in_use(reading)
