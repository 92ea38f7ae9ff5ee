"""Keys that wait in a widget's queue when an earlier one has moved the focus, or opens something that is not there yet:
they belong to where it went.

They must get there before any that comes later, so all of them are handed on at once.
"""

from textual import events
from textual.widget import Widget

from tui.keys_in_turn import KeysInTurn, keys_out_of


def may_have_keys(widget: Widget) -> bool:
    """Whether what is typed now is for this widget."""
    app = widget.app
    return app.focused is widget and (not isinstance(app, KeysInTurn) or app.takes_keys)


def hand_on_keys(widget: Widget, first: events.Key | None = None) -> None:
    """Give `first` and the keys that wait behind it to what has the focus now, or gets it when it has come up."""
    if may_have_keys(widget):
        return
    keys = keys_out_of(widget)
    if first is not None:
        keys.insert(0, events.Key(first.key, first.character))
    if isinstance(widget.app, KeysInTurn):
        widget.app.take_first(keys)
        return
    target = widget.app.focused or widget.app
    for key in keys:
        target.post_message(key)
