"""What filters and sorts mean, as data: column types make these, the store turns them into SQL."""

from msgspec import Struct

Path = tuple[str | int, ...]
"""Where inside the value to look: `()` the value itself, `("url",)` a field, `(0,)` the first of a list."""


class Filled(Struct, frozen=True, tag=True):
    """The item has a value (`wanted=True`), or has none."""

    wanted: bool = True


class Contains(Struct, frozen=True, tag=True):
    """The text, folded (model.text.folded), has `folded` somewhere in it."""

    folded: str
    path: Path = ()


class AnyOf(Struct, frozen=True, tag=True):
    """The value is one of `values`; for a list value, at least one of its elements is (`many=True`)."""

    values: tuple[str, ...]
    many: bool = False


class Compare(Struct, frozen=True, tag=True):
    """`operator` is one of `< <= = >= >`; numbers compare as numbers, text bytewise (ISO dates included)."""

    operator: str
    operand: float | str
    path: Path = ()


class Not(Struct, frozen=True, tag=True):
    """Also true where the item has no value."""

    test: "Test"


class Both(Struct, frozen=True, tag=True):
    first: "Test"
    second: "Test"


Test = Filled | Contains | AnyOf | Compare | Not | Both


class TextOrder(Struct, frozen=True, tag=True):
    """Sort by the folded text at `path`."""

    path: Path = ()


class NumberOrder(Struct, frozen=True, tag=True):
    """Sort by the number (kept as decimal text)."""

    path: Path = ()


class RankOrder(Struct, frozen=True, tag=True):
    """Sort by where the text at `path` stands in `ranks` (label ids in their order, people by name)."""

    ranks: tuple[str, ...]
    path: Path = ()


class FilledOrder(Struct, frozen=True, tag=True):
    """Items with a value before items without."""


Order = TextOrder | NumberOrder | RankOrder | FilledOrder
