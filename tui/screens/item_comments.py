"""The item panel's actions on comments, and the draft that survives whatever happens to the terminal."""

from typing import Final

from textual import on
from textual.timer import Timer

from engine.commands.comments import AddComment, DeleteComment, EditComment
from engine.errors import ConneqtError
from engine.model.item import Comment
from engine.model.record import JSON
from tui.external_editor import edit_outside
from tui.screens.item_base import ItemBase
from tui.widgets.comments import Composer

KEPT_AFTER: Final = 0.4
"""Seconds after the last letter until the draft is stored: so much is lost at most with the connection."""


class CommentActions(ItemBase):
    """One draft an item: of a new comment, or of an edited one."""

    _keeping: Timer | None = None

    async def action_comment(self) -> None:
        await self.write_comment()

    async def write_comment(self) -> None:
        """A new one, or go on with the draft."""
        if self.may_edit():
            text, comment_id = self.kept_draft()
            self.open_composer(text, comment_id)

    def edit_comment(self, comment: Comment) -> None:
        """Only its author may."""
        if not self.source.is_own(comment):
            self.live.tell("Only its author can change a comment.", error=True)
        elif self.may_edit():
            text, comment_id = self.kept_draft()
            if text and comment_id != comment.id:
                self.live.tell("There is a draft here. Send or empty it first (c opens it).")
                return
            self.open_composer(text or comment.body, comment.id)

    async def delete_comment(self, comment: Comment) -> None:
        if not self.source.is_own(comment):
            self.live.tell("Only its author can delete a comment.", error=True)
        elif await self.execute(DeleteComment(comment_id=comment.id)):
            self.live.tell("The comment is in the trash. u undoes it.")

    def open_composer(self, text: str, comment_id: str) -> None:
        self.entries.go_to(f"comment:{comment_id}" if comment_id else "add:comment")
        self.composer.open(text, comment_id)

    def kept_draft(self) -> tuple[str, str]:
        """The stored draft's text, and the id of the comment that it edits (empty for a new one)."""
        kept = self.live.preference(self._draft_name)
        if not isinstance(kept, dict):
            return "", ""
        return str(kept.get("text", "")), str(kept.get("comment", ""))

    @on(Composer.Changed)
    def _typed(self) -> None:
        """Store the draft when the typing pauses."""
        if self._keeping is not None:
            self._keeping.stop()
        self._keeping = self.set_timer(KEPT_AFTER, self.keep_draft)

    async def keep_draft(self) -> None:
        """Store what is typed; what is not worth keeping is forgotten."""
        if self.composer.is_open:
            await self._store(self.composer.text, self.composer.comment_id)

    async def _store(self, text: str, comment_id: str) -> None:
        self.draft = text
        value: JSON = {"text": text, "comment": comment_id} if text.strip() else None
        await self.live.prefer(self._draft_name, value)

    @on(Composer.Left)
    async def _left(self) -> None:
        await self.keep_draft()
        self._close()
        self.reload()

    @on(Composer.Sent)
    async def _sent(self) -> None:
        composer = self.composer
        text, comment_id = composer.text.rstrip(), composer.comment_id
        command: AddComment | EditComment = AddComment(item_id=self.source.item_id, body=text)
        if comment_id:
            command = EditComment(comment_id=comment_id, body=text)
        if await self.execute(command):
            self._close()
            await self._store("", "")
            sent = comment_id or (command.comment_id)
            self.reload(f"comment:{sent}")

    @on(Composer.WantsEditor)
    async def _wants_editor(self) -> None:
        """Write in the person's own editor; when that ends badly, the text stays as it was."""
        try:
            text = await edit_outside(self.app, self.composer.text)
        except ConneqtError as error:
            self.live.tell(str(error), title=error.title, error=True)
            return
        if text is None:
            self.live.tell("The editor ended with an error, so the text is as it was.")
        else:
            self.composer.replace_text(text.rstrip("\n"))
            await self.keep_draft()

    def _close(self) -> None:
        if self._keeping is not None:
            self._keeping.stop()
        self.composer.close()
        self.entries.focus()

    @property
    def _draft_name(self) -> str:
        return f"draft:{self.source.item_id}"
