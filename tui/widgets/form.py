"""Asks for a few lines at once in the middle of the screen, and does what they are for before it closes."""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any, ClassVar, Final, Generic, NamedTuple, TypeVar, cast

from textual.app import ComposeResult
from textual.binding import BindingType
from textual.widgets import Input, Static

from engine.errors import ConneqtError
from tui.widgets.line_input import LineInput
from tui.widgets.popup import Popup
from tui.widgets.waiting_keys import hand_on_keys

T = TypeVar("T")


FAULT_LINES: Final = 3
ONE_MOMENT: Final = "One moment…"
LEAVES: Final = "One moment… esc leaves."
NOT_YET: Final = "It is not broken off half done: esc works again as soon as there is an answer."


class Field(NamedTuple):
    """`name` is the key of what was typed. Enter passes an optional one by."""

    name: str
    label: str
    value: str = ""
    placeholder: str = ""
    secret: bool = False
    optional: bool = False


class FormInput(LineInput):
    """A line of a form: enter goes on to the next."""

    BINDINGS: ClassVar[list[BindingType]] = [
        ("down", "app.focus_next", "Next field"),
        ("up", "app.focus_previous", "Previous field"),
    ]

    async def action_submit(self) -> None:
        cast("Form[Any]", self.screen).go_on()
        hand_on_keys(self)


class Form(Popup[T], Generic[T]):
    """`work` gets what was typed by field name and makes what the form comes back with; its ConneqtErrors
    are shown in the form, and nothing that was typed is lost. Work that `only_asks` may be left at any time; other work
    goes to its end."""

    def __init__(
        self, title: str, fields: Sequence[Field],
        work: Callable[[Mapping[str, str]], Awaitable[T]], *, hint: str = "", only_asks: bool = False,
    ) -> None:  # fmt: skip
        super().__init__()
        self.heading = title
        self.fields = fields
        self.work = work
        self.hint = hint
        self.only_asks = only_asks
        self.working = False

    def compose_popup(self) -> ComposeResult:
        yield Static(self.heading, classes="popup--title", markup=False)
        for field in self.fields:
            if field.label:
                yield Static(field.label, classes="form--label", markup=False)
            yield FormInput(
                field.value, placeholder=field.placeholder, password=field.secret,
                id=f"field-{field.name}", select_on_focus=False, compact=True,
                classes="-optional" if field.optional else None,
            )  # fmt: skip
        yield Static(self.hint, classes="popup--hint", markup=False)

    def on_mount(self) -> None:
        """What is typed or pasted first goes to where it is needed, not into a line that is filled already."""
        super().on_mount()
        empty = self._first_empty()
        if empty is not None:
            self.set_focus(empty)

    def wanted_size(self) -> tuple[int, int]:
        return min(64, self.app.size.width), 3 * len(self.fields) + 4

    def place(self) -> None:
        """Without air between the lines where there would be no room for a fault below them."""
        _, height = self.wanted_size()
        self.set_class(self.app.size.height < height + FAULT_LINES, "-low")
        super().place()

    @property
    def typed(self) -> dict[str, str]:
        inputs = {
            field.name: self.query_one(f"#field-{field.name}", Input) for field in self.fields
        }
        return {name: input.value for name, input in inputs.items()}

    def on_input_changed(self, event: Input.Changed) -> None:
        event.stop()
        self._say(self.hint)

    def go_on(self) -> None:
        """Go to the first field that needs filling; where none does, do the work."""
        empty = self._first_empty()
        if empty is not None:
            self.set_focus(empty)
        elif not self.working:
            self.working = True
            self._say(LEAVES if self.only_asks else ONE_MOMENT)
            self.run_worker(self._do(), exclusive=True)

    def _first_empty(self) -> Input | None:
        needed = (input for input in self.query(Input) if not input.has_class("-optional"))
        return next((input for input in needed if not input.value), None)

    def action_leave(self) -> None:
        if self.working and not self.only_asks:
            self._say(NOT_YET)
        else:
            self.workers.cancel_node(self)
            super().action_leave()

    async def _do(self) -> None:
        try:
            result = await self.work(self.typed)
        except ConneqtError as error:
            self._say(str(error), error=True)
        else:
            self.dismiss(result)
        finally:
            self.working = False

    def _say(self, text: str, *, error: bool = False) -> None:
        if self.working and not error and text == self.hint:
            return
        line = self.query_one(".popup--hint", Static)
        line.set_class(error, "popup--error")
        line.update(text)
