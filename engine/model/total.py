"""What the footer of a lane shows of one column."""

from msgspec import Struct


class Total(Struct, frozen=True, kw_only=True):
    """`kind` is one of the column type's totals. `filled` counts items with a value out of `count`; `spread`
    counts items by label id ("" for none); `low`, `high` and `sum` are set where the kind needs them."""

    kind: str
    count: int
    filled: int = 0
    low: str | float | None = None
    high: str | float | None = None
    sum: float | None = None
    spread: dict[str, int] = {}
