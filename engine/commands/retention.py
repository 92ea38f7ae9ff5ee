"""Which command carries out each rule of engine.privacy.retention."""

from collections.abc import Callable
from typing import Final

from engine.commands.audit import PruneAudit
from engine.commands.deletion import EraseMembers
from engine.commands.invitations import LetInvitationsGo
from engine.commands.mails import LetMailsGo
from engine.commands.registry import Command
from engine.commands.requests import LetRequestsGo
from engine.commands.sessions import LetSessionsGo
from engine.commands.trash import EmptyTrash

REMOVES: Final[dict[str, Callable[[tuple[str, ...]], Command]]] = {
    "trash": lambda members: EmptyTrash(),
    "audit": lambda members: PruneAudit(),
    "requests": lambda members: LetRequestsGo(),
    "invitations": lambda members: LetInvitationsGo(),
    "sessions": lambda members: LetSessionsGo(),
    "mails": lambda members: LetMailsGo(),
    "deletion": lambda members: EraseMembers(member_ids=members),
}
"""Each gets the members whose own deletion is due (for the other rules there are none)."""
