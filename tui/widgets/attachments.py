"""An item's files and links as entries of its panel."""

from collections.abc import Iterator

from rich.cells import cell_len

from engine.model.item import Attachment
from tui.item_source import ItemSource
from tui.spoken_time import spoken_time
from tui.widgets.card_content import Run, drawn_to
from tui.widgets.cells import drawn
from tui.widgets.entry_list import Entry
from tui.widgets.item_fields import adding, heading
from tui.widgets.kanban_ink import KanbanSigns

_UNITS = ("bytes", "KB", "MB", "GB", "TB")


def attachment_entries(source: ItemSource, width: int, signs: KanbanSigns) -> Iterator[Entry]:
    """Nothing here is ever opened by itself: a file can be saved, a link be copied."""
    attachments = source.whole.attachments
    yield heading("Files", f"{len(attachments)}" if attachments else "")
    for attachment in attachments:
        yield _entry(source, attachment, width, signs)
    if source.can_edit:
        yield adding("file", "Attach a file")


def spoken_size(size: int) -> str:
    """“812 bytes”, “1.4 MB”: in powers of 1,000, as file managers count."""
    amount = float(size)
    for unit in _UNITS:
        if amount < 1000 or unit == _UNITS[-1]:
            break
        amount /= 1000
    return f"{amount:.0f} {unit}" if unit == "bytes" or amount >= 100 else f"{amount:.1f} {unit}"


def _entry(source: ItemSource, attachment: Attachment, width: int, signs: KanbanSigns) -> Entry:
    is_link = bool(attachment.url)
    sign = signs.link if is_link else signs.attachment
    when = spoken_time(attachment.created_at, source.now, source.utc_offset)
    what = "link" if is_link else spoken_size(attachment.size)
    if attachment.digest in source.whole.unsent:
        what = f"{what}, not sent yet"
    note = drawn_to(f"{what} · {source.person(attachment.created_by)} · {when}", width // 2)
    room = max(width - 3 - cell_len(note), 4)
    name = Run(drawn(attachment.name, room), "link" if is_link else "text")
    line = (Run(f"{sign} ", "dim"), name, Run(f" {note}", "dim"))
    if not is_link or attachment.url == attachment.name:
        return Entry(f"file:{attachment.id}", (line,), edit_at=2)
    address = (Run("  ", "dim"), Run(drawn_to(attachment.url, max(width - 2, 1)), "dim"))
    return Entry(f"file:{attachment.id}", (line, address), edit_at=2)
