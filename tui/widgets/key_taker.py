"""A widget whose screen carries out its keys one after the other, in the order in which they were typed.

Keys can be in the widget's queue already when an earlier key opens a window or the filter: a slow link
brings several at once. Such keys belong to what was opened, so they are handed on to it.
"""

from typing import Protocol, runtime_checkable

from textual import events
from textual.widget import Widget

from tui.widgets.waiting_keys import hand_on_keys, may_have_keys


@runtime_checkable
class KeyPresses(Protocol):
    """A screen that carries out keys."""

    async def press(self, event: events.Key) -> bool:
        """Carry out the key; False if it means nothing here."""


class KeyTaker(Widget, can_focus=True):
    """Where its screen is none of `KeyPresses`, keys go to the bindings alone."""

    async def on_key(self, event: events.Key) -> None:
        if not may_have_keys(self):
            event.stop()
            hand_on_keys(self, event)
        elif isinstance(self.screen, KeyPresses) and await self.screen.press(event):
            event.stop()
            event.prevent_default()
