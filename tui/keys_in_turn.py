"""Gives keys to what they were typed for, in the order in which they were typed.

A slow link brings several at once, and what the first one opens is not there yet when the next one comes. Such keys
wait here until the screen that is shown takes keys: it has its focus, and has read what it shows (one that reads
behind its mount says so by `takes_keys`, and by `keys_go_on` when it has).
"""

from asyncio import Queue
from collections import deque
from collections.abc import Iterable
from typing import TypeVar

from textual import events
from textual.app import App
from textual.message import Message
from textual.widget import Widget

LEAVES = frozenset({"ctrl+q", "ctrl+c"})
Result = TypeVar("Result")
Typed = events.Key | events.Paste


class KeysInTurn(App[Result]):
    """Every key goes through `_waiting`, so that none overtakes another."""

    def __init__(self, *given: object, **named: object) -> None:
        super().__init__(*given, **named)  # type: ignore[arg-type]
        self._waiting: deque[Typed] = deque()
        self._given_to: Widget | None = None

    @property
    def takes_keys(self) -> bool:
        """Whether the screen that is shown has come up, and can do what a key says."""
        return bool(self.screen.stack_updates) and getattr(self.screen, "takes_keys", True)

    async def on_event(self, event: events.Event) -> None:
        if isinstance(event, Typed) and not event.is_forwarded:
            if self._insists(event):
                self._waiting.clear()
                await self.run_action("quit")
                return
            self._waiting.append(event)
            await self.give_keys()
        else:
            await super().on_event(event)

    def _insists(self, event: Typed) -> bool:
        """Whether somebody wants to leave for the second time, where the first waits for what does not come."""
        waits = (one.key for one in self._waiting if isinstance(one, events.Key))
        return isinstance(event, events.Key) and event.key in LEAVES and event.key in waits

    async def give_keys(self) -> None:
        """Hand out what waits, as long as the screen takes it."""
        while self._waiting and self.takes_keys:
            if self._given_to not in (None, self.focused):
                self._waiting.extendleft(reversed(keys_out_of(self._given_to)))
            self._given_to = self.focused
            await super().on_event(self._waiting.popleft())
        if self._waiting and not self.screen.stack_updates:
            self.screen.call_later(self.keys_go_on)  # runs when the screen has come up

    def keys_go_on(self) -> None:
        self.call_later(self.give_keys)

    def take_first(self, keys: Iterable[Typed]) -> None:
        """Keys that were given to what may not have them any more: they were typed before all that wait."""
        self._waiting.extendleft(reversed([*keys]))
        self.keys_go_on()


def keys_go_on(app: App[object]) -> None:
    """What the keys waited for is there."""
    if isinstance(app, KeysInTurn):
        app.keys_go_on()


def keys_out_of(widget: Widget | None) -> list[Typed]:
    """Take the keys that wait in a widget's queue out of it."""
    keys: list[Typed] = []
    if widget is None:
        return keys
    others: list[Message | None] = []
    queue: Queue[Message | None] = widget._message_queue  # Textual gives no other way to it
    if isinstance(widget._pending_message, Typed):  # looked at, and not taken yet
        keys.append(_anew(widget._pending_message))
        widget._pending_message = None
    while not queue.empty():
        message = queue.get_nowait()
        if isinstance(message, Typed):
            keys.append(_anew(message))
        else:
            others.append(message)
    for message in others:
        queue.put_nowait(message)
    return keys


def _anew(typed: Typed) -> Typed:
    """As it came from the terminal."""
    if isinstance(typed, events.Paste):
        return events.Paste(typed.text)
    return events.Key(typed.key, typed.character)
