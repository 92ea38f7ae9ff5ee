"""A line to type in that takes keys in the order in which they came, however many come at once.

Textual's Input inserts letters at once, but backspace and the arrows only after the key has gone up to the
app and come back as a binding: what a slow link brings in one piece would be mixed up.
"""

from typing import Final

from textual import events
from textual.widgets import Input

from tui.widgets.waiting_keys import hand_on_keys

SCROLLING: Final = (
    "scroll_",
    "page_",
)  # one line has nothing to scroll: a list beside it takes these keys


class LineInput(Input):
    """Keys that came while an earlier one moved the focus go where it went."""

    async def on_key(self, event: events.Key) -> None:
        if self.app.focused is not self:
            event.stop()
            event.prevent_default()
            hand_on_keys(self, event)
            return
        bindings = self._bindings.key_to_bindings.get(event.key)
        if bindings and not bindings[0].action.startswith(SCROLLING):
            event.stop()
            event.prevent_default()
            await self.run_action(bindings[0].action)
