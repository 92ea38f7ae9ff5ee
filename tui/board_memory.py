"""What one person's screen remembers of a board from one visit to the next; kept as a preference."""

import msgspec
from msgspec import Struct

from engine.model.record import JSON
from engine.model.view import Condition, Filter, Sort, View
from tui.board_source import BoardSource

MOST_WIDTHS = 300


class BoardMemory(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """`view_id` is the saved view that was chosen last; `widths` are the person's own, by column id."""

    kind: str = "table"
    view_id: str = ""
    words: str = ""
    conditions: tuple[Condition, ...] = ()
    sorts: tuple[Sort, ...] = ()
    lane_by: str = "group"
    hidden: tuple[str, ...] = ()
    widths: dict[str, int] = {}
    collapsed: tuple[str, ...] | None = None
    cursor: int | None = None
    card_fields: tuple[str, ...] | None = None
    density: str = ""

    @classmethod
    def read(cls, stored: JSON) -> "BoardMemory":
        """From the preference; an older or strange one is forgotten."""
        try:
            return msgspec.convert(stored or {}, cls, strict=False)
        except msgspec.ValidationError:
            return cls()

    def stored(self) -> JSON:
        """As the preference is kept."""
        plain: JSON = msgspec.to_builtins(self)
        return plain

    def put_into(self, source: BoardSource) -> None:
        """Filter, sorts and lanes; what the board no longer has falls away with the next load."""
        source.filter = Filter(words=self.words, conditions=self.conditions)
        source.sorts = self.sorts
        source.lane_by = self.lane_by
        source.collapsed = set(self.collapsed or ())
        source.cursor = self.cursor

    @classmethod
    def of(
        cls,
        source: BoardSource,
        *,
        kind: str,
        view_id: str,
        hidden: set[str],
        widths: dict[str, int],
        card_fields: tuple[str, ...] | None,
        density: str,
    ) -> "BoardMemory":
        """What the screen shows now."""
        return cls(
            kind=kind, view_id=view_id, words=source.filter.words,
            conditions=source.filter.conditions, sorts=source.sorts, lane_by=source.lane_by,
            hidden=tuple(sorted(hidden)), widths=dict(list(widths.items())[-MOST_WIDTHS:]),
            collapsed=tuple(sorted(source.collapsed)), cursor=source.cursor,
            card_fields=card_fields, density=density,
        )  # fmt: skip


def preference_of(board_id: str) -> str:
    """The name of the preference."""
    return f"board:{board_id}"


def memory_of_view(view: View, widths: dict[str, int], density: str) -> BoardMemory:
    """The screen that a saved view asks for; widths and density stay the person's own."""
    return BoardMemory(
        kind=view.kind.value, view_id=view.id, words=view.filter.words,
        conditions=view.filter.conditions, sorts=view.sorts, lane_by=view.lane_by,
        hidden=view.hidden, widths=widths, collapsed=view.collapsed_lanes,
        card_fields=view.card_fields, density=density,
    )  # fmt: skip
