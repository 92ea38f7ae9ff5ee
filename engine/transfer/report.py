"""What an import did: what came in, what was changed on the way, what was left, by count and example."""

from msgspec import Struct, field

EXAMPLE_LENGTH = 80


class Entry(Struct, kw_only=True):
    what: str
    count: int
    example: str


class Report(Struct, kw_only=True):
    """Counts of what came in. `archived` groups and items among them are in the
    archive, and not on the board. `changed` came in otherwise than it stood in the file; `skipped` did not."""

    board: str = ""
    board_id: str = ""
    groups: int = 0
    columns: int = 0
    items: int = 0
    subitems: int = 0
    comments: int = 0
    attachments: int = 0
    people: int = 0
    archived: int = 0
    changed: list[Entry] = field(default_factory=list)
    skipped: list[Entry] = field(default_factory=list)

    def change(self, what: str, example: str = "", count: int = 1) -> None:
        _tally(self.changed, what, example, count)

    def skip(self, what: str, example: str = "", count: int = 1) -> None:
        _tally(self.skipped, what, example, count)


def _tally(entries: list[Entry], what: str, example: str, count: int) -> None:
    for entry in entries:
        if entry.what == what:
            entry.count += count
            return
    entries.append(Entry(what=what, count=count, example=example[:EXAMPLE_LENGTH]))
