"""Keys that wait in a widget's queue when an earlier one has moved the focus: they belong to where it went.

They must get there before any that comes later, so all of them are handed on at once.
"""

from asyncio import Queue

from textual import events
from textual.message import Message
from textual.widget import Widget


def hand_on_keys(widget: Widget, first: events.Key | None = None) -> None:
    """Give `first` and the keys that wait behind it to what has the focus now; where nothing has it yet (a
    window is just opening), to the app, which finds out when it comes to them."""
    target = widget.app.focused or widget.app
    if target is widget:
        return
    keys = [] if first is None else [first]
    others: list[Message | None] = []
    queue: Queue[Message | None] = widget._message_queue  # Textual gives no other way to it
    if isinstance(widget._pending_message, events.Key):  # looked at, and not taken yet
        keys.append(widget._pending_message)
        widget._pending_message = None
    while not queue.empty():
        message = queue.get_nowait()
        if isinstance(message, events.Key):
            keys.append(message)
        else:
            others.append(message)
    for message in others:
        queue.put_nowait(message)
    for key in keys:
        target.post_message(events.Key(key.key, key.character))
