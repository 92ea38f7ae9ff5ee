"""Finds what a person's word on the command line means: a board, group, column or item.

By id, by the whole name (case and accents do not count), or by the beginning of one name only.
"""

from collections.abc import Iterable, Sequence
from typing import Final

from engine.api import Acting
from engine.errors import NotFound, UsageError
from engine.model.board import Board, Group
from engine.model.column import Column
from engine.model.item import Item
from engine.model.record import State
from engine.model.text import clean_line, folded
from engine.queries.board_view import BoardFrame, OpenBoard
from engine.queries.home import Boards
from engine.queries.item_detail import FindItems

MOST_NAMED: Final = 12
_BATCH: Final = 500


def chosen(word: str, candidates: Sequence[tuple[str, str]], what: str, where: str = "") -> int:
    """The place in `candidates` (id, name) of the one meant. Raises NotFound and UsageError."""
    wanted = folded(clean_line(word))
    names = [folded(name) for _, name in candidates]
    for fits in (
        [place for place, (id, _) in enumerate(candidates) if id == word],
        [place for place, name in enumerate(names) if name == wanted],
        [place for place, name in enumerate(names) if wanted and name.startswith(wanted)],
    ):
        if len(fits) == 1:
            return fits[0]
        if fits:
            several = [candidates[place] for place in fits]
            raise UsageError(_ambiguous(clean_line(word), several, what))
    raise NotFound(_absent(f"{what} “{clean_line(word)}”{where}", [name for _, name in candidates]))


async def board_named(acting: Acting, word: str, state: State = State.LIVE) -> Board:
    boards = [summary.board for summary in await acting.query(Boards(state=state))]
    return boards[chosen(word, [(board.id, board.name) for board in boards], "board")]


async def frame_named(acting: Acting, word: str) -> BoardFrame:
    """The board with its groups, columns and people."""
    return await acting.query(OpenBoard(board_id=(await board_named(acting, word)).id))


def group_named(frame: BoardFrame, word: str) -> Group:
    names = [(group.id, group.name) for group in frame.groups]
    return frame.groups[chosen(word, names, "group", f" on “{frame.board.name}”")]


def column_named(frame: BoardFrame, word: str) -> Column:
    names = list(titles(frame.columns).items())
    return frame.columns[chosen(word, names, "column", f" on “{frame.board.name}”")]


def titles(columns: Iterable[Column]) -> dict[str, str]:
    """By column id the title that names it here: a title that is taken already gets a number."""
    named: dict[str, str] = {}
    taken: set[str] = set()
    for column in columns:
        title, number = column.title, 2
        while title in taken:
            title, number = f"{column.title} ({number})", number + 1
        taken.add(title)
        named[column.id] = title
    return named


async def items_named(acting: Acting, words: Sequence[str]) -> list[Item]:
    """Items by id, number or #number, in the order named; raises NotFound for one that is not."""
    numbers = {word: int(word.removeprefix("#")) for word in words if is_number(word)}
    ids = [word for word in words if word not in numbers]
    found = await items_with(acting, ids=ids, numbers=list(numbers.values()))
    known: dict[str | int, Item] = {item.id: item for item in found}
    known |= {item.number: item for item in found}
    named: dict[str, Item] = {}
    for word in words:
        item = known.get(numbers.get(word, word))
        if item is None:
            raise NotFound(
                f"There is no item “{clean_line(word)}”. Name it by its number or its id. "
                "See: conneqtos item list --board NAME"
            )
        named[item.id] = item
    return list(named.values())


async def items_with(
    acting: Acting, *, ids: Sequence[str] = (), numbers: Sequence[int] = ()
) -> list[Item]:
    """All items with these ids or numbers, whatever their state, a batch a query."""
    found: list[Item] = []
    for start in range(0, max(len(ids), len(numbers)), _BATCH):
        batch = slice(start, start + _BATCH)
        query = FindItems(ids=tuple(ids[batch]), numbers=tuple(numbers[batch]))
        some: list[Item] = await acting.query(query)
        found += some
    return found


def is_number(word: str) -> bool:
    digits = word.removeprefix("#")
    return digits.isascii() and digits.isdigit() and len(digits) <= 15


def _ambiguous(word: str, candidates: Sequence[tuple[str, str]], what: str) -> str:
    names = [name for _, name in candidates]
    if len(set(map(folded, names))) == len(names):
        return f"“{word}” could be {_listed(names, 'or')}. Type more of the name."
    ids = [f"{id} (“{name}”)" for id, name in candidates[:MOST_NAMED]]
    return f"There is more than one {what} named “{word}”. Name it by its id: {', '.join(ids)}."


def _absent(what: str, names: Sequence[str]) -> str:
    if not names:
        return f"There is no {what}; there is none at all yet."
    return f"There is no {what}. There is {_listed(names, 'and')}."


def _listed(names: Sequence[str], joint: str) -> str:
    quoted = [f"“{name}”" for name in names[:MOST_NAMED]]
    if len(names) > MOST_NAMED:
        return f"{', '.join(quoted)} {joint} {len(names) - MOST_NAMED} more"
    if len(quoted) == 1:
        return quoted[0]
    return f"{', '.join(quoted[:-1])} {joint} {quoted[-1]}"
