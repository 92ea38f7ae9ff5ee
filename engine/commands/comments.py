"""Commands on comments: add, edit, delete, restore."""

from typing import ClassVar

from msgspec import field

from engine.clock import new_id
from engine.commands import texts
from engine.commands.registry import Command, handles
from engine.commands.states import restore, set_state
from engine.errors import Forbidden, Invalid
from engine.model.item import Comment, Item
from engine.model.record import State
from engine.store.unit_of_work import UnitOfWork


class AddComment(Command, frozen=True, kw_only=True):
    OP: ClassVar[str] = "comment.add@1"
    comment_id: str = field(default_factory=new_id)
    item_id: str
    body: str


class EditComment(Command, frozen=True, kw_only=True):
    """Only its author may."""

    OP: ClassVar[str] = "comment.edit@1"
    comment_id: str
    body: str


class DeleteComment(Command, frozen=True, kw_only=True):
    """Only its author may; it lies in the trash for 30 days."""

    OP: ClassVar[str] = "comment.delete@1"
    comment_id: str


class RestoreComment(Command, frozen=True, kw_only=True):
    OP: ClassVar[str] = "comment.restore@1"
    comment_id: str


@handles(AddComment, role="member", audit="comment.added")
def add_comment(unit: UnitOfWork, command: AddComment) -> None:
    item = unit.get(Item, command.item_id)
    unit.insert(
        Comment(
            id=command.comment_id, board_id=item.board_id, item_id=item.id,
            author_id=unit.actor.user_id, body=_body(command.body), created_at=unit.now,
        )
    )  # fmt: skip


@handles(EditComment, role="member", audit="comment.edited")
def edit_comment(unit: UnitOfWork, command: EditComment) -> None:
    comment = _own(unit, command.comment_id)
    unit.update(comment, body=_body(command.body), edited_at=unit.now)


@handles(DeleteComment, role="member", audit="comment.deleted")
def delete_comment(unit: UnitOfWork, command: DeleteComment) -> None:
    set_state(unit, _own(unit, command.comment_id), State.TRASHED)


@handles(RestoreComment, role="member", audit="comment.restored")
def restore_comment(unit: UnitOfWork, command: RestoreComment) -> None:
    restore(unit, _own(unit, command.comment_id))


def _own(unit: UnitOfWork, comment_id: str) -> Comment:
    comment = unit.get(Comment, comment_id)
    if comment.author_id != unit.actor.user_id:
        raise Forbidden("Only its author can change a comment.")
    return comment


def _body(text: str) -> str:
    body = texts.body(text, "comment")
    if not body.strip():
        raise Invalid("The comment is empty. Type something, or leave with esc.")
    return body
