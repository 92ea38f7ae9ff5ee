"""How long a device stays signed in (security.md 3.3)."""

from typing import Final

from engine.model.account import Account, SignedIn

DAY: Final = 86_400_000
IDLE_DAYS: Final = 30
LONGEST_DAYS: Final = 90
UNCONFIRMED_DAYS: Final = 7
TOUCHED_EVERY: Final = 300_000
"""Milliseconds between two notes that a session is used: each is a write."""


def is_over(session: SignedIn, now: int) -> bool:
    """It was not used for 30 days, or is 90 days old."""
    idle = now - session.last_used_at >= IDLE_DAYS * DAY
    return idle or now - session.created_at >= LONGEST_DAYS * DAY


def is_abandoned(account: Account, now: int) -> bool:
    """Nobody has shown within 7 days that the address is theirs."""
    return not account.email_confirmed_at and now - account.created_at >= UNCONFIRMED_DAYS * DAY
