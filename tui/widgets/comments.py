"""An item's comments as entries of its panel, and the box in which they are written."""

from collections.abc import Iterator
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Vertical
from textual.message import Message
from textual.widgets import Static, TextArea

from engine.model.item import Comment
from tui.item_source import ItemSource
from tui.keys import keys_in
from tui.spoken_time import spoken_time
from tui.widgets.card_content import Line, Run
from tui.widgets.entry_list import Entry
from tui.widgets.item_fields import AIR, adding, heading
from tui.widgets.wrapped_text import wrapped_paragraphs


def comment_entries(source: ItemSource, width: int, *, draft: str) -> Iterator[Entry]:
    """The oldest first, as they were said."""
    comments = source.whole.comments
    yield heading("Comments", f"{len(comments)}" if comments else "")
    for place, comment in enumerate(comments):
        if place:
            yield AIR
        yield _entry(source, comment, width)
    if source.can_edit:
        if comments:
            yield AIR
        first = draft.strip().split("\n")[0]
        yield adding("comment", f"Go on writing: {first}"[:width] if first else "Write a comment")


def _entry(source: ItemSource, comment: Comment, width: int) -> Entry:
    when = spoken_time(comment.created_at, source.now, source.utc_offset)
    edited = " · edited" if comment.edited_at else ""
    who = source.person(comment.author_id)
    head: Line = (Run(who, "title"), Run(f"  {when}{edited}", "dim"))
    body = [(Run(line, "text"),) for line in wrapped_paragraphs(comment.body, width)]
    return Entry(f"comment:{comment.id}", (head, *body))


class Composer(Vertical):
    """Enter makes a new line. What was typed is told as it changes, so that it can be kept as a draft."""

    DEFAULT_CSS = """
    Composer { height: auto; max-height: 60%; display: none; }
    Composer.open { display: block; }
    Composer TextArea { height: 7; }
    """
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+s", "save", "Send", priority=True, id="editor.save"),
        Binding("ctrl+e", "edit_outside", "Own editor", priority=True, id="editor.edit_outside"),
        Binding("escape", "leave", "Keep as draft", priority=True, id="editor.leave"),
    ]

    class Changed(Message):
        """Something was typed."""

    class Sent(Message):
        """The person wants the text to be the comment."""

    class Left(Message):
        """The box was closed; what was typed stays a draft."""

    class WantsEditor(Message):
        """The text shall be written in the person's own editor."""

    def __init__(self, *, id: str | None = None) -> None:
        super().__init__(id=id)
        self.comment_id = ""

    def compose(self) -> ComposeResult:
        yield Static("", classes="composer--title", markup=False)
        yield TextArea("", soft_wrap=True, tab_behavior="indent", compact=True)
        hint = keys_in(self.app).hint(save="send", edit_outside="own editor", leave="keep as draft")
        yield Static(hint, classes="composer--keys", markup=False)

    @property
    def is_open(self) -> bool:
        return self.has_class("open")

    @property
    def text(self) -> str:
        return self.area.text

    @property
    def area(self) -> TextArea:
        return self.query_one(TextArea)

    def open(self, text: str, comment_id: str = "") -> None:
        """Write a new comment, or edit the one with this id."""
        self.comment_id = comment_id
        title = "Edit comment" if comment_id else "New comment"
        self.query_one(".composer--title", Static).update(title)
        self.add_class("open")
        self.replace_text(text)
        self.screen.set_focus(self.area)  # at once: the next key is a letter already

    def replace_text(self, text: str) -> None:
        self.area.text = text
        self.area.move_cursor(self.area.document.end)

    def close(self) -> None:
        self.remove_class("open")
        self.comment_id = ""

    def on_text_area_changed(self, event: TextArea.Changed) -> None:
        event.stop()
        if self.is_open:
            self.post_message(self.Changed())

    def action_save(self) -> None:
        self.post_message(self.Sent())

    def action_leave(self) -> None:
        self.post_message(self.Left())

    def action_edit_outside(self) -> None:
        self.post_message(self.WantsEditor())
