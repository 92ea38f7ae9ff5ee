"""Which command carries out each rule of engine.privacy.retention."""

from typing import Final

from engine.commands.audit import PruneAudit
from engine.commands.registry import Command
from engine.commands.trash import EmptyTrash

REMOVES: Final[dict[str, Command]] = {"trash": EmptyTrash(), "audit": PruneAudit()}
