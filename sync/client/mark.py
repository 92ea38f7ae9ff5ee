"""How a linked device and its server stand, as screens and commands show it."""

from enum import StrEnum

from msgspec import Struct

from engine.model.presence import Present


class Standing(StrEnum):
    STARTING = "starting"
    SYNCING = "syncing"
    SYNCED = "synced"
    OFFLINE = "offline"
    NEEDS_YOU = "needs you"
    REMOVED = "removed"


class Mark(Struct, frozen=True, kw_only=True):
    """How device and server stand. `since` is when they were in contact last, while they are not, and `next_at` when the next
    try begins; `boards` how many of them are here while the first are read, `files` how many wait to be sent, `bytes` how
    much has gone of the one that is on its way; `conflicts` how many edits met somebody else's and are not put away; `taking`
    while the organization itself is; `people` who else is on which board; `reason` is a sentence where something is wrong,
    `stuck` one where that is so only with the files, which go beside all else."""

    standing: Standing = Standing.STARTING
    waiting: int = 0
    held: int = 0
    files: int = 0
    conflicts: int = 0
    since: int = 0
    next_at: int = 0
    boards: tuple[int, int] = (0, 0)
    bytes: tuple[int, int] = (0, 0)
    taking: bool = False
    people: tuple[Present, ...] = ()
    reason: str = ""
    stuck: str = ""

    @property
    def stopped(self) -> bool:
        """Nothing is exchanged, nor tried, until the person has seen to what is wrong."""
        wrong = self.standing is Standing.NEEDS_YOU and bool(self.reason)
        return (wrong and not self.next_at) or self.standing is Standing.REMOVED
