"""What is known of files by their digests: which are needed, which one may name, and how much they are."""

from engine.model.item import Attachment
from engine.queries.registry import Query, answers
from engine.store.files_in_use import digests_in_use
from engine.store.reading import Reading
from engine.store.stored_files import bytes_stored, nameable, size_of


class FilesInUse(Query[set[str]], frozen=True, kw_only=True):
    """Digests of the attachment files that the organization needs, now or after an undo."""


@answers(FilesInUse, role="owner", within_board=False, by_system=True)
def files_in_use(reading: Reading, query: FilesInUse) -> set[str]:
    return digests_in_use(reading)


class NameableFiles(Query[set[str]], frozen=True, kw_only=True):
    """Digests of the files that the actor has brought or may read."""


@answers(NameableFiles, role="guest", within_board=False)
def nameable_files(reading: Reading, query: NameableFiles) -> set[str]:
    return nameable(reading)


class FileKnown(Query[int | None], frozen=True, kw_only=True):
    """The size of a file that the actor has brought or may read; None where there is none such for them, whoever
    else has it."""

    digest: str


@answers(FileKnown, role="guest", within_board=False)
def file_known(reading: Reading, query: FileKnown) -> int | None:
    return size_of(reading, query.digest)


class BytesStored(Query[int], frozen=True, kw_only=True):
    """How much the files of the organization are, each counted once."""


@answers(BytesStored, role="guest", within_board=False)
def bytes_of_files(reading: Reading, query: BytesStored) -> int:
    return bytes_stored(reading)


class OneAttachment(Query[Attachment], frozen=True, kw_only=True):
    attachment_id: str


@answers(OneAttachment)
def one_attachment(reading: Reading, query: OneAttachment) -> Attachment:
    return reading.get(Attachment, query.attachment_id)


class AttachedFiles(Query[list[Attachment]], frozen=True, kw_only=True):
    """Every attachment that is a file, each file once, also of what is in the trash."""


@answers(AttachedFiles, role="guest")
def attached_files(reading: Reading, query: AttachedFiles) -> list[Attachment]:
    files = {one.digest: one for one in reading.list(Attachment) if one.digest}
    return list(files.values())
