"""Carries out keys by the one table of actions: counts, keys of several strokes, the person's own keys."""

from inspect import isawaitable
from typing import ClassVar

from textual import events
from textual.screen import Screen, ScreenResultType

from tui.actions import Action
from tui.key_sequence import KeySequence
from tui.keys import Keymap, keys_in
from tui.screens.asking import faults_told


class TakingKeys(Screen[ScreenResultType]):
    """`scope` names the screen in the table of actions; its `action_<name>` methods carry them out."""

    scope: ClassVar[str] = "global"

    @property
    def keymap(self) -> Keymap:
        """The keys in force: the app's, or the preset where a screen stands alone."""
        return keys_in(self.app)

    def on_screen_resume(self) -> None:
        """Begin anew: the keys may have been changed meanwhile."""
        self.sequence = KeySequence(self.keymap, (self.scope, "list", "global"))

    async def press(self, event: events.Key) -> bool:
        """Carry out the key; False if it means nothing here."""
        pressed = self.sequence.press(event.key, event.character)
        if pressed is None:
            return False
        return pressed.action is None or await self.carry_out(pressed.action, pressed.count)

    async def carry_out(self, action: Action, count: int = 1) -> bool:
        """Do it here, or in the app; False where it is not known."""
        method = getattr(self, f"action_{action.name}", None) or getattr(
            self.app, f"action_{action.name}", None
        )
        if method is None:
            return False
        with faults_told(self):
            done = method(count) if action.takes == "count" else method()
            if isawaitable(done):
                await done
        return True
