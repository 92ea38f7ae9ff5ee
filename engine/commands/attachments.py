"""Commands on attachments. The bytes are stored first (`Engine.files`); these name them by digest."""

from typing import ClassVar
from urllib.parse import urlsplit

from msgspec import field

from engine.clock import new_id
from engine.commands import texts
from engine.commands.registry import Command, handles
from engine.commands.states import restore, set_state
from engine.errors import Invalid, NotFound
from engine.model.item import Attachment, Item
from engine.model.record import Number, State
from engine.model.text import clean_line
from engine.store.files import is_digest
from engine.store.stored_files import size_of, used_up
from engine.store.unit_of_work import UnitOfWork

LINK_SCHEMES = ("http", "https", "mailto")


class AttachFile(Command, frozen=True, kw_only=True):
    """`digest` is the SHA-256 of the plain bytes in hex, as `Acting.add_file` gave it: who names a file has brought
    its bytes, or may read them already."""

    OP: ClassVar[str] = "attachment.add@1"
    attachment_id: str = field(default_factory=new_id)
    item_id: str
    name: str
    digest: str
    size: Number


class AttachLink(Command, frozen=True, kw_only=True):
    OP: ClassVar[str] = "attachment.link@1"
    attachment_id: str = field(default_factory=new_id)
    item_id: str
    name: str = ""
    url: str


class RenameAttachment(Command, frozen=True, kw_only=True):
    OP: ClassVar[str] = "attachment.rename@1"
    attachment_id: str
    name: str


class RemoveAttachment(Command, frozen=True, kw_only=True):
    """It lies in the trash for 30 days."""

    OP: ClassVar[str] = "attachment.remove@1"
    attachment_id: str


class RestoreAttachment(Command, frozen=True, kw_only=True):
    OP: ClassVar[str] = "attachment.restore@1"
    attachment_id: str


@handles(AttachFile, role="member", audit="attachment.added")
def attach_file(unit: UnitOfWork, command: AttachFile) -> None:
    item = unit.get(Item, command.item_id)
    size = named_file(unit, command.digest, command.name)
    unit.insert(
        Attachment(
            id=command.attachment_id, board_id=item.board_id, item_id=item.id,
            name=texts.name(command.name, "attachment", 255), digest=command.digest,
            size=size, created_at=unit.now, created_by=unit.actor.user_id,
        )
    )  # fmt: skip


def named_file(unit: UnitOfWork, digest: str, name: str) -> int:
    """The size of a file that the actor may name. Raises Invalid and NotFound."""
    if not is_digest(digest):
        raise Invalid(f"The file “{clean_line(name)}” is not named by the SHA-256 of its bytes.")
    size = size_of(unit, digest)
    if size is None:
        raise NotFound(f"The bytes of “{clean_line(name)}” are not here. Attach the file anew.")
    used_up(unit, digest)
    return size


@handles(AttachLink, role="member", audit="attachment.added")
def attach_link(unit: UnitOfWork, command: AttachLink) -> None:
    item = unit.get(Item, command.item_id)
    url = valid_url(command.url)
    unit.insert(
        Attachment(
            id=command.attachment_id, board_id=item.board_id, item_id=item.id, url=url,
            name=texts.name(command.name or url, "attachment", 255), created_at=unit.now,
            created_by=unit.actor.user_id,
        )
    )  # fmt: skip


def valid_url(text: str) -> str:
    """The address, cleaned; raises Invalid for a scheme that could run something."""
    url = clean_line(text)
    try:
        scheme = urlsplit(url).scheme
    except ValueError:
        scheme = ""
    if scheme not in LINK_SCHEMES or len(url) > 2_000:
        raise Invalid(f"“{url[:60]}” is not a web address. It should start with https://.")
    return url


@handles(RenameAttachment, role="member", audit="attachment.renamed")
def rename_attachment(unit: UnitOfWork, command: RenameAttachment) -> None:
    attachment = unit.get(Attachment, command.attachment_id)
    unit.update(attachment, name=texts.name(command.name, "attachment", 255))


@handles(RemoveAttachment, role="member", audit="attachment.deleted")
def remove_attachment(unit: UnitOfWork, command: RemoveAttachment) -> None:
    set_state(unit, unit.get(Attachment, command.attachment_id), State.TRASHED)


@handles(RestoreAttachment, role="member", audit="attachment.restored")
def restore_attachment(unit: UnitOfWork, command: RestoreAttachment) -> None:
    restore(unit, unit.get(Attachment, command.attachment_id))
