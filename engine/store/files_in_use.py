"""Which attachment files the rows of an organization still need."""

from engine.model.change import ChangeOp
from engine.store.reading import Reading
from engine.store.stored_files import brought
from engine.store.tables import attachment, change, link


def digests_in_use(reading: Reading) -> set[str]:
    """Of attachments, also in the trash, of those that undo or redo could bring back, and of what was brought and
    is not named yet; and the file that takes the organization to a server."""
    stored = reading.select(attachment, attachment.c.digest).where(attachment.c.digest != "")
    in_use = {row[0] for row in reading.rows(stored)}
    taken_back = reading.select(change, change.c.before).where(
        change.c.entity == "attachment",
        change.c.op == ChangeOp.DELETE.value,
        change.c.before.is_not(None),
    )
    in_use |= {row[0].get("digest", "") for row in reading.rows(taken_back)}
    taking = reading.rows(reading.select(link, link.c.taking))
    in_use |= {row[0].partition("-")[0] for row in taking}
    return (in_use | brought(reading)) - {""}
