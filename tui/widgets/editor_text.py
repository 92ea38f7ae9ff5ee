"""Edits long text in a window of its own: enter makes a new line, ctrl+s saves."""

from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.geometry import Region
from textual.widgets import Static, TextArea

from engine.columns.column_type import Surroundings
from engine.columns.registry import column_type
from engine.errors import ConneqtError
from engine.model.column import Column
from engine.model.record import JSON
from tui.keys import keys_in
from tui.widgets.popup import Popup
from tui.widgets.prompt import Answer


class TextEditor(Popup[Answer[JSON]]):
    """Leaving with changes has to be said twice, so that no draft is lost by one key."""

    DEFAULT_CSS = """
    TextEditor TextArea { height: 12; background: $panel; padding: 0 1; }
    TextEditor TextArea, TextEditor TextArea:focus { border: none; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Save", priority=True, id="editor.save")
    ]

    def __init__(
        self, column: Column, value: JSON, at: Surroundings, cell: Region, title: str
    ) -> None:
        super().__init__()
        self.kind = column_type(column.type)
        self.surroundings = at
        self.before = "" if value is None else self.kind.text(value, at)
        self.heading = title
        self._warned = False

    def compose_popup(self) -> ComposeResult:
        yield Static(self.heading, classes="popup--title", markup=False)
        yield TextArea(self.before, soft_wrap=True, tab_behavior="focus")
        yield Static(self.keys, classes="popup--hint", markup=False)

    @property
    def keys(self) -> str:
        return keys_in(self.app).hint(save="save", leave="leave")

    def wanted_size(self) -> tuple[int, int]:
        return min(76, self.app.size.width), 14

    def action_save(self) -> None:
        try:
            value = self.kind.parse(self.query_one(TextArea).text, self.surroundings)
        except ConneqtError as error:
            self._say(str(error))
            return
        self.dismiss(Answer(value))

    def action_leave(self) -> None:
        changed = self.query_one(TextArea).text != self.before
        if changed and not self._warned:
            self._warned = True
            save = keys_in(self.app).shown("editor.save")
            self._say(f"Not saved yet. {save} saves it, esc once more throws it away.")
            return
        self.dismiss(None)

    def on_text_area_changed(self) -> None:
        if self._warned:
            self._warned = False
            self._say(self.keys, error=False)

    def _say(self, text: str, *, error: bool = True) -> None:
        line = self.query_one(".popup--hint", Static)
        line.set_class(error, "popup--error")
        line.update(text)
