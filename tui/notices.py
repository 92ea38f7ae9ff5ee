"""What stands above the boards: what will happen by itself unless somebody cancels it, and what holds now."""

from engine.api import local_utc_offset
from engine.clock import system_clock
from engine.queries.policy import Policy
from engine.queries.rights import MyRights
from tui.live import Live
from tui.spoken_time import spoken_day


async def notices(live: Live, key: str) -> list[str]:
    """One sentence each; `key` opens Privacy & Data from home."""
    told = []
    rights, policy = await live.query(MyRights()), await live.query(Policy())
    coming_at = 0 if policy.coming_read else policy.coming_at
    for at, words in (
        (coming_at, f"Another privacy policy holds from {{day}}. {key} shows it."),
        (
            rights.deletion_due_at,
            f"Your account is deleted on {{day}}. {key} cancels that.",
        ),
        (
            rights.closing_at,
            f"“{rights.organization}” is closed on {{day}}, with everything in it. "
            f"{key} cancels that.",
        ),
        (
            rights.restricted_at,
            f"Your data is restricted since {{day}}: nothing is written. {key} lifts that.",
        ),
    ):
        if at:
            told.append(words.replace("{day}", spoken_day(at, system_clock(), local_utc_offset())))
    return told
