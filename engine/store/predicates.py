"""Turns filters and sorts (engine.model.predicate) into SQL over an item's values, on both databases."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Float,
    Numeric,
    and_,
    case,
    cast,
    false,
    func,
    literal,
    literal_column,
    not_,
    or_,
)
from sqlalchemy.types import Text

from engine.model.predicate import (
    AnyOf,
    Both,
    Compare,
    Contains,
    Filled,
    FilledOrder,
    Not,
    NumberOrder,
    Order,
    Path,
    RankOrder,
    Test,
    TextOrder,
)

Value = ColumnElement[Any]


class Cell:
    """One value of the items in a statement: a column's, or a field of the item itself."""

    def __init__(self, source: Value, path: tuple[str | int, ...], *, sqlite: bool) -> None:
        self.source = source
        self.path = path
        self.sqlite = sqlite

    def at(self, path: Path = ()) -> Value:
        """The text at `path` inside the value; NULL where there is none."""
        full = self.path + path
        if not full:
            return cast(self.source, Text)
        if self.sqlite:
            return func.json_extract(self.source, _sqlite_path(full))
        found = func.jsonb_extract_path_text(self.source, *(str(step) for step in full))
        return found.collate("C")  # dates and ids compare bytewise, as in SQLite

    def has_any(self, ids: Sequence[str]) -> ColumnElement[bool]:
        """The list value has one of `ids`. Ids are letters and digits, so finding their text is exact."""
        text = self.at() if self.sqlite else cast(self.at(), Text)
        return or_(false(), *(_position(text, f'"{id}"', sqlite=self.sqlite) > 0 for id in ids))


def condition(test: Test, cell: Cell) -> ColumnElement[bool]:
    """The condition that is true where `test` holds; never NULL, so that `Not` is its opposite."""
    match test:
        case Filled(wanted=True):
            return cell.at().is_not(None)
        case Filled():
            return cell.at().is_(None)
        case Contains(folded=words, path=path):
            found = _position(
                folded_text(cell.at(path), sqlite=cell.sqlite),
                words,
                sqlite=cell.sqlite,
            )
            return func.coalesce(found, 0) > 0
        case AnyOf(values=ids, many=True):
            return func.coalesce(cell.has_any(ids), false())
        case AnyOf(values=values):
            return func.coalesce(cell.at().in_(values), false())
        case Compare(operator=operator, operand=operand, path=path):
            return func.coalesce(_compare(cell.at(path), operator, operand, cell.sqlite), false())
        case Not(test=inner):
            return not_(condition(inner, cell))
        case Both(first=first, second=second):
            return and_(condition(first, cell), condition(second, cell))
    raise TypeError(f"no such test: {test!r}")


def sort_keys(order: Order, cell: Cell, *, descending: bool) -> list[ColumnElement[Any]]:
    """What to order by: items without a value last, either way."""
    value: ColumnElement[Any]
    match order:
        case TextOrder(path=path):
            value = folded_text(cell.at(path), sqlite=cell.sqlite)
        case NumberOrder(path=path):
            value = cast(cell.at(path), Float if cell.sqlite else Numeric)
        case RankOrder(ranks=ranks, path=path):
            ranked = {id: rank for rank, id in enumerate(ranks)}
            value = case(ranked, value=cell.at(path), else_=None) if ranked else literal(0)
        case FilledOrder():
            value = case((cell.at().is_not(None), 0), else_=None)
    return [(value.desc() if descending else value.asc()).nulls_last()]


def item_number(word: str) -> int | None:
    """What a word like #12 names; None for any other, also for a number that no database could keep."""
    digits = word.removeprefix("#")
    named = digits != word and digits.isascii() and digits.isdecimal() and len(digits) <= 18
    return int(digits) if named else None


def words_found(words: Value, word: str, *, sqlite: bool) -> ColumnElement[bool]:
    """The folded text has the folded word somewhere in it."""
    return _position(words, word, sqlite=sqlite) > 0


def folded_text(text: Value, *, sqlite: bool) -> Value:
    """As engine.model.text.folded: a function of ours in SQLite, PostgreSQL's nearest otherwise."""
    if sqlite:
        return func.folded(text)
    decomposed = func.normalize(text, literal_column("NFKD"))
    bare = func.lower(func.regexp_replace(decomposed, "[\u0300-\u036f]", "", "g"))
    return func.replace(bare, "ß", "ss").collate("C")


def _compare(
    value: Value, operator: str, operand: float | str, sqlite: bool
) -> ColumnElement[bool]:
    left: Value = value
    if isinstance(operand, (int, float)):
        left = cast(value, Float if sqlite else Numeric)
    return left.op(operator, is_comparison=True)(operand)


def _position(text: Value, part: str, *, sqlite: bool) -> Value:
    return func.instr(text, part) if sqlite else func.strpos(text, part)


def _sqlite_path(path: tuple[str | int, ...]) -> str:
    steps = [f"[{step}]" if isinstance(step, int) else f'."{step}"' for step in path]
    return "$" + "".join(steps)
