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
from engine.commands.webhooks import LetDeliveriesGo

BATCH: Final = 500
BATCHED: Final = frozenset({"trash"})
"""Rules whose command is given again for each so many that are due: a transaction each, so that others are let in
between, and a run that is broken off goes on."""
REMOVES: Final[dict[str, Callable[[tuple[str, ...]], Command]]] = {
    "trash": lambda members: EmptyTrash(most=BATCH),
    "audit": lambda members: PruneAudit(),
    "requests": lambda members: LetRequestsGo(),
    "invitations": lambda members: LetInvitationsGo(),
    "sessions": lambda members: LetSessionsGo(),
    "mails": lambda members: LetMailsGo(),
    "webhook_deliveries": lambda members: LetDeliveriesGo(),
    "deletion": lambda members: EraseMembers(member_ids=members),
}
"""Each gets the members whose own deletion is due (for the other rules there are none)."""
