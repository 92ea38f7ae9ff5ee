"""The item panel's actions on files and links: attach, save, rename, remove. Nothing is ever opened."""

from pathlib import Path

from engine.commands.attachments import (
    AttachLink,
    RemoveAttachment,
    RenameAttachment,
    valid_url,
)
from engine.errors import Invalid
from engine.model.item import Attachment
from engine.model.text import clean_line
from tui.file_transfer import attach_file, file_name, file_to_attach, place_to_save, save_file
from tui.screens.asking import asks
from tui.screens.item_base import ItemBase
from tui.widgets.progress import Progress
from tui.widgets.prompt import Prompt


class FileActions(ItemBase):
    """Files come in and go out with progress, and can be stopped; then nothing is left behind."""

    @asks
    async def action_attach(self) -> None:
        await self.attach()

    async def attach(self) -> None:
        """Ask for a path and take the file in."""
        if not self.may_edit():
            return
        self.entries.go_to("add:file")
        answer = await self.ask(
            Prompt(file_to_attach, title="Attach a file", hint="its path, like ~/report.pdf")
        )
        if answer is not None:
            await self.attach_path(answer.value)

    async def attach_path(self, path: Path) -> None:
        item_id = self.source.item_id
        await self.ask(
            Progress(
                f"Attaching {path.name}",
                lambda report: attach_file(self.live, item_id, path, report),
                path.stat().st_size,
            )
        )

    @asks
    async def action_attach_link(self) -> None:
        if not self.may_edit():
            return
        answer = await self.ask(Prompt(valid_url, title="Attach a link", hint="https://…"))
        if answer is not None:
            await self.execute(AttachLink(item_id=self.source.item_id, url=answer.value))

    @asks
    async def action_save(self) -> None:
        """Save the file under the cursor to a path of the person's choice."""
        attachment = self.attachment_here()
        if attachment is None:
            self.live.tell("Put the cursor on a file first.")
        else:
            await self.save_file(attachment)

    async def save_file(self, attachment: Attachment) -> None:
        if attachment.url:
            self.live.tell("That is a link: y copies its address.")
            return
        name = attachment.name
        answer = await self.ask(
            Prompt(
                lambda text: place_to_save(text, name), title=f"Save {name}",
                text=str(Path("~") / file_name(name)), hint="where to save it",
            )
        )  # fmt: skip
        if answer is None:
            return
        target = answer.value
        saved = await self.ask(
            Progress(
                f"Saving {target.name}",
                lambda report: save_file(self.live, attachment, target, report),
                attachment.size,
            )
        )
        if saved is not None:
            self.live.tell(f"Saved as {target}.")

    async def rename_file(self, attachment: Attachment) -> None:
        if not self.may_edit():
            return
        answer = await self.ask(
            Prompt(_name, text=attachment.name, title="Name", at=self.entries.cell_region())
        )
        if answer is not None and answer.value != attachment.name:
            await self.execute(RenameAttachment(attachment_id=attachment.id, name=answer.value))

    async def remove_file(self, attachment: Attachment) -> None:
        if self.may_edit() and await self.execute(RemoveAttachment(attachment_id=attachment.id)):
            self.live.tell(f"“{attachment.name}” is in the trash. u undoes it.")


def _name(text: str) -> str:
    name = clean_line(text)
    if not name:
        raise Invalid("A name needs at least one letter.")
    return name
