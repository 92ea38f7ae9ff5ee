"""The board screen's actions on its filter: words while they are typed, and conditions by column."""

from msgspec.structs import replace
from textual import on

from engine.columns.registry import column_type
from engine.model.view import Condition, Filter
from tui.screens.asking import asks
from tui.screens.board_base import BoardBase
from tui.widgets.choice import Choice, Choosable
from tui.widgets.filter_bar import FilterBar
from tui.widgets.prompt import Prompt

NEEDS_NO_OPERAND = frozenset(
    {
        "empty",
        "filled",
        "done",
        "open",
        "checked",
        "unchecked",
        "none",
        "today",
        "overdue",
        "this_week",
    }
)


class FilteringActions(BoardBase):
    """None of these changes items."""

    def action_filter(self) -> None:
        self.filter_bar.open()

    @on(FilterBar.Typed)
    def _filter_typed(self, message: FilterBar.Typed) -> None:
        message.stop()  # on its way here it may have been overtaken: what counts is what stands there
        self.filter_by(replace(self.source.filter, words=self.filter_bar.words.value))

    @on(FilterBar.Left)
    def _filter_left(self, message: FilterBar.Left) -> None:
        message.stop()
        self.focus_shown()
        self.show_title()

    def filter_by(self, wanted: Filter) -> None:
        self.filter_bar.take(wanted.words)
        if wanted != self.source.filter:
            self.source.filter = wanted
            self.reload()

    def action_clear_words(self) -> None:
        self.filter_by(replace(self.source.filter, words=""))

    def action_clear_filter(self) -> None:
        self.filter_by(Filter())

    @asks
    async def action_add_condition(self) -> None:
        """Filter by the column under the cursor: pick an operator, then what it compares with."""
        column = self.source.column(self.shown.column_id)
        if column is None:
            options = [Choosable(one.id, one.title) for one in self.source.frame.columns]
            chosen = await self.ask(Choice("Filter by", options))
            column = self.source.column(chosen or "")
        if column is None:
            return
        kind, at = column_type(column.type), self.source.surroundings(column)
        operators = [Choosable(name, name.replace("_", " ")) for name in kind.filters]
        operator = await self.ask(Choice(f"{column.title} …", operators))
        if operator is None:
            return

        def read(operand: str) -> str:
            kind.test(operator, operand, at)  # says in its sentence what is wrong
            return operand.strip()

        operand = ""
        if operator not in NEEDS_NO_OPERAND:
            title = f"{column.title} {operator.replace('_', ' ')}"
            answer = await self.ask(Prompt(read, title=title, hint=kind.hint))
            if answer is None:
                return
            operand = answer.value
        condition = Condition(column.id, operator, operand)
        before = self.source.filter
        self.filter_by(replace(before, conditions=(*before.conditions, condition)))

    @asks
    async def action_remove_condition(self) -> None:
        conditions = self.source.filter.conditions
        if not conditions:
            self.live.tell("There is no condition to take off.")
            return
        options = [Choosable(str(at), self.condition_text(c)) for at, c in enumerate(conditions)]
        chosen = await self.ask(Choice("Take off", options))
        if chosen is not None:
            kept = tuple(c for at, c in enumerate(conditions) if str(at) != chosen)
            self.filter_by(replace(self.source.filter, conditions=kept))
